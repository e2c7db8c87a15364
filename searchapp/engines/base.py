"""What an engine is: it stores terms that it is given and finds them again; it analyses nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol

from searchapp.analysis.analyzer import BatchTerms
from searchapp.analysis.base import Field, View
from searchapp.documents import Document
from searchapp.query.filters import Column
from searchapp.query.nodes import Query
from searchapp.storage import DISK, Storage


@dataclass(frozen=True, slots=True)
class AnalyzedBatch:
    """Documents and, for each field, their terms in the same order."""

    documents: Sequence[Document]
    fields: dict[Field, BatchTerms]


@dataclass(frozen=True, slots=True)
class Ranking:
    """How documents are scored: BM25F (Robertson, Zaragoza 2009, section 3.6).

    A term's frequency is summed over the fields, each divided by its length norm and times its
    weight, before it saturates.
    """

    k1: float = 0.9
    b: float = 0.75
    title_weight: float = 1.0
    body_weight: float = 1.0

    def field_weight(self, field: Field) -> float:
        """The weight of a field's term frequencies."""
        return self.title_weight if field is Field.TITLE else self.body_weight


@dataclass(frozen=True, slots=True)
class Hit:
    """A found document and its score."""

    document: Document
    score: float


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a term or phrase adds to a document's score: ``weight`` times ``value``.

    ``value`` is its BM25F value there; ``document_frequency`` counts the documents that hold it.
    """

    view: View
    text: str
    weight: float
    value: float
    document_frequency: int


@dataclass(frozen=True, slots=True)
class FacetValue:
    """How many of the documents found have a value; None is for those without any."""

    value: str | None
    count: int


@dataclass(frozen=True, slots=True)
class ColumnSummary:
    """How many values a column has, and how many documents have none in it."""

    values: int
    missing: int


@dataclass(frozen=True, slots=True)
class Expansion:
    """Terms that a prefix or fuzzy word stands for, the most frequent first.

    ``total`` is how many there are; ``terms`` may be fewer.
    """

    terms: tuple[str, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Found:
    """One page of hits, best first (ties by id), and how many documents were found in all.

    ``facets`` are empty unless they were asked for. ``partial`` says that a part of the index did
    not answer, or the time was up: there may be more hits, better ones, and facets. ``after`` leads
    an engine that can't count its way to a deep page to the hits behind these; None where offsets
    are as good.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[Column, tuple[FacetValue, ...]] = field(default_factory=dict)
    partial: bool = False
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine can't do, or does in its own way; what it can't is refused with a reason.

    ``exact_scores``: scores are BM25F as `Ranking` has it; otherwise the engine's own BM25 over
    title and body as one text, which ranks much the same. ``field_alone``: the fields that a term
    can be asked for in by themselves. ``near_patterns_max``: in how many ways the words of a `Near`
    may stand, which is their orders times the places of the words between; None is any number.
    ``self_contained``: all of an index lies in its folder, nothing on a server.
    """

    exact_scores: bool = True
    field_alone: frozenset[Field] = frozenset(Field)
    near_patterns_max: int | None = None
    self_contained: bool = True


class Searcher(Protocol):
    """An open index. Safe to share between threads."""

    @property
    def document_count(self) -> int:
        """How many documents the index holds."""

    def search(
        self,
        query: Query,
        limit: int,
        offset: int = 0,
        *,
        facet_values: int = 0,
        after: str | None = None,
    ) -> Found:
        """The hits ``offset`` to ``offset + limit`` of a query.

        Each facet counts the documents that the query and the filters on other columns find; it
        has up to ``facet_values`` values and those that its own filter names. 0 counts nothing.
        ``after`` is that of the `Found` whose hits end at ``offset``, if it had one.

        It works within the time budget that it finds (`searchapp.time_budget`). Raises QueryError
        for what the engine can't do (`Capabilities`), UnavailableError if it does not answer,
        OutOfTimeError if what is found is not known when the time is up.
        """

    def explain(self, query: Query, document_id: str) -> list[Contribution]:
        """What makes up a document's score, in the query's order; empty if it is not there."""

    def document(self, document_id: str) -> Document | None:
        """A document by its id, whole; None if there is none."""

    def document_frequency(self, view: View, term: str) -> int:
        """How many documents hold a term in a view, in any field."""

    def beginning_with(self, view: View, prefixes: set[str], most: int) -> Expansion:
        """The ``most`` frequent terms of a view that begin with one of the prefixes."""

    def resembling(self, view: View, term: str, edits: int, most: int) -> Expansion:
        """The ``most`` frequent terms of a view that are at most ``edits`` letters away."""

    def values(self, column: Column) -> Sequence[str]:
        """Every value of a column, in the order of a dictionary."""

    def column_summary(self, column: Column) -> ColumnSummary:
        """How many values a column has, and how many documents have none."""

    def published_span(self) -> tuple[date, date] | None:
        """The first and the last day that any document names; None if none does."""

    def documents(self) -> Iterator[Document]:
        """Every document, in order of id."""

    def is_complete(self) -> bool:
        """Whether all of the index can be searched just now. Raises UnavailableError."""

    def check(self) -> Iterator[str]:
        """Read everything; yield one line for each thing that is wrong."""

    def check_against(self, batches: Iterable[AnalyzedBatch]) -> Iterator[str]:
        """Hold everything against the analysed documents that the index was made of.

        ``batches`` are all of them, in the order in which they were added. One line for each thing
        that is wrong: documents, postings, values, counts; some twenty at most.
        """

    def close(self) -> None:
        """Release the files. The searcher is not to be used afterwards."""


class Writer(Protocol):
    """Builds one index in an empty folder."""

    def add(self, batch: AnalyzedBatch) -> None:
        """Take documents in. Their ids are unique over all batches."""

    def commit(self) -> None:
        """Write the index; after this the folder can be opened."""

    def abandon(self) -> None:
        """Release everything without an index; what lies in the folder is rubble. Never fails."""


class Engine(Protocol):
    """Opens and builds indexes of one kind."""

    @property
    def name(self) -> str:
        """What the setting and the manifest call it."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""

    def create(self, folder: Path, storage: Storage = DISK, like: Path | None = None) -> Writer:
        """Start an index in an empty folder, every file written through ``storage``.

        ``like`` is the folder of an index of this engine that will be much the same; what it has
        may be used again. Raises OSError, and leaves no file open then.
        """

    def open(self, folder: Path) -> Searcher:
        """Open a built index for reading."""

    def switched(self, home: Path, live: Path | None, kept: Sequence[Path]) -> None:
        """Note which folder holds the live index now; None where another engine has it.

        ``home`` is the folder of all generations. Of those built before only the ones in ``kept``
        are needed still: what others have outside of their folders can go. It may be called again.
        Raises UnavailableError.
        """
