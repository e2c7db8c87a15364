"""The best way through a lattice, held against trying every way there is."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.analysis.analyzer import Analyzer
from searchapp.language.counts import CorpusCounts
from searchapp.language.lattice import Arc, Candidate, Step, best_path
from searchapp.language.model import UNKNOWN, LanguageModel

_LAST = 4  # place

prices = st.floats(0, 10, allow_nan=False).map(lambda price: round(price, 3))
candidates = st.builds(
    lambda number, cost: Candidate(number, f"t{number}", cost), st.integers(UNKNOWN, 7), prices
)


@st.composite
def lattices(draw: st.DrawFn) -> list[Arc]:
    """Arcs from place to place, of which one leads from each to the next in any case."""
    spans = st.lists(st.sampled_from(list(itertools.combinations(range(_LAST + 1), 2))), max_size=6)
    between = [(place, place + 1) for place in range(_LAST)] + draw(spans)
    return [
        Arc(start, end, draw(st.lists(candidates, min_size=1, max_size=3)))
        for start, end in between
    ]


@pytest.fixture(scope="module")
def language(analyzer: Analyzer, tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    folder = tmp_path_factory.mktemp("lattice")
    counts = CorpusCounts()
    counts.add(analyzer.analyze_batch(["một hai ba bốn một hai ba năm sáu hai bảy tám hai ba"]))
    counts.write(folder)
    return LanguageModel(folder)


def ways(arcs: list[Arc], place: int = 0) -> Iterator[list[Step]]:
    if place == _LAST:
        yield []
    for arc in arcs:
        if arc.start == place:
            for rest in ways(arcs, arc.end):
                yield from ([Step(arc, one), *rest] for one in arc.candidates)


def score(way: list[Step], language: LanguageModel) -> float:
    """The score of one way, one step after the other."""
    total = 0.0
    for before, step in zip([None, *way], way, strict=False):
        if before is None:
            total += float(language.log_unigram(numbers(step))[0])
        else:
            total += float(language.log_bigram(numbers(before), numbers(step))[0, 0])
        total -= step.candidate.cost
    return total


def numbers(step: Step) -> np.ndarray:
    return np.array([step.candidate.number])


@given(arcs=lattices())
def test_no_way_is_better(language: LanguageModel, arcs: list[Arc]) -> None:
    found = best_path(arcs, _LAST, language)
    assert [step.arc.start for step in found] == [0, *(step.arc.end for step in found[:-1])]
    assert found[-1].arc.end == _LAST
    best = max(score(way, language) for way in ways(arcs))
    assert math.isclose(score(found, language), best, rel_tol=1e-9, abs_tol=1e-9)


def test_of_equals_the_first_is_taken(language: LanguageModel) -> None:
    same = [Candidate(1, "a", 0.0), Candidate(1, "b", 0.0)]
    (step,) = best_path([Arc(0, 1, same), Arc(0, 1, [Candidate(1, "c", 0.0)])], 1, language)
    assert step.candidate.term == "a"


def test_there_may_be_no_way(language: LanguageModel) -> None:
    one = [Candidate(0, "a", 0.0)]
    assert best_path([], 1, language) == []
    assert best_path([Arc(0, 1, one), Arc(2, 3, one)], 3, language) == []
