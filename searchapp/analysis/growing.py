"""An array that is appended to piece by piece and read as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt


class GrowingArray:
    """An array that grows by doubling."""

    def __init__(self, dtype: npt.DTypeLike) -> None:
        self._array: npt.NDArray[Any] = np.zeros(1024, dtype=dtype)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def append(self, value: float) -> None:
        """Put one value behind the others."""
        self.extend([value])

    def extend(self, values: npt.ArrayLike) -> None:
        """Put values behind those that are there."""
        more = np.asarray(values, dtype=self._array.dtype)
        end = self._size + more.size
        if end > self._array.size:
            larger = np.zeros(max(2 * self._array.size, end), dtype=self._array.dtype)
            larger[: self._size] = self._array[: self._size]
            self._array = larger
        self._array[self._size : end] = more
        self._size = end

    @property
    def array(self) -> npt.NDArray[Any]:
        """Everything appended so far; a view that the next append leaves behind."""
        return self._array[: self._size]


class Numbering:
    """Numbers names in the order of first use.

    ``names`` are all of them, by their numbers.
    """

    def __init__(self) -> None:
        self.names: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, name: str) -> int:
        """The number of a name; an unknown one gets the next."""
        number = self._numbers.setdefault(name, len(self.names))
        if number == len(self.names):
            self.names.append(name)
        return number

    def of(self, names: Iterable[str]) -> list[int]:
        """The numbers of names; unknown ones get the next."""
        known = self._numbers
        numbers = [known.setdefault(name, len(known)) for name in names]
        if len(known) > len(self.names):
            self.names += islice(known, len(self.names), None)
        return numbers
