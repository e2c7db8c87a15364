"""Counts by key, for more keys than fit: sorted runs on disk, merged block by block."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.external.arrays import BLOCK
from searchapp.storage import DISK, Storage

Array = npt.NDArray[Any]

PENDING_KEYS = 1 << 20
"""Keys held before they are added up or put on disk: some 50 MB while that is done."""


class KeyCounts:
    """Sums counts by key; keys are integers from 0 on, of 63 bits.

    ``folder`` is where runs go, under names that begin with ``stem``; None keeps them in memory.
    """

    def __init__(self, folder: Path | None, stem: str, storage: Storage = DISK) -> None:
        self._folder, self._stem, self._storage = folder, stem, storage
        self._pending: list[tuple[Array, Array]] = []
        self._pending_size = 0
        self._runs: list[_Run] = []

    @property
    def run_count(self) -> int:
        """How many runs were ended."""
        return len(self._runs)

    def add(self, keys: Array, counts: Array) -> None:
        """Add counts, which are parallel to their keys; a key may come several times."""
        self._pending.append((keys, counts))
        self._pending_size += keys.size
        if self._pending_size >= PENDING_KEYS:
            self._sum_up()
            if self._pending_size >= PENDING_KEYS // 2:
                self.end_run()

    def end_run(self) -> None:
        """Put what was added since the last run aside, as a run."""
        self._sum_up()
        for keys, counts in self._pending:
            path = None
            if self._folder is not None:
                path = self._folder / f"{self._stem}.{len(self._runs):04}"
            self._runs.append(_Run(keys, counts, path, self._storage))
        self._pending, self._pending_size = [], 0

    def runs(self, first: int, last: int) -> Iterator[tuple[Array, Array]]:
        """The runs from ``first`` to before ``last``, in pieces of ascending keys."""
        for run in self._runs[first:last]:
            yield from run.blocks(BLOCK)

    def merged(self) -> Iterator[tuple[Array, Array]]:
        """Every key once, ascending, with its sum; in blocks."""
        self.end_run()
        block = max(BLOCK // max(len(self._runs), 1), 1 << 12)
        sources = [run.blocks(block) for run in self._runs]
        held = [next(source, _NOTHING) for source in sources]
        while any(keys.size for keys, _ in held):
            bound = min(keys[-1] for keys, _ in held if keys.size)
            taken = []
            for number, (keys, counts) in enumerate(held):
                cut = int(np.searchsorted(keys, bound, side="right"))
                taken.append((keys[:cut], counts[:cut]))
                held[number] = (
                    (keys[cut:], counts[cut:])
                    if cut < keys.size
                    else (next(sources[number], _NOTHING) if keys.size else _NOTHING)
                )
            yield _summed(taken)

    def remove(self) -> None:
        """Remove the runs; nothing is counted any more."""
        for run in self._runs:
            run.remove()
        self._runs = []

    def _sum_up(self) -> None:
        if len(self._pending) > 1 or (self._pending and not _ascends(self._pending[0][0])):
            self._pending = [_summed(self._pending)]
        self._pending = [(keys, counts) for keys, counts in self._pending if keys.size]
        self._pending_size = sum(keys.size for keys, _ in self._pending)


class _Run:
    """Ascending keys and their counts: in one file, first all keys, then all counts."""

    def __init__(self, keys: Array, counts: Array, path: Path | None, storage: Storage) -> None:
        self._size, self._path, self._storage = keys.size, path, storage
        self._held = (keys, counts)
        if path is not None:
            self._held = _NOTHING
            with storage.create(path) as file:
                file.write(keys.astype(np.int64, copy=False).tobytes())
                file.write(counts.astype(np.int64, copy=False).tobytes())

    def blocks(self, size: int) -> Iterator[tuple[Array, Array]]:
        for first in range(0, self._size, size):
            count = min(size, self._size - first)
            if self._path is None:
                keys, counts = (values[first : first + count] for values in self._held)
            else:
                keys = np.fromfile(self._path, np.int64, count, offset=8 * first)
                counts = np.fromfile(self._path, np.int64, count, offset=8 * (self._size + first))
            if not keys.size == counts.size == count:
                raise OSError(f"{self._path} is shorter than what was written to it")
            yield keys, counts

    def remove(self) -> None:
        if self._path is not None:
            self._storage.remove(self._path)


_NOTHING = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)


def _ascends(keys: Array) -> bool:
    return bool((keys[1:] > keys[:-1]).all())


def _summed(pieces: list[tuple[Array, Array]]) -> tuple[Array, Array]:
    """The keys of all pieces, each once, ascending, and the sums of their counts."""
    keys = np.concatenate([keys for keys, _ in pieces])
    counts = np.concatenate([counts for _, counts in pieces])
    if keys.size == 0:
        return _NOTHING
    order = np.argsort(keys, kind="stable")
    keys, counts = keys[order], counts[order]
    first = np.flatnonzero(np.diff(keys, prepend=keys[0] - 1))
    return keys[first], np.add.reduceat(counts, first)
