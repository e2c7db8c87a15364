"""Filters as they are written in a URL or on the command line: ``source:VnExpress``.

Several of one field widen each other, those of different fields narrow. A value is compared as it
is, marks, capitals and all: filters come from facets, which show it so. Nothing behind the colon
asks for documents without a value.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from searchapp.engines.columns import column_value
from searchapp.errors import QueryError
from searchapp.query.dates import parse_period, parse_published
from searchapp.query.filters import Column
from searchapp.query.nodes import Filter, HasValue, Node, Or, PublishedIn

FILTERS_MAX_CHARS = 2_000
"""Of all filters together: every link on a page of results has them."""
_PUBLISHED = "published"
_COLUMNS = {column.value: column for column in Column}


def parse_filters(
    filters: Sequence[str], published_from: str | None = None, published_to: str | None = None
) -> tuple[Filter, ...]:
    """The conditions that filters ask for.

    ``published_from`` and ``published_to`` are ISO 8601 dates or parts of them, both included.
    Raises QueryError, its field ``filter``, ``from`` or ``to``.
    """
    length = sum(map(len, filters))
    if length > FILTERS_MAX_CHARS:
        raise QueryError(
            f"the filters have {length} characters together, at most {FILTERS_MAX_CHARS} are taken",
            "filter",
        )
    values: dict[Column, list[str | None]] = {}
    spans: list[Node] = []
    for text in filters:
        name, colon, value = text.partition(":")
        name, value = name.strip().lower(), value.strip()
        if colon and name == _PUBLISHED:
            try:
                span = parse_published(value)
            except ValueError as error:
                raise QueryError(f"the filter {text!r} names no dates: {error}", "filter") from None
            spans.append(PublishedIn(span.first, span.last))
        elif colon and name in _COLUMNS:
            values.setdefault(_COLUMNS[name], []).append(column_value(value) or None)
        else:
            names = ", ".join([*_COLUMNS, _PUBLISHED])
            raise QueryError(
                f"the filter {text!r} should be one of {names}, a colon and a value", "filter"
            )
    found = [Filter(HasValue(column, tuple(v)), column) for column, v in values.items()]
    if spans:
        found.append(Filter(spans[0] if len(spans) == 1 else Or(tuple(spans))))
    first = None if published_from is None else _period(published_from, "from")[0]
    last = None if published_to is None else _period(published_to, "to")[1]
    if first is not None and last is not None and first > last:
        raise QueryError(f"from {published_from} is later than to {published_to}", "from")
    if first is not None or last is not None:
        found.append(Filter(PublishedIn(first, last)))
    return tuple(found)


def _period(text: str, name: str) -> tuple[date, date]:
    try:
        return parse_period(text.strip())
    except ValueError as error:
        raise QueryError(
            f"{name} is {text[:40]!r}, it should be a date such as 2024-03-05, 2024-03 or 2024"
            f" ({error})",
            name,
        ) from None
