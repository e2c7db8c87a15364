"""Beginnings (``ngh*``) and words with slips (``nghiên~``): what in a corpus they stand for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.base import View
from searchapp.analysis.terms import exact_term, folded_term, strip_marks
from searchapp.engines.base import Expansion
from searchapp.query.nodes import AnyTerm, Node, Scored, Term
from searchapp.search.parts import Parts, Weights, all_of
from searchapp.search.plan import Remark
from searchapp.search.query_form import query_form
from searchapp.search.running_words import meant_view


class Corpus(Protocol):
    """What the planner asks of an index."""

    def document_frequency(self, view: View, term: str) -> int:
        """How many documents hold a term in a view."""

    def beginning_with(self, view: View, prefixes: set[str], most: int) -> Expansion:
        """The most frequent terms that begin with one of the prefixes."""

    def resembling(self, view: View, term: str, edits: int, most: int) -> Expansion:
        """The most frequent terms that are so many letters away."""


@dataclass(frozen=True, slots=True)
class Expansions:
    """Expands words to at most ``most`` terms; what was cut is added to ``remarks``.

    What a word scores and highlights is added to the parts that are given; what has to hold for it
    is given back, None if it says nothing. Without a corpus a word stands for itself.
    """

    analyzer: Analyzer
    corpus: Corpus | None
    weights: Weights
    most: int
    remarks: list[Remark]

    def prefix(self, parts: Parts, text: str) -> Node | None:
        """Words whose last syllable begins so."""

        def expand(view: View, last: str) -> Expansion:
            assert self.corpus is not None
            # The tone's place and i for y are settled only when the syllable is whole.
            term = exact_term if view is View.EXACT else folded_term
            plain = last.lower() if view is View.EXACT else strip_marks(last.lower())
            return self.corpus.beginning_with(view, {plain, term(last)}, self.most)

        return self._expanded(parts, text, "*", expand)

    def fuzzy(self, parts: Parts, text: str, edits: int) -> Node | None:
        """Words whose last syllable is at most ``edits`` letters away."""

        def expand(view: View, last: str) -> Expansion:
            assert self.corpus is not None
            term = exact_term(last) if view is View.EXACT else folded_term(last)
            return self.corpus.resembling(view, term, edits, self.most)

        return self._expanded(parts, text, f"~{edits}", expand)

    def _expanded(
        self, parts: Parts, text: str, sign: str, expand: Callable[[View, str], Expansion]
    ) -> Node | None:
        """The syllables of a word, the last of them as whatever it stands for."""
        analysis = self.analyzer.analyze(query_form(text))
        if not analysis.exact:
            return None
        view = meant_view(analysis)
        tokens = analysis.exact if view is View.EXACT else analysis.folded
        if self.corpus is None:
            expansion = Expansion((tokens[-1].text,), 1)
        else:
            expansion = expand(view, tokens[-1].surface)
        if expansion.total > len(expansion.terms):
            self.remarks.append(
                Remark(
                    "expansion_cut",
                    f"{text}{sign} stands for {expansion.total} words;"
                    f" searched for the most frequent: {len(expansion.terms)}",
                )
            )
        weight = self.weights.exact if view is View.EXACT else self.weights.folded
        any_term = AnyTerm(view, expansion.terms)
        parts.score.append(Scored(any_term, weight))
        parts.syllables.update(Term(view, term) for term in expansion.terms)
        before = [Term(view, token.text) for token in tokens[:-1]]
        parts.score += [Scored(term, weight) for term in before]
        parts.syllables.update(before)
        return all_of([*before, any_term])
