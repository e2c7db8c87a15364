"""The values of documents in a Tantivy index: facets, and what columns hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import tantivy

from searchapp.engines.base import ColumnSummary, FacetValue
from searchapp.engines.tantivy_query import Translator, all_of
from searchapp.engines.tantivy_schema import (
    FIRST_DAY,
    LAST_DAY,
    column_field,
    column_key,
    value_of,
)
from searchapp.query.filters import Column
from searchapp.query.nodes import Filter, HasValue
from searchapp.time_budget import check

_NONE = "\U0010ffff"  # counts documents without a value; behind all keys
_BUCKETS_MAX = 60_000  # Tantivy gives no more than 65,000
_BUCKETS_LEAST = 1_000


@dataclass(frozen=True, slots=True)
class _Counted:
    """Negative counts with the keys of values, falling; ``is_cut`` says that there are more.

    ``missing`` counts the documents without a value; 0 may be wrong where there are more values.
    """

    counts: list[tuple[int, str]]
    missing: int
    is_cut: bool


class TantivyColumns:
    """Counts values over queries. Safe to share between threads."""

    def __init__(
        self,
        translator: Translator,
    ) -> None:
        self._translator, self._searcher = translator, translator.searcher
        self._values: dict[Column, tuple[str, ...]] = {}

    def facets(
        self,
        filters: Sequence[Filter],
        matched: tantivy.Query,
        held: Sequence[tantivy.Query],
        most: int,
    ) -> dict[Column, tuple[FacetValue, ...]]:
        """The facet of each column, counted without the filters on that column."""
        filtered = {one.column for one in filters}
        # Columns without filters are counted over the same documents, in one pass.
        passes = [[column] for column in Column if column in filtered]
        passes.append([column for column in Column if column not in filtered])
        facets = {}
        for columns in filter(None, passes):
            check()
            others = [
                query
                for one, query in zip(filters, held, strict=True)
                if one.column is None or one.column not in columns
            ]
            found = all_of([matched, *others])
            sizes = {
                column: min(max(10 * most, _BUCKETS_LEAST), len(self.values(column)), _BUCKETS_MAX)
                for column in columns
            }
            for column, counted in self._counted(found, sizes).items():
                chosen = [value for one in filters if one.column is column for value in _named(one)]
                facets[column] = self._facet(column, found, counted, most, chosen)
        return {column: facets[column] for column in Column}

    def _facet(
        self,
        column: Column,
        found: tantivy.Query,
        counted: _Counted,
        most: int,
        chosen: Sequence[str],
    ) -> tuple[FacetValue, ...]:
        counts = counted.counts
        # Among equals Tantivy takes any: where the last of the page is as frequent as the last
        # bucket, all have to be seen.
        if counted.is_cut and len(counts) > most and counts[most - 1][0] == counts[-1][0]:
            size = min(len(self.values(column)), _BUCKETS_MAX)
            counts = self._counted(found, {column: size})[column].counts
        counts.sort()
        shown = counts[:most]
        wanted = {column_key(value) for value in chosen} - {key for _, key in shown}
        more = [(-self._having(found, column, value_of(key)), key) for key in wanted]
        shown += sorted((count, key) for count, key in more if count)
        values = [FacetValue(value_of(key), -count) for count, key in shown]
        missing = counted.missing
        if not missing and counted.is_cut:
            missing = self._having(found, column, None)
        return (*values, FacetValue(None, missing)) if missing else tuple(values)

    def _counted(self, found: tantivy.Query, sizes: Mapping[Column, int]) -> dict[Column, _Counted]:
        """The most frequent values of columns, so many of each."""
        asked = {
            column.value: {
                "terms": {
                    "field": column_field(column),
                    "missing": _NONE,
                    "size": size + 1,
                    # What is rare in one segment may be frequent in another.
                    "segment_size": len(self.values(column)) + 1,
                }
            }
            for column, size in sizes.items()
        }
        answer: dict[str, dict[str, Any]] = self._searcher.aggregate(found, asked)
        counted = {}
        for column in sizes:
            buckets = answer[column.value]["buckets"]
            counts = {str(one["key"]): int(one["doc_count"]) for one in buckets}
            missing = counts.pop(_NONE, 0)
            is_cut = answer[column.value]["sum_other_doc_count"] > 0
            counted[column] = _Counted([(-n, key) for key, n in counts.items()], missing, is_cut)
        return counted

    def _having(self, found: tantivy.Query, column: Column, value: str | None) -> int:
        return self._translator.count(
            all_of([found, self._translator.match(HasValue(column, (value,)))])
        )

    def values(self, column: Column) -> tuple[str, ...]:
        """Every value of a column, in the order of a dictionary."""
        if column not in self._values:
            found = self._searcher.terms_with_prefix(
                column_field(column), "", filter_query=tantivy.Query.all_query()
            )
            # They come by falling count.
            self._values[column] = tuple(value_of(key) for key, count in sorted(found) if count)
        return self._values[column]

    def summary(self, column: Column) -> ColumnSummary:
        """How many values a column has, and how many documents have none."""
        missing = self._translator.count(self._translator.match(HasValue(column, (None,))))
        return ColumnSummary(len(self.values(column)), missing)

    def published_span(self) -> tuple[date, date] | None:
        """The first and the last day that any document names."""
        found = self._searcher.aggregate(
            tantivy.Query.all_query(),
            {"first": {"min": {"field": FIRST_DAY}}, "last": {"max": {"field": LAST_DAY}}},
        )
        first, last = found["first"]["value"], found["last"]["value"]
        if first is None or last is None:
            return None
        return date.fromordinal(int(first)), date.fromordinal(int(last))


def _named(one: Filter) -> Iterator[str]:
    """The values that a filter names."""
    if isinstance(one.node, HasValue):
        yield from (value for value in one.node.values if value is not None)
