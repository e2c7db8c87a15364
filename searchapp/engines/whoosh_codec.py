"""A Whoosh codec whose postings are arrays.

Whoosh's own codec (W3) keeps blocks of pickled tuples and hands postings out one at a time. This
one keeps W3's term dictionary, stored fields and segments, and lays the postings of a field out as
three runs of fixed-width integers: document numbers, frequencies, positions. A term's postings are
then two slices of the file, ready for NumPy, and nothing in them is a pickle. Stock Whoosh reads
such an index too, through `ArrayTermsReader.matcher`. `whoosh_fields.py` writes one.

Whoosh is pinned to 2.7.4, whose format is frozen; what is used of it here is the codec interface
(``whoosh/codec/base.py``) and the layout of ``W3TermInfo`` (``whoosh/codec/whoosh3.py``).
"""

from __future__ import annotations

import os
import struct
import zlib
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import W3Codec, W3TermsReader
from whoosh.matching import ListMatcher

Array = npt.NDArray[Any]

# W3TermInfo's struct "!BfIBBfII" with the extent ("!q" and "!i") behind it. Here the extent is the
# number of the term's first posting in its field and its document frequency; W3 ignores what
# follows, so the number of its first position stands there.
TERM_INFO = np.dtype(
    [
        ("inlined", "u1"),
        ("weight", ">f4"),
        ("document_frequency", ">u4"),
        ("min_length", "u1"),
        ("max_length", "u1"),
        ("max_weight", ">f4"),
        ("min_id", ">u4"),
        ("max_id", ">u4"),
        ("first_posting", ">i8"),
        ("count", ">i4"),
        ("first_position", ">i8"),
    ]
)


key_hash = zlib.crc32
"""What a record of the term dictionary is looked up by: 32 bits of a term and its field."""

_SLOT = struct.Struct("!Iq")  # of Whoosh's hash tables: the hash, and where its record lies
_LENGTHS = struct.Struct("!ii")  # before each record: the lengths of its key and its value
_SLOTS_READ = 8  # tables are half empty: a search seldom goes further


class Layout(NamedTuple):
    """Where the runs of a field begin in their files, and how wide their integers are."""

    documents_at: int
    documents_type: str
    frequencies_at: int
    frequencies_type: str
    positions_at: int
    positions_type: str | None
    """None for a view without positions."""


@dataclass(frozen=True, slots=True)
class TermPostings:
    """The postings of one term in one field, ascending by document number."""

    documents: Array
    frequencies: Array
    first_position: int


class ArrayCodec(W3Codec):  # type: ignore[misc]  # Whoosh has no types
    """W3 with postings as arrays; see the module."""

    FREQUENCIES_EXT = ".frq"
    POSITIONS_EXT = ".pos"

    def terms_reader(self, storage: Any, segment: Any) -> ArrayTermsReader:
        name = segment.make_filename(self.TERMS_EXT)
        return ArrayTermsReader(self, storage, segment, name)


class ArrayTermsReader(W3TermsReader):  # type: ignore[misc]
    """Looks terms up and reads their postings. One thread at a time."""

    def __init__(self, codec: Any, storage: Any, segment: Any, name: str) -> None:
        super().__init__(
            codec,
            storage.open_file(name),
            storage.file_length(name),
            segment.open_file(storage, codec.POSTS_EXT),
        )
        self._layouts = {n: Layout(*v) for n, v in self._tindex.extras["layouts"].items()}
        self._frequency_file = segment.open_file(storage, codec.FREQUENCIES_EXT)
        self._position_file = segment.open_file(storage, codec.POSITIONS_EXT)

    def postings(self, field: str, term: bytes) -> TermPostings | None:
        """The postings of a term; None if the field has no such term."""
        info = self._info(field, term)
        if info is None:
            return None
        documents, frequencies = self.run(field, int(info["first_posting"]), int(info["count"]))
        return TermPostings(documents, frequencies, int(info["first_position"]))

    def positions(self, field: str, postings: TermPostings) -> Array:
        """The positions of a term, document after document."""
        count = int(postings.frequencies.sum(dtype=np.int64))
        return self.run_of_positions(field, postings.first_position, count)

    # -- everything in the order of the files, for `whoosh_scan.py` ------------------------------

    def dictionary(self) -> tuple[int, int, int]:
        """The file of the dictionary, and where its records begin and end."""
        return self._dbfile.fileno(), self._tindex.startofdata, self._tindex.endofdata

    def tables(self) -> list[tuple[int, int]]:
        """Where each hash table of the dictionary lies, and how many slots it has."""
        tables: list[tuple[int, int]] = self._tindex.tables
        return tables

    def field_numbers(self) -> dict[str, int]:
        """The number that stands before each term of a field."""
        numbers: dict[str, int] = self._fieldmap
        return numbers

    def has_positions(self, field: str) -> bool:
        """Whether a field keeps positions."""
        return self._layouts[field].positions_type is not None

    def run(self, field: str, first: int, count: int) -> tuple[Array, Array]:
        """Documents and frequencies of ``count`` postings, from the field's ``first`` on."""
        layout = self._layouts[field]
        return (
            _read(self._postfile, layout.documents_at, layout.documents_type, first, count),
            _read(
                self._frequency_file, layout.frequencies_at, layout.frequencies_type, first, count
            ),
        )

    def run_of_positions(self, field: str, first: int, count: int) -> Array:
        """``count`` positions, from the field's ``first`` on."""
        layout = self._layouts[field]
        assert layout.positions_type is not None, f"{field} keeps no positions"
        return _read(self._position_file, layout.positions_at, layout.positions_type, first, count)

    def matcher(self, fieldname: str, tbytes: bytes, format_: Any, scorer: Any = None) -> Any:
        """A stock matcher, so that Whoosh's own searcher works on the index."""
        info = self.term_info(fieldname, tbytes)
        postings = self.postings(fieldname, tbytes)
        assert postings is not None
        weights = postings.frequencies.tolist()
        return ListMatcher(
            postings.documents.tolist(),
            weights,
            None,
            format_,
            scorer=scorer,
            term=(fieldname, tbytes),
            terminfo=info,
        )

    def close(self) -> None:
        self._frequency_file.close()
        self._position_file.close()
        super().close()

    def _info(self, field: str, term: bytes) -> Any:
        """The term's record, or None: `HashReader.ranges_for_key` of Whoosh in two reads.

        A term costs a few microseconds this way instead of some thirty, which over the views and
        fields of a long question is most of its time.
        """
        key = self._keycoder(field, term)
        hashed = key_hash(key)
        table, slots = self._tindex.tables[hashed & 255]
        if not slots:
            return None
        file = self._dbfile.fileno()
        slot = (hashed >> 8) % slots
        size = _LENGTHS.size + len(key) + TERM_INFO.itemsize
        while True:
            run = min(_SLOTS_READ, slots - slot)
            data = os.pread(file, run * _SLOT.size, table + slot * _SLOT.size)
            for slot_hash, place in _SLOT.iter_unpack(data):
                if place == 0:
                    return None
                if slot_hash == hashed:
                    record = os.pread(file, size, place)
                    if record[_LENGTHS.size :].startswith(key) and (
                        _LENGTHS.unpack_from(record)[0] == len(key)
                    ):
                        return np.frombuffer(record[-TERM_INFO.itemsize :], dtype=TERM_INFO)[0]
            slot = (slot + run) % slots


def _read(file: Any, start: int, dtype: str, first: int, count: int) -> Array:
    kind = np.dtype(dtype)
    data = os.pread(file.fileno(), count * kind.itemsize, start + first * kind.itemsize)
    return np.frombuffer(data, dtype=kind)
