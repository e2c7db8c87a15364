"""Lines of a file by their number, without reading the file: for tables too large to hold.

A table is a UTF-8 file, each entry with a line break behind it, and beside it an array of where
each entry ends. The order of bytes is that of code points.
"""

from __future__ import annotations

import mmap
from array import array
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from searchapp.external.arrays import save_array
from searchapp.storage import DISK, Storage

_AT_A_TIME = 1 << 12  # lines written


def _ends_path(path: Path) -> Path:
    return path.with_name(path.name + ".ends.npy")


def write_lines(path: Path, lines: Iterable[bytes], storage: Storage = DISK) -> None:
    """Write a table; no entry holds a line break."""
    remaining, sizes = iter(lines), array("i")
    with storage.create(path) as file:
        while some := list(islice(remaining, _AT_A_TIME)):
            sizes.extend(map(len, some))
            file.write(b"\n".join(some) + b"\n")
    save_array(_ends_path(path), np.cumsum(np.array(sizes, dtype=np.int64) + 1), storage)


class MappedLines:
    """A table, mapped into memory. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        # As plain arrays: one number of a memmap costs ten times as much.
        self.ends = np.asarray(np.load(_ends_path(path), mmap_mode="r"))
        self._ends = self.ends.data
        self._bytes: mmap.mmap | bytes = b""
        if self.ends.size:
            with path.open("rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def __len__(self) -> int:
        return int(self.ends.size)

    def __iter__(self) -> Iterator[bytes]:
        return (self[number] for number in range(len(self)))

    def __getitem__(self, number: int) -> bytes:
        """The entry ``number``, from 0 on."""
        return self.piece(number, 0)

    def piece(self, number: int, start: int) -> bytes:
        """The entry ``number`` from its byte ``start`` on."""
        if not 0 <= number < len(self._ends):
            raise IndexError(number)
        first = self._ends[number - 1] if number else 0
        return self._bytes[first + start : self._ends[number] - 1]
