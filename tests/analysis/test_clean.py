import unicodedata

import pytest
from growth import assert_in_proportion
from hypothesis import given
from hypothesis import strategies as st
from vietnamese_texts import INVISIBLE, text

from searchapp.analysis.clean import clean, clean_text


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        pytest.param("Hòa bình", "Hòa bình", id="nothing to do"),
        pytest.param("Ho\u0300a bi\u0300nh", "Hòa bình", id="decomposed"),
        pytest.param("đu\u031bo\u031b\u0300ng", "đường", id="two marks"),
        pytest.param("vie\u0323\u0302t", "việt", id="dot below first"),
        pytest.param("vie\u0302\u0323t", "việt", id="circumflex first"),
        pytest.param("vi\u1ec7t", "việt", id="composed"),
        pytest.param("xây\u00addựng", "xâydựng", id="soft hyphen"),
        pytest.param("xây\u200bdựng", "xây dựng", id="zero-width space parts words"),
        pytest.param("\ufeffxây", "xây", id="byte order mark"),
        pytest.param("e\u200d\u0301", "é", id="joiner before a mark"),
        pytest.param("x\u200e\u2060y", "xy", id="direction mark and word joiner"),
        pytest.param("👨\u200d👩", "👨👩", id="emoji joined"),
        pytest.param("a\nb\tc", "a\nb\tc", id="white space stays"),
        pytest.param("ĐƯỜNG ½ ﬁ", "ĐƯỜNG ½ ﬁ", id="case and compatibility stay"),
        pytest.param("", "", id="empty"),
        pytest.param("\u200d", "", id="only invisible"),
    ],
)
def test_cleaned_text(raw, cleaned):
    assert clean_text(raw) == cleaned
    assert clean(raw).text == cleaned


@pytest.mark.parametrize(
    ("raw", "piece", "span"),
    [
        pytest.param("Hòa bình", "bình", (4, 8), id="nothing to do"),
        pytest.param("Ho\u0300a bi\u0300nh", "Hòa", (0, 4), id="decomposed, first"),
        pytest.param("Ho\u0300a bi\u0300nh", "bình", (5, 10), id="decomposed, second"),
        pytest.param("vie\u0323\u0302t na\u0306\u0301m", "việt", (0, 6), id="two marks"),
        pytest.param("vie\u0323\u0302t na\u0306\u0301m", "nắm", (7, 12), id="behind two marks"),
        pytest.param("\ufeffxây dựng", "xây", (1, 4), id="byte order mark left out"),
        pytest.param("xâ\u00ady dựng", "xây", (0, 4), id="soft hyphen inside"),
        pytest.param("xây\u00ad dựng", "xây", (0, 3), id="soft hyphen behind left out"),
        pytest.param("👨\u200d👩\u200d👧 gia đình", "gia", (6, 9), id="behind emoji"),
        pytest.param("o\u200d\u0300a", "òa", (0, 4), id="mark behind a joiner"),
    ],
)
def test_raw_span_leads_back(raw, piece, span):
    cleaned = clean(raw)
    at = cleaned.text.index(piece)
    assert cleaned.raw_span(at, at + len(piece)) == span


def test_marks_that_do_not_compose_have_places_of_their_own():
    raw = "ba\u0323\u0301\u0301c"
    cleaned = clean(raw)
    assert cleaned.text == "bạ\u0301\u0301c"
    spans = [cleaned.raw_span(i, i + 1) for i in range(len(cleaned.text))]
    assert spans == [(0, 1), (1, 3), (3, 4), (4, 5), (5, 6)]


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("\u0cc6\u0cc2\u0cd5", id="Kannada: three characters, no combining class"),
        pytest.param("\u09c7\u09be", id="Bengali"),
        pytest.param("\u1100\u1161\u11a8", id="Hangul jamo"),
        pytest.param("\u0958\u0301", id="composed form is longer"),
        pytest.param("\u0344", id="one to two"),
    ],
)
def test_both_ways_to_clean_agree_on_other_scripts(raw):
    assert clean(raw).text == clean_text(raw)


@given(text)
def test_both_ways_to_clean_agree(raw):
    assert clean(raw).text == clean_text(raw)


COMPOSING = "a\u0301\u0323\u0302\u1100\u1161\u11a8\u00ad\u200b\u09c7\u09be"


@given(st.one_of(text, st.text(alphabet=COMPOSING)))
def test_spans_are_in_order_and_in_range(raw):
    cleaned = clean(raw)
    assert unicodedata.is_normalized("NFC", cleaned.text)
    spans = [cleaned.raw_span(i, i + 1) for i in range(len(cleaned.text))]
    assert all(0 <= start < end <= len(raw) for start, end in spans)
    starts, ends = [s for s, _ in spans], [e for _, e in spans]
    assert starts == sorted(starts)
    assert ends == sorted(ends)


@given(text)
def test_every_visible_character_lies_in_a_span(raw):
    cleaned = clean(raw)
    covered = {i for k in range(len(cleaned.text)) for i in range(*cleaned.raw_span(k, k + 1))}
    assert not clean_text("".join(c for i, c in enumerate(raw) if i not in covered))


@given(text)
def test_cleaning_twice_is_cleaning_once(raw):
    once = clean_text(raw)
    assert clean_text(once) == once


@given(text)
def test_decomposed_text_cleans_to_the_same(raw):
    assert clean_text(unicodedata.normalize("NFD", raw)) == clean_text(raw)


@pytest.mark.parametrize("char", INVISIBLE, ids=ascii)
def test_invisible_characters_go(char):
    assert clean_text(f"xâ{char}y") == clean(f"xâ{char}y").text == "xây"


@pytest.mark.parametrize(
    "piece",
    ["\u0301", "\u1161", "a\u0302\u0301", "\u200b", "\u00ad", "a\u00ad", "đươ\u0300ng "],
    ids=ascii,
)
def test_time_is_in_proportion(piece):
    """Marks without end once took the square of their number: a minute for 100,000."""

    def text(size: int) -> str:
        return "a" + piece * (size // len(piece))

    assert_in_proportion(lambda size: clean(text(size)), 40_000)
    assert clean(text(100_000)).text == clean_text(text(100_000))


@given(
    st.lists(
        st.sampled_from([*"ab \n", "ạ", "\u0301", "\u0323", "\u00ad", "\u200d", "\u1100", "\u1161"])
    )
)
def test_plain_runs_make_no_difference(pieces):
    """What stands in a run of plain letters is cleaned as it is by itself."""
    raw = "".join(pieces)
    cleaned = clean(raw)
    assert cleaned.text == clean_text(raw)
    spans = [cleaned.raw_span(i, i + 1) for i in range(len(cleaned.text))]
    assert all(start < end for start, end in spans)
    assert spans == sorted(spans)
