"""Writes what `whoosh_codec.py` reads: the postings of whole fields, and stored documents."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import STORED_COLUMN, W3Codec

from searchapp.engines.inversion import Postings
from searchapp.engines.whoosh_codec import TERM_INFO, ArrayCodec, Layout
from searchapp.engines.whoosh_storage import IndexStorage
from searchapp.engines.whoosh_terms import TermDictionaryWriter

Array = npt.NDArray[Any]

_FIELD = struct.Struct("!H")  # before each term: the number of its field
_TERMS = 1 << 13  # written at a time


class FieldsWriter:
    """Writes fields one behind the other, each with all its terms ascending as bytes."""

    def __init__(self, storage: IndexStorage, segment: Any) -> None:
        self._storage = storage
        self._terms = TermDictionaryWriter(storage, segment.make_filename(W3Codec.TERMS_EXT))
        self._documents, self._frequencies, self._positions = (
            storage.create_file(segment.make_filename(extension))
            for extension in (
                W3Codec.POSTS_EXT,
                ArrayCodec.FREQUENCIES_EXT,
                ArrayCodec.POSITIONS_EXT,
            )
        )
        self._ends = [0, 0, 0]  # of the three files, in bytes
        self._numbers: dict[str, int] = {}
        self._layouts: dict[str, tuple[Any, ...]] = {}

    def add(
        self,
        name: str,
        parts: Iterable[Postings],
        terms: Callable[[Array], list[bytes]],
        document_count: int,
        longest: int | None,
    ) -> None:
        """Write a field from parts of its postings; ``terms`` gives the terms of ascending ranks.

        ``longest`` is the number of positions in the longest document; None keeps no positions.
        """
        number = self._numbers[name] = len(self._numbers)
        document_type = width(document_count)
        position_type = None if longest is None else width(longest)
        starts = list(self._ends)
        # How wide frequencies are is known when all of them were seen.
        frequencies = self._storage.spool("frequencies", np.uint32)
        most = first_posting = first_position = 0
        for postings in parts:
            infos = term_infos(postings, first_posting, first_position)
            for first in range(0, postings.ranks.size, _TERMS):
                some = slice(first, first + _TERMS)
                prefix = _FIELD.pack(number)
                self._terms.add([prefix + t for t in terms(postings.ranks[some])], infos[some])
            self._write(0, self._documents, postings.documents.astype(document_type))
            frequencies.append(postings.frequencies)
            most = max(most, int(postings.frequencies.max(initial=0)))
            if position_type is not None:
                self._write(2, self._positions, postings.positions.astype(position_type))
            first_posting += postings.documents.size
            first_position += postings.positions.size
        frequencies.close()
        frequency_type = "|u1" if most < 1 << 8 else "<u2" if most < 1 << 16 else "<u4"
        for block in frequencies.blocks():
            self._write(1, self._frequencies, block.astype(frequency_type))
        frequencies.remove()
        # Plain types only: they are pickled.
        self._layouts[name] = tuple(
            Layout(starts[0], document_type, starts[1], frequency_type, starts[2], position_type)
        )

    def _write(self, which: int, file: Any, values: Array) -> None:
        file.write(values.tobytes())
        self._ends[which] += values.nbytes

    def close(self) -> None:
        """Write the term dictionary, and end all files."""
        self._terms.close({"fieldmap": self._numbers, "layouts": self._layouts})
        for file in (self._documents, self._frequencies, self._positions):
            file.close()


class StoredWriter:
    """Writes the stored values of documents in order: the one column that Whoosh reads them from.

    Whoosh's own writer puts the column together in a file that is copied at the end.
    """

    def __init__(self, storage: IndexStorage, segment: Any) -> None:
        self._file = storage.create_file(W3Codec.column_filename(segment, "_stored"))
        self._column = STORED_COLUMN.writer(self._file)
        self._count = 0

    def add(self, values: dict[str, Any]) -> None:
        """Store the next document's values."""
        self._column.add(self._count, values)
        self._count += 1

    def close(self) -> None:
        """End the column."""
        self._column.finish(self._count)
        self._file.close()


def width(largest: int) -> str:
    """The type of numbers below ``largest``."""
    return "<u2" if largest <= 1 << 16 else "<u4"


def term_infos(postings: Postings, first_posting: int, first_position: int) -> Array:
    """The records of terms whose postings follow on those that were written."""
    counts = postings.document_frequency
    infos = np.zeros(counts.size, dtype=TERM_INFO)
    if counts.size == 0:
        return infos
    ends = np.cumsum(counts)
    firsts = ends - counts
    totals = np.add.reduceat(postings.frequencies, firsts)
    infos["weight"] = totals
    infos["document_frequency"] = infos["count"] = counts
    infos["min_length"], infos["max_length"] = 1, 255  # bounds that hold for every document
    infos["max_weight"] = np.maximum.reduceat(postings.frequencies, firsts)
    infos["min_id"] = postings.documents[firsts]
    infos["max_id"] = postings.documents[ends - 1]
    infos["first_posting"] = first_posting + firsts
    infos["first_position"] = first_position + np.cumsum(totals) - totals
    return infos
