"""Arrays on disk: written whole, written piece by piece, and read block by block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import numpy as np
import numpy.typing as npt

from searchapp.external.files import let_go
from searchapp.storage import DISK, Storage

Array = npt.NDArray[Any]

BLOCK = 1 << 17
"""Numbers read at a time where nothing else is said."""


def save_array(path: Path, array: Array, storage: Storage = DISK) -> None:
    """Write one array as a ``.npy`` file."""
    with storage.create(path) as file:
        np.save(file, array)


def save_blocks(
    path: Path, dtype: npt.DTypeLike, size: int, blocks: Iterable[Array], storage: Storage = DISK
) -> None:
    """Write an array of ``size`` numbers as `save_array` would, from its pieces in order."""
    kind = np.dtype(dtype)
    with storage.create(path) as file:
        np.lib.format.write_array_header_1_0(
            file,
            {
                "descr": np.lib.format.dtype_to_descr(kind),
                "fortran_order": False,
                "shape": (size,),
            },
        )
        for block in blocks:
            file.write(block.astype(kind, copy=False).tobytes())


def distinct(values: Array) -> tuple[Array, Array]:
    """The distinct integers of an array, ascending, and how often each is there.

    By sorting, which for integers is several times faster than `numpy.unique` with its hash table.
    """
    ordered = np.sort(values)
    new = np.ones(ordered.size, dtype=np.bool_)
    new[1:] = ordered[1:] != ordered[:-1]
    first = np.flatnonzero(new)
    return ordered[first], np.diff(np.append(first, ordered.size))


class ArraySpool:
    """An array that grows in a file of its own and is read back in blocks.

    It is written until `close`, and read after that. A file that is shorter than what was written
    to it raises OSError when it is read.
    """

    def __init__(self, path: Path, dtype: npt.DTypeLike, storage: Storage = DISK) -> None:
        self._path = path
        self._dtype = np.dtype(dtype)
        self._storage = storage
        self._size = 0
        self._file: BinaryIO = storage.create(path)

    def __len__(self) -> int:
        return self._size

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            let_go([self])

    def append(self, values: Array) -> None:
        """Write values behind those that are there."""
        self._file.write(values.astype(self._dtype, copy=False).tobytes())
        self._size += values.size

    def close(self) -> None:
        """End writing; may be called again."""
        self._file.close()

    def read(self, first: int, count: int) -> Array:
        """``count`` numbers from ``first`` on."""
        values = np.fromfile(
            self._path, dtype=self._dtype, count=count, offset=first * self._dtype.itemsize
        )
        if values.size != count:
            raise OSError(f"{self._path} is shorter than what was written to it")
        return values

    def all(self) -> Array:
        """Everything, in memory."""
        return self.read(0, self._size)

    def blocks(self, size: int = BLOCK) -> Iterator[Array]:
        """Everything, ``size`` numbers at a time."""
        for first in range(0, self._size, size):
            yield self.read(first, min(size, self._size - first))

    def remove(self) -> None:
        """Remove the file."""
        self._storage.remove(self._path)
