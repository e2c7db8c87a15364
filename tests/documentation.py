"""The documentation site, built once for all tests that look at it."""

from __future__ import annotations

from pathlib import Path

import pytest

from website.__main__ import build


@pytest.fixture(scope="session")
def documentation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built site."""
    folder = tmp_path_factory.mktemp("documentation")
    assert build(folder / "site", folder / "work") == 0
    return folder / "site"
