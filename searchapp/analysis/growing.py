"""An array that is appended to one value at a time and read as a whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


class GrowingArray:
    """Appends go to a list; `array` moves them into an array that grows by doubling."""

    def __init__(self, dtype: npt.DTypeLike) -> None:
        self._array: npt.NDArray[Any] = np.zeros(1024, dtype=dtype)
        self._size = 0
        self._pending: list[Any] = []
        self.append = self._pending.append
        self.extend = self._pending.extend

    def __len__(self) -> int:
        return self._size + len(self._pending)

    @property
    def array(self) -> npt.NDArray[Any]:
        """Everything appended so far; a view that the next append leaves behind."""
        if self._pending:
            end = len(self)
            if end > self._array.size:
                larger = np.zeros(max(2 * self._array.size, end), dtype=self._array.dtype)
                larger[: self._size] = self._array[: self._size]
                self._array = larger
            self._array[self._size : end] = self._pending
            self._size = end
            self._pending.clear()
        return self._array[: self._size]
