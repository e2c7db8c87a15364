"""Searches a Tantivy index."""

from __future__ import annotations

import heapq
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import tantivy
from tantivy import DocAddress, Occur, Order

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
from searchapp.engines.tantivy_query import Translator, all_of, total, without
from searchapp.engines.tantivy_schema import DOCUMENT, ID, ORDERS, decode, open_index
from searchapp.engines.tantivy_writer import STATE_FILE
from searchapp.engines.vocabulary import VIEWS, Vocabulary
from searchapp.errors import OutOfTimeError
from searchapp.query.describe import text_of
from searchapp.query.filters import Column, Sort
from searchapp.query.nodes import HasId, Query, Scored, Term
from searchapp.time_budget import check

_MORE = 4  # times as many hits are asked for where equal scores go on behind the page

Ranked = tuple[Any, DocAddress]
"""A hit as Tantivy gives it: a score or key, and where the document is."""


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
            count, page = self._sorted(found, ORDERS[query.sort], offset, limit)
            scores = self._scores_of(page, query.score)
            ranked = [(scores.get(_place(address), 0.0), address) for address in page]
        else:
            count, ranked = self._best(found, query, offset, limit)
        return count, tuple(Hit(self._at(where), score) for score, where in ranked)

    def _best(
        self, found: tantivy.Query, query: Query, offset: int, limit: int
    ) -> tuple[int, list[Ranked]]:
        """How many are found, and the hits of a page by relevance."""
        adds = self._adding(query.score)
        if query.first is None:
            return self._ranked(found, adds, offset, limit)
        # Two searches: a sum that puts some first would leave few of a score's 24 bits.
        first = self._translator.match(query.first)
        ahead, page = self._ranked(all_of([found, first]), adds, offset, limit)
        check()
        others = without(found, first)
        behind, rest = self._ranked(others, adds, max(offset - ahead, 0), limit - len(page))
        return ahead + behind, page + rest

    def _ranked(
        self, found: tantivy.Query, adds: list[tantivy.Query], offset: int, limit: int
    ) -> tuple[int, list[Ranked]]:
        if limit <= 0:
            return self._translator.count(found), []
        if not adds:
            count, page = self._sorted(found, ID, offset, limit)
            return count, [(0.0, address) for address in page]
        clauses = [(Occur.Must, tantivy.Query.const_score_query(found, 0.0))]
        clauses += [(Occur.Should, one) for one in adds]
        hits, count = self._top(tantivy.Query.boolean_query(clauses), self._at_most(offset + limit))
        return count, self._by_id_where_equal(hits, offset, limit)

    def _adding(self, scores: tuple[Scored, ...]) -> list[tantivy.Query]:
        """What adds to the score of any document."""
        return [one for one in map(self._translator.score, scores) if one is not None]

    def _top(self, asked: tantivy.Query, wanted: int) -> tuple[list[Ranked], int]:
        """The best hits: as many as wanted, and all that score as much as the last of these."""
        # In one segment equal scores are in order of id already.
        fetched = wanted if self._searcher.num_segments == 1 else wanted + 1
        while True:
            result = self._searcher.search(asked, fetched, count=True)
            hits = result.hits
            if fetched == wanted or len(hits) < fetched or hits[-1][0] != hits[wanted - 1][0]:
                return hits, total(result)
            fetched *= _MORE

    def _at_most(self, wanted: int) -> int:
        """Tantivy keeps room for as many hits as it is asked for, and wants one at least."""
        return max(min(wanted, self.document_count), 1)

    def _by_id_where_equal(self, hits: list[Ranked], offset: int, limit: int) -> list[Ranked]:
        """A page of hits, those of equal scores by id. Within a segment they are so already."""
        page: list[Ranked] = []
        at = 0
        for _, equal in itertools.groupby(hits, key=lambda hit: hit[0]):
            group = list(equal)
            begin, end = max(offset - at, 0), min(offset + limit - at, len(group))
            at += len(group)
            if begin < end:
                page += itertools.islice(self._merged(group), begin, end)
        return page

    def _merged(self, group: list[Ranked]) -> Iterable[Ranked]:
        segments: dict[int, list[Ranked]] = {}
        for hit in group:
            segments.setdefault(hit[1].segment_ord, []).append(hit)
        if len(segments) == 1:
            return group
        return heapq.merge(*segments.values(), key=lambda hit: self._id(hit[1]))

    def _sorted(
        self, found: tantivy.Query, field: str, offset: int, limit: int
    ) -> tuple[int, list[DocAddress]]:
        """How many are found, and those of a page in the order of a field, then of ids."""
        result = self._searcher.search(
            found, self._at_most(offset + limit), order_by_field=field, order=Order.Asc
        )
        if field == ID or self._searcher.num_segments == 1:
            return total(result), [address for _, address in result.hits[offset:]]
        page: list[DocAddress] = []
        at = 0
        for key, equal in itertools.groupby(result.hits, key=lambda hit: hit[0]):
            addresses = [address for _, address in equal]
            begin = max(offset - at, 0)
            at += len(addresses)
            if begin >= len(addresses):
                continue
            if len(addresses) > 1 or at == len(result.hits):
                # Others may have the key, and lower ids, than those that came back.
                with_key = tantivy.Query.term_query(self._schema, field, key, "basic")
                size = len(addresses) - begin
                _, addresses = self._sorted(all_of([found, with_key]), ID, begin, size)
                begin = 0
            page += addresses[begin:]
        return total(result), page

    def _scores_of(
        self, page: list[DocAddress], scores: tuple[Scored, ...]
    ) -> dict[tuple[int, int], float]:
        """The scores of the documents on a page, by where they are; none for those of 0."""
        clauses = [(Occur.Should, one) for one in self._adding(scores)]
        if not page or not clauses:
            return {}
        ids = [self._id(address) for address in page]
        these = tantivy.Query.term_set_query(self._schema, ID, ids)
        clauses.append((Occur.Must, tantivy.Query.const_score_query(these, 0.0)))
        asked = tantivy.Query.boolean_query(clauses)
        hits = self._searcher.search(asked, len(page), count=False).hits
        return {_place(address): score for score, address in hits}

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

    def _id(self, address: DocAddress) -> str:
        """The id of a document as it is indexed."""
        found = self._searcher.doc(address).get_first(ID)
        assert isinstance(found, str)
        return found

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
            yield self._id(DocAddress(number, place)), (number, place)

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
            del self._searcher, self._columns, self._translator, self._vocabularies


def _place(address: DocAddress) -> tuple[int, int]:
    return address.segment_ord, address.doc
