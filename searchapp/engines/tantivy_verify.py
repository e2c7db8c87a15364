"""Reads a whole Tantivy index, and holds it against the analysed documents it was made of.

Memory: a digest for each id, and for each field as many sums as `_SUMS`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import tantivy

from searchapp.analysis.base import View
from searchapp.documents import Document
from searchapp.engines.base import AnalyzedBatch, Searcher
from searchapp.engines.checksums import Sums, placeless, term_hashes
from searchapp.engines.columns import NO_DAY, days_of, values_of
from searchapp.engines.tantivy_opening import as_os_error
from searchapp.engines.tantivy_schema import (
    FIRST_DAY,
    ID,
    LAST_DAY,
    ORDERS,
    column_field,
    column_key,
    indexed,
    title_key,
)
from searchapp.engines.tantivy_terms import Held, fields_of, phrases_of
from searchapp.query.filters import Column, Sort
from searchapp.query.nodes import And, HasId, Phrase, Query

_MOST_LINES = 20
_SUMS = 1 << 16
_DAYS = (FIRST_DAY, LAST_DAY)


def check(searcher: Searcher) -> Iterator[str]:
    """A line for each document that can't be read, or is not found by its id."""
    count = 0
    try:
        with as_os_error():
            for document in searcher.documents():
                count += 1
                if searcher.document(document.id) != document:
                    yield f"document {document.id!r} is not found by its id"
    except (OSError, KeyError, TypeError, AssertionError) as error:
        yield f"a document behind the first {count} can't be read ({error})"
        return
    if count != searcher.document_count:
        yield f"{count} documents can be read, and {searcher.document_count} are counted"


def check_against(
    searcher: Searcher, index: tantivy.Searcher, batches: Iterable[AnalyzedBatch]
) -> Iterator[str]:
    """A line for each thing that is wrong, `_MOST_LINES` at most.

    Compares every document, and in how many documents each term and value is. Of positions a few
    words from the middle of each text are looked for in their document.
    """
    lines = _told(_Check(searcher, index).lines(batches))
    yield from itertools.islice(lines, _MOST_LINES)
    if next(lines, None) is not None:
        yield "more is wrong"


def _told(lines: Iterator[str]) -> Iterator[str]:
    """The lines, and one for what can't be read any further."""
    try:
        with as_os_error():
            yield from lines
    except (OSError, KeyError, TypeError, AssertionError) as error:
        yield f"the index can't be read to its end ({error})"


class _Check:
    def __init__(self, searcher: Searcher, index: tantivy.Searcher) -> None:
        self._searcher, self._index = searcher, index
        # Of each field: for terms, by their hash, how many documents hold them; each term has a
        # factor of its own, so that what is too many of one is not made up by another.
        self._sums: dict[str, Sums] = {}
        self._initials: set[str] = set()  # how terms of any field begin
        self._days = dict.fromkeys(_DAYS, 0)
        self._kept: set[int] = set()
        self._unlike: dict[int, str] = {}

    def lines(self, batches: Iterable[AnalyzedBatch]) -> Iterator[str]:
        for batch in batches:
            rows = self._rows(batch.documents)
            self._add_values([batch.documents[row] for row in rows])
            for field, held in fields_of(batch, rows):
                self._add(field, held)
            yield from self._positions(batch, rows)
        for name in self._unlike.values():
            yield f"document {name!r} is not there as it was read"
        if len(self._kept) != self._searcher.document_count:
            yield (
                f"there are {self._searcher.document_count} documents, it should be"
                f" {len(self._kept)}"
            )
        yield from self._terms()
        yield from self._sums_of_days()

    def _rows(self, documents: Sequence[Document]) -> list[int]:
        """The rows of documents that are in the index; others may have been replaced by them."""
        rows = []
        for row, document in enumerate(documents):
            known = hash(document.id)
            if self._searcher.document(document.id) != document:
                self._unlike[known] = document.id
                continue
            self._unlike.pop(known, None)
            if known not in self._kept:
                self._kept.add(known)
                rows.append(row)
        return rows

    def _add_values(self, documents: Sequence[Document]) -> None:
        self._add_names(ID, [indexed(document.id) for document in documents])
        self._add_names(ORDERS[Sort.TITLE], [title_key(document) for document in documents])
        for column in Column:
            keys = [column_key(value) for one in documents for value in values_of(one, column)]
            self._add_names(column_field(column), keys)
        for document in documents:
            for name, day in zip(_DAYS, days_of(document.published), strict=True):
                self._days[name] += 0 if day == NO_DAY else day

    def _add_names(self, field: str, names: list[str]) -> None:
        hashes = term_hashes(name.encode() for name in names)
        self._add(field, Held(hashes, {name[:1] for name in names}))

    def _add(self, field: str, held: Held) -> None:
        self._initials |= held.initials
        self._sum_up(field, held.hashes, placeless(held.hashes))

    def _sum_up(self, field: str, hashes: Sums, values: Sums) -> None:
        sums = self._sums.setdefault(field, np.zeros(_SUMS, dtype=np.uint64))
        np.add.at(sums, (hashes % np.uint64(_SUMS)).astype(np.int64), values)

    def _positions(self, batch: AnalyzedBatch, rows: list[int]) -> Iterator[str]:
        for row, field, terms in phrases_of(batch, rows):
            name = batch.documents[row].id
            node = And((HasId(name), Phrase(View.EXACT, terms, field)))
            if self._searcher.search(Query(node, ()), 0).total != 1:
                yield f"the words of document {name!r} are not in their places"

    def _terms(self) -> Iterator[str]:
        live = tantivy.Query.all_query()
        for field, sums in self._sums.items():
            for initial in sorted(self._initials):
                found = self._index.terms_with_prefix(field, initial, filter_query=live)
                hashes = term_hashes(term.encode() for term, _ in found)
                counts = np.array([count for _, count in found], dtype=np.uint64)
                self._sum_up(field, hashes, placeless(hashes) * (np.uint64(0) - counts))
            wrong = int(np.count_nonzero(sums))
            if wrong:
                yield (
                    f"{wrong} terms of {field} or more are not in as many documents as they"
                    " should be"
                )

    def _sums_of_days(self) -> Iterator[str]:
        asked = {name: {"sum": {"field": name}} for name in _DAYS}
        found = self._index.aggregate(tantivy.Query.all_query(), asked)
        for name in _DAYS:
            if (found[name]["value"] or 0) != self._days[name]:
                yield f"the days in {name} are not those of the documents"
