"""What the service answers with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from searchapp.documents import Document
from searchapp.engines.base import ColumnSummary, Contribution, FacetValue
from searchapp.language.correct import Correction
from searchapp.query.filters import Column, Sort
from searchapp.search.plan import Plan
from searchapp.search.shown import FieldName
from searchapp.search.snippets import Snippet


@dataclass(frozen=True, slots=True)
class AnswerHit:
    """A document found, as it is shown; ``explanation`` only where it was asked for.

    ``shortened`` names the fields of ``document`` that are not whole; its text always is.
    """

    document: Document
    shortened: tuple[FieldName, ...]
    score: float
    title: Snippet
    snippets: tuple[Snippet, ...]
    explanation: tuple[Contribution, ...] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of results; ``took_ms`` is the time spent answering, in milliseconds.

    ``suggestion`` is a reading of the query that finds something; ``corrected`` is the one that was
    answered in place of ``query``, None if it was answered as typed. ``plan`` is how the query
    answered was understood. ``next_cursor`` goes on behind the last hit; None if there are no more.
    ``partial`` says that a part of the index did not answer, so that there may be more.
    """

    query: str
    total: int
    page: int
    size: int
    took_ms: float
    hits: tuple[AnswerHit, ...]
    suggestion: Correction | None
    corrected: Correction | None
    plan: Plan
    facets: Mapping[Column, tuple[FacetValue, ...]]
    sort: Sort
    next_cursor: str | None
    partial: bool = False

    @property
    def pages(self) -> int:
        """How many pages there are in all."""
        return -(-self.total // self.size)


@dataclass(frozen=True, slots=True)
class MarkedDocument:
    """A document, with the words of a query marked in its title and in a part of its text.

    ``shortened`` names the fields of ``document`` that are not whole; its text always is. ``text``
    is the part from ``text.start`` to ``text.end``, with highlights counted from its beginning.
    ``matches`` are places of words of the query in the whole text, the first ones.
    """

    document: Document
    shortened: tuple[FieldName, ...]
    title: Snippet
    text: Snippet
    matches: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Stats:
    """What the live index holds. ``bytes`` is its size on disk, ``build_s`` in seconds."""

    documents: int
    generation: str
    engine: str
    built: str
    build_s: float
    bytes: int
    analyzer_version: int
    pyvi_version: str
    sources: tuple[str, ...]
    first_published: date | None
    last_published: date | None
    columns: Mapping[Column, ColumnSummary]
