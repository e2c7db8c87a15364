"""Engines by name, and what one hears of those that are not installed."""

from __future__ import annotations

import sys

import pytest

from searchapp.engines.registry import get_engine
from searchapp.errors import InputError


def test_an_engine_that_is_not_installed_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [name for name in sys.modules if name.startswith("searchapp.engines.tantivy")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tantivy", None)
    with pytest.raises(InputError, match=r"not installed.*pip install 'searchapp\[tantivy\]'"):
        get_engine("tantivy")
    assert get_engine("whoosh").name == "whoosh"
