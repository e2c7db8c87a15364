"""Runs what can't be interrupted in a thread aside, and stops waiting for it when time is up."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Lock
from typing import TypeVar

from searchapp.errors import OutOfTimeError
from searchapp.time_budget import check, left_s

Result = TypeVar("Result")

_THREADS = 16


class Aside:
    """Threads for work that goes on to its end, whoever waits for it. Safe to share.

    There is a bounded number of them: where all are held by what nobody waits for any more, new
    work waits in line, and gives up when its own time is up.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._threads: ThreadPoolExecutor | None = None

    def run(self, work: Callable[[], Result]) -> Result:
        """The result of ``work``, by a thread aside if there is a time budget.

        Raises OutOfTimeError as soon as the budget is spent; and what ``work`` raises.
        """
        seconds = left_s()
        if seconds == math.inf:
            return work()
        check()
        with self._lock:
            if self._threads is None:  # not before a process forks
                self._threads = ThreadPoolExecutor(_THREADS, "search")
            future = self._threads.submit(copy_context().run, work)
        try:
            return future.result(seconds)
        except TimeoutError:
            if future.done():
                raise  # it is the work's own
            future.cancel()
            raise OutOfTimeError from None

    def close(self) -> None:
        """Let the threads end when their work is done."""
        with self._lock:
            if self._threads is not None:
                self._threads.shutdown(wait=False)
                self._threads = None
