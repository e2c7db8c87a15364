"""Whether time grows with the size of what is given, or with its square: a ratio within one run."""

from __future__ import annotations

import time
from collections.abc import Callable

_TIMES = 8
_ALLOWED = 4.0  # of eight times: in proportion is 1, the square 8


def growth(work: Callable[[int], object], size: int) -> float:
    """By how much ``work(size)`` takes more of the processor than eight of an eighth of it.

    1 is in proportion, 8 the square. Of this thread alone, and the least of five, as others may be
    busy.
    """
    return _least(work, size) / (_TIMES * _least(work, size // _TIMES))


def assert_in_proportion(work: Callable[[int], object], size: int) -> None:
    found = growth(work, size)
    assert found < _ALLOWED, f"eight times as much took {_TIMES * found:.0f} times as long"


def _least(work: Callable[[int], object], size: int) -> float:
    taken = []
    for _ in range(5):
        begun = time.thread_time()
        work(size)
        taken.append(time.thread_time() - begun)
    return min(taken)
