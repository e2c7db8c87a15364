"""Takes records from requests and has them written behind their backs, in batches.

A request puts its record into a queue and goes on, whatever the disk does: a full queue and a
failing disk cost records, which are counted, and never an answer.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path

from searchapp.usage.records import Click, Search
from searchapp.usage.store import ForeignLogError, Store

log = logging.getLogger(__name__)

CAPACITY = 5000
"""Records that wait to be written; some megabytes at most."""
_BATCH = 500
_GATHER_S = 0.5  # what a crash may cost
_FORGET_EVERY_S = 3600.0
_CLOSE_S = 3.0
_FAILURES = (sqlite3.Error, OSError, ForeignLogError)


class Recorder:
    """Keeps records in a file. Safe to share between threads, and across a fork.

    The thread that writes is started by the first record of a process, and ends with it.
    """

    def __init__(
        self,
        file: Path,
        retention_days: int,
        *,
        capacity: int = CAPACITY,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._file = file
        self._retention_days = retention_days
        self._capacity = capacity
        self._clock = clock
        self._lock = threading.Lock()
        self._writer: _Writer | None = None
        self._pid = os.getpid()

    def record(self, entry: Search | Click) -> None:
        """Have a record written soon. Never waits and never fails."""
        self._running().take(entry)

    def flush(self, timeout_s: float = _CLOSE_S) -> bool:
        """Wait until what was recorded so far is written, or lost; False if that takes longer."""
        writer = self._writer
        return writer is None or writer.flush(timeout_s)

    @property
    def lost(self) -> int:
        """How many records of this process were lost and are not noted in the file yet."""
        return 0 if self._writer is None else self._writer.lost

    def close(self) -> None:
        """Write what is left, as far as that goes in some seconds, and end the thread."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.stop()

    def _running(self) -> _Writer:
        if self._pid != os.getpid():
            # After a fork neither the thread is here nor can its locks be trusted.
            self._lock, self._writer, self._pid = threading.Lock(), None, os.getpid()
        writer = self._writer
        if writer is None:
            with self._lock:
                writer = self._writer
                if writer is None:
                    writer = self._writer = _Writer(
                        self._file, self._retention_days, self._capacity, self._clock
                    )
                    # At the end of the process, or when nobody can record here any more.
                    weakref.finalize(self, writer.stop)
        return writer


class _Writer:
    """The thread of a process that writes, and the queue that it writes from."""

    def __init__(
        self, file: Path, retention_days: int, capacity: int, clock: Callable[[], float]
    ) -> None:
        self._file = file
        self._retention_days = retention_days
        self._clock = clock
        self._queue: queue.Queue[Search | Click | threading.Event | None] = queue.Queue(capacity)
        self._lost = 0
        self._counting = threading.Lock()
        self._store: Store | None = None
        self._forget_at = 0.0
        self._is_failing = False
        self._is_over = False
        self._pid = os.getpid()
        self._thread = threading.Thread(target=self._run, name="usage-log", daemon=True)
        self._thread.start()

    def take(self, entry: Search | Click) -> None:
        try:
            self._queue.put_nowait(entry)
        except queue.Full:
            self._lose(1)

    @property
    def lost(self) -> int:
        return self._lost

    def flush(self, timeout_s: float) -> bool:
        done = threading.Event()
        try:
            self._queue.put(done, timeout=timeout_s)
        except queue.Full:
            return False
        return done.wait(timeout_s)

    def stop(self) -> None:
        if self._pid != os.getpid():
            return  # the thread is in the process that this one was forked from
        if threading.current_thread() is self._thread:
            # Any thread collects garbage, in the middle of whatever it does: its queue is locked.
            threading.Thread(target=self.stop, daemon=True).start()
            return
        with contextlib.suppress(queue.Full):  # the disk hangs: what waits is lost with the process
            self._queue.put(None, timeout=_CLOSE_S)
        self._thread.join(_CLOSE_S)

    def _lose(self, count: int) -> None:
        with self._counting:
            self._lost += count

    def _run(self) -> None:
        while not self._is_over:
            self._write_batch()
        if self._store is not None:
            self._store.close()

    def _write_batch(self) -> None:
        """Wait for a record, gather what comes soon after it, and write it."""
        entries: list[Search | Click] = []
        waiting: list[threading.Event] = []
        until: float | None = None
        while len(entries) < _BATCH and not waiting and not self._is_over:
            left = None if until is None else max(0.0, until - time.monotonic())
            try:
                one = self._queue.get(timeout=left)
            except queue.Empty:
                break
            if one is None:
                self._is_over = True
            elif isinstance(one, threading.Event):
                waiting.append(one)
            else:
                entries.append(one)
            until = time.monotonic() + _GATHER_S if until is None else until
        try:
            if entries or self._lost:
                self._write(entries)
        finally:
            for event in waiting:
                event.set()

    def _write(self, entries: list[Search | Click]) -> None:
        noted = self._lost
        now = self._clock()
        try:
            if self._store is None:
                self._store = Store(self._file)
            self._store.write(entries, noted, now)
        except _FAILURES as error:
            self._fail(error)
            self._lose(len(entries))
            return
        self._lose(-noted)
        if self._is_failing:
            self._is_failing = False
            log.warning("the usage log %s is written again", self._file)
        if now >= self._forget_at:
            self._forget_at = now + _FORGET_EVERY_S
            try:
                self._store.forget(self._retention_days, now)
            except _FAILURES as error:
                self._fail(error)

    def _fail(self, error: Exception) -> None:
        """Say once that it fails, and begin anew with the next batch."""
        if not self._is_failing:
            self._is_failing = True
            log.warning(
                "searches are answered but not recorded: the usage log %s can't be written (%s);"
                " usage_log=no turns it off",
                self._file,
                error,
            )
        if self._store is not None:
            self._store.close()
            self._store = None
