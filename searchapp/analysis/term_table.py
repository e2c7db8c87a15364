"""Terms and their numbers, and the order of any of them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from searchapp.analysis.growing import GrowingArray, Numbering

Numbers = npt.NDArray[np.int32]

_KEYS = 3  # numbers of 64 bits that hold the beginning of a term in UTF-8
_KEY_BYTES = 8


class TermTable:
    """Numbers terms in the order of first use, and puts some of them in that of code points.

    The bytes of UTF-8 have the order of code points; their first 24 tell most terms apart.
    """

    def __init__(self) -> None:
        self._numbers = Numbering()
        self.number, self.numbers = self._numbers.number, self._numbers.of
        self._keys = [GrowingArray(np.uint64) for _ in range(_KEYS)]

    @property
    def names(self) -> list[str]:
        """The terms by their numbers."""
        return self._numbers.names

    def ascending(self, numbers: Numbers) -> tuple[list[int], Numbers]:
        """The distinct numbers in the order of their terms, and ``numbers`` as places in that."""
        places = np.zeros(len(self.names), dtype=np.int32)
        places[numbers] = 1
        used = np.flatnonzero(places)
        ordered = used[self._order(used)]
        places[ordered] = np.arange(ordered.size)
        return ordered.tolist(), places[numbers]

    def _order(self, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        self._catch_up()
        keys = [of_all.array[numbers] for of_all in self._keys]
        order = np.lexsort(keys[::-1])
        alike = np.ones(max(numbers.size - 1, 0), dtype=np.bool_)
        for key in keys:
            alike &= key[order[1:]] == key[order[:-1]]
        # Terms that begin alike: the first of each run, and behind its last.
        edges = np.flatnonzero(np.diff(alike, prepend=False, append=False)).tolist()
        for first, last in list(pairwise(edges))[::2]:
            some = order[first : last + 1].tolist()
            order[first : last + 1] = sorted(some, key=lambda i: self.names[numbers[i]])
        return order

    def _catch_up(self) -> None:
        new = self.names[len(self._keys[0]) :]
        beginnings = np.array(
            [name.encode("utf-8", "surrogatepass") for name in new],
            dtype=f"S{_KEYS * _KEY_BYTES}",
        )
        table = beginnings.view(">u8").reshape(-1, _KEYS)
        for number, keys in enumerate(self._keys):
            keys.extend(table[:, number])
