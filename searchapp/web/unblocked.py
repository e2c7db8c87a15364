"""A stream whose writers never wait: nobody who reads a log too slowly may stop the service.

Standard error is often a pipe. Once nobody reads from it and it is full, a write to it blocks, and
with it the request that wanted to log a line. Here a thread of each process writes for the others;
what it can't write in time is dropped, and counted in the log.
"""

from __future__ import annotations

import atexit
import os
import queue
import threading
import time

_LINES = 1000
_LAST_S = 1.0  # at the end of the process, for what is still to be written


class Unblocked:
    """Writes texts to a file descriptor, in their order. Safe to share between threads and forks.

    ``most`` is how many may wait to be written.
    """

    def __init__(self, descriptor: int, most: int = _LINES) -> None:
        self._descriptor, self._most = descriptor, most
        self._begin()
        # Threads don't live on in a fork, and locks may have been held.
        os.register_at_fork(after_in_child=self._begin)
        atexit.register(self.drain, _LAST_S)

    def _begin(self) -> None:
        self._texts: queue.Queue[str] = queue.Queue(self._most)
        self._lost = 0
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def write(self, text: str) -> int:
        """Have a text written, or dropped if too many wait already."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="log", daemon=True)
                self._thread.start()
            try:
                self._texts.put_nowait(text)
            except queue.Full:
                self._lost += 1
        return len(text)

    def flush(self) -> None:
        """Nothing: waiting is what this is not for."""

    def drain(self, seconds: float) -> None:
        """Wait until all is written, so long at most."""
        until = time.monotonic() + seconds
        while self._texts.unfinished_tasks and time.monotonic() < until:
            time.sleep(0.005)

    def _work(self) -> None:
        while True:
            text = self._texts.get()
            try:
                self._write(text)
                with self._lock:
                    lost, self._lost = self._lost, 0
                if lost:
                    self._write(f"{lost} lines of this log were lost: nobody read them in time\n")
            except OSError:
                pass  # nobody is there to be told: it is the log that is gone
            finally:
                self._texts.task_done()

    def _write(self, text: str) -> None:
        data = text.encode("utf-8", "backslashreplace")
        while data:
            data = data[os.write(self._descriptor, data) :]
