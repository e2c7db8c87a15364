"""The documentation of the query language is held to the parser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from searchapp.query.expression import Name
from searchapp.query.parser import parse_query
from searchapp.query.scanner import _NAMES

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {
    "en": (DOCS / "query-language.md").read_text(encoding="utf-8"),
    "vi": (DOCS / "vi" / "query-language.md").read_text(encoding="utf-8"),
}
_EXAMPLE = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)
EXAMPLES = [example for page in PAGES.values() for example in _EXAMPLE.findall(page)]


@pytest.mark.parametrize("example", sorted(set(EXAMPLES)))
def test_examples_parse_as_they_stand(example: str) -> None:
    parsed = parse_query(example)
    assert parsed.expression is not None
    assert parsed.notes == ()


def test_languages_show_the_same_kinds_of_things_in_the_same_order() -> None:
    """What a row shows, without its words: `(sông HOẶC biển)` is `(sông OR biển)`."""

    def kinds(page: str) -> list[list[str]]:
        return [re.findall(r"[^\w\s]+", example) for example in _EXAMPLE.findall(page)]

    assert kinds(PAGES["vi"]) == kinds(PAGES["en"])


def test_every_name_is_documented() -> None:
    for name in Name:
        assert all(f"`{name}" in page for page in PAGES.values())
    for name in ("tiêu_đề", "nguồn", "chuyên_mục", "tác_giả", "thẻ", "ngày"):
        assert name in _NAMES
        assert all(f"`{name}" in page for page in PAGES.values())
