"""Which pieces a word may have, which pieces may be one word, and what that costs."""

from __future__ import annotations

import pytest

from searchapp.analysis.analyzer import Analyzer
from searchapp.language.candidates import MARKS_LEFT_OUT
from searchapp.language.counts import CorpusCounts
from searchapp.language.model import LanguageModel
from searchapp.language.readings import readings
from searchapp.language.spaces import (
    ALL_SYLLABLES,
    MAX_RUN_LETTERS,
    NO_SPACE,
    SPACE_INSIDE,
    in_pieces,
    run_together,
)
from searchapp.language.words import words_of

TEXTS = ["Người Hà Nội", "Phố ở Hà Nội", "Thủ đô", "Vitamin d 3 và k 2", "Đường xa 5 km"] * 3


@pytest.fixture(scope="module")
def language(analyzer: Analyzer, tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    folder = tmp_path_factory.mktemp("spaces")
    counts = CorpusCounts()
    counts.add(analyzer.analyze_batch(TEXTS))
    counts.write(folder)
    return LanguageModel(folder)


def pieces(word: str, language: LanguageModel) -> list[str]:
    (one,) = words_of(word)
    return [word[arc.start : arc.end] for arc in run_together(one, not one.marked, language)]


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("hanoi", ["ha", "noi"]),
        ("thủđô", ["thủ", "đô"]),
        ("5km", ["5", "km"]),
        ("doha", []),  # they never stand side by side: it may be a foreign word
        ("đôhà", ["đô", "hà"]),  # with marks it is none
        ("d3", []),  # one letter goes with its number
        ("hanoihanoi", []),  # "nội hà" stands nowhere
        ("hanoix", []),
    ],
)
def test_pieces_of_a_word(language: LanguageModel, word: str, wanted: list[str]) -> None:
    assert pieces(word, language) == wanted


def test_words_that_are_too_long_stay_one(language: LanguageModel) -> None:
    longest = "hàhàhàhà" * (MAX_RUN_LETTERS // 8)
    assert len(pieces(longest, language)) == MAX_RUN_LETTERS // 2
    assert pieces(longest + "hà", language) == []


def test_what_is_run_together_is_paid_once(language: LanguageModel) -> None:
    (word,) = words_of("hanoi")
    for unmarked, price in ((True, NO_SPACE), (False, NO_SPACE + MARKS_LEFT_OUT)):
        first, second = run_together(word, unmarked, language)
        assert {one.cost for one in first.candidates} == {price}
        assert {one.cost for one in second.candidates} == {0.0}


def test_some_words_of_a_query_are_parted(language: LanguageModel) -> None:
    typed = " ".join(["hanoi"] * 12)
    inside = [
        arc for arc in readings(typed, language) if typed[arc.start - 1 : arc.start].isalpha()
    ]
    assert 1 < len(inside) < 12


@pytest.mark.parametrize(
    ("query", "cost"),
    [
        ("n ội", SPACE_INSIDE),
        ("nộ i", SPACE_INSIDE + ALL_SYLLABLES),  # each could be a syllable itself
        ("no i", SPACE_INSIDE + ALL_SYLLABLES),
        ("n ồi", None),  # another mark, and a space on top
        ("n-ội", None),
        ("x ội", None),
    ],
)
def test_pieces_of_one_syllable(language: LanguageModel, query: str, cost: float | None) -> None:
    words = words_of(query)
    unmarked = not any(word.marked for word in words)
    found = [
        (arc.start, arc.end, one.term, one.cost)
        for arc in in_pieces(query, words, [False, False], unmarked, language)
        for one in arc.candidates
    ]
    assert found == ([] if cost is None else [(0, len(query), "nội", cost)])


def test_pieces_that_stand_so_in_the_corpus_are_left(language: LanguageModel) -> None:
    assert list(in_pieces("n ội", words_of("n ội"), [True, True], False, language)) == []
