"""Goes through all terms and postings of an index in the order of its files, block by block."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.engines.checksums import mixed
from searchapp.engines.whoosh_codec import TERM_INFO, ArrayTermsReader
from searchapp.engines.whoosh_terms import SLOT, key_hashes

Array = npt.NDArray[Any]

_LENGTHS = struct.Struct("!ii")
_FIELD_BYTES = 2  # before each term in the dictionary: the number of its field
_RECORD_BYTES = _LENGTHS.size + _FIELD_BYTES + TERM_INFO.itemsize  # and the term
_TABLES = 256
_READ = 1 << 20  # bytes of the dictionary read at a time
_TERMS = 1 << 13
_POSTINGS = 1 << 17  # about so many in a block; a term's are never parted


class UnreadableError(Exception):
    """The dictionary or the postings can't be made sense of; the message says where."""


@dataclass(frozen=True, slots=True)
class TermBlock:
    """Some terms of a field, ascending, with what the dictionary says of each and its postings.

    ``documents`` and ``frequencies`` are those of all terms end to end, ``positions`` those of all
    postings; None in a field without.
    """

    field: str
    terms: list[bytes]
    infos: Array
    documents: Array
    frequencies: Array
    positions: Array | None


def scan(reader: ArrayTermsReader) -> Iterator[TermBlock]:
    """Every term, field by field. Raises UnreadableError."""
    for field, terms, infos, _ in _records(reader):
        counts = infos["count"].astype(np.int64)
        if (counts < 1).any():
            raise UnreadableError(f"a term of {field} near {terms[0]!r} has no postings")
        before = np.cumsum(counts) - counts
        edges = np.flatnonzero(np.diff(before // _POSTINGS, prepend=-1)).tolist()
        for first, last in zip(edges, [*edges[1:], counts.size], strict=True):
            yield _block(reader, field, terms[first:last], infos[first:last])


def _block(reader: ArrayTermsReader, field: str, terms: list[bytes], infos: Array) -> TermBlock:
    first, count = int(infos["first_posting"][0]), int(infos["count"].sum())
    if first < 0:
        raise UnreadableError(f"a term of {field} near {terms[0]!r} has its postings nowhere")
    documents, frequencies = reader.run(field, first, count)
    positions = None
    if reader.has_positions(field):
        total = int(frequencies.sum(dtype=np.int64))
        positions = reader.run_of_positions(field, int(infos["first_position"][0]), total)
        if positions.size != total:
            raise UnreadableError(f"positions of {field} near {terms[0]!r} are missing")
    if not documents.size == frequencies.size == count:
        raise UnreadableError(f"postings of {field} near {terms[0]!r} are missing")
    return TermBlock(field, terms, infos, documents, frequencies, positions)


def lookup_damage(reader: ArrayTermsReader) -> Iterator[str]:
    """Lines if terms can't be looked up, though they are there. Raises UnreadableError.

    Each record has its place in a slot of a hash table; between the slot that its hash asks for and
    the one it has there must be no empty one. Memory: one table.
    """
    wanted = np.zeros(_TABLES, dtype=np.uint64)
    numbers = reader.field_numbers()
    for field, terms, _, at in _records(reader):
        prefix = numbers[field].to_bytes(_FIELD_BYTES, "big")
        hashes = key_hashes([prefix + term for term in terms]).astype(np.uint64)
        sizes = np.array([len(term) for term in terms]) + _RECORD_BYTES
        np.add.at(wanted, hashes & np.uint64(255), mixed(hashes, at + np.cumsum(sizes) - sizes))
    for number, (place, slots) in enumerate(reader.tables()):
        table = np.frombuffer(os.pread(reader.dictionary()[0], slots * SLOT.itemsize, place), SLOT)
        full = np.flatnonzero(table["place"])
        hashes = table["hash"][full].astype(np.uint64)
        if table.size != slots or wanted[number] != mixed(hashes, table["place"][full]).sum():
            yield f"hash table {number} of the terms does not lead to all of them"
            continue
        if full.size:
            empty_before = np.cumsum(np.append(0, table["place"] == 0))
            asked = ((hashes >> np.uint64(8)) % np.uint64(slots)).astype(np.int64)
            empty = empty_before[full] - empty_before[asked]
            around = asked > full  # from the slot to the end, and on from the beginning
            empty[around] += empty_before[-1]
            if empty.any():
                yield f"hash table {number} of the terms has gaps before some of them"


def _records(reader: ArrayTermsReader) -> Iterator[tuple[str, list[bytes], Array, int]]:
    """The records of the dictionary, in pieces of one field each; where each piece begins."""
    file, at, end = reader.dictionary()
    names = {number: name for name, number in reader.field_numbers().items()}
    terms: list[bytes] = []
    number, infos, began = -1, bytearray(), at
    data, offset = b"", 0
    while at < end:
        if len(data) - offset < _LENGTHS.size:
            data, offset = os.pread(file, min(_READ, end - at), at), 0
        if len(data) < _LENGTHS.size:
            raise UnreadableError(f"the dictionary of terms ends at byte {at}")
        key_size, size = _LENGTHS.unpack_from(data, offset)
        whole = _LENGTHS.size + key_size + size
        if key_size < _FIELD_BYTES or size != TERM_INFO.itemsize or at + whole > end:
            raise UnreadableError(f"the dictionary of terms makes no sense at byte {at}")
        if len(data) - offset < whole:
            data, offset = os.pread(file, max(min(_READ, end - at), whole), at), 0
        begin = offset + _LENGTHS.size
        this = int.from_bytes(data[begin : begin + _FIELD_BYTES], "big")
        if this not in names:
            raise UnreadableError(f"the dictionary of terms names no field at byte {at}")
        if terms and (this != number or len(terms) >= _TERMS):
            yield names[number], terms, np.frombuffer(bytes(infos), dtype=TERM_INFO), began
            terms, infos, began = [], bytearray(), at
        number = this
        terms.append(data[begin + _FIELD_BYTES : begin + key_size])
        infos += data[begin + key_size : offset + whole]
        at += whole
        offset += whole
    if terms:
        yield names[number], terms, np.frombuffer(bytes(infos), dtype=TERM_INFO), began
