"""The values of documents in an index in OpenSearch: facets, and what columns hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

from searchapp.engines.base import ColumnSummary, FacetValue
from searchapp.engines.opensearch_mapping import (
    FIRST_DAY,
    LAST_DAY,
    column_field,
    column_key,
    value_of,
)
from searchapp.engines.opensearch_query import Translator, all_of, opaque
from searchapp.query.filters import Column
from searchapp.query.nodes import HasValue, Query

_BUCKETS_MAX = 60_000  # of the 65,535 that a request may have
_MORE_A_SHARD = 1_000
_PAGE = 5_000


class OpenSearchColumns:
    """Counts values. ``ask`` searches the index."""

    def __init__(
        self, ask: Callable[[dict[str, Any]], dict[str, Any]], translator: Translator
    ) -> None:
        self._ask, self._translator = ask, translator
        self._values = cache(self._all_values)

    def add_facets(self, body: dict[str, Any], query: Query, most: int) -> None:
        """Ask for facets beside the hits, each without the filters on its own column."""
        matched = self._translator.match(query.match)
        held = [(one.column, self._translator.match(one.node)) for one in query.filters]
        # The hits' filters hold behind the counting.
        clauses = body["query"].get("bool", {})
        if held:
            body["post_filter"] = all_of([clause for _, clause in held])
            if "should" in clauses:
                clauses["filter"] = [opaque(matched)]
            else:
                body["query"] = matched
        body["aggs"] = {
            column.value: self._facet(
                column,
                all_of([clause for of, clause in held if of is not column]),
                _chosen(query, column),
                most,
                most + _MORE_A_SHARD,
            )
            for column in Column
        }

    @staticmethod
    def _facet(
        column: Column, filter_: dict[str, Any], chosen: list[str], most: int, shard_size: int
    ) -> dict[str, Any]:
        field = column_field(column)
        inner: dict[str, Any] = {
            "values": {
                "terms": {
                    "field": field,
                    "size": most,
                    "shard_size": min(shard_size, _BUCKETS_MAX),
                    "order": [{"_count": "desc"}, {"_key": "asc"}],
                }
            },
            "missing": {"missing": {"field": field}},
        }
        if chosen:
            keys = [column_key(value) for value in chosen]
            asked = {"field": field, "include": keys, "size": len(keys)}
            inner["chosen"] = {"terms": asked}
        return {"filter": filter_, "aggs": inner}

    def facets(
        self, answer: dict[str, Any], body: dict[str, Any], query: Query, most: int
    ) -> dict[Column, tuple[FacetValue, ...]]:
        """The facets that `add_facets` asked for."""
        found = answer["aggregations"]
        if any(found[column.value]["values"]["doc_count_error_upper_bound"] for column in Column):
            # A shard left out values that others have: all have to be seen.
            aggregations = {
                column.value: self._facet(
                    column,
                    body["aggs"][column.value]["filter"],
                    _chosen(query, column),
                    most,
                    _BUCKETS_MAX // len(Column),
                )
                for column in Column
            }
            asked = {"size": 0, "query": body["query"], "aggs": aggregations}
            found = self._ask(asked)["aggregations"]
        return {column: _shown(found[column.value]) for column in Column}

    def _all_values(self, column: Column) -> tuple[str, ...]:
        """The values of a column in the order of a dictionary."""
        source = {"value": {"terms": {"field": column_field(column)}}}
        asked: dict[str, Any] = {"size": _PAGE, "sources": [source]}
        values: list[str] = []
        while True:
            answer = self._ask({"size": 0, "aggs": {"values": {"composite": asked}}})
            found = answer["aggregations"]["values"]
            values += [value_of(one["key"]["value"]) for one in found["buckets"]]
            if "after_key" not in found or len(found["buckets"]) < _PAGE:
                return tuple(values)
            asked = {**asked, "after": found["after_key"]}

    def values(self, column: Column) -> tuple[str, ...]:
        """Every value of a column, in the order of a dictionary."""
        return self._values(column)

    def summary(self, column: Column) -> ColumnSummary:
        """How many values a column has, and how many documents have none."""
        answer = self._ask(
            {"size": 0, "aggs": {"missing": {"missing": {"field": column_field(column)}}}}
        )
        missing = answer["aggregations"]["missing"]["doc_count"]
        return ColumnSummary(len(self._values(column)), missing)

    def published_span(self) -> tuple[date, date] | None:
        """The first and the last day that any document names."""
        asked = {"first": {"min": {"field": FIRST_DAY}}, "last": {"max": {"field": LAST_DAY}}}
        found = self._ask({"size": 0, "aggs": asked})["aggregations"]
        first, last = found["first"]["value"], found["last"]["value"]
        if first is None or last is None:
            return None
        return date.fromordinal(int(first)), date.fromordinal(int(last))


def _chosen(query: Query, column: Column) -> list[str]:
    return [
        value
        for one in query.filters
        if one.column is column and isinstance(one.node, HasValue)
        for value in one.node.values
        if value is not None
    ]


def _shown(found: dict[str, Any]) -> tuple[FacetValue, ...]:
    shown = [(one["key"], one["doc_count"]) for one in found["values"]["buckets"]]
    known = {key for key, _ in shown}
    more = [
        (one["key"], one["doc_count"])
        for one in found.get("chosen", {}).get("buckets", [])
        if one["key"] not in known
    ]
    shown += sorted(more, key=lambda one: (-one[1], one[0]))
    values = [FacetValue(value_of(key), count) for key, count in shown]
    missing = found["missing"]["doc_count"]
    return (*values, FacetValue(None, missing)) if missing else tuple(values)
