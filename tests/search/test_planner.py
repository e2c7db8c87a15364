import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vietnamese_texts import text as any_query

from searchapp.analysis.base import View
from searchapp.language.counts import CorpusCounts
from searchapp.language.model import LanguageModel
from searchapp.language.synonyms import Synonyms
from searchapp.query.describe import text_of
from searchapp.query.nodes import (
    And,
    AnyTerm,
    AtLeast,
    HasId,
    HasValue,
    Near,
    Not,
    Or,
    Phrase,
    PublishedIn,
    Scored,
    Term,
)
from searchapp.search.parts import Weights
from searchapp.search.planner import Planner, plan
from searchapp.search.query_form import query_form

WEIGHTS = {
    View.WORDS: Weights().word,
    View.EXACT: Weights().exact,
    View.FOLDED: Weights().folded,
    View.PAIRS: Weights().pair,
}


def scored(view, *texts):
    return [Scored(Term(view, text), WEIGHTS[view]) for text in texts]


def terms(view, *texts):
    return {Term(view, text) for text in texts}


def leaves(node):
    """The terms and phrases of a tree."""
    if isinstance(node, Term | Phrase):
        return {node}
    if isinstance(node, HasId | HasValue | PublishedIn | Near | AnyTerm):
        return set()
    children = (node.child,) if isinstance(node, Not) else node.children
    return set().union(*map(leaves, children))


def same(left, right):
    return sorted(left, key=repr) == sorted(right, key=repr)


def test_words_typed_with_marks_are_words_and_exact_syllables(analyzer):
    query = plan("Xây dựng đảng", analyzer).query
    assert leaves(query.match) == terms(View.EXACT, "xây", "dựng", "đảng")
    assert same(
        query.score,
        [
            *scored(View.WORDS, "xây_dựng", "đảng"),
            *scored(View.EXACT, "xây", "dựng", "đảng"),
            *scored(View.PAIRS, "xay_dung", "dung_dang"),
        ],
    )


def test_words_typed_without_marks_are_folded_syllables(analyzer):
    query = plan("xay dung Dang", analyzer).query
    assert leaves(query.match) == terms(View.FOLDED, "xay", "dung", "dang")
    assert same(
        query.score,
        [
            *scored(View.FOLDED, "xay", "dung", "dang"),
            *scored(View.PAIRS, "xay_dung", "dung_dang"),
        ],
    )


def test_a_word_weighs_more_than_a_syllable_of_it():
    weights = Weights()
    assert weights.word > weights.exact > 0
    assert weights.folded > weights.pair > 0
    assert weights.word > weights.restored_word
    assert 0 < weights.least_share < 1


def test_several_words_have_to_tell_enough_together(analyzer):
    match = plan("xây dựng đảng", analyzer).query.match
    assert isinstance(match, AtLeast)
    assert match.share == Weights().least_share
    assert len(match.children) == 3


def test_one_word_has_to_be_there(analyzer):
    query = plan("đường", analyzer).query
    assert query.match == Term(View.EXACT, "đường")
    assert query.first is None


def test_of_a_short_query_documents_with_all_of_it_come_first(analyzer):
    first = plan("xây dựng đảng", analyzer).query.first
    assert isinstance(first, And)
    assert set(first.children) == terms(View.EXACT, "xây", "dựng", "đảng")
    assert plan("một hai ba bốn năm", analyzer).query.first is None


@pytest.mark.parametrize(
    ("text", "view"),
    [
        ("đường", View.EXACT),
        ("di đâu", View.EXACT),
        ("ĐI", View.EXACT),
        (unicodedata.normalize("NFD", "hòa"), View.EXACT),
        ("duong", View.FOLDED),
        ("2019", View.FOLDED),
        ("ｄｕｏｎｇ", View.FOLDED),
    ],
)
def test_one_mark_means_that_marks_are_meant(analyzer, text, view):
    made = plan(text, analyzer)
    assert {t.view for t in made.wanted.syllables} == {view}
    assert {leaf.view for leaf in leaves(made.query.match)} == {view}
    assert (View.WORDS in {s.node.view for s in made.query.score}) == (view is View.EXACT)


@pytest.fixture(scope="module")
def language(analyzer, tmp_path_factory):
    """What a corpus knows that writes nguyễn thirty times as often as nguyen."""
    counts = CorpusCounts()
    counts.add(analyzer.analyze_batch(["hai bà trưng, nguyễn trãi, nguyên nhân"] * 15 + ["nguyen"]))
    folder = tmp_path_factory.mktemp("language")
    counts.write(folder)
    return LanguageModel(folder)


def test_a_syllable_that_the_corpus_writes_otherwise_lacks_its_marks(analyzer, language):
    wanted = Planner(analyzer, language=language).plan("hai nguyen trãi").wanted.syllables
    assert Term(View.FOLDED, "nguyen") in wanted
    assert Term(View.EXACT, "nguyen") not in wanted
    assert Term(View.EXACT, "hai") in wanted
    assert Term(View.EXACT, "trãi") in wanted


def test_without_a_corpus_an_unmarked_syllable_is_taken_as_typed(analyzer):
    wanted = plan("hai nguyen trãi", analyzer).wanted.syllables
    assert wanted == terms(View.EXACT, "hai", "nguyen", "trãi")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("hoà bình", "hòa bình", id="tone placement"),
        pytest.param("HÒA BÌNH", "hoà bình", id="tone placement and capitals"),
        pytest.param("kĩ sư", "kỹ sư", id="i/y with marks"),
        pytest.param("ki su", "ky su", id="i/y without marks"),
        pytest.param("đường sắt", unicodedata.normalize("NFD", "đường sắt"), id="decomposed"),
        pytest.param("đường", "\ufeffđư\u00adờng", id="invisible characters"),
        pytest.param('"hoà bình"', "“hòa bình”", id="phrases"),
    ],
)
def test_spellings_of_one_query_make_one_plan(analyzer, one, other):
    made, again = plan(one, analyzer), plan(other, analyzer)
    assert (made.query, made.wanted) == (again.query, again.wanted)


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("hoà bình", "hòa bình"),
        ("Hoà Bình", "Hòa Bình"),
        ("Kĩ sư, KĨ", "Kỹ sư, KỸ"),
        ("TP HỒ CHÍ MINH", "tp hồ chí minh"),
        ("UBND tỉnh", "UBND tỉnh"),
        (unicodedata.normalize("NFD", "Hoà"), "Hòa"),
        ("100/2019/NĐ-CP thuỷ", "100/2019/NĐ-CP thủy"),
        ("", ""),
    ],
)
def test_query_form_has_one_spelling(typed, form):
    assert query_form(typed) == form


def test_codes_count_beside_words(analyzer):
    query = plan("nghị định 100/2019/NĐ-CP", analyzer).query
    assert Scored(Term(View.WORDS, "100/2019/nđ-cp"), Weights().word) in query.score


def test_a_phrase_must_be_there(analyzer):
    made = plan('"Xây dựng Đảng"', analyzer)
    phrase = Phrase(View.EXACT, ("xây", "dựng", "đảng"))
    assert made.query.match == phrase
    assert made.wanted.phrases == (phrase,)
    assert made.wanted.syllables == frozenset()
    assert {s.node.view for s in made.query.score} == {View.WORDS, View.EXACT, View.PAIRS}


def test_a_phrase_without_marks_is_one_of_folded_syllables(analyzer):
    match = plan('"xay dung"', analyzer).query.match
    assert match == Phrase(View.FOLDED, ("xay", "dung"))


def test_a_phrase_of_one_syllable_is_a_term(analyzer):
    made = plan('"đường"', analyzer)
    assert made.query.match == Term(View.EXACT, "đường")
    assert made.wanted.syllables == terms(View.EXACT, "đường")


def test_words_beside_a_phrase_only_rank(analyzer):
    made = plan('đảng "xây dựng" "duong sat"', analyzer)
    phrases = (Phrase(View.EXACT, ("xây", "dựng")), Phrase(View.FOLDED, ("duong", "sat")))
    assert made.query.match == And(phrases)
    assert made.wanted.phrases == phrases
    assert made.wanted.syllables == terms(View.EXACT, "đảng")
    assert scored(View.WORDS, "đảng")[0] in made.query.score
    assert scored(View.FOLDED, "duong")[0] in made.query.score


@pytest.mark.parametrize("text", ["", " \n", "!?…", '"', '""', '"!!!"', "👍 – \u200d", '"" «»'])
def test_a_query_without_a_term_finds_nothing(analyzer, text):
    made = plan(text, analyzer)
    assert made.query.match == Or(())
    assert made.query.score == ()
    assert made.query.first is None
    assert not made.wanted.syllables
    assert not made.wanted.phrases


@pytest.mark.parametrize("text", ['"!!!" hòa', 'hòa ""', '"…" hòa "—"'])
def test_a_phrase_of_symbols_asks_for_nothing(analyzer, text):
    assert plan(text, analyzer).query.match == plan("hòa", analyzer).query.match


def test_a_synonym_stands_for_what_was_typed(analyzer):
    synonyms = Synonyms()
    synonyms.add_lines(["UBND, Ủy ban nhân dân"], "test")
    made = Planner(analyzer, synonyms=synonyms).plan("UBND tỉnh")
    long_form = Phrase(View.EXACT, ("ủy", "ban", "nhân", "dân"))
    assert {long_form, Term(View.EXACT, "ubnd")} <= leaves(made.query.match)
    assert long_form in made.wanted.phrases
    assert Scored(long_form, Weights().synonym) in made.query.score


@given(st.one_of(any_query, any_query.map('"{}"'.format)))
def test_every_query_has_a_plan(analyzer, text):
    made = plan(text, analyzer)
    trees = [made.query.match, *([made.query.first] if made.query.first else [])]
    for leaf in set().union(*map(leaves, trees)):
        assert leaf.view is not View.PAIRS
        assert all(leaf.terms) if isinstance(leaf, Phrase) else leaf.text
    for share in made.query.score:
        assert share.weight >= 0
        assert text_of(share.node)
    assert all(phrase.view in {View.EXACT, View.FOLDED} for phrase in made.wanted.phrases)
    if made.is_plain:
        assert bool(leaves(made.query.match)) == bool(made.query.score)
