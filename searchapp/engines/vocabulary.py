"""The terms of a view in order, with their frequencies: what prefixes and fuzzy words expand to."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.analysis.base import View
from searchapp.engines.base import Expansion
from searchapp.external.arrays import save_array
from searchapp.lines import MappedLines, write_lines
from searchapp.storage import DISK, Storage

Array = npt.NDArray[Any]

VIEWS = (View.EXACT, View.FOLDED)
_AT_A_TIME = 20_000  # terms compared: what is held of them stays under some megabytes
_MOST_BYTES_A_CHAR = 4


def files(view: View) -> tuple[str, str]:
    """The files with the terms of a view, and with how frequent each is."""
    return f"terms_{view}.txt", f"terms_{view}_counts.npy"


def write_vocabulary(
    folder: Path, view: View, terms: Iterable[bytes], counts: Array, storage: Storage = DISK
) -> None:
    """Write the terms of a view, ascending; those that no document has any more are left out."""
    kept = counts > 0
    names, counts_name = (folder / name for name in files(view))
    write_lines(names, compress(terms, kept.tolist()), storage)
    save_array(counts_name, counts[kept].astype(np.uint32), storage)


class Vocabulary:
    """Looks terms up by how they begin or what they resemble. Safe to share between threads."""

    def __init__(self, folder: Path, view: View) -> None:
        names, counts = (folder / name for name in files(view))
        self._terms = MappedLines(names)
        self._counts = np.load(counts, mmap_mode="r")

    def count(self, term: str) -> int:
        """How many documents hold a term."""
        name = term.encode("utf-8", "surrogatepass")
        place = bisect_left(self._terms, name)
        if place == len(self._terms) or self._terms[place] != name:
            return 0
        return int(self._counts[place])

    def beginning_with(self, prefixes: set[str], most: int) -> Expansion:
        """The ``most`` frequent terms that begin with one of the prefixes."""
        numbers: set[int] = set()
        for prefix in prefixes:
            low = prefix.encode("utf-8", "surrogatepass")
            first = bisect_left(self._terms, low)
            last = bisect_left(self._terms, low + b"\xff")
            numbers.update(range(first, last))
        return self._most_frequent(np.array(sorted(numbers), dtype=np.int64), most)

    def resembling(self, term: str, edits: int, most: int) -> Expansion:
        """The ``most`` frequent terms at most ``edits`` letters away: changed, missing, more, or
        two neighbours swapped (the optimal string alignment distance).
        """
        # Few queries are fuzzy, and a worker is three megabytes smaller without.
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import cdist

        length = len(term.encode("utf-8", "surrogatepass"))
        sizes = np.diff(self._terms.ends, prepend=0) - 1
        able = np.flatnonzero(np.abs(sizes - length) <= _MOST_BYTES_A_CHAR * edits)
        near: list[Array] = []
        for start in range(0, able.size, _AT_A_TIME):
            part = able[start : start + _AT_A_TIME]
            names = [self._terms[number].decode("utf-8") for number in part.tolist()]
            distances = cdist([term], names, scorer=OSA.distance, score_cutoff=edits)[0]
            near.append(part[distances <= edits])
        return self._most_frequent(
            np.concatenate(near) if near else np.empty(0, dtype=np.int64), most
        )

    def _most_frequent(self, numbers: Array, most: int) -> Expansion:
        order = np.argsort(-self._counts[numbers].astype(np.int64), kind="stable")[:most]
        chosen = numbers[order].tolist()
        terms = tuple(self._terms[number].decode("utf-8") for number in chosen)
        return Expansion(terms, int(numbers.size))


class VocabularyCheck:
    """Compares the vocabulary of a view with its fields, each with its terms in order."""

    def __init__(self, folder: Path, view: View) -> None:
        names, counts = (folder / name for name in files(view))
        self._view = view
        self._terms = MappedLines(names)
        self._counts = np.load(counts).astype(np.int64)
        self._left = self._counts.copy()
        self._field, self._at = "", 0

    def take(self, field: str, terms: Sequence[bytes], counts: Array) -> Iterator[str]:
        """Take the next terms of a field, with how many documents have each."""
        if field != self._field:
            self._field, self._at = field, 0
        for term, count in zip(terms, counts.tolist(), strict=True):
            while self._at < len(self._terms) and self._terms[self._at] < term:
                self._at += 1
            if self._at == len(self._terms) or self._terms[self._at] != term:
                yield f"{term.decode()!r} of {field} is missing among the {self._view} terms"
            else:
                self._left[self._at] -= count

    def rest(self) -> Iterator[str]:
        """Lines for the terms whose counts are not those of the fields together."""
        if self._counts.size != len(self._terms):
            yield f"there are {len(self._terms)} {self._view} terms, but {self._counts.size} counts"
        for number in np.flatnonzero((self._left != 0) | (self._counts == 0)).tolist():
            yield f"the count of the {self._view} term {self._terms[number].decode()!r} is wrong"
