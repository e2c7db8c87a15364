"""Searches a Whoosh index with arrays: whole posting lists at a time, one pass a term.

A query over n documents works on dense arrays of n scores. Adding a term's postings is then an
indexed add, and a boolean query is an operation on masks; both cost microseconds at the sizes that
this engine is for (some 100,000 documents).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from whoosh import index
from whoosh.codec.whoosh3 import W3PerDocReader

from searchapp.analysis.base import View
from searchapp.documents import Document
from searchapp.engines.base import (
    AnalyzedBatch,
    ColumnSummary,
    Contribution,
    Expansion,
    FacetValue,
    Found,
    Hit,
    Ranking,
)
from searchapp.engines.columns import Columns
from searchapp.engines.document_ids import REPLACED
from searchapp.engines.vocabulary import VIEWS, Vocabulary
from searchapp.engines.whoosh_codec import ArrayTermsReader
from searchapp.engines.whoosh_matching import Matcher, document_number
from searchapp.engines.whoosh_names import ID_RANKS_FILE, LENGTHS_FILE
from searchapp.engines.whoosh_pickles import guard
from searchapp.engines.whoosh_scoring import Scorer
from searchapp.errors import OutOfTimeError
from searchapp.query.filters import Column, Sort
from searchapp.query.nodes import HasValue, Query, Term
from searchapp.time_budget import check

if TYPE_CHECKING:
    from searchapp.engines.whoosh_verify import OpenIndex

Array = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]


class WhooshSearcher:
    """The Searcher of the Whoosh engine; see `searchapp.engines.base.Searcher`.

    Threads may share it: terms and postings are read with pread(2), which keeps no position, and
    Whoosh's reader of stored fields, which does, is behind a lock.
    """

    def __init__(self, folder: Path, ranking: Ranking) -> None:
        guard()
        self._index = index.open_dir(str(folder), readonly=True)
        (segment,) = self._index._segments()
        storage, codec = self._index.storage, segment.codec()
        self._terms: ArrayTermsReader = codec.terms_reader(storage, segment)
        self._stored: W3PerDocReader = codec.per_document_reader(storage, segment)
        self._stored_lock = threading.Lock()
        self._folder = folder
        self._closed = False
        self._id_ranks = np.load(folder / ID_RANKS_FILE)
        self._live = self._id_ranks != REPLACED
        self._count = int(np.count_nonzero(self._live))
        self._columns = Columns(folder, self._live)
        self._scorer = Scorer(self._terms, np.load(folder / LENGTHS_FILE), self._live, ranking)
        self._matcher = Matcher(self._scorer, self._columns, self._terms, self._live)
        self._vocabularies = {view: Vocabulary(folder, view) for view in VIEWS}

    @property
    def document_count(self) -> int:
        return self._count

    def search(
        self,
        query: Query,
        limit: int,
        offset: int = 0,
        *,
        facet_values: int = 0,
        after: str | None = None,  # noqa: ARG002  # offsets lead there as fast
    ) -> Found:
        matched = self._matcher.matching(query.match)
        held = [self._matcher.matching(one.node) for one in query.filters]
        found_mask = matched.copy()
        for mask in held:
            found_mask &= mask
        found = np.flatnonzero(found_mask)
        # What follows only orders and counts what was found: it may be left out.
        scores = np.zeros(self._live.size)
        first: Mask | None = None
        facets: dict[Column, tuple[FacetValue, ...]] = {}
        partial = False
        try:
            if found.size and limit > 0:
                self._scorer.add_scores(scores, query)
                if query.first is not None and query.sort is Sort.RELEVANCE:
                    first = self._matcher.matching(query.first)[found]
            if facet_values:
                facets = self._facets(query, matched, held, facet_values)
        except OutOfTimeError:
            partial = True
        if found.size == 0 or limit <= 0:
            return Found(int(found.size), (), facets, partial)
        if query.sort is Sort.RELEVANCE:
            best = self._best(found, scores[found], first, offset + limit)[offset:]
        else:
            keys = self._columns.order_keys(query.sort)[found]
            order = np.lexsort((self._id_ranks[found], keys))
            best = found[order[offset : offset + limit]]
        hits = tuple(Hit(self._document(number), float(scores[number])) for number in best.tolist())
        return Found(int(found.size), hits, facets, partial)

    def _facets(
        self, query: Query, matched: Mask, held: list[Mask], most: int
    ) -> dict[Column, tuple[FacetValue, ...]]:
        facets = {}
        for column in Column:
            check()
            found = matched.copy()
            chosen: list[str] = []
            for one, mask in zip(query.filters, held, strict=True):
                if one.column is not column:
                    found &= mask
                elif isinstance(one.node, HasValue):
                    chosen += [value for value in one.node.values if value is not None]
            facets[column] = self._columns.counts(column, found, most, chosen)
        return facets

    def explain(self, query: Query, document_id: str) -> list[Contribution]:
        number = self._number(document_id)
        return [] if number is None else self._scorer.contributions(query, number)

    def document(self, document_id: str) -> Document | None:
        number = self._number(document_id)
        return None if number is None else self._document(number)

    def _number(self, document_id: str) -> int | None:
        return document_number(self._terms, document_id)

    def document_frequency(self, view: View, term: str) -> int:
        return self._scorer.postings(Term(view, term)).document_frequency

    def beginning_with(self, view: View, prefixes: set[str], most: int) -> Expansion:
        return self._vocabularies[view].beginning_with(prefixes, most)

    def resembling(self, view: View, term: str, edits: int, most: int) -> Expansion:
        return self._vocabularies[view].resembling(term, edits, most)

    def values(self, column: Column) -> Sequence[str]:
        return self._columns.values(column)

    def column_summary(self, column: Column) -> ColumnSummary:
        return self._columns.summary(column)

    def published_span(self) -> tuple[date, date] | None:
        return self._columns.published_span()

    def documents(self) -> Iterator[Document]:
        for number in np.argsort(self._id_ranks)[-self._count :].tolist():
            yield self._document(number)

    def is_complete(self) -> bool:
        return True

    def check(self) -> Iterator[str]:
        # Only verifying needs it.
        from searchapp.engines.whoosh_verify import check

        return check(self._opened())

    def check_against(self, batches: Iterable[AnalyzedBatch]) -> Iterator[str]:
        from searchapp.engines.whoosh_verify import check_against

        return check_against(self._opened(), batches)

    def _opened(self) -> OpenIndex:
        from searchapp.engines.whoosh_verify import OpenIndex

        return OpenIndex(self._folder, self._terms, self._id_ranks, self._document, self._number)

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._terms.close()
            self._stored.close()
            self._index.close()

    def __del__(self) -> None:
        # A searcher ends with the last request over its generation, which does not know that.
        if hasattr(self, "_closed"):
            self.close()

    def _document(self, number: int) -> Document:
        with self._stored_lock:
            values = self._stored.stored_fields(number)
        return Document(**{"title": "", "text": "", **values})

    def _best(self, found: Array, scores: Array, first: Mask | None, count: int) -> Array:
        """The ``count`` best of the found documents: ``first`` ones, then by score, then by id."""
        if first is None:
            first = np.zeros(found.size, dtype=np.bool_)
        if count < found.size:
            ranked = scores + first * (1.0 + 2.0 * scores.max())
            least = np.partition(ranked, found.size - count)[found.size - count]
            kept = ranked >= least
            found, scores, first = found[kept], scores[kept], first[kept]
        order = np.lexsort((self._id_ranks[found], -scores, ~first))
        best: Array = found[order[:count]]
        return best
