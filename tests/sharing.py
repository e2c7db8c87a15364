"""Which tests go together where several processes share them (``pytest -n 2``).

What is dear to set up is set up by one process: a browser by one, and with it the documentation's
site, which it looks at; a cluster by one.
"""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from xdist.scheduler import LoadScopeScheduling

_GROUPS = {
    **dict.fromkeys(("browser", "website"), "browser"),
    **dict.fromkeys(("cluster", "engines", "opensearch"), "cluster"),
}


class GroupScheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist declares no types for it
    """Hands out whole groups, the one with the most tests first."""

    def _split_scope(self, nodeid: str) -> str:
        folders = PurePosixPath(nodeid.partition("::")[0]).parts
        return next((_GROUPS[one] for one in folders if one in _GROUPS), "rest")


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> GroupScheduling:
    """Called by xdist with ``--dist load``, its default; see its documentation of this hook."""
    return GroupScheduling(config, log)
