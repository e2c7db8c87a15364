"""What a writer keeps of analysed documents until it inverts them: terms as numbers, on disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.engines.inversion import Occurrences
from searchapp.external.arrays import BLOCK, ArraySpool
from searchapp.external.files import close_all
from searchapp.storage import Storage

Array = npt.NDArray[Any]


class TermSpool:
    """The terms of one field, document behind document, as numbers of a `NameTable`.

    Where the table begins a new run, `end_run` is called here too: numbers mean something else from
    there on.
    """

    def __init__(self, folder: Path, name: str, storage: Storage) -> None:
        self._numbers = ArraySpool(folder / name, np.int32, storage)
        try:
            self._counts = ArraySpool(folder / f"{name}.counts", np.int32, storage)
        except BaseException:
            self._numbers.close()
            raise
        self._run_ends: list[int] = []

    def add(self, numbers: Array, bounds: Array) -> None:
        """Add documents; those of document k are ``numbers[bounds[k]:bounds[k+1]]``."""
        self._numbers.append(numbers)
        self._counts.append(np.diff(bounds))

    def end_run(self) -> None:
        """Say that what comes is numbered anew."""
        self._run_ends.append(len(self._numbers))

    def close(self) -> None:
        """End writing; may be called again."""
        close_all([self._numbers, self._counts])

    @cached_property
    def lengths(self) -> Array:
        """How many terms each document has."""
        return self._counts.all()

    def counts(self, ranks: Sequence[Array], size: int) -> Array:
        """How often each rank below ``size`` stands in the documents, replaced ones included."""
        counts = np.zeros(size, dtype=np.int64)
        for of_run, first, count in self._blocks(ranks):
            counts += np.bincount(of_run[self._numbers.read(first, count)], minlength=size)
        return counts

    def occurrences(
        self, ranks: Sequence[Array], live: Array, *, positions: bool
    ) -> Iterator[Occurrences]:
        """Every occurrence in a ``live`` document; ``ranks[r]`` are those of run r's numbers."""
        ends = np.cumsum(self.lengths, dtype=np.int64)
        for of_run, first, count in self._blocks(ranks):
            found = of_run[self._numbers.read(first, count)]
            documents, places = _places(ends, self.lengths, first, count)
            kept = live[documents]
            yield Occurrences(
                found[kept], documents[kept], places[kept].astype(np.uint32) if positions else None
            )

    def neighbours(
        self, ranks: Sequence[Array], live: Array
    ) -> Iterator[tuple[Array, Array, Array]]:
        """Every two terms that follow each other in a ``live`` document: ranks and document."""
        ends = np.cumsum(self.lengths, dtype=np.int64)
        for of_run, first, count in self._blocks(ranks, overlap=1):
            found = of_run[self._numbers.read(first, count)]
            documents, _ = _places(ends, self.lengths, first, count)
            kept = (documents[1:] == documents[:-1]) & live[documents[1:]]
            yield found[:-1][kept], found[1:][kept], documents[1:][kept]

    def _blocks(self, ranks: Sequence[Array], overlap: int = 0) -> Iterator[tuple[Array, int, int]]:
        """For pieces of each run: its ranks, where the piece begins, and its size.

        A piece ends with the first ``overlap`` numbers of the next one in its run.
        """
        begin = 0
        for of_run, end in zip(ranks, self._run_ends, strict=True):
            for first in range(begin, end, BLOCK):
                yield of_run, first, min(BLOCK + overlap, end - first)
            begin = end

    def remove(self) -> None:
        """Remove the files."""
        self._numbers.remove()
        self._counts.remove()


def _places(ends: Array, lengths: Array, first: int, count: int) -> tuple[Array, Array]:
    """The documents of some occurrences, and their places in them."""
    low, high = np.searchsorted(ends, [first, first + count - 1], side="right")
    within = slice(low, high + 1)
    begins = ends[within] - lengths[within]
    held = np.minimum(ends[within], first + count) - np.maximum(begins, first)
    documents = np.repeat(np.arange(low, high + 1, dtype=np.uint32), held)
    return documents, np.arange(first, first + count) - np.repeat(begins, held)
