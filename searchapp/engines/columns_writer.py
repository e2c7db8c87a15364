"""Writes what `columns.py` reads: the values of documents as arrays."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.analysis.collation import collation_key
from searchapp.documents import Document
from searchapp.engines.columns import (
    DAYS_FILE,
    LAST,
    TITLE_RANKS_FILE,
    days_of,
    owners_file,
    values_file,
    values_of,
)
from searchapp.external.arrays import save_array
from searchapp.external.names import RUN_NAMES, Names, NameTable
from searchapp.lines import write_lines
from searchapp.query.filters import Column
from searchapp.storage import DISK, Storage

Array = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]

_NAMES_A_RUN = RUN_NAMES // 4
_KEY_END = "\0"  # between a value's place in a dictionary and itself; below all that is in a key


class _OwnedNames:
    """Names with the document of each, numbered run by run."""

    def __init__(self, folder: Path | None, stem: str, storage: Storage) -> None:
        self._table = NameTable(folder, stem, storage)
        self._spooled = folder is not None
        self._owners, self._numbers = array("i"), array("i")
        self._run_ends: list[int] = []

    def add(self, owners: Sequence[int], names: Sequence[str]) -> None:
        self._owners.extend(owners)
        self._numbers.frombytes(self._table.numbers(names).tobytes())
        if self._spooled and len(self._table) >= _NAMES_A_RUN:
            self._end_run()

    def _end_run(self) -> None:
        self._table.end_run()
        self._run_ends.append(len(self._numbers))

    def merged(self) -> tuple[Names, Array, Array]:
        """All names in order, the documents, and for each its name's rank."""
        self._end_run()
        names, ranks = self._table.merged()
        numbers = np.array(self._numbers, dtype=np.int32)
        begin = 0
        for of_run, end in zip(ranks, self._run_ends, strict=True):
            numbers[begin:end] = of_run[numbers[begin:end]]
            begin = end
        return names, np.array(self._owners, dtype=np.int32), numbers


class ColumnsWriter:
    """Gathers the values of documents in the order of their numbers.

    ``spool_folder`` is where distinct values go while there are many; None keeps them in memory.
    """

    def __init__(self, spool_folder: Path | None = None, storage: Storage = DISK) -> None:
        self._values = {
            column: _OwnedNames(spool_folder, f"column_{column}", storage) for column in Column
        }
        self._titles = _OwnedNames(spool_folder, "title_keys", storage)
        self._days = array("i")

    def add(self, documents: Sequence[Document]) -> None:
        """Take the values of the next documents."""
        first = len(self._days) // 2
        numbered = range(first, first + len(documents))
        for column, kept in self._values.items():
            owners, names = [], []
            for number, document in zip(numbered, documents, strict=True):
                for value in values_of(document, column):
                    owners.append(number)
                    names.append(_in_dictionary(value))
            kept.add(owners, names)
        for document in documents:
            self._days.extend(days_of(document.published))
        self._titles.add(numbered, [collation_key(document.title) for document in documents])

    def write(self, folder: Path, live: Mask, storage: Storage = DISK) -> None:
        """Write the files; documents that are not ``live`` keep their number and no value."""
        for column, kept in self._values.items():
            names, owners, ranks = kept.merged()
            owners, ranks = owners[live[owners]], ranks[live[owners]]
            used = np.unique(ranks)
            numbers = np.searchsorted(used, ranks).astype(np.int32)
            save_array(folder / owners_file(column), np.stack((owners, numbers)), storage)
            values = (name.partition(_KEY_END.encode())[2] for name in names.pick(used))
            write_lines(folder / values_file(column), values, storage)
        days = np.array(self._days, dtype=np.int32).reshape(-1, 2)
        save_array(folder / DAYS_FILE, np.ascontiguousarray(days.T), storage)
        save_array(folder / TITLE_RANKS_FILE, self._title_ranks(live), storage)

    def _title_ranks(self, live: Mask) -> Array:
        """Titles that a dictionary puts in one place share a rank; no title comes last."""
        names, _, ranks = self._titles.merged()
        titled = live & (ranks >= (1 if len(names) and names[0] == b"" else 0))
        found = np.full(ranks.size, LAST, dtype=np.int32)
        found[titled] = np.searchsorted(np.unique(ranks[titled]), ranks[titled])
        return found


@lru_cache(maxsize=4096)
def _in_dictionary(value: str) -> str:
    """A value behind its place in a dictionary."""
    return collation_key(value) + _KEY_END + value
