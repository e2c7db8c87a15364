"""What documents are filtered, counted and ordered by, one document at a time.

Of the product it shares what defines the contract: how a value is written, and a dictionary's
order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from searchapp.analysis.collation import collation_key
from searchapp.documents import Document
from searchapp.engines.base import FacetValue
from searchapp.engines.columns import column_value
from searchapp.query.filters import Column, Sort
from searchapp.query.nodes import HasValue, PublishedIn

_ONE_DAY = timedelta(days=1)


def values_of(document: Document, column: Column) -> list[str]:
    """The values of a document in a column, each once."""
    if column is Column.TAG:
        raw = list(document.tags)
    elif column is Column.YEAR:
        raw = [document.published[:4]] if document.published else []
    else:
        value = getattr(document, column.value)
        raw = [] if value is None else [value]
    values = [column_value(value) for value in raw]
    return [value for number, value in enumerate(values) if value and value not in values[:number]]


def has_value(document: Document, node: HasValue) -> bool:
    values = values_of(document, node.column)
    return any(value in node.values for value in values) or (not values and None in node.values)


def span_of(document: Document) -> tuple[date, date] | None:
    """The first and the last day that a document may be of."""
    if document.published is None:
        return None
    parts = [int(part) for part in document.published.split("-")]
    first = date(*[*parts, 1, 1][:3])
    if len(parts) == 3:
        return first, first
    if len(parts) == 1:
        return first, date(first.year, 12, 31)
    next_month = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first, next_month - _ONE_DAY


def published_in(document: Document, node: PublishedIn) -> bool:
    span = span_of(document)
    if span is None:
        return False
    return (node.first is None or span[0] >= node.first) and (
        node.last is None or span[1] <= node.last
    )


def dictionary_order(values: Iterable[str]) -> list[str]:
    return sorted(values, key=lambda value: (collation_key(value), value))


def in_order(documents: Iterable[Document], sort: Sort) -> list[Document]:
    """Documents in an order other than by relevance: what lacks a date or title comes last."""
    by_id = sorted(documents, key=lambda document: document.id)
    if sort is Sort.TITLE:
        keys = {document.id: collation_key(document.title) for document in by_id}
        titled = [document for document in by_id if keys[document.id]]
        rest = [document for document in by_id if not keys[document.id]]
        return sorted(titled, key=lambda document: keys[document.id]) + rest
    days = {document.id: span[0] for document in by_id if (span := span_of(document))}
    dated = [document for document in by_id if document.id in days]
    undated = [document for document in by_id if document.id not in days]
    # Ties keep the order of ids, in reverse as well.
    return sorted(dated, key=lambda d: days[d.id], reverse=sort is Sort.NEWEST) + undated


def facet(
    documents: Iterable[Document], column: Column, most: int, chosen: set[str | None]
) -> tuple[FacetValue, ...]:
    """The ``most`` frequent values and those chosen that any document has; none at all last."""
    counts: Counter[str] = Counter()
    missing = 0
    for document in documents:
        values = values_of(document, column)
        counts.update(values)
        missing += not values
    ordered = sorted(dictionary_order(counts), key=lambda value: -counts[value])
    shown = ordered[:most] + [value for value in ordered[most:] if value in chosen]
    found = [FacetValue(value, counts[value]) for value in shown]
    return (*found, FacetValue(None, missing)) if missing else tuple(found)
