"""From a query as typed to terms: what has to match, what counts, and what to highlight.

Marks decide. Words typed with marks mean them: they match pyvi words and exact syllables. Words
typed without any match folded syllables, in every reading. Pairs of neighbouring syllables only add
to the score. The weights were measured: see docs/relevance.md.
"""

from __future__ import annotations

from dataclasses import dataclass

from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.base import Analysis, Token, View
from searchapp.analysis.terms import has_marks
from searchapp.query.nodes import And, Node, Or, Phrase, Query, ScoredTerm, Term
from searchapp.query.parser import parse

WORD_WEIGHT = 1.0
EXACT_WEIGHT = 0.5
FOLDED_WEIGHT = 1.0
PAIR_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to highlight: single syllables and phrases of syllables, each in one view."""

    syllables: frozenset[Term]
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A query, ready for an engine and for the highlighter."""

    query: Query
    wanted: Wanted


def plan(text: str, analyzer: Analyzer) -> Plan:
    """Understand a query. A query without a single term finds nothing."""
    typed = parse(text)
    words = analyzer.analyze(typed.words)
    quoted = [phrase for raw in typed.phrases if (phrase := _phrase(analyzer.analyze(raw)))]
    score = _scored(words)
    highlights = frozenset(Term(view, token.text) for view, token in _syllables(words))
    for raw in typed.phrases:
        score += _scored(analyzer.analyze(raw))
    match: Node = Or(
        tuple(dict.fromkeys(Term(s.view, s.text) for s in _scored(words, pairs=False)))
    )
    if quoted:
        # A phrase must be there; the other words then only rank.
        match = And(tuple(_node(phrase) for phrase in quoted))
    return Plan(Query(match, tuple(score)), Wanted(highlights, tuple(quoted)))


def _view(analysis: Analysis) -> View:
    """The view of syllables in which a run of words is meant."""
    marked = any(has_marks(token.surface) for token in analysis.exact)
    return View.EXACT if marked else View.FOLDED


def _syllables(analysis: Analysis) -> list[tuple[View, Token]]:
    view = _view(analysis)
    tokens = analysis.exact if view is View.EXACT else analysis.folded
    return [(view, token) for token in tokens]


def _scored(analysis: Analysis, *, pairs: bool = True) -> list[ScoredTerm]:
    syllables = _syllables(analysis)
    terms: list[ScoredTerm] = []
    if _view(analysis) is View.EXACT:
        words = (*analysis.words, *analysis.codes)
        terms += [ScoredTerm(View.WORDS, token.text, WORD_WEIGHT) for token in words]
        terms += [ScoredTerm(view, token.text, EXACT_WEIGHT) for view, token in syllables]
    else:
        terms += [ScoredTerm(view, token.text, FOLDED_WEIGHT) for view, token in syllables]
    if pairs:
        terms += [ScoredTerm(View.PAIRS, pair, PAIR_WEIGHT) for pair in analysis.pairs]
    return terms


def _phrase(analysis: Analysis) -> Phrase | None:
    syllables = _syllables(analysis)
    if not syllables:
        return None
    return Phrase(syllables[0][0], tuple(token.text for _, token in syllables))


def _node(phrase: Phrase) -> Node:
    return phrase if len(phrase.terms) > 1 else Term(phrase.view, phrase.terms[0])
