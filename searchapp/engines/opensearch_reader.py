"""Searches an index in OpenSearch."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from types import NoneType
from typing import Any

from searchapp.analysis.base import View
from searchapp.documents import Document
from searchapp.engines.base import (
    AnalyzedBatch,
    ColumnSummary,
    Contribution,
    Expansion,
    Found,
    Hit,
)
from searchapp.engines.opensearch_client import Cluster
from searchapp.engines.opensearch_columns import OpenSearchColumns
from searchapp.engines.opensearch_counts import NodeCounts
from searchapp.engines.opensearch_indexes import Place, check_place, read_built
from searchapp.engines.opensearch_mapping import (
    DOCUMENT,
    FIRST_DAY,
    ID,
    TITLE_KEY,
    decode,
    key_of,
)
from searchapp.engines.opensearch_query import Clause, Translator, all_of, opaque
from searchapp.engines.opensearch_writer import VOCABULARIES
from searchapp.engines.vocabulary import Vocabulary
from searchapp.errors import CursorError, IndexRefusedError
from searchapp.query.describe import text_of
from searchapp.query.filters import Column, Sort
from searchapp.query.nodes import HasId, Query, Term
from searchapp.time_budget import check, left_s

WINDOW = 10_000
"""How deep OpenSearch counts its way to a page (index.max_result_window)."""
_EXPORTED = 1_000  # documents at a time
_KEPT_ALIVE = "2m"
_SHARE_OF_TIME = 0.8  # of the time limit, for the shards; the rest is for the way
_ORDERS: dict[Sort, Clause] = {
    Sort.RELEVANCE: {"_score": "desc"},
    Sort.NEWEST: {FIRST_DAY: {"order": "desc", "missing": "_last"}},
    Sort.OLDEST: {FIRST_DAY: {"order": "asc", "missing": "_last"}},
    Sort.TITLE: {TITLE_KEY: {"order": "asc", "missing": "_last"}},
}


class OpenSearchSearcher:
    """The Searcher of the OpenSearch engine; see `searchapp.engines.base.Searcher`.

    It reads the index that was built with its folder, not the alias: terms, counts and documents
    fit together whatever is built meanwhile.
    """

    def __init__(self, folder: Path, cluster: Cluster) -> None:
        place = Place.load(folder)
        if place is None:
            raise IndexRefusedError(f"{folder} is no index of the engine opensearch")
        self._place, self._cluster = place, cluster
        check_place(cluster, place)
        self._vocabularies = {view: Vocabulary(folder, view) for view in VOCABULARIES}
        self._counts = NodeCounts(self._ask, self._vocabularies)
        self._translator = Translator(place.documents, self._counts.count)
        self._counts.translator = self._translator
        self._columns = OpenSearchColumns(self._ask, self._translator)

    @property
    def document_count(self) -> int:
        return self._place.documents

    # -- searching --------------------------------------------------------------------------------

    def _ask(self, body: dict[str, Any], **parameters: Any) -> dict[str, Any]:
        """Search the index; parts that do not answer in time are left out of the answer."""
        check()
        limit_s = min(self._cluster.timeout_s, left_s())
        asked = {"timeout": f"{math.ceil(limit_s * _SHARE_OF_TIME * 1000)}ms", **body}
        path = "/_search" if "pit" in body else f"/{self._place.name}/_search"
        if "pit" not in body:
            parameters = {"allow_partial_search_results": "true", **parameters}
        return read_built(self._cluster, self._place, path, asked, **parameters)

    def search(
        self,
        query: Query,
        limit: int,
        offset: int = 0,
        *,
        facet_values: int = 0,
        after: str | None = None,
    ) -> Found:
        with self._cluster.within_limit():
            return self._search(query, limit, offset, facet_values, after)

    def _search(
        self, query: Query, limit: int, offset: int, facet_values: int, after: str | None
    ) -> Found:
        self._counts.prefetch(query)
        body = self._body(query, limit > 0)
        body["track_total_hits"] = True
        if facet_values:
            self._columns.add_facets(body, query, facet_values)
        if limit <= 0:
            answer = self._ask({**body, "size": 0})
            return Found(
                answer["hits"]["total"]["value"],
                (),
                self._columns.facets(answer, body, query, facet_values) if facet_values else {},
                partial=is_partial(answer),
            )
        body["size"] = limit
        if after is not None:
            body["search_after"] = read_mark(after, query.sort)
        elif offset + limit > WINDOW:
            body["search_after"] = self._walk(query, offset)
            if body["search_after"] is None:  # there are not so many
                return self._search(query, 0, 0, facet_values, None)
        else:
            body["from"] = offset
        answer = self._ask(body, search_type="dfs_query_then_fetch")
        above = self._translator.above(query.score)
        hits = answer["hits"]["hits"]
        return Found(
            answer["hits"]["total"]["value"],
            tuple(self._hit(one, above) for one in hits),
            self._columns.facets(answer, body, query, facet_values) if facet_values else {},
            partial=is_partial(answer),
            after=json.dumps(hits[-1]["sort"]) if hits else None,
        )

    def _body(self, query: Query, scored: bool) -> dict[str, Any]:
        """What is asked, without facets: what is found, what it scores, and the order."""
        filters = [self._translator.match(query.match)]
        filters += [self._translator.match(one.node) for one in query.filters]
        if not scored:
            return {"query": all_of(filters)}
        should = [one for one in map(self._translator.score, query.score) if one is not None]
        if query.first is not None:
            first = self._translator.match(query.first)
            above = self._translator.above(query.score)
            should.append({"constant_score": {"filter": first, "boost": above}})
        return {
            "query": {"bool": {"filter": [opaque(all_of(filters))], "should": should}},
            "sort": [_ORDERS[query.sort], {ID: "asc"}],
            "track_scores": True,
            "_source": [DOCUMENT, f"{DOCUMENT}.*"],
        }

    def _walk(self, query: Query, offset: int) -> list[Any] | None:
        """The sort values of the hit before ``offset``, from one window to the next."""
        body = {**self._body(query, True), "_source": False}
        place: list[Any] | None = None
        passed = 0
        while passed < offset:
            step = min(WINDOW, offset - passed)
            asked = {**body, "size": step, "track_total_hits": False}
            if place is not None:
                asked["search_after"] = place
            hits = self._ask(asked, search_type="dfs_query_then_fetch")["hits"]["hits"]
            if len(hits) < step:
                return None
            place = hits[-1]["sort"]
            passed += step
        return place

    @staticmethod
    def _hit(hit: dict[str, Any], above: float) -> Hit:
        score = float(hit["_score"] or 0.0)
        return Hit(decode(hit["_source"][DOCUMENT]), score - above * (score >= above))

    def explain(self, query: Query, document_id: str) -> list[Contribution]:
        self._counts.prefetch(query)
        this = self._translator.match(HasId(document_id))
        adds = [(scored, self._translator.score(scored)) for scored in query.score]
        contributions = []
        for scored, clause in adds:
            if clause is None or not scored.weight:
                continue
            held = {"bool": {"filter": [opaque(this)], "must": [clause]}}
            body = {"query": held, "_source": False}
            hits = self._ask(body, search_type="dfs_query_then_fetch")["hits"]["hits"]
            contributions += [
                Contribution(
                    scored.node.view,
                    text_of(scored.node),
                    scored.weight,
                    hit["_score"] / scored.weight,
                    self._counts.count(scored.node),
                )
                for hit in hits
            ]
        return contributions

    # -- documents --------------------------------------------------------------------------------

    def document(self, document_id: str) -> Document | None:
        return self.documents_of([document_id])[0]

    def documents_of(self, ids: Sequence[str]) -> list[Document | None]:
        """The documents of ids; None for those that are not there."""
        keys = [key_of(one) for one in ids]
        found = read_built(self._cluster, self._place, f"/{self._place.name}/_mget", {"ids": keys})
        return [
            decode(one["_source"][DOCUMENT]) if one.get("found") else None for one in found["docs"]
        ]

    def documents(self) -> Iterator[Document]:
        point = self._cluster.read(
            "POST", f"/{self._place.name}/_search/point_in_time", keep_alive=_KEPT_ALIVE
        )["pit_id"]
        try:
            after: list[Any] | None = None
            while True:
                body: dict[str, Any] = {
                    "pit": {"id": point, "keep_alive": _KEPT_ALIVE},
                    "size": _EXPORTED,
                    "sort": [{ID: "asc"}],
                    "track_total_hits": False,
                }
                if after is not None:
                    body["search_after"] = after
                hits = self._ask(body)["hits"]["hits"]
                for hit in hits:
                    yield decode(hit["_source"][DOCUMENT])
                if len(hits) < _EXPORTED:
                    return
                after = hits[-1]["sort"]
        finally:
            self._cluster.read("DELETE", "/_search/point_in_time", {"pit_id": [point]})

    # -- terms and values -------------------------------------------------------------------------

    def document_frequency(self, view: View, term: str) -> int:
        return self._counts.count(Term(view, term))

    def beginning_with(self, view: View, prefixes: set[str], most: int) -> Expansion:
        return self._vocabularies[view].beginning_with(prefixes, most)

    def resembling(self, view: View, term: str, edits: int, most: int) -> Expansion:
        return self._vocabularies[view].resembling(term, edits, most)

    def values(self, column: Column) -> Sequence[str]:
        return self._columns.values(column)

    def column_summary(self, column: Column) -> ColumnSummary:
        return self._columns.summary(column)

    def published_span(self) -> tuple[date, date] | None:
        return self._span

    @cached_property
    def _span(self) -> tuple[date, date] | None:
        return self._columns.published_span()

    # -- state ------------------------------------------------------------------------------------

    def is_complete(self) -> bool:
        # By a search, and not by the cluster's health: nodes that have lost the majority know no
        # health any more, and answer searches in what they hold.
        return not is_partial(self._ask({"size": 0, "track_total_hits": False}))

    def check(self) -> Iterator[str]:
        # Only verifying needs it.
        from searchapp.engines.opensearch_verify import check

        return check(self, self._place)

    def check_against(self, batches: Iterable[AnalyzedBatch]) -> Iterator[str]:
        from searchapp.engines.opensearch_verify import check_against

        return check_against(self, self._vocabularies, self._counts, batches)

    def close(self) -> None:
        """Nothing: connections are those of the engine."""


_MARKS: dict[Sort, tuple[type, ...]] = {
    Sort.RELEVANCE: (float, int),
    Sort.NEWEST: (int,),
    Sort.OLDEST: (int,),
    Sort.TITLE: (str, NoneType),
}


def read_mark(after: str, sort: Sort) -> list[Any]:
    """The sort values of the hit before. Raises CursorError if it can't be those of any."""
    try:
        mark = json.loads(after)
    except ValueError:
        raise CursorError from None
    match mark:
        case [value, str()] if type(value) in _MARKS[sort]:
            if not isinstance(value, float) or math.isfinite(value):
                return [value, mark[1]]
    raise CursorError


def is_partial(answer: dict[str, Any]) -> bool:
    """Whether shards are missing in an answer, or were cut short."""
    return bool(answer["timed_out"] or answer["_shards"]["failed"])
