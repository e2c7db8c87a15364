"""Writes Whoosh's term dictionary: its ordered hash file, many terms at a time, in little memory.

The format is that of ``OrderedHashWriter`` in ``whoosh/filedb/filetables.py`` of Whoosh 2.7.4::

    "HSH3", 1 for CRC-32, 8 bytes of nothing
    records        lengths of key and value ("!ii"), key, value; keys ascending
    256 tables     of slots ("!Iq": hash and place of a record; 0 0 is empty), by the low 8 bits
    directory      of each table ("!qi"): its place, and how many slots it has
    extras         a pickle
    places         of all records, ascending
    a length       ("!i") of extras and places together

Whoosh keeps a tuple for each term until it writes the tables: some 200 bytes each. Here hashes and
places wait in spools, and the tables are filled with arrays.

Of the hashes that Whoosh knows CRC-32 takes a tenth of the time of MD5, its default, and spreads
2.3 million terms of the wiki file as well: half a slot from their own in the mean, 10 at most (13).
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.engines.inversion import stable_order
from searchapp.engines.whoosh_codec import key_hash
from searchapp.engines.whoosh_storage import IndexStorage

Array = npt.NDArray[Any]

_HEADER = b"HSH3\x01" + bytes(8)
_TABLES = 256
SLOT = np.dtype([("hash", ">u4"), ("place", ">i8")])
"""A slot of a hash table; ``place`` is 0 in an empty one."""
_DIRECTORY = np.dtype([("place", ">i8"), ("slots", ">i4")])
_HELD = 1 << 19  # hashes of which tables are made at a time


class TermDictionaryWriter:
    """Takes terms in ascending order of their keys; `close` writes what lookups need."""

    def __init__(self, storage: IndexStorage, name: str) -> None:
        self._file = storage.create_file(name)
        self._hashes = storage.spool("term_hashes", np.uint32)
        self._places = storage.spool("term_places", np.int64)
        self._file.write(_HEADER)
        self._at = len(_HEADER)
        self._last = b""

    def add(self, keys: list[bytes], values: Array) -> None:
        """Write terms. ``values`` is a structured array, one for each key.

        Raises ValueError where keys do not ascend.
        """
        if not keys:
            return
        if keys[0] <= self._last or not all(map(bytes.__lt__, keys, keys[1:])):
            raise ValueError(f"terms should ascend behind {self._last!r}")
        self._last = keys[-1]
        width = values.dtype.itemsize
        lengths = np.fromiter(map(len, keys), dtype=np.int64, count=len(keys))
        ends = np.cumsum(lengths + (8 + width))
        starts = ends - lengths - (8 + width)
        heads = np.empty((len(keys), 2), dtype=">i4")
        heads[:, 0], heads[:, 1] = lengths, width
        data = np.empty(int(ends[-1]), dtype=np.uint8)
        data[starts[:, None] + np.arange(8)] = heads.view(np.uint8)
        data[(ends - width)[:, None] + np.arange(width)] = values.view(np.uint8).reshape(-1, width)
        # Byte k of all keys joined lies k behind the first key's, and the rest of k's records.
        shifts = starts + 8 - (np.cumsum(lengths) - lengths)
        joined = np.frombuffer(b"".join(keys), dtype=np.uint8)
        data[np.repeat(shifts, lengths) + np.arange(joined.size)] = joined
        self._file.write(data.tobytes())
        self._hashes.append(key_hashes(keys))
        self._places.append(starts + self._at)
        self._at += data.size

    def close(self, extras: dict[str, Any]) -> None:
        """Write tables, directory and ``extras``."""
        self._hashes.close()
        self._places.close()
        directory = self._write_tables()
        self._file.write(directory.tobytes())
        index_type, dtype = ("I", ">u4") if self._at < 1 << 32 else ("q", ">i8")
        pickled = pickle.dumps(
            {**extras, "indextype": index_type, "indexlen": len(self._places)}, protocol=4
        )
        self._file.write(pickled)
        for places in self._places.blocks():
            self._file.write(places.astype(dtype).tobytes())
        self._file.write_int(len(pickled) + len(self._places) * np.dtype(dtype).itemsize)
        self._file.close()
        self._hashes.remove()
        self._places.remove()

    def _write_tables(self) -> Array:
        """Write the tables, some at a time; the directory of them."""
        directory = np.zeros(_TABLES, dtype=_DIRECTORY)
        at = self._at
        step = max(_TABLES // (len(self._hashes) // _HELD + 1), 1)
        for low in range(0, _TABLES, step):
            hashes, places = self._entries(low, low + step)
            tables = hashes & (_TABLES - 1)
            order = stable_order(tables)
            hashes, places = hashes[order], places[order]
            high = min(low + step, _TABLES)
            edges = np.searchsorted(tables[order], np.arange(low, high + 1))
            for number in range(low, high):
                part = slice(edges[number - low], edges[number - low + 1])
                table = hash_table(hashes[part], places[part])
                directory[number] = at, table.size
                self._file.write(table.tobytes())
                at += table.nbytes
        return directory

    def _entries(self, low: int, high: int) -> tuple[Array, Array]:
        """The hashes and places that belong to some of the tables."""
        hashes = [np.empty(0, dtype=np.uint32)]
        places = [np.empty(0, dtype=np.int64)]
        for some_hashes, some_places in zip(
            self._hashes.blocks(), self._places.blocks(), strict=True
        ):
            tables = some_hashes & (_TABLES - 1)
            chosen = (tables >= low) & (tables < high)
            hashes.append(some_hashes[chosen])
            places.append(some_places[chosen])
        return np.concatenate(hashes), np.concatenate(places)


def key_hashes(keys: Sequence[bytes]) -> Array:
    """`key_hash` of many."""
    return np.fromiter(map(key_hash, keys), dtype=np.uint32, count=len(keys))


def hash_table(hashes: Array, places: Array) -> Array:
    """A half empty table with linear probing: each entry lies in its slot, or behind a run of full
    ones that begins there; beyond the end the table goes on at its beginning.
    """
    count = hashes.size
    table = np.zeros(2 * count, dtype=SLOT)
    if count == 0:
        return table
    slots = (hashes >> 8) % (2 * count)
    order = stable_order(slots)
    # In order of slots each goes to its own, or behind the one before it.
    steps = np.arange(count)
    taken = np.maximum.accumulate(slots[order].astype(np.int64) - steps) + steps
    inside = taken < table.size
    filled = order[inside]
    table["hash"][taken[inside]], table["place"][taken[inside]] = hashes[filled], places[filled]
    over = order[~inside]
    free = np.flatnonzero(table["place"] == 0)[: over.size]
    table["hash"][free], table["place"][free] = hashes[over], places[over]
    return table
