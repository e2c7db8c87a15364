"""The terms of a view in order, with their frequencies: what prefixes and fuzzy words expand to.

One run of UTF-8 with a line break behind each term, mapped into memory; terms never hold white
space. The order of bytes is that of code points.
"""

from __future__ import annotations

import mmap
from bisect import bisect_left
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from searchapp.analysis.base import View
from searchapp.engines.base import Expansion

Array = npt.NDArray[Any]

VIEWS = (View.EXACT, View.FOLDED)
_AT_A_TIME = 20_000  # terms compared: what is held of them stays under some megabytes
_MOST_BYTES_A_CHAR = 4


def files(view: View) -> tuple[str, str, str]:
    """The files with the terms of a view, where each ends, and how frequent it is."""
    return f"terms_{view}.txt", f"terms_{view}_ends.npy", f"terms_{view}_counts.npy"


def write_vocabulary(folder: Path, view: View, terms: list[bytes], counts: Array) -> None:
    """Write the terms of a view, ascending; those that no document has any more are left out."""
    kept = np.flatnonzero(counts).tolist()
    names, ends_name, counts_name = (folder / name for name in files(view))
    names.write_bytes(b"".join(terms[number] + b"\n" for number in kept))
    ends = np.cumsum([len(terms[number]) + 1 for number in kept], dtype=np.int64)
    np.save(ends_name, ends)
    np.save(counts_name, counts[kept].astype(np.uint32))


class Vocabulary:
    """Looks terms up by how they begin or what they resemble. Safe to share between threads."""

    def __init__(self, folder: Path, view: View) -> None:
        names, ends, counts = (folder / name for name in files(view))
        self._ends = np.load(ends, mmap_mode="r")
        self._counts = np.load(counts, mmap_mode="r")
        self._bytes: mmap.mmap | bytes = b""
        if self._ends.size:
            with names.open("rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def __len__(self) -> int:
        return int(self._ends.size)

    def _term(self, number: int) -> bytes:
        start = int(self._ends[number - 1]) if number else 0
        return self._bytes[start : int(self._ends[number]) - 1]

    def beginning_with(self, prefixes: set[str], most: int) -> Expansion:
        """The ``most`` frequent terms that begin with one of the prefixes."""
        numbers: set[int] = set()
        for prefix in prefixes:
            low = prefix.encode("utf-8", "surrogatepass")
            first = bisect_left(range(len(self)), low, key=self._term)
            last = bisect_left(range(len(self)), low + b"\xff", key=self._term)
            numbers.update(range(first, last))
        return self._most_frequent(np.array(sorted(numbers), dtype=np.int64), most)

    def resembling(self, term: str, edits: int, most: int) -> Expansion:
        """The ``most`` frequent terms at most ``edits`` letters away: changed, missing, more, or
        two neighbours swapped (the optimal string alignment distance).
        """
        length = len(term.encode("utf-8", "surrogatepass"))
        sizes = np.diff(self._ends, prepend=0) - 1
        able = np.flatnonzero(np.abs(sizes - length) <= _MOST_BYTES_A_CHAR * edits)
        near: list[Array] = []
        for start in range(0, able.size, _AT_A_TIME):
            part = able[start : start + _AT_A_TIME]
            names = [self._term(number).decode("utf-8") for number in part.tolist()]
            distances = cdist([term], names, scorer=OSA.distance, score_cutoff=edits)[0]
            near.append(part[distances <= edits])
        return self._most_frequent(
            np.concatenate(near) if near else np.empty(0, dtype=np.int64), most
        )

    def _most_frequent(self, numbers: Array, most: int) -> Expansion:
        order = np.argsort(-self._counts[numbers].astype(np.int64), kind="stable")[:most]
        chosen = numbers[order].tolist()
        terms = tuple(self._term(number).decode("utf-8") for number in chosen)
        return Expansion(terms, int(numbers.size))
