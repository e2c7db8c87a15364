"""The values of documents as arrays: what filters, facets and orders are made of.

`columns_writer.py` writes them.

A column holds any number of values a document: ``owners[i]`` is the document of the i-th value,
``numbers[i]`` says which value it is. Counting a facet over a set of documents is then one pass.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.analysis.clean import clean_text
from searchapp.documents import Document
from searchapp.engines.base import ColumnSummary, FacetValue
from searchapp.lines import MappedLines
from searchapp.query.filters import Column, Sort
from searchapp.query.nodes import HasValue, PublishedIn

Array = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]

DAYS_FILE = "published_days.npy"
TITLE_RANKS_FILE = "title_ranks.npy"

NO_DAY = 0
"""The day of a document without a date; others are those of `date.toordinal`."""
LAST = np.iinfo(np.int32).max
"""The rank of no title, behind all titles."""


def values_file(column: Column) -> str:
    """The file with the values of a column, in the order of a dictionary."""
    return f"column_{column}.txt"


def owners_file(column: Column) -> str:
    """The file with the document of each value of a column, and the number of that value."""
    return f"column_{column}.npy"


@lru_cache(maxsize=4096)  # of a collection's sources and tags, the same come over and over
def column_value(text: str) -> str:
    """A value as it is compared and shown: NFC, white space as single spaces."""
    return " ".join(clean_text(text).split())


def days_of(published: str | None) -> tuple[int, int]:
    """The first and last day of an ISO 8601 date, or of as much of one as is known."""
    if published is None:
        return NO_DAY, NO_DAY
    year, month, day = (int(part) for part in (published + "-0-0").split("-")[:3])
    first = date(year, month or 1, day or 1)
    last_month = month or 12
    last = date(year, last_month, day or calendar.monthrange(year, last_month)[1])
    return first.toordinal(), last.toordinal()


def values_of(document: Document, column: Column) -> tuple[str, ...]:
    """The values of a document in a column, each once, in the document's order."""
    match column:
        case Column.SOURCE:
            found: tuple[str | None, ...] = (document.source,)
        case Column.CATEGORY:
            found = (document.category,)
        case Column.AUTHOR:
            found = (document.author,)
        case Column.TAG:
            found = document.tags
        case Column.YEAR:
            found = (document.published[:4] if document.published else None,)
    values = [column_value(value) for value in found if value]
    return tuple(dict.fromkeys(filter(None, values)))


@dataclass(frozen=True, slots=True)
class _Column:
    values: MappedLines  # in the order of a dictionary
    owners: Array
    numbers: Array
    missing: Mask


class Columns:
    """The values of an index's documents; read-only, safe to share."""

    def __init__(self, folder: Path, live: Mask) -> None:
        self._columns: dict[Column, _Column] = {}
        for column in Column:
            owners, numbers = np.load(folder / owners_file(column))
            missing = live.copy()
            missing[owners] = False
            self._columns[column] = _Column(
                MappedLines(folder / values_file(column)), owners, numbers, missing
            )
        self._first_days, self._last_days = np.load(folder / DAYS_FILE)
        self._title_ranks = np.load(folder / TITLE_RANKS_FILE)
        self._live = live

    def values(self, column: Column) -> tuple[str, ...]:
        """Every value of a column, in the order of a dictionary."""
        return tuple(value.decode() for value in self._columns[column].values)

    def having(self, node: HasValue) -> Mask:
        """The documents with one of the values, or without any where None is among them."""
        column = self._columns[node.column]
        mask = np.zeros(self._live.size, dtype=np.bool_)
        wanted = {value.encode() for value in node.values if value is not None}
        if wanted:
            chosen = np.array([value in wanted for value in column.values], dtype=np.bool_)
            mask[column.owners[chosen[column.numbers]]] = True
        if None in node.values:
            mask |= column.missing
        return mask

    def published_in(self, node: PublishedIn) -> Mask:
        """The documents that were certainly published in a span of days."""
        mask: Mask = self._live & (self._first_days != NO_DAY)
        if node.first is not None:
            mask &= self._first_days >= node.first.toordinal()
        if node.last is not None:
            mask &= self._last_days <= node.last.toordinal()
        return mask

    def counts(
        self, column: Column, found: Mask, most: int, chosen: Sequence[str]
    ) -> tuple[FacetValue, ...]:
        """How many of the found documents have each value: the ``most`` frequent, and those
        ``chosen``; by falling count, then in the order of a dictionary; no value at all at last.
        """
        one = self._columns[column]
        counts = np.bincount(one.numbers[found[one.owners]], minlength=len(one.values))
        order = np.argsort(-counts, kind="stable")
        order = order[: np.count_nonzero(counts)]
        shown = order[:most].tolist()
        if chosen:
            wanted = {value.encode() for value in chosen}
            shown += [number for number in order[most:].tolist() if one.values[number] in wanted]
        values = [FacetValue(one.values[number].decode(), int(counts[number])) for number in shown]
        missing = int(np.count_nonzero(one.missing & found))
        return (*values, FacetValue(None, missing)) if missing else tuple(values)

    def order_keys(self, sort: Sort) -> Array:
        """For each document a number that ascends in an order other than by relevance."""
        if sort is Sort.TITLE:
            ranks: Array = self._title_ranks
            return ranks
        days = self._first_days
        keys: Array = np.where(days == NO_DAY, LAST, -days if sort is Sort.NEWEST else days)
        return keys

    def summary(self, column: Column) -> ColumnSummary:
        """How many values a column has, and how many documents have none."""
        one = self._columns[column]
        return ColumnSummary(len(one.values), int(np.count_nonzero(one.missing)))

    def published_span(self) -> tuple[date, date] | None:
        """The first and the last day that any document names."""
        dated = self._live & (self._first_days != NO_DAY)
        if not dated.any():
            return None
        first, last = self._first_days[dated].min(), self._last_days[dated].max()
        return date.fromordinal(int(first)), date.fromordinal(int(last))
