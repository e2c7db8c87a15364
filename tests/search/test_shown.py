"""What is shown of a document's fields, and the parts that its text is read in."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.documents import Document
from searchapp.engines.base import FacetValue
from searchapp.search.portions import part_end, part_of, part_starts
from searchapp.search.shown import (
    PASSAGE_MAX_TIMES,
    TAGS_MAX,
    TAGS_MAX_CHARS,
    TITLE_MAX_CHARS,
    URL_MAX_CHARS,
    VALUE_MAX_CHARS,
    bounded,
    shortened,
    shown,
    shown_values,
)
from searchapp.search.snippets import Snippet

PLAIN = Document(
    "tin/huế",
    "Sông Hương",
    "Nước xuống thấp.",
    url="https://vi.example/huong",
    source="Báo Sông Thương",
    category="Tin tức",
    author="Nguyễn Thu Lam",
    tags=("sông", "Huế"),
    published="2024-03",
    language="vi",
)
LONG = "sông Hương " * 200


def test_what_is_short_is_shown_as_it_is() -> None:
    assert shown(PLAIN) == (PLAIN, ())


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("title", LONG, ("sông Hương " * 27).strip() + "…"),
        ("title", "x" * TITLE_MAX_CHARS, "x" * TITLE_MAX_CHARS),
        ("title", "x" * (TITLE_MAX_CHARS + 1), "x" * (TITLE_MAX_CHARS - 1) + "…"),
        ("source", "x" * 201, "x" * 199 + "…"),
        ("category", "x" * 200, "x" * 200),
        ("author", "\n" * 201, "…"),
        ("url", "https://a.example/" + "x" * URL_MAX_CHARS, None),
        ("language", "vi" + "-abcdefgh" * 4, None),
        ("tags", ("a", "x" * (VALUE_MAX_CHARS + 1), "b"), ("a", "b")),
        ("tags", tuple(f"{n}" for n in range(60)), tuple(f"{n}" for n in range(TAGS_MAX))),
        ("tags", tuple(f"{n:0200}" for n in range(60)), tuple(f"{n:0200}" for n in range(10))),
    ],
    ids=lambda value: repr(value)[:30],
)  # fmt: skip
def test_what_is_too_long_is_cut_and_named(name: str, value: object, kept: object) -> None:
    values = {field.name: getattr(PLAIN, field.name) for field in fields(Document)}
    document, cut = shown(Document(**{**values, name: value}))
    assert getattr(document, name) == kept
    assert cut == ((name,) if kept != value else ())
    assert document == Document(**{**values, name: kept}), "all else stays"


def test_a_cut_title_ends_with_a_word_and_letters_keep_their_marks() -> None:
    assert shortened("một hai ba bốn", 12) == "một hai ba…"
    assert shortened("a\u0302\u0301" * 10, 11) == "a\u0302\u0301" * 3 + "…"


_TEXT = st.text(alphabet='aạ "<&\n\x01\u0301\u200b😀', max_size=60)


@given(
    title=_TEXT,
    times=st.integers(1, 400),
    tags=st.lists(_TEXT, max_size=5),
    many=st.integers(1, 300),
)
def test_whatever_stands_in_a_field_its_length_is_bounded(
    title: str, times: int, tags: list[str], many: int
) -> None:
    value = title * times
    hostile = Document(
        "a", value, value, value, value, value, value, tuple(tags * many), None, value
    )
    document, cut = shown(hostile)
    assert len(document.title) <= TITLE_MAX_CHARS
    assert len(document.url or "") <= URL_MAX_CHARS
    for one in (document.source, document.category, document.author):
        assert one is not None
        assert len(one) <= VALUE_MAX_CHARS
        assert one == value or one.endswith("…")
    assert len(document.tags) <= TAGS_MAX
    assert sum(map(len, document.tags)) <= TAGS_MAX_CHARS
    assert set(document.tags) <= set(hostile.tags)
    assert document.text == value
    assert ("title" in cut) == (document.title != value)
    assert shown(document) == (document, ()), "what is shown can be shown"


def test_a_value_too_long_to_be_chosen_is_no_facet_value() -> None:
    values = (FacetValue("x" * 201, 9), FacetValue("x" * 200, 7), FacetValue(None, 3))
    assert shown_values(values) == values[1:]


def test_a_passage_is_bounded_and_its_marks_stay_within() -> None:
    most = 40 * PASSAGE_MAX_TIMES
    long = Snippet("x" * 1000, ((0, 5), (most - 3, most + 3), (most + 5, 999)), 7, 1007, 7)
    kept = bounded(long, 40)
    assert kept == Snippet("x" * most, ((0, 5), (most - 3, most)), 7, 1007, 7)
    assert bounded(kept, 40) is kept


@given(text=st.text(alphabet="ab \n", max_size=2000), most=st.integers(1, 500), data=st.data())
def test_parts_join_to_the_text(text: str, most: int, data: st.DataObject) -> None:
    starts = part_starts(text, most)
    ends = [part_end(text, start, most) for start in starts]
    assert [*starts[1:], len(text)] == ends
    assert all(0 < end - start <= most for start, end in zip(starts, ends, strict=True) if text)
    if text:
        place = data.draw(st.integers(0, len(text) - 1))
        start = part_of(text, place, most)
        assert start in starts
        assert start <= place < part_end(text, start, most)


def test_a_part_ends_between_words() -> None:
    text = "mười chữ cái " * 100
    assert all(text[start - 1] == " " for start in part_starts(text, 100)[1:])
    assert part_starts("", 10) == [0]
