"""What holds for every text."""

import unicodedata

from analysis_helpers import batch_views, views
from hypothesis import given, settings
from hypothesis import strategies as st
from vietnamese_texts import text

from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.clean import clean_text
from searchapp.analysis.terms import strip_marks

KINDS = ("words", "codes", "exact", "folded")


@given(text)
def test_offsets_are_in_order_and_in_range(analyzer, raw):
    analysis = analyzer.analyze(raw)
    for kind in KINDS:
        at = 0
        for token in getattr(analysis, kind):
            assert at <= token.start < token.end <= len(raw), kind
            at = token.end
    assert [t.position for t in analysis.exact] == list(range(len(analysis.exact)))


@settings(max_examples=300)
@given(text)
def test_slices_of_the_raw_text_are_the_tokens(analyzer, raw):
    analysis = analyzer.analyze(raw)
    # Marks that no letter takes may stand in another order than in NFC: then only letters compare.
    loose = any(unicodedata.combining(c) for c in clean_text(raw))
    same = strip_marks if loose else str
    for kind in ("codes", "exact", "folded"):
        for token in getattr(analysis, kind):
            assert same(clean_text(raw[token.start : token.end])) == same(token.surface), kind
    for token in analysis.words:
        piece = "".join(clean_text(raw[token.start : token.end]).split())
        assert same(piece.replace("_", "")) == same(token.surface.replace("_", ""))


@given(text)
def test_only_space_punctuation_and_invisible_characters_are_lost(analyzer, raw):
    analysis = analyzer.analyze(raw)
    covered = {i for token in analysis.exact for i in range(token.start, token.end)}
    assert [c for i, c in enumerate(raw) if i not in covered and c.isalnum()] == []


@given(text)
def test_words_and_codes_are_made_of_whole_syllables(analyzer, raw):
    analysis = analyzer.analyze(raw)
    starts = {t.position: t.start for t in analysis.exact}
    for token in (*analysis.words, *analysis.codes):
        assert token.start <= starts[token.position] < token.end


@given(text)
def test_folded_tokens_stand_where_exact_ones_stand(analyzer, raw):
    analysis = analyzer.analyze(raw)
    places = [[(t.start, t.end, t.position) for t in getattr(analysis, v)] for v in KINDS[2:]]
    assert places[0] == places[1]


@given(text)
def test_composed_and_decomposed_text_give_the_same_terms(analyzer, raw):
    composed, decomposed = (unicodedata.normalize(form, raw) for form in ("NFC", "NFD"))
    assert views(analyzer, composed) == views(analyzer, decomposed) == views(analyzer, raw)
    assert batch_views(analyzer, [composed]) == batch_views(analyzer, [decomposed])


@settings(max_examples=300)
@given(text)
def test_both_ways_of_analysis_give_the_same_terms(analyzer, raw):
    assert batch_views(analyzer, [raw]) == [views(analyzer, raw)]


@given(st.lists(text, max_size=6))
def test_a_batch_is_its_texts_one_by_one(analyzer, raws):
    assert batch_views(analyzer, raws) == [batch_views(analyzer, [raw])[0] for raw in raws]


@settings(max_examples=15)
@given(st.lists(text, min_size=1, max_size=4))
def test_what_was_seen_before_does_not_matter(model, analyzer, raws):
    fresh = Analyzer(model)
    assert batch_views(fresh, raws) == batch_views(analyzer, raws)
    assert [views(fresh, raw) for raw in raws] == [views(analyzer, raw) for raw in raws]


def test_a_full_memory_does_not_matter(model, analyzer):
    """The segmenter starts afresh now and then; the numbers of terms start afresh with it."""
    forgetful = Analyzer(model, max_chunks=6)

    @given(st.lists(text, min_size=1, max_size=4))
    def agree(raws):
        assert batch_views(forgetful, raws) == batch_views(analyzer, raws)
        assert views(forgetful, raws[0]) == views(analyzer, raws[0])

    agree()


@given(st.lists(text, max_size=4))
def test_word_spans_are_in_order_and_cover_all_but_space(analyzer, raws):
    texts = [clean_text(raw) for raw in raws]
    for cleaned, spans in zip(texts, analyzer.word_spans(texts), strict=True):
        at, words = 0, []
        for start, end in spans:
            gap = cleaned[at:start].replace("\n", "")
            assert start < end
            assert not gap.strip()
            words.append("".join(cleaned[start:end].split(" ")))
            at = end
        assert not cleaned[at:].strip()
        assert len(words) == len(spans)
