"""Names and their numbers, for more names than fit.

Names are numbered in order of first use until there are many; those make up a *run*, which is
sorted and put on disk, and the numbers begin anew. At the end the runs are merged: every name has a
*rank*, its place among all names in the order of code points, and each run a table from its numbers
to ranks. Memory is bounded by the size of a run, save for what `Names` says.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.storage import DISK, Storage

Array = npt.NDArray[Any]

RUN_NAMES = 1 << 16
"""Names held before they are sorted to disk: some 10 MB with their numbers."""
_BLOCK = 1 << 12  # names read of each run at a time


class Names:
    """Distinct names in ascending order, end to end in one piece of memory.

    That is some 20 bytes a name, where a list of them takes 70.
    """

    def __init__(self, blocks: Iterable[list[bytes]]) -> None:
        joined = bytearray()
        sizes: list[Array] = [np.zeros(1, dtype=np.int64)]
        for block in blocks:
            joined += b"".join(block)
            sizes.append(np.fromiter(map(len, block), dtype=np.int64, count=len(block)))
        self._joined = bytes(joined)
        self._edges = np.cumsum(np.concatenate(sizes))

    def __len__(self) -> int:
        return self._edges.size - 1

    def __getitem__(self, rank: int) -> bytes:
        return self._joined[self._edges[rank] : self._edges[rank + 1]]

    def __iter__(self) -> Iterator[bytes]:
        for first in range(0, len(self), _BLOCK):
            yield from self.pick(np.arange(first, min(first + _BLOCK, len(self))))

    def pick(self, ranks: Array) -> list[bytes]:
        """The names of some ranks."""
        joined = self._joined
        starts, ends = self._edges[ranks].tolist(), self._edges[ranks + 1].tolist()
        return [joined[start:end] for start, end in zip(starts, ends, strict=True)]


class NameTable:
    """Numbers names run by run; see the module.

    ``folder`` is where runs go, under names that begin with ``stem``; None keeps them in memory.
    """

    def __init__(self, folder: Path | None, stem: str, storage: Storage = DISK) -> None:
        self._folder, self._stem, self._storage = folder, stem, storage
        self._numbers: dict[str, int] = {}
        self._runs: list[_Run] = []

    def __len__(self) -> int:
        """How many names the run has that is being made."""
        return len(self._numbers)

    @property
    def run(self) -> int:
        """The number of the run that is being made."""
        return len(self._runs)

    def numbers(self, names: Iterable[str]) -> Array:
        """The numbers of names in the run that is being made; new ones get the next numbers."""
        known = self._numbers
        return np.fromiter([known.setdefault(name, len(known)) for name in names], dtype=np.int32)

    def numbers_of(self, names: list[str], codes: Array) -> tuple[Array, Array]:
        """Number those of ``names`` that ``codes``, which index them, use.

        The codes that are used, ascending, and for each name its number; -1 if it is not used.
        """
        used = np.flatnonzero(np.bincount(codes, minlength=len(names)))
        numbers = np.full(len(names), -1, dtype=np.int32)
        all_are = used.size == len(names)
        numbers[used] = self.numbers(names if all_are else [names[code] for code in used.tolist()])
        return used, numbers

    def end_run(self) -> None:
        """Sort the run that is being made, put it aside, and begin the next."""
        names = list(self._numbers)
        order = sorted(range(len(names)), key=names.__getitem__)
        encoded = [names[number].encode("utf-8") for number in order]
        path = None if self._folder is None else self._folder / f"{self._stem}.{self.run:04}"
        self._runs.append(_Run(encoded, np.array(order, dtype=np.int32), path, self._storage))
        self._numbers = {}

    def merged(self) -> tuple[Names, list[Array]]:
        """All names, and for each run the rank of each of its numbers.

        The runs are gone afterwards, and the table is empty.
        """
        runs, places = self._take_runs()
        names = Names(_merged_blocks(runs, places))
        return names, _ranks(runs, places)

    def ranks(self) -> list[Array]:
        """What `merged` says of ranks, where nobody asks for the names."""
        runs, places = self._take_runs()
        for _ in _merged_blocks(runs, places):
            pass
        return _ranks(runs, places)

    def _take_runs(self) -> tuple[list[_Run], list[list[Array]]]:
        if self._numbers:
            self.end_run()
        runs, self._runs = self._runs, []
        return runs, [[] for _ in runs]


class _Run:
    """A sorted run: in one file the lengths of its names, their numbers, and their bytes."""

    def __init__(
        self, names: list[bytes], order: Array, path: Path | None, storage: Storage
    ) -> None:
        self.size = len(names)
        self._path, self._storage = path, storage
        self._names: list[bytes] = []
        self._order = order
        if path is None:
            self._names = names
            return
        self._order = np.empty(0, dtype=np.int32)
        lengths = np.fromiter(map(len, names), dtype=np.int32, count=len(names))
        self._bytes = 8 * self.size + int(lengths.sum())
        with storage.create(path) as file:
            file.write(lengths.tobytes())
            file.write(order.tobytes())
            for first in range(0, self.size, _BLOCK):
                file.write(b"".join(names[first : first + _BLOCK]))

    def order(self) -> Array:
        """The number of each name, in ascending order of the names."""
        return self._order if self._path is None else self._read(4 * self.size, self.size)

    def blocks(self) -> Iterator[list[bytes]]:
        """The names in ascending order."""
        if self._path is None:
            for first in range(0, self.size, _BLOCK):
                yield self._names[first : first + _BLOCK]
            return
        if self._path.stat().st_size != self._bytes:
            raise OSError(f"{self._path} has not the size that was written to it")
        at = 8 * self.size
        with self._path.open("rb") as file:
            for first in range(0, self.size, _BLOCK):
                lengths = self._read(4 * first, min(_BLOCK, self.size - first))
                ends = np.cumsum(lengths)
                file.seek(at)
                data = file.read(int(ends[-1]))
                at += len(data)
                yield [
                    data[start:end]
                    for start, end in zip((ends - lengths).tolist(), ends.tolist(), strict=True)
                ]

    def _read(self, at: int, count: int) -> Array:
        assert self._path is not None
        return np.fromfile(self._path, dtype=np.int32, count=count, offset=at)

    def remove(self) -> None:
        if self._path is not None:
            self._storage.remove(self._path)


def _ranks(runs: list[_Run], places: list[list[Array]]) -> list[Array]:
    """For each run the rank of each of its numbers; the runs are removed."""
    ranks = []
    for run, parts in zip(runs, places, strict=True):
        of_run = np.empty(run.size, dtype=np.int32)
        of_run[run.order()] = np.concatenate([np.empty(0, dtype=np.int32), *parts])
        ranks.append(of_run)
        run.remove()
    return ranks


def _merged_blocks(runs: list[_Run], places: list[list[Array]]) -> Iterator[list[bytes]]:
    """Distinct names of all runs, ascending; ``places`` gets the ranks of each run's names.

    Of each run a block is held. All names up to the least last one of the blocks can be ranked.
    """
    sources = [run.blocks() for run in runs]
    held: list[list[bytes]] = [next(source, []) for source in sources]
    rank = 0
    while any(held):
        bound = min(block[-1] for block in held if block)
        taken = []
        for number, block in enumerate(held):
            cut = bisect_right(block, bound)
            taken.append(block[:cut])
            held[number] = block[cut:] or (next(sources[number], []) if block else [])
        # Sorted pieces end to end are what Python's sort is fastest at.
        together = sorted(chain.from_iterable(taken))
        names = list(map(itemgetter(0), groupby(together)))
        ranks = dict(zip(names, range(rank, rank + len(names)), strict=True))
        for piece, parts in zip(taken, places, strict=True):
            if piece:
                parts.append(np.fromiter(map(ranks.__getitem__, piece), np.int32, len(piece)))
        rank += len(names)
        yield names
