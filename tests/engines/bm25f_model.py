"""The truth that engines are compared with: BM25F and boolean matching in plain loops.

Slow and readable on purpose; it shares no code with an engine beyond the analyzer.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.base import Field, View, pair_term
from searchapp.documents import Document
from searchapp.engines.at_least import child_units, least_units
from searchapp.engines.base import AnalyzedBatch, Engine, Found, Ranking, Searcher
from searchapp.query.nodes import (
    And,
    AnyTerm,
    AtLeast,
    Counted,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Query,
    Scored,
    Term,
)

CLOSE = 1e-9


def analyzed(documents: Sequence[Document], analyzer: Analyzer) -> AnalyzedBatch:
    return AnalyzedBatch(
        documents,
        {
            Field.TITLE: analyzer.analyze_batch([d.title for d in documents]),
            Field.BODY: analyzer.analyze_batch([d.text for d in documents]),
        },
    )


def build_index(
    engine: Engine,
    folder: Path,
    documents: Sequence[Document],
    analyzer: Analyzer,
    batch: int = 7,
) -> Searcher:
    """An index of the documents, written in small batches, opened."""
    writer = engine.create(folder)
    for first in range(0, len(documents), batch):
        writer.add(analyzed(documents[first : first + batch], analyzer))
    writer.commit()
    return engine.open(folder)


class Bm25fModel:
    """Documents as lists of terms by field and view; the later of two with one id counts."""

    def __init__(
        self, documents: Sequence[Document], analyzer: Analyzer, ranking: Ranking | None = None
    ) -> None:
        self.ranking = ranking or Ranking()
        self.documents = {document.id: document for document in documents}
        self.terms: dict[str, dict[tuple[Field, View], list[str]]] = {n: {} for n in self.documents}
        batch = analyzed(list(self.documents.values()), analyzer)
        for field, of_field in batch.fields.items():
            for index, name in enumerate(self.documents):
                syllables = of_field.syllables[slice(*of_field.syllable_bounds[index : index + 2])]
                words = of_field.words[slice(*of_field.word_bounds[index : index + 2])]
                folded = [of_field.folded_terms[number] for number in syllables]
                views = self.terms[name]
                views[field, View.WORDS] = [of_field.word_terms[number] for number in words]
                views[field, View.EXACT] = [of_field.exact_terms[number] for number in syllables]
                views[field, View.FOLDED] = folded
                views[field, View.PAIRS] = [pair_term(*two) for two in pairwise(folded)]
        self.counts = {
            name: {key: Counter(terms) for key, terms in views.items()}
            for name, views in self.terms.items()
        }
        # Who holds a term, so that a question over real text takes no minute.
        self.holders: dict[tuple[str, str], set[str]] = {}
        for name, views in self.terms.items():
            for (_, view), terms in views.items():
                for term in terms:
                    self.holders.setdefault((view.value, term), set()).add(name)
        # Words are normed by words, syllables and pairs by syllables.
        self.lengths = {
            name: {
                (field, view): len(views[field, View.WORDS if view is View.WORDS else View.EXACT])
                for field in Field
                for view in View
            }
            for name, views in self.terms.items()
        }
        self.means = {
            (field, view): sum(one[field, view] for one in self.lengths.values())
            / len(self.documents)
            for field in Field
            for view in View
        }

    def document_frequency(self, view: View, term: str) -> int:
        return len(self.holders.get((view.value, term), ()))

    def idf(self, frequency: int) -> float:
        return math.log(1 + (len(self.documents) - frequency + 0.5) / (frequency + 0.5))

    def found_by(self, node: Node) -> set[str]:
        """The documents that a node finds."""
        every = set(self.documents)
        match node:
            case Term(view, text) if node.field is None:
                return self.holders.get((view.value, text), set())
            case Phrase(view, terms) | Near(view, terms):
                able = every.intersection(
                    *(self.holders.get((view.value, term), ()) for term in terms)
                )
                return {n for n in able if any(self.occurrences(n, f, node) for f in Field)}
            case Term() | AnyTerm():
                return {n for n in every if any(self.occurrences(n, f, node) for f in Field)}
            case And(children):
                return every.intersection(*map(self.found_by, children))
            case Or(children):
                return set().union(*map(self.found_by, children))
            case Not(child):
                return every - self.found_by(child)
            case AtLeast(children, share):
                found = [self.found_by(child) for child in children]
                units = child_units([len(one) for one in found], len(self.documents))
                told = Counter[str]()
                for one, unit in zip(found, units, strict=True):
                    told.update(dict.fromkeys(one, unit))
                least = least_units(units, share)
                return {name for name, sum_ in told.items() if sum_ >= least}
        raise AssertionError(node)

    def value(self, name: str, scored: Scored, frequency: int) -> float:
        """A term's BM25F value in a document; ``frequency`` is its document frequency."""
        ranking, total = self.ranking, 0.0
        view = scored.node.view
        for field in Field:
            count = self.occurrences(name, field, scored.node)
            if count:
                length = self.lengths[name][field, view]
                norm = 1 - ranking.b + ranking.b * length / self.means[field, view]
                total += ranking.field_weight(field) * count / norm
        return self.idf(frequency) * total * (ranking.k1 + 1) / (total + ranking.k1)

    def occurrences(self, name: str, field: Field, node: Counted) -> int:
        """How often a node stands in a field; not at all in one that it does not ask for."""
        if node.field not in (None, field):
            return 0
        counts = self.counts[name][field, node.view]
        there = self.terms[name][field, node.view]
        match node:
            case Term(_, text):
                return counts.get(text, 0)
            case AnyTerm(_, terms):
                return sum(counts.get(term, 0) for term in set(terms))
            case Phrase(_, terms) | Near(_, terms) if not set(terms) <= counts.keys():
                return 0
            case Phrase(_, terms):
                size = len(terms)
                return sum(
                    tuple(there[at : at + size]) == terms for at in range(len(there) - size + 1)
                )
            case Near(_, terms, slop):
                ends = set()
                for start, term in enumerate(there):
                    for end in range(start, len(there)) if term in terms else ():
                        if not Counter(terms) - Counter(there[start : end + 1]):
                            if end - start + 1 - len(terms) <= slop:
                                ends.add(end)
                            break
                return len(ends)
        raise AssertionError(node)

    def ranked(self, query: Query) -> list[tuple[str, float]]:
        """Every document found, with its score: ``first`` ones, then by score, then by id."""
        scores = dict.fromkeys(self.documents, 0.0)
        for scored in query.score:
            holders = self.found_by(scored.node)
            for name in holders:
                scores[name] += scored.weight * self.value(name, scored, len(holders))
        found = self.found_by(query.match)
        first = set() if query.first is None else self.found_by(query.first)
        order = sorted(found, key=lambda name: (name not in first, -scores[name], name))
        return [(name, scores[name]) for name in order]


def assert_same_ranking(found: Found, expected: list[tuple[str, float]], limit: int) -> None:
    """The same documents in the same order, scores within `CLOSE`.

    Two documents whose scores lie closer than that may stand either way around.
    """
    assert found.total == len(expected)
    assert len(found.hits) == min(limit, len(expected))
    scores = dict(expected)
    for hit, (name, score) in zip(found.hits, expected, strict=False):
        assert abs(hit.score - score) < CLOSE
        if hit.document.id != name:
            assert abs(scores[hit.document.id] - score) < CLOSE
    ids = [hit.document.id for hit in found.hits]
    assert len(set(ids)) == len(ids)
