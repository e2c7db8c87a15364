import unicodedata

import pytest
from growth import assert_in_proportion
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from vietnamese_texts import text, vietnamese_prose

from searchapp.analysis.clean import clean_text
from searchapp.search import highlight
from searchapp.search.highlight import Place, PlaceFinder, join_words
from searchapp.search.planner import plan
from searchapp.search.snippets import Highlighter


def nfd(raw):
    return unicodedata.normalize("NFD", raw)


def marked(analyzer, query, raw):
    """The pieces of ``raw`` that are highlighted."""
    highlighter = Highlighter(
        analyzer, plan(query, analyzer).wanted, weights={}, max_chars=240, most=2
    )
    (whole,) = highlighter.wholes([raw])
    assert whole.text == raw
    return [raw[a:b] for a, b in whole.highlights]


@pytest.mark.parametrize(
    ("query", "raw", "pieces"),
    [
        pytest.param("hoà bình", "ở Hòa Bình", ["Hòa Bình"], id="new tone finds old"),
        pytest.param("hòa bình", "ở HOÀ BÌNH", ["HOÀ BÌNH"], id="old tone finds new"),
        pytest.param("kỹ năng", "có kĩ năng", ["kĩ năng"], id="y finds i"),
        pytest.param("kĩ năng", "có Kỹ năng", ["Kỹ năng"], id="i finds y"),
        pytest.param("quý", "quí khách, quý, qúy", ["quí", "quý", "qúy"], id="qu"),
        pytest.param("xay dung", "Xây dựng nước", ["Xây dựng"], id="no marks: one word, one span"),
        pytest.param("ki nang", "kỹ năng, kĩ năng", ["kỹ năng", "kĩ năng"], id="no marks: i/y"),
        pytest.param("thuy", "Thủy, thuỷ; thùy", ["Thủy", "thuỷ", "thùy"], id="no marks: any tone"),
        pytest.param("dang", "Đảng và đang", ["Đảng", "đang"], id="no marks: đ"),
        pytest.param("đường", "dương, đương, duong, Đường", ["Đường"], id="marks mean marks"),
        pytest.param("ĐƯỜNG", "đường", ["đường"], id="capitals"),
        pytest.param("hòa", "hòan hòa hoàng ahòa hòa1", ["hòa"], id="whole words only"),
        pytest.param("hòa", "hòa_bình (hòa) hòa-hợp", ["hòa", "hòa", "hòa"], id="punctuation"),
        pytest.param("tp", "ＴＰ và tp", ["ＴＰ", "tp"], id="fullwidth"),
        pytest.param("mét", "dài 5 mét", ["mét"], id="digits beside"),
        pytest.param("không có", "ở đây", [], id="nothing"),
        pytest.param("hòa", "", [], id="empty text"),
        pytest.param("!!!", "hòa!!!", [], id="query without terms"),
        pytest.param("100/2019/NĐ-CP", "ở 100/2019/NĐ-CP", ["100", "2019", "NĐ", "CP"], id="code"),
    ],
)
def test_forms_of_query_words_are_marked_as_written(analyzer, query, raw, pieces):
    assert marked(analyzer, query, raw) == pieces


@pytest.mark.parametrize(
    ("query", "raw", "pieces"),
    [
        pytest.param("hòa bình", nfd("ở Hoà Bình đó"), [nfd("Hoà Bình")], id="decomposed text"),
        pytest.param(nfd("hòa"), "ở Hòa Lạc", ["Hòa"], id="decomposed query"),
        pytest.param("đường", "👨\u200d👩\u200d👧 đường", ["đường"], id="behind emoji"),
        pytest.param("gia", "❤️👍🏽 gia", ["gia"], id="behind variation selectors"),
        pytest.param("đường", "đư\u00adờng", ["đư\u00adờng"], id="soft hyphen inside"),
        pytest.param("việt", "vie\u0323\u0302t", ["vie\u0323\u0302t"], id="marks in odd order"),
        pytest.param("xay dung", "xây\u200bdựng", ["xây\u200bdựng"], id="zero-width space"),
        pytest.param("hòa", "\ufeffhòa\u200d", ["hòa"], id="invisible around"),
    ],
)
def test_marked_pieces_are_slices_of_the_raw_text(analyzer, query, raw, pieces):
    assert marked(analyzer, query, raw) == pieces


@pytest.mark.parametrize(
    ("query", "raw", "pieces"),
    [
        pytest.param('"xây dựng đảng"', "xây dựng Đảng", ["xây dựng Đảng"], id="one span"),
        pytest.param('"xây dựng đảng"', "Đảng xây dựng; xây đảng", [], id="only where it stands"),
        pytest.param('"đá bóng"', "đá  bóng, đá, bóng", ["đá  bóng", "đá, bóng"], id="between"),
        pytest.param('"hoà bình"', "Hòa Bình; hoa binh", ["Hòa Bình"], id="tone placement"),
        pytest.param('"hoa binh"', "Hòa Bình; hoa binh", ["Hòa Bình", "hoa binh"], id="no marks"),
        pytest.param('"dựng đảng"', "xây dựng đảng viên", ["dựng đảng"], id="across words"),
        pytest.param('"hòa"', "hòa hoà hòan", ["hòa", "hoà"], id="one syllable"),
        pytest.param('"a b"', "xa b, a bx, a b", ["a b"], id="whole syllables"),
        pytest.param('"a.b"', "axb a.b", ["a.b"], id="no regular expression"),
        pytest.param('"đá bóng" sân', "sân đá bóng, đá", ["sân", "đá bóng"], id="and a word"),
        # "tự từ" in the place of a first candidate must not hide the phrase behind it
        pytest.param('"từ từ"', "rồi tự từ từ đi", ["từ từ"], id="overlaps a false candidate"),
    ],
)
def test_phrases_are_marked_where_they_stand(analyzer, query, raw, pieces):
    assert marked(analyzer, query, raw) == pieces


@pytest.mark.parametrize(
    ("query", "raw", "pieces"),
    [
        # pyvi parts a number from the unit behind it: the analyzer finds "độ" here.
        pytest.param("độ", "sốt 37,5độ C", ["độ"], id="unit behind a decimal"),
        pytest.param("đ", "giá 5.000đ", ["đ"], id="đồng behind a number"),
        pytest.param('"độ c"', "sốt 37,5độ C", ["độ C"], id="phrase behind a decimal"),
        pytest.param("file", "một ﬁle", ["ﬁle"], id="ligature"),
        pytest.param("½", "thêm ½ cốc", ["½"], id="fraction"),
        pytest.param("straße", "ở Straße, STRASSE", ["Straße", "STRASSE"], id="sharp s"),
    ],
)
def test_whatever_the_analyzer_finds_is_marked(analyzer, query, raw, pieces):
    assert marked(analyzer, query, raw) == pieces


def places_of(analyzer, query, raw):
    return PlaceFinder(plan(query, analyzer).wanted).places(clean_text(raw))


@given(vietnamese_prose.filter(str.split), st.integers(0, 59))
def test_the_highlighter_and_the_analyzer_find_the_same(analyzer, raw, which):
    """A document is shown with marks at the very syllables it was found by."""
    cleaned = clean_text(raw)
    query = cleaned.split()[which % len(cleaned.split())]
    analysis = analyzer.analyze(cleaned)
    wanted = plan(query, analyzer).wanted
    finder = PlaceFinder(wanted)
    found = {(p.start, p.end, finder.terms[p.term]) for p in finder.places(cleaned)}
    for term in wanted.syllables:
        tokens = getattr(analysis, term.view.value)
        assert {(a, b) for a, b, t in found if t == term} == {
            (t.start, t.end) for t in tokens if t.text == term.text
        }


@pytest.mark.parametrize("query", ["\ufc5e", "\uff9e a", '"\ufe70 a"', "x\ufe70"], ids=ascii)
def test_letters_that_fold_to_nothing_crash_nothing(analyzer, query):
    places_of(analyzer, query, "một hai \ufc5e \uff9e")


@settings(max_examples=200)
@given(st.one_of(text, vietnamese_prose), text)
def test_marks_are_in_order_disjoint_and_in_range(analyzer, raw, query):
    assume(query.strip())
    pieces = []
    wanted = plan(query, analyzer).wanted
    (whole,) = Highlighter(analyzer, wanted, weights={}, max_chars=240, most=2).wholes([raw])
    at = 0
    for start, end in whole.highlights:
        assert at <= start < end <= len(raw)
        at = end
        pieces.append(raw[start:end])
    assert all(any(c.isalnum() for c in piece) for piece in pieces)


@given(vietnamese_prose.filter(str.strip))
def test_a_text_that_is_its_own_query_is_marked_whole(analyzer, raw):
    """Every syllable with its marks is wanted, so nothing but the signs between stays unmarked."""
    (whole,) = Highlighter(
        analyzer, plan(f"đ {raw}", analyzer).wanted, weights={}, max_chars=240, most=2
    ).wholes([raw])
    covered = {i for start, end in whole.highlights for i in range(start, end)}
    assert [raw[i] for i in range(len(raw)) if i not in covered and raw[i].isalnum()] == []


def test_places_of_one_word_become_one_span():
    places = [Place(0, 3, 0), Place(4, 8, 0), Place(9, 12, 0)]
    assert join_words(places, [(0, 8), (9, 12)]) == [(0, 8), (9, 12)]
    assert join_words(places, [(0, 3), (4, 8), (9, 12)]) == [(0, 3), (4, 8), (9, 12)]
    assert join_words(places, [(0, 12)]) == [(0, 12)]
    assert join_words(places, []) == [(0, 3), (4, 8), (9, 12)]
    assert join_words([], [(0, 3)]) == []


def test_overlapping_places_become_one_span():
    places = [Place(0, 8, 0), Place(4, 8, 0), Place(4, 12, 0)]
    assert join_words(places, [(0, 3), (4, 8), (9, 12)]) == [(0, 12)]


def test_places_come_in_order_of_start(analyzer):
    places = places_of(analyzer, 'binh hoa "hoa binh"', "hòa bình, hoa, bình hòa")
    assert [p.start for p in places] == sorted(p.start for p in places)
    assert [(p.start, p.end) for p in places[:2]] == [(0, 8), (0, 3)]  # the longer one first


def test_a_common_word_does_not_hide_a_rare_one(analyzer):
    raw = "hòa " * (3 * highlight.MAX_PLACES_PER_TERM) + "hiếm"
    places = places_of(analyzer, "hiếm hòa", raw)
    assert places[-1].end == len(raw)
    assert len(places) == highlight.MAX_PLACES_PER_TERM + 1


def test_time_is_in_proportion_to_a_document(analyzer):
    finder = PlaceFinder(plan("hoa binh the gioi", analyzer).wanted)
    raw = "Một đoạn văn bình thường nói về đất nước. "
    assert_in_proportion(lambda size: finder.places(raw * size), 10_000)
