"""The truth that engines are compared with: a whole engine in plain loops, in memory.

Slow and readable on purpose. With an engine it shares the analyzer and what defines the contract:
the units of `at_least.py`, a dictionary's order, and how values are written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import memory_values as values
from engine_helpers import analyzed, refusal
from memory_scores import FieldsApart, FieldsJoined
from memory_texts import Texts

from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.base import Field, View
from searchapp.documents import Document
from searchapp.engines.at_least import child_units, least_units
from searchapp.engines.base import (
    AnalyzedBatch,
    Capabilities,
    ColumnSummary,
    Contribution,
    Expansion,
    FacetValue,
    Found,
    Hit,
    Ranking,
)
from searchapp.errors import QueryError
from searchapp.query.describe import text_of
from searchapp.query.filters import Column, Sort
from searchapp.query.nodes import (
    And,
    AnyTerm,
    AtLeast,
    HasId,
    HasValue,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    PublishedIn,
    Query,
    Term,
)
from searchapp.storage import DISK, Storage

LESS = Capabilities(exact_scores=False, field_alone=frozenset({Field.TITLE}), near_patterns_max=50)
"""What engines over other libraries can do, so that the tests of what they refuse are tested."""
LIBRARIES = Ranking(k1=1.2)
"""How they rank where nothing else can be set."""


class MemorySearcher:
    """The Searcher of the in-memory engine; see `searchapp.engines.base.Searcher`."""

    def __init__(
        self, batches: Iterable[AnalyzedBatch], ranking: Ranking, capabilities: Capabilities
    ) -> None:
        self.texts = Texts(batches)
        self._documents = self.texts.documents
        self._capabilities = capabilities
        scores = FieldsApart if capabilities.exact_scores else FieldsJoined
        self._value = scores(self.texts, ranking).value if self._documents else None

    @property
    def document_count(self) -> int:
        return len(self._documents)

    # -- searching ------------------------------------------------------------------------------

    def search(
        self,
        query: Query,
        limit: int,
        offset: int = 0,
        *,
        facet_values: int = 0,
        after: str | None = None,
    ) -> Found:
        ranked = self.ranked(query)
        page = ranked[offset : offset + limit]
        return Found(
            len(ranked),
            tuple(Hit(self._documents[name], score) for name, score in page),
            self._facets(query, facet_values) if facet_values else {},
        )

    def ranked(self, query: Query) -> list[tuple[str, float]]:
        """The id and score of every document found, in order."""
        reason = refusal(query, self._capabilities)
        if reason:
            raise QueryError(reason)
        found = self._filtered(query, self.found_by(query.match), None)
        scores = self._scores(query)
        if query.sort is Sort.RELEVANCE:
            first = set() if query.first is None else self.found_by(query.first)
            order = sorted(found, key=lambda name: (name not in first, -scores[name], name))
        else:
            ordered = values.in_order([self._documents[name] for name in found], query.sort)
            order = [document.id for document in ordered]
        return [(name, scores[name]) for name in order]

    def found_by(self, node: Node) -> set[str]:
        """The documents that a node finds."""
        documents = self._documents
        match node:
            case Term() | AnyTerm() | Phrase() | Near():
                return self.texts.having(node)
            case HasValue():
                return {n for n, document in documents.items() if values.has_value(document, node)}
            case PublishedIn():
                return {n for n, one in documents.items() if values.published_in(one, node)}
            case HasId(name):
                return {name} & documents.keys()
            case And(children):
                return set(documents).intersection(*map(self.found_by, children))
            case Or(children):
                return set().union(*map(self.found_by, children))
            case Not(child):
                return documents.keys() - self.found_by(child)
            case AtLeast(children, share):
                return self._at_least([self.found_by(child) for child in children], share)

    def _at_least(self, found: list[set[str]], share: float) -> set[str]:
        units = child_units([len(one) for one in found], len(self._documents))
        told: Counter[str] = Counter()
        for one, unit in zip(found, units, strict=True):
            told.update(dict.fromkeys(one, unit))
        least = least_units(units, share)
        return {name for name, sum_ in told.items() if sum_ >= least}

    def _filtered(self, query: Query, found: set[str], without: Column | None) -> set[str]:
        for one in query.filters:
            if without is None or one.column is not without:
                found = found & self.found_by(one.node)
        return found

    def _scores(self, query: Query) -> dict[str, float]:
        scores = dict.fromkeys(self._documents, 0.0)
        for scored in query.score:
            holders = self.texts.having(scored.node)
            for name in holders:
                assert self._value is not None
                scores[name] += scored.weight * self._value(name, scored.node, len(holders))
        return scores

    def _facets(self, query: Query, most: int) -> dict[Column, tuple[FacetValue, ...]]:
        matched = self.found_by(query.match)
        facets = {}
        for column in Column:
            found = self._filtered(query, matched, column)
            chosen = {
                value
                for one in query.filters
                if one.column is column and isinstance(one.node, HasValue)
                for value in one.node.values
            }
            documents = [self._documents[name] for name in found]
            facets[column] = values.facet(documents, column, most, chosen)
        return facets

    def explain(self, query: Query, document_id: str) -> list[Contribution]:
        parts = []
        for scored in query.score:
            holders = self.texts.having(scored.node)
            if document_id in holders:
                assert self._value is not None
                value = self._value(document_id, scored.node, len(holders))
                text = text_of(scored.node)
                parts.append(
                    Contribution(scored.node.view, text, scored.weight, value, len(holders))
                )
        return parts

    # -- looking up -----------------------------------------------------------------------------

    def document(self, document_id: str) -> Document | None:
        return self._documents.get(document_id)

    def documents(self) -> Iterator[Document]:
        for name in sorted(self._documents):
            yield self._documents[name]

    def document_frequency(self, view: View, term: str) -> int:
        return len(self.texts.holders(view, term))

    def beginning_with(self, view: View, prefixes: set[str], most: int) -> Expansion:
        return self.texts.beginning_with(view, prefixes, most)

    def resembling(self, view: View, term: str, edits: int, most: int) -> Expansion:
        return self.texts.resembling(view, term, edits, most)

    def values(self, column: Column) -> Sequence[str]:
        return values.dictionary_order(
            {value for one in self._documents.values() for value in values.values_of(one, column)}
        )

    def column_summary(self, column: Column) -> ColumnSummary:
        missing = sum(not values.values_of(one, column) for one in self._documents.values())
        return ColumnSummary(len(self.values(column)), missing)

    def published_span(self) -> tuple[date, date] | None:
        spans = [span for one in self._documents.values() if (span := values.span_of(one))]
        if not spans:
            return None
        return min(first for first, _ in spans), max(last for _, last in spans)

    # -- wholeness ------------------------------------------------------------------------------

    def is_complete(self) -> bool:
        return True

    def check(self) -> Iterator[str]:
        for name, document in self._documents.items():
            if document.id != name:
                yield f"document {document.id!r} is not found by its id"

    def check_against(self, batches: Iterable[AnalyzedBatch]) -> Iterator[str]:
        given = Texts(batches)
        for name in sorted(given.documents.keys() | self._documents.keys()):
            if given.documents.get(name) != self._documents.get(name):
                yield f"document {name!r} is another"
            elif given.terms[name] != self.texts.terms[name]:
                yield f"the terms of document {name!r} are others"

    def close(self) -> None:
        """Nothing is open."""


def truth_of(
    documents: Sequence[Document],
    analyzer: Analyzer,
    ranking: Ranking | None = None,
    *,
    exact: bool = True,
) -> MemorySearcher:
    """The truth about some documents: what is not ``exact`` ranks title and body as one text."""
    capabilities = Capabilities(exact_scores=exact)
    return MemorySearcher([analyzed(documents, analyzer)], ranking or Ranking(), capabilities)


class MemoryWriter:
    """Gathers batches until they are committed."""

    def __init__(self, committed: dict[Path, list[AnalyzedBatch]], folder: Path) -> None:
        self._batches: list[AnalyzedBatch] = []
        self._committed, self._folder = committed, folder

    def add(self, batch: AnalyzedBatch) -> None:
        self._batches.append(batch)

    def commit(self) -> None:
        self._committed[self._folder] = self._batches

    def abandon(self) -> None:
        self._batches = []


@dataclass(frozen=True, slots=True)
class MemoryEngine:
    """Keeps what was committed by the name of its folder, in which there is nothing."""

    ranking: Ranking = field(default_factory=Ranking)
    capabilities: Capabilities = field(default_factory=Capabilities)
    name: str = "memory"
    _committed: dict[Path, list[AnalyzedBatch]] = field(default_factory=dict)

    def create(
        self, folder: Path, storage: Storage = DISK, like: Path | None = None
    ) -> MemoryWriter:
        return MemoryWriter(self._committed, folder)

    def open(self, folder: Path) -> MemorySearcher:
        return MemorySearcher(self._committed[folder], self.ranking, self.capabilities)

    def switched(self, folder: Path, kept: Sequence[Path]) -> None:
        for other in [one for one in self._committed if one not in (folder, *kept)]:
            del self._committed[other]
