"""Searches a Tantivy index."""

from __future__ import annotations

import heapq
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import tantivy
from tantivy import DocAddress

from searchapp.analysis.base import View
from searchapp.documents import Document
from searchapp.engines.aside import Aside
from searchapp.engines.base import (
    AnalyzedBatch,
    ColumnSummary,
    Contribution,
    Expansion,
    FacetValue,
    Found,
    Hit,
)
from searchapp.engines.tantivy_columns import TantivyColumns
from searchapp.engines.tantivy_opening import open_index
from searchapp.engines.tantivy_pages import Pages, indexed_id, place_of
from searchapp.engines.tantivy_query import Translator, all_of
from searchapp.engines.tantivy_schema import DOCUMENT, ID, ORDERS, decode
from searchapp.engines.tantivy_writer import STATE_FILE
from searchapp.engines.vocabulary import VIEWS, Vocabulary
from searchapp.errors import OutOfTimeError
from searchapp.query.describe import text_of
from searchapp.query.filters import Column, Sort
from searchapp.query.nodes import HasId, Query, Term


class TantivySearcher:
    """The Searcher of the Tantivy engine; see `searchapp.engines.base.Searcher`.

    Tantivy's searcher is read-only and shared by all threads; it works without the interpreter's
    lock.
    """

    def __init__(self, folder: Path) -> None:
        index = open_index(folder)
        state = json.loads((folder / STATE_FILE).read_text(encoding="utf-8"))
        self._has_replaced = state["replaced"] > 0
        self._folder, self._schema = folder, index.schema
        self._translator = Translator(index, has_replaced=self._has_replaced)
        self._searcher = self._translator.searcher
        self._pages = Pages(self._translator, self._schema)
        self._columns = TantivyColumns(self._translator)
        self._vocabularies = {view: Vocabulary(folder, view) for view in VIEWS}
        self._aside = Aside()
        self._closed = False

    @property
    def document_count(self) -> int:
        return self._searcher.num_docs

    # -- searching --------------------------------------------------------------------------------

    def search(
        self,
        query: Query,
        limit: int,
        offset: int = 0,
        *,
        facet_values: int = 0,
        after: str | None = None,  # noqa: ARG002  # offsets lead there as well
    ) -> Found:
        matched, *held = self._aside.run(
            lambda: (
                [self._translator.match(query.match)]
                + [self._translator.match(one.node) for one in query.filters]
            )
        )
        found = all_of([matched, *held])
        count, hits = self._aside.run(lambda: self._page(found, query, offset, limit))
        facets: Mapping[Column, tuple[FacetValue, ...]] = {}
        partial = False
        if facet_values:
            try:
                facets = self._aside.run(
                    lambda: self._columns.facets(query.filters, matched, held, facet_values)
                )
            except OutOfTimeError:
                partial = True
        return Found(count, hits, facets, partial)

    def _page(
        self, found: tantivy.Query, query: Query, offset: int, limit: int
    ) -> tuple[int, tuple[Hit, ...]]:
        """How many are found, and the hits of a page."""
        if limit <= 0:
            return self._translator.count(found), ()
        if query.sort is not Sort.RELEVANCE:
            count, page = self._pages.in_order(found, ORDERS[query.sort], offset, limit)
            scores = self._pages.scores_of(page, query.score)
            ranked = [(scores.get(place_of(address), 0.0), address) for address in page]
        else:
            count, ranked = self._pages.by_relevance(found, query, offset, limit)
        return count, tuple(Hit(self._at(where), score) for score, where in ranked)

    def explain(self, query: Query, document_id: str) -> list[Contribution]:
        this = self._translator.match(HasId(document_id))
        contributions = []
        for scored in query.score:
            adds = self._translator.score(scored)
            if adds is None or not scored.weight:
                continue
            only = all_of([tantivy.Query.const_score_query(this, 0.0), adds])
            for score, _ in self._searcher.search(only, 1, count=False).hits:
                contributions.append(
                    Contribution(
                        scored.node.view,
                        text_of(scored.node),
                        scored.weight,
                        score / scored.weight,
                        self._translator.frequency(scored.node),
                    )
                )
        return contributions

    # -- documents --------------------------------------------------------------------------------

    def document(self, document_id: str) -> Document | None:
        this = self._translator.match(HasId(document_id))
        hits = self._searcher.search(this, 1, count=False).hits
        return self._at(hits[0][1]) if hits else None

    def _at(self, address: DocAddress) -> Document:
        data = self._searcher.doc(address).get_first(DOCUMENT)
        assert isinstance(data, bytes)
        return decode(data)

    def documents(self) -> Iterator[Document]:
        # Segments are in the order of ids; what was replaced lies there still.
        meta = json.loads((self._folder / "meta.json").read_text(encoding="utf-8"))
        sizes = [segment["max_doc"] for segment in meta["segments"]]
        last = None
        for name, group in itertools.groupby(
            heapq.merge(*map(self._segment, range(len(sizes)), sizes)), key=lambda entry: entry[0]
        ):
            entries = list(group)
            if len(entries) == 1 and not self._has_replaced:
                yield self._at(DocAddress(*entries[0][1]))
                continue
            this = tantivy.Query.term_query(self._schema, ID, name, "basic")
            for _, address in self._searcher.search(this, 1, count=False).hits:
                yield self._at(address)
            assert last is None or last < name
            last = name

    def _segment(self, number: int, size: int) -> Iterator[tuple[str, tuple[int, int]]]:
        for place in range(size):
            yield indexed_id(self._searcher, DocAddress(number, place)), (number, place)

    # -- terms and values -------------------------------------------------------------------------

    def document_frequency(self, view: View, term: str) -> int:
        return self._translator.frequency(Term(view, term))

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

    # -- state ------------------------------------------------------------------------------------

    def is_complete(self) -> bool:
        return True

    def check(self) -> Iterator[str]:
        # Only verifying needs it.
        from searchapp.engines.tantivy_verify import check

        return check(self)

    def check_against(self, batches: Iterable[AnalyzedBatch]) -> Iterator[str]:
        from searchapp.engines.tantivy_verify import check_against

        return check_against(self, self._searcher, batches)

    def close(self) -> None:
        # Files are mapped into memory for as long as anything holds Tantivy's searcher.
        if not self._closed:
            self._closed = True
            self._aside.close()
            del self._searcher, self._pages, self._columns, self._translator, self._vocabularies
