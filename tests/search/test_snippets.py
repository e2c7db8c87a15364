import html
import itertools
import re
import time
import unicodedata

import pytest
from growth import assert_in_proportion
from hypothesis import given, settings
from hypothesis import strategies as st
from vietnamese_texts import SYLLABLES, text, vietnamese_prose, vietnamese_text

from searchapp.analysis.clean import clean_text
from searchapp.documents import Document
from searchapp.search.planner import plan
from searchapp.search.snippets import Highlighter, mark
from searchapp.time_budget import within

FILLER = "Đây là một câu dài nói về chuyện khác, chẳng liên quan gì. "


def nfd(raw):
    return unicodedata.normalize("NFD", raw)


def snippets(analyzer, query, raw, *, max_chars=240, most=2, weights=None):
    highlighter = Highlighter(
        analyzer, plan(query, analyzer).wanted, weights or {}, max_chars=max_chars, most=most
    )
    (found,) = highlighter.snippets([raw])
    return found


def marked(snippet):
    return [snippet.text[a:b] for a, b in snippet.highlights]


def check(found, raw, max_chars=240, most=2):
    """What holds for the snippets of any text."""
    assert 1 <= len(found) <= most
    for one, next_one in itertools.pairwise(found):
        assert one.end <= next_one.start
    for snippet in found:
        assert 0 <= snippet.start <= snippet.end <= len(raw)
        assert snippet.text == re.sub(r"\s+", " ", raw[snippet.start : snippet.end])
        assert len(clean_text(snippet.text)) <= max_chars
        assert snippet.start <= snippet.at <= snippet.end
        if snippet.highlights:
            start, end = snippet.highlights[0]
            shown = re.split(r"\s+", snippet.text[start:end])
            assert re.match(r"\s+".join(map(re.escape, shown)), raw[snippet.at :])
        else:
            assert snippet.at == snippet.start
        at = 0
        for start, end in snippet.highlights:
            assert at <= start < end <= len(snippet.text)
            at = end
        # the text's own tags are escaped, so that these are ours
        assert html.unescape(re.sub("</?mark>", "", snippet.html)) == snippet.text
        assert snippet.html.count("<mark>") == len(snippet.highlights)


def is_word_end(raw, at):
    return at == len(raw) or not (raw[at - 1].isalnum() and raw[at].isalnum())


def test_a_short_document_is_its_own_snippet(analyzer):
    (snippet,) = snippets(analyzer, "hoà bình", "Tỉnh Hòa Bình.")
    assert snippet.text == "Tỉnh Hòa Bình."
    assert marked(snippet) == ["Hòa Bình"]
    assert (snippet.start, snippet.end) == (0, 14)
    assert snippet.html == "Tỉnh <mark>Hòa Bình</mark>."


def test_white_space_is_shown_as_single_spaces(analyzer):
    (snippet,) = snippets(analyzer, "nước", "\n  đất \t nước\u00a0ta\n\nhết \n")
    assert snippet.text == "đất nước ta hết"
    assert marked(snippet) == ["nước"]


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        pytest.param('<script>alert("hòa")</script>', "hòa", id="script"),
        pytest.param("a &amp; hòa &lt;b&gt;", "hòa", id="entities"),
        pytest.param("\"hòa\" 'hòa' > < &", "hòa", id="quotation marks"),
        pytest.param("</mark>hòa<mark>", "hòa", id="marks of its own"),
    ],
)
def test_html_is_the_text_escaped(analyzer, raw, shown):
    (snippet,) = snippets(analyzer, "hòa", raw)
    assert snippet.text == raw
    assert set(marked(snippet)) == {shown}
    pieces = re.split("<mark>|</mark>", snippet.html)
    assert len(pieces) == 2 * len(snippet.highlights) + 1
    assert html.unescape("".join(pieces)) == raw
    assert not re.search("[<>\"']", "".join(pieces))
    assert [html.unescape(p) for p in pieces[1::2]] == marked(snippet)


def test_what_is_marked_is_escaped_too(analyzer):
    (snippet,) = snippets(analyzer, '"hòa bình"', "ở hòa <&> 'bình'")
    assert snippet.html == "ở <mark>hòa &lt;&amp;&gt; &#x27;bình</mark>&#x27;"


def test_mark_puts_tags_around_spans():
    assert mark("<b>", [(0, 3)]) == "<mark>&lt;b&gt;</mark>"
    assert mark("a<b & c", [(0, 1), (2, 3)]) == "<mark>a</mark>&lt;<mark>b</mark> &amp; c"
    assert mark('"x"', []) == "&quot;x&quot;"


def test_the_passage_with_the_match_is_shown(analyzer):
    raw = FILLER * 20 + "Tỉnh Hoà Bình ở phía tây. " + FILLER * 20
    (snippet,) = snippets(analyzer, "hòa bình", raw)
    check([snippet], raw)
    assert marked(snippet) == ["Hoà Bình"]
    assert snippet.text.startswith("Tỉnh Hoà Bình")
    assert snippet.text.endswith(".")


def test_the_passage_with_more_of_the_query_is_shown(analyzer):
    raw = "Có hòa ở đây. " + FILLER * 10 + "Hòa giải và thương lượng. " + FILLER * 10
    (snippet,) = snippets(analyzer, "hòa giải thương lượng", raw, most=1)
    assert marked(snippet) == ["Hòa giải", "thương lượng"]


def test_the_passage_with_the_rarer_word_is_shown(analyzer):
    raw = "Có hòa. " + FILLER * 10 + "Có giải. " + FILLER * 10
    terms = {t.text: t for t in plan("hòa giải", analyzer).wanted.syllables}
    for rare in ("hòa", "giải"):
        (snippet,) = snippets(analyzer, "hòa giải", raw, most=1, weights={terms[rare]: 9.0})
        assert marked(snippet) == [rare]


def test_two_passages_stand_in_the_order_of_the_text(analyzer):
    raw = FILLER * 9 + "Bình ở đây. " + FILLER * 9 + "Có thương và lượng. " + FILLER * 9
    found = snippets(analyzer, "thương lượng bình", raw)
    check(found, raw)
    assert [marked(s) for s in found] == [["Bình"], ["thương", "lượng"]]


@pytest.mark.parametrize("between", range(0, 40, 3))
@pytest.mark.parametrize("before", [0, 9, 14])
def test_passages_of_one_long_sentence_do_not_overlap(analyzer, before, between):
    filler = ["nghiêng"]
    raw = " ".join(filler * before + ["hòa"] + filler * between + ["bình"] + filler * 20)
    found = snippets(analyzer, "bình hòa", raw, max_chars=100)
    check(found, raw, 100)
    shown = [piece for snippet in found for piece in marked(snippet)]
    assert len(shown) == len(set(shown)) > 0


@pytest.mark.parametrize(
    "prefix", ["", "👨\u200d👩\u200d👧 ", FILLER * 9], ids=["", "emoji", "long"]
)
def test_offsets_hold_in_decomposed_text(analyzer, prefix):
    raw = nfd(f"{prefix}Tỉnh Hoà Bình, đất nước. {FILLER * 9}")
    (snippet,) = snippets(analyzer, "hòa bình nước", raw)
    check([snippet], raw)
    assert marked(snippet) == [nfd("Hoà Bình"), nfd("đất nước")[-len(nfd("nước")) :]]
    assert snippet.text in raw


def test_a_second_passage_shows_what_the_first_lacks(analyzer):
    raw = ("Có hòa ở đây. " + FILLER * 9) * 4
    assert len(snippets(analyzer, "hòa", raw)) == 1


def test_never_more_passages_than_wanted(analyzer):
    words = "thương lượng bình giải"
    raw = "".join(f"Có {word}. {FILLER * 9}" for word in words.split())
    assert [len(snippets(analyzer, words, raw, most=most)) for most in (1, 2, 3)] == [1, 2, 3]


def test_a_document_without_a_match_gives_its_beginning(analyzer):
    raw = "\n " + FILLER * 20
    (snippet,) = snippets(analyzer, "hòa", raw)
    check([snippet], raw)
    assert snippet.start == 2
    assert snippet.highlights == ()
    assert len(snippet.text) > 120
    assert is_word_end(raw, snippet.end)


@pytest.mark.parametrize("raw", ["", " ", "\n\n", "\u200b\ufeff"], ids=ascii)
def test_an_empty_document_gives_at_most_one_empty_snippet(analyzer, raw):
    found = snippets(analyzer, "hòa", raw)
    assert [(s.text, s.highlights, s.html) for s in found] in ([], [("", (), "")])


@pytest.mark.parametrize("form", [str, nfd], ids=["composed", "decomposed"])
def test_the_only_match_at_the_end_of_a_long_document_is_shown(analyzer, form):
    raw = form(FILLER * 14_000 + "Rồi đến Hoà Bình")
    assert len(raw) > 800_000
    (snippet,) = snippets(analyzer, "hòa bình", raw)
    check([snippet], raw)
    assert marked(snippet) == [form("Hoà Bình")]
    assert snippet.end == len(raw)


@pytest.mark.parametrize("space", [" ", "\n", "\t", "\u00a0", "\u3000", "\u2003"], ids=ascii)
@pytest.mark.parametrize("query", ["giữa", "không"], ids=["match", "no match"])
def test_passages_are_cut_between_words(analyzer, space, query):
    """Web pages and tables come with other spaces than the common one."""
    raw = space.join(["nghiêng"] * 50 + ["giữa"] + ["nghiêng"] * 50)
    (snippet,) = snippets(analyzer, query, raw, max_chars=100)
    check([snippet], raw, 100)
    assert is_word_end(raw, snippet.end)
    assert snippet.start == 0 or is_word_end(raw, snippet.start)
    assert marked(snippet) == (["giữa"] if query == "giữa" else [])


@pytest.mark.parametrize("place", range(0, 400, 7))
def test_a_match_is_shown_wherever_it_stands(analyzer, place):
    words = ["nghiêng", "ngả", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám"] * 20
    raw = " ".join(words)[:place] + " Hòa Bình " + " ".join(words)
    for query in ("hoà bình", '"hoà bình"', "hoa"):
        found = snippets(analyzer, query, raw, max_chars=100)
        check(found, raw, 100)
        assert any(s.highlights for s in found)


@pytest.mark.parametrize("before", range(15, 36))
def test_a_phrase_across_sentences_is_shown(analyzer, before):
    """A cut at the sentence end inside the phrase would lose the very thing that was found."""
    raw = "x" * before + " đá. Bóng lăn trên sân cỏ rồi bay đi rất xa không ai đuổi kịp nữa đâu nhé"
    found = snippets(analyzer, '"đá bóng"', raw, max_chars=60)
    check(found, raw, 60)
    assert [marked(s) for s in found] == [["đá. Bóng"]]


def test_a_phrase_as_long_as_half_a_passage_is_shown(analyzer):
    phrase = "bốn năm sáu bảy tám chín mười mười một mười hai mười ba mười bốn"
    raw = f"Ở đây một hai ba rồi bốn rồi một hai ba rồi {phrase}. Hết chuyện rồi nhé các bạn ơi."
    assert 60 < len(phrase) < 100
    found = snippets(analyzer, f'"{phrase}"', raw, max_chars=100)
    check(found, raw, 100)
    assert [marked(s) for s in found] == [[phrase]]


def test_texts_of_one_call_do_not_see_each_other(analyzer):
    raws = ["Hòa Bình", "", "không có gì", nfd("hoà bình"), FILLER * 20 + "hòa"]
    wanted = plan("hòa bình", analyzer).wanted
    highlighter = Highlighter(analyzer, wanted, weights={}, max_chars=100, most=2)
    assert highlighter.snippets(raws) == [highlighter.snippets([raw])[0] for raw in raws]
    assert highlighter.wholes(raws) == [highlighter.wholes([raw])[0] for raw in raws]
    assert highlighter.snippets([]) == []
    assert highlighter.wholes([]) == []


def test_a_whole_text_keeps_its_line_breaks(analyzer):
    wanted = plan("hòa", analyzer).wanted
    raw = f"\n{FILLER * 9}Hoà\n"
    (whole,) = Highlighter(analyzer, wanted, {}, max_chars=40, most=1).wholes([raw])
    assert whole.text == raw
    assert marked(whole) == ["Hoà"]
    assert (whole.start, whole.end) == (0, len(whole.text))


_queries = st.one_of(
    st.sampled_from(SYLLABLES),
    st.sampled_from(("hòa bình đường", "hoa binh", '"hòa bình"', '"xay dung" đảng', "!!!")),
    vietnamese_text,
)


@settings(max_examples=300)
@given(_queries, st.one_of(text, vietnamese_prose), st.integers(40, 120), st.integers(1, 3))
def test_snippets_of_any_text(analyzer, query, raw, max_chars, most):
    found = snippets(analyzer, query, raw, max_chars=max_chars, most=most)
    check(found, raw, max_chars, most)


@settings(max_examples=200)
@given(st.sampled_from(("hòa", "duong", "xây dựng")), vietnamese_prose, st.integers(40, 120))
def test_what_is_marked_in_the_whole_text_is_marked_in_a_snippet(analyzer, query, raw, max_chars):
    wanted = plan(query, analyzer).wanted
    (whole,) = Highlighter(analyzer, wanted, {}, max_chars=max_chars, most=2).wholes([raw])
    found = snippets(analyzer, query, raw, max_chars=max_chars)
    assert bool(whole.highlights) == any(s.highlights for s in found)
    inside = {i for start, end in whole.highlights for i in range(start, end)}
    for snippet in found:
        for start, end in snippet.highlights:
            # A word may be cut otherwise in a passage, but no other syllable is marked.
            span = range(snippet.start + start, snippet.start + end)
            assert {i for i in span if raw[i].isalnum()} <= inside | {
                i for i in span if len(snippet.text) < len(raw)
            }


@pytest.mark.parametrize("sign", [".", "\n", "-"], ids=["dots", "lines", "dashes"])
def test_time_is_in_proportion_to_runs_of_signs(analyzer, sign):
    """Dotted leaders of a table of contents: 12,000 dots took 3 seconds."""
    assert_in_proportion(lambda size: snippets(analyzer, "hòa", "hòa " + sign * size), 40_000)


@given(vietnamese_prose, st.lists(vietnamese_prose, max_size=4), st.sampled_from(SYLLABLES))
@settings(max_examples=60)
def test_a_passage_is_on_the_page_that_its_first_highlight_is_on(analyzer, first, more, query):
    """However white space is collapsed, Unicode composed and passages trimmed."""
    pages = [nfd(page) if number % 2 else page for number, page in enumerate([first, *more])]
    starts = tuple(sum(map(len, pages[:number])) for number in range(len(pages)))
    document = Document("a", "", "".join(pages), page_starts=starts)
    for snippet in snippets(analyzer, query, document.text, max_chars=60):
        found = document.page_at(snippet.at)
        expected = sum(start <= snippet.at for start in starts)
        assert found == expected
        if snippet.highlights:
            start, end = snippet.highlights[0]
            (word, *_) = snippet.text[start:end].split()
            assert word in pages[found - 1], "no word of these goes over the end of a page"


def test_without_pages_there_is_none(analyzer):
    (snippet,) = snippets(analyzer, "hòa", "Tỉnh Hòa Bình")
    assert Document("a", "", "Tỉnh Hòa Bình").page_at(snippet.at) is None


def test_a_long_text_is_looked_at_within_the_time(analyzer):
    """No piece of a text is begun when the time is up, and its beginning is shown."""
    wanted = plan("hoa binh", analyzer).wanted
    raw = "nước sông xuống thấp " * 500_000 + "hòa bình"
    highlighter = Highlighter(analyzer, wanted, {}, 240, 2)
    begun = time.process_time()
    with within(0.1):
        ((found,),) = highlighter.snippets([raw])
    assert time.process_time() - begun < 2
    assert (found.start, found.highlights) == (0, ())
    with within(0):
        assert highlighter.snippets([raw, "hòa bình"])[1][0].highlights == ()


@pytest.mark.parametrize("at", [0, 1, 400_000, 499_990, 1_100_000])
def test_a_passage_is_found_however_far_into_a_text(analyzer, at):
    raw = "x" * at + " hòa bình " + "nước sông. " * 60_000
    (found,) = snippets(analyzer, '"hòa bình"', raw)
    assert raw[found.start : found.end] == found.text
    assert [found.text[a:b] for a, b in found.highlights] == ["hòa bình"]
    assert found.at == raw.index("hòa bình")


def test_a_part_is_marked_over_its_ends(analyzer):
    raw = "xin chào hòa bình thế giới, hòa bình"
    highlighter = Highlighter(analyzer, plan('"hòa bình"', analyzer).wanted, {}, 240, 2)
    middle = raw.index("bình")
    part = highlighter.part(raw, 0, middle)
    assert (part.text, part.highlights) == (raw[:middle], ((9, 13),))
    part = highlighter.part(raw, middle, len(raw))
    assert [part.text[a:b] for a, b in part.highlights] == ["bình", "hòa bình"]
    assert (part.start, part.end, part.at) == (middle, len(raw), middle)
    assert highlighter.first_places(raw) == (9,)
    assert highlighter.first_places(raw + " " * 600 + "hòa bình") == (9, len(raw) + 600)
