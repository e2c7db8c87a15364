"""The documentation of the query language is held to the parser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from searchapp.query.expression import Name
from searchapp.query.parser import parse_query
from searchapp.query.scanner import _NAMES

DOC = Path(__file__).parents[2] / "docs" / "query-language.md"
EXAMPLES = re.findall(r"^\| `([^`]+)` \|", DOC.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("example", sorted(set(EXAMPLES)))
def test_examples_parse_as_they_stand(example: str) -> None:
    parsed = parse_query(example)
    assert parsed.expression is not None
    assert parsed.notes == ()


def test_both_languages_show_as_much() -> None:
    vietnamese, english = DOC.read_text(encoding="utf-8").split("## English")
    for heading in ("|", "### "):
        in_each = [
            sum(li.startswith(heading) for li in t.splitlines()) for t in (vietnamese, english)
        ]
        assert abs(in_each[0] - in_each[1]) <= 3


def test_every_name_is_documented() -> None:
    text = DOC.read_text(encoding="utf-8")
    for name in Name:
        assert f"`{name}" in text
    for name in ("tiêu_đề", "nguồn", "chuyên_mục", "tác_giả", "thẻ", "ngày"):
        assert name in _NAMES
        assert f"`{name}" in text
