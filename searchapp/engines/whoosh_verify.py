"""Reads an index to its end, or holds it against the analysed documents that it was made of.

Memory: some arrays with a number for each document, and blocks.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.analysis.base import Field, View
from searchapp.documents import Document
from searchapp.engines.base import AnalyzedBatch
from searchapp.engines.checksums import Sums, batch_sums, mixed, pair_hashes, placeless, term_hashes
from searchapp.engines.columns_check import ColumnsCheck
from searchapp.engines.document_ids import REPLACED
from searchapp.engines.inversion import Postings
from searchapp.engines.vocabulary import VIEWS, VocabularyCheck
from searchapp.engines.whoosh_codec import ArrayTermsReader
from searchapp.engines.whoosh_fields import term_infos
from searchapp.engines.whoosh_names import LENGTHS_FILE, field_name, length_row
from searchapp.engines.whoosh_scan import TermBlock, UnreadableError, lookup_damage, scan

Array = npt.NDArray[Any]

_MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class OpenIndex:
    """What the checks need of an open index.

    ``document`` gives a stored document by its number and may raise what its reading raises;
    ``number`` gives the number that an id leads to.
    """

    folder: Path
    terms: ArrayTermsReader
    id_ranks: Array
    document: Callable[[int], Document]
    number: Callable[[str], int | None]


def check(index: OpenIndex) -> Iterator[str]:
    """A line for each document, term or posting that can't be read or leads nowhere."""
    for number in np.flatnonzero(index.id_ranks != REPLACED).tolist():
        try:
            document = index.document(number)
        except (pickle.UnpicklingError, KeyError, TypeError, ValueError, EOFError) as error:
            yield f"document number {number} can't be read ({error})"
            continue
        found = index.number(document.id)
        if found is None or index.document(found) != document:
            yield f"document {document.id!r} is not found by its id"
    try:
        yield from lookup_damage(index.terms)
        for block in scan(index.terms):
            if (block.documents >= index.id_ranks.size).any():
                near = block.terms[0]
                yield f"a term of {block.field} near {near!r} names a document not there"
    except UnreadableError as error:
        yield str(error)


def check_against(index: OpenIndex, batches: Iterable[AnalyzedBatch]) -> Iterator[str]:
    """A line for each thing that is wrong, `_MOST_LINES` at most; batches in document order."""
    for told, line in enumerate(_lines(index, batches)):
        if told == _MOST_LINES:
            yield f"{index.folder} has more that is wrong"
            return
        yield line


def _lines(index: OpenIndex, batches: Iterable[AnalyzedBatch]) -> Iterator[str]:
    try:
        check = _Check(index)
        for batch in batches:
            yield from check.documents(batch)
        yield from check.rest()
    except UnreadableError as error:
        yield f"{index.folder}: {error}"
    except (ValueError, IndexError, EOFError, OSError) as error:
        yield f"{index.folder} can't be read to its end ({error})"


class _Check:
    def __init__(self, index: OpenIndex) -> None:
        self._index = index
        self._slots = index.id_ranks.size
        self._live = index.id_ranks != REPLACED
        self._lengths = np.load(index.folder / LENGTHS_FILE)
        self._columns = ColumnsCheck(index.folder, self._live)
        self._vocabularies = {view: VocabularyCheck(index.folder, view) for view in VIEWS}
        # What the postings of a document sum up to, less what they should.
        self._sums: dict[str, Sums] = {
            field_name(field, view): np.zeros(self._slots, dtype=np.uint64)
            for field in Field
            for view in View
        }
        self._seen = self._kept = 0

    # -- documents ------------------------------------------------------------------------------

    def documents(self, batch: AnalyzedBatch) -> Iterator[str]:
        """Take the next documents: compare what lies by document, and sum up their terms."""
        first, count = self._seen, len(batch.documents)
        self._seen += count
        if self._seen > self._slots:
            return
        for number, document in enumerate(batch.documents, first):
            yield from self._document(number, document)
        yield from self._columns.documents(first, batch.documents)
        these = slice(first, first + count)
        for field, terms in batch.fields.items():
            for view, bounds in (
                (View.EXACT, terms.syllable_bounds),
                (View.WORDS, terms.word_bounds),
            ):
                wrong = self._lengths[length_row(field, view), these] != np.diff(bounds)
                for place in np.flatnonzero(wrong).tolist():
                    yield f"the length of the {field} of {_named(batch.documents[place])} is wrong"
            for view, sums in batch_sums(terms).items():
                self._sums[field_name(field, view)][these] -= sums * self._live[these]

    def _document(self, number: int, document: Document) -> Iterator[str]:
        try:
            if self._stored(number) != document:
                yield f"{_named(document)} is not stored as it was read"
        except UnreadableError as error:
            yield str(error)
        found = self._index.number(document.id)
        if found == number:
            self._kept += 1
        elif found is None or found < number or self._stored(found).id != document.id:
            yield f"{_named(document)} is not found by its id"
        if self._live[number] != (found == number):
            kind = "one that stays" if self._live[number] else "a replaced one"
            yield f"{_named(document)} is taken for {kind}"

    def _stored(self, number: int) -> Document:
        try:
            return self._index.document(number)
        except Exception as error:  # a pickle of other bytes raises anything
            raise UnreadableError(f"document number {number} can't be read ({error})") from error

    # -- terms ----------------------------------------------------------------------------------

    def rest(self) -> Iterator[str]:
        """What is left when all documents were taken: the terms, and files as a whole."""
        if self._seen != self._slots:
            yield f"{self._index.folder} has {self._slots} documents, not {self._seen}"
            return
        if self._kept != np.count_nonzero(self._live):
            yield f"{self._index.folder} does not have every id once"
        at = {"id": (0, 0), **dict.fromkeys(self._sums, (0, 0))}
        ids = 0
        last: tuple[str, bytes] = ("", b"")
        for block in scan(self._index.terms):
            if block.field not in at:
                yield f"{self._index.folder} has a field {block.field!r}, which none should be"
                return
            postings = _postings(block)
            expected = term_infos(postings, *at[block.field])
            for place in np.flatnonzero(block.infos != expected).tolist():
                yield f"the record of {block.terms[place].decode()!r} in {block.field} is wrong"
            first_posting, first_position = at[block.field]
            total = int(block.frequencies.sum(dtype=np.int64))
            at[block.field] = first_posting + block.documents.size, first_position + total
            yield from self._order(block, last)
            last = block.field, block.terms[-1]
            if (block.documents >= self._slots).any():
                yield f"postings of {block.field} near {block.terms[0].decode()!r} name no document"
                continue
            if block.field == "id":
                ranks = self._index.id_ranks[block.documents]
                if not np.array_equal(ranks, np.arange(ids, ids + ranks.size)):
                    near = block.terms[0].decode()
                    yield f"documents are not in the order of their ids near {near!r}"
                ids += ranks.size
            else:
                self._sum_up(block)
                view = View(block.field.partition("_")[2])
                if view in self._vocabularies:
                    counts = block.infos["document_frequency"]
                    yield from self._vocabularies[view].take(block.field, block.terms, counts)
        if ids != self._kept:
            yield f"{self._index.folder} has {ids} ids, not {self._kept}"
        yield from self._differing()
        for check in self._vocabularies.values():
            yield from check.rest()
        yield from self._columns.rest(self._stored)

    def _order(self, block: TermBlock, last: tuple[str, bytes]) -> Iterator[str]:
        terms = block.terms
        if last[0] == block.field and last[1] >= terms[0]:
            yield f"{terms[0].decode()!r} is out of order in {block.field}"
        if not all(map(bytes.__lt__, terms, terms[1:])):
            yield f"terms near {terms[0].decode()!r} are out of order in {block.field}"
        yield from _not_ascending(block, block.documents, block.infos["count"], "documents")
        if (block.frequencies == 0).any():
            yield f"a posting of {block.field} near {terms[0].decode()!r} has frequency 0"
        elif block.positions is not None:
            yield from _not_ascending(block, block.positions, block.frequencies, "positions")

    def _sum_up(self, block: TermBlock) -> None:
        sums = self._sums[block.field]
        hash_of = pair_hashes if block.field.endswith(f"_{View.PAIRS}") else term_hashes
        hashes = np.repeat(hash_of(block.terms), block.infos["count"])
        if block.positions is None:
            values = placeless(hashes) * block.frequencies.astype(np.uint64)
            np.add.at(sums, block.documents, values)
        else:
            documents = np.repeat(block.documents, block.frequencies)
            values = mixed(np.repeat(hashes, block.frequencies), block.positions)
            np.add.at(sums, documents, values)

    def _differing(self) -> Iterator[str]:
        for field in Field:
            for view in View:
                name = field_name(field, view)
                for number in np.flatnonzero(self._sums[name]).tolist():
                    document = self._stored(number)
                    yield f"the {view} postings of {_named(document)} are not those of its {field}"


def _named(document: Document) -> str:
    return f"document {document.id!r}"


def _postings(block: TermBlock) -> Postings:
    none = np.empty(0, dtype=np.int64)
    counts = block.infos["count"].astype(np.int64)
    frequencies = block.frequencies.astype(np.int64)
    return Postings(none, counts, block.documents, frequencies, none)


def _not_ascending(block: TermBlock, values: Array, counts: Array, what: str) -> Iterator[str]:
    """A line if values do not ascend within each of the runs that ``counts`` gives."""
    begins = np.zeros(values.size, dtype=np.bool_)
    begins[np.cumsum(counts, dtype=np.int64)[:-1]] = True
    if (~begins[1:] & (values[1:] <= values[:-1])).any():
        yield f"{what} of {block.field} near {block.terms[0].decode()!r} are out of order"
