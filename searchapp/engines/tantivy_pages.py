"""Pages of what a Tantivy index finds, the same whatever its segments are: equal ones by id."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable
from typing import Any

import tantivy
from tantivy import DocAddress, Occur, Order

from searchapp.engines.tantivy_query import Translator, all_of, total, without
from searchapp.engines.tantivy_schema import ID
from searchapp.query.nodes import Query, Scored
from searchapp.time_budget import check

_MORE = 4  # times as many hits are asked for where equal scores go on behind the page

Ranked = tuple[Any, DocAddress]
"""A hit as Tantivy gives it: a score or key, and where the document is."""


def place_of(address: DocAddress) -> tuple[int, int]:
    """Where a document is, as a key."""
    return address.segment_ord, address.doc


def indexed_id(searcher: tantivy.Searcher, address: DocAddress) -> str:
    """The id of a document as it is indexed."""
    found = searcher.doc(address).get_first(ID)
    assert isinstance(found, str)
    return found


class Pages:
    """Asks for pages. Safe to share between threads."""

    def __init__(self, translator: Translator, schema: tantivy.Schema) -> None:
        self._translator = translator
        self._searcher = translator.searcher
        self._schema = schema

    def by_relevance(
        self, found: tantivy.Query, query: Query, offset: int, limit: int
    ) -> tuple[int, list[Ranked]]:
        """How many are found, and the hits of a page, best first."""
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
            count, page = self.in_order(found, ID, offset, limit)
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
        return max(min(wanted, self._searcher.num_docs), 1)

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
        return heapq.merge(*segments.values(), key=lambda hit: indexed_id(self._searcher, hit[1]))

    def in_order(
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
                _, addresses = self.in_order(all_of([found, with_key]), ID, begin, size)
                begin = 0
            page += addresses[begin:]
        return total(result), page

    def scores_of(
        self, page: list[DocAddress], scores: tuple[Scored, ...]
    ) -> dict[tuple[int, int], float]:
        """The scores of the documents on a page, by where they are; none for those of 0."""
        clauses = [(Occur.Should, one) for one in self._adding(scores)]
        if not page or not clauses:
            return {}
        ids = [indexed_id(self._searcher, address) for address in page]
        these = tantivy.Query.term_set_query(self._schema, ID, ids)
        clauses.append((Occur.Must, tantivy.Query.const_score_query(these, 0.0)))
        asked = tantivy.Query.boolean_query(clauses)
        hits = self._searcher.search(asked, len(page), count=False).hits
        return {place_of(address): score for score, address in hits}
