"""The two languages of the documentation say the same."""

from __future__ import annotations

import re
import unicodedata

import pytest
from markdown_parts import Section, sections

from website.pages import DOCS, english_sources
from website.staging import page_text

# Pages that may be in English only: for those who work on the program, and those that wait for a
# translation. The site shows them in English and says so. Take a name out when its page is there.
UNTRANSLATED = {
    "architecture",
    "benchmarks",
    "changelog",
    "dependencies",
}
# Examples in each reader's language; tests/query/test_documentation.py holds them together.
OWN_EXAMPLES = {"query-language"}
# Headings that are names: of alerts, whose runbooks are found by them.
_NAME = re.compile(r"Searchapp[A-Z]\w+")
TRANSLATED = sorted(path.stem for path in (DOCS / "vi").glob("*.md"))


def both(name: str) -> tuple[list[Section], list[Section]]:
    english = sections(page_text(english_sources()[name]))
    return english, sections((DOCS / "vi" / f"{name}.md").read_text(encoding="utf-8"))


def test_what_has_no_vietnamese_version_is_declared() -> None:
    missing = set(english_sources()) - set(TRANSLATED)
    assert missing <= UNTRANSLATED, "translate these, or name them above"
    assert set(TRANSLATED) & UNTRANSLATED == set(), "these are translated: take them out above"
    assert set(TRANSLATED) <= set(english_sources()), "of these there is no English version"


@pytest.mark.parametrize("name", TRANSLATED)
def test_versions_have_the_same_sections(name: str) -> None:
    english, vietnamese = both(name)
    assert [one.level for one in vietnamese] == [one.level for one in english]


@pytest.mark.parametrize(
    ("name", "part"),
    [
        (name, part)
        for name in TRANSLATED
        for part in ("fences", "tables", "targets", "names", "numbers")
        if not (name in OWN_EXAMPLES and part in ("names", "numbers"))
    ],
)
def test_versions_have_the_same(name: str, part: str) -> None:
    for in_english, in_vietnamese in zip(*both(name), strict=True):
        where = f"{name}: {in_english.title} / {in_vietnamese.title}"
        assert getattr(in_vietnamese, part) == getattr(in_english, part), where


@pytest.mark.parametrize("name", TRANSLATED)
def test_headings_are_translated(name: str) -> None:
    for in_english, in_vietnamese in zip(*both(name), strict=True):
        if _NAME.fullmatch(in_english.title):
            assert in_vietnamese.title == in_english.title
        elif in_english.title not in ("", "searchapp"):
            assert in_vietnamese.title != in_english.title


def test_a_difference_is_seen() -> None:
    (_, one), (_, two) = (
        sections(f"# A\n\nTakes {figure} s.\n\n```sh\nls {option}  # {remark}\n```\n")
        for figure, option, remark in (("1,203", "-l", "as a list"), ("1.203", "-a", "cả tệp ẩn"))
    )
    assert one.numbers == two.numbers == {"1203": 1}
    assert one.fences == [("sh", "ls -l\n")] != two.fences


def test_pages_are_written_in_composed_letters() -> None:
    for path in (*DOCS.glob("*.md"), *(DOCS / "vi").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        assert unicodedata.is_normalized("NFC", text), path.name
