"""How many requests are answered at once, how many wait, and for how long."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from searchapp.observation import Stage, stage

_PATIENCE_S = 0.1  # what overflows for less is a burst
_STEP_S = 0.05  # between two changes of the limit


class AdaptiveLimit:
    """How many requests may be inside: ``at_once`` are answered, and up to ``waiting`` more wait.

    A queue takes up what comes in bursts. One that stays full answers nobody more, it only makes
    everybody late (Nichols and Jacobson, Controlling Queue Delay, ACM Queue 10/5, 2012). So what
    overflows for longer than a burst takes is halved again and again, down to nobody who waits,
    and grows by one at a time when it does not overflow. Safe to share between threads.
    """

    def __init__(
        self, at_once: int, waiting: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.at_once = at_once
        self._waiting = self._most = waiting
        never = float("-inf")
        self._full_since = self._full_at = self._changed_at = never
        self._clock = clock
        self._lock = threading.Lock()

    @property
    def waiting(self) -> int:
        """How many requests may wait now."""
        return self._waiting

    def admits(self, inside: int) -> bool:
        """Whether another may come in where ``inside`` are at work or wait; what it says counts."""
        with self._lock:
            now = self._clock()
            if inside < self.at_once + self._waiting:
                if self._waiting < self._most and self._lasts(now, self._full_at, _PATIENCE_S):
                    self._change(self._waiting + 1, now)
                return True
            if now - self._full_at > _PATIENCE_S:
                self._full_since = now
            self._full_at = now
            if self._lasts(now, self._full_since, _PATIENCE_S):
                self._change(self._waiting // 2, now)
            return False

    def _lasts(self, now: float, since: float, for_s: float) -> bool:
        return now - since >= for_s and now - self._changed_at >= _STEP_S

    def _change(self, waiting: int, now: float) -> None:
        self._waiting, self._changed_at = waiting, now


class _Waiter:
    """One who waits in line, and what came of it."""

    def __init__(self) -> None:
        self.called = threading.Event()
        self.admitted = False


class AdmissionQueue:
    """Who came first is let in first, and nobody waits longer than ``wait_s`` seconds.

    Where the limit has become smaller than the queue, those go who came first: they have waited
    longest, and by the time their turn came would have given up.
    """

    def __init__(self, limit: AdaptiveLimit, wait_s: float) -> None:
        self._limit, self._wait_s = limit, wait_s
        self._free = limit.at_once
        self._waiting: deque[_Waiter] = deque()
        self._lock = threading.Lock()

    @contextmanager
    def place(self) -> Iterator[bool]:
        """Whether there is a place; it is held until the end of the block."""
        if not self._take():
            yield False
            return
        try:
            yield True
        finally:
            self._give_back()

    def _take(self) -> bool:
        with self._lock:
            if not self._limit.admits(self._limit.at_once - self._free + len(self._waiting)):
                return False
            if self._free:
                self._free -= 1
                return True
            waiter = _Waiter()
            self._waiting.append(waiter)
        with stage(Stage.WAIT):
            waiter.called.wait(self._wait_s)
        with self._lock:
            if not waiter.called.is_set():
                self._waiting.remove(waiter)
            return waiter.admitted

    def _give_back(self) -> None:
        with self._lock:
            while len(self._waiting) > self._limit.waiting:
                self._waiting.popleft().called.set()
            if not self._waiting:
                self._free += 1
                return
            # From hand to hand: whoever comes meanwhile finds no place.
            waiter = self._waiting.popleft()
            waiter.admitted = True
            waiter.called.set()
