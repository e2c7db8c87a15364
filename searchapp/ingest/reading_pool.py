"""Files are read in processes of their own, several at once, and their documents come in order.

A parser that hangs is ended by an alarm of the kernel's, which needs nothing of the parser; one
that eats memory meets the limit of its process; one that crashes takes nobody along. Each costs the
rest of its file, which is told, and a new process goes on with the next.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import resource
import signal
import tempfile
import time
import warnings
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from searchapp.documents import Document
from searchapp.ingest.base import Item, Problem, SourceFile
from searchapp.ingest.reading import read_file
from searchapp.ingest.stamps import Stamp, stamp_of

_AHEAD = 16  # files that a process knows of: it need not wait for the next
_PARCEL_CHARS = 200_000  # sent at once
_PARCEL_S = 0.5
_FILES_A_PROCESS = 500  # what parsers leak goes with the process


@dataclass(frozen=True, slots=True)
class Parcel:
    """Some of a file's documents and problems, and how many bytes of it were read so far."""

    items: tuple[Item, ...]
    bytes_read: int


@dataclass(frozen=True, slots=True)
class _End:
    """A file is done; ``last`` says that the process ends with it."""

    stamp: Stamp | None
    last: bool


@dataclass(slots=True)
class FileReading:
    """A file while it is read: iterate over ``parcels``; ``stamp`` is known behind the last.

    It is None for a file that could not be read to its end.
    """

    file: SourceFile
    parcels: Iterator[Parcel] = field(default_factory=lambda: iter(()))
    stamp: Stamp | None = None


class ReadingPool:
    """Reads files with some processes; use it as a context manager, and every file in order."""

    def __init__(self, files: Sequence[SourceFile], jobs: int) -> None:
        count = max(min(jobs, len(files)), 1)
        self._files = files
        self._folder = tempfile.TemporaryDirectory(prefix="searchapp-")
        self._workers = [_Worker(files[i::count], self._folder.name) for i in range(count)]

    def __enter__(self) -> ReadingPool:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.stop()
        self._folder.cleanup()

    def __iter__(self) -> Iterator[FileReading]:
        """The files in order; each has to be read to its end before the next."""
        for number, file in enumerate(self._files):
            reading = FileReading(file)
            reading.parcels = self._workers[number % len(self._workers)].parcels(reading)
            yield reading


class _Worker:
    """One process at a time, and the files that it reads in their order."""

    def __init__(self, files: Sequence[SourceFile], folder: str) -> None:
        self._waiting = deque(files)
        self._given: deque[SourceFile] = deque()
        self._folder = folder
        self._process: Any = None
        self._connection: Connection | None = None
        if files:
            self._start()  # it reads ahead from the beginning

    def parcels(self, reading: FileReading) -> Iterator[Parcel]:
        if self._connection is None:
            self._start()
        assert self._connection is not None
        found_any = False
        while True:
            try:
                told = self._connection.recv()
            except (EOFError, ConnectionResetError):
                yield Parcel((self._ended(reading.file, found_any),), 0)
                self._given.popleft()
                return
            if isinstance(told, _End):
                reading.stamp = told.stamp
                self._given.popleft()
                if told.last:
                    self.stop()
                else:
                    self._give()
                return
            found_any = found_any or any(isinstance(item, Document) for item in told.items)
            yield told

    def _start(self) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["searchapp.ingest.reading_pool"])
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs, self._folder), daemon=True)
        self._process.start()
        theirs.close()
        self._waiting.extendleft(reversed(self._given))
        self._given.clear()
        self._give()

    def _give(self) -> None:
        assert self._connection is not None
        with contextlib.suppress(
            BrokenPipeError, ConnectionResetError
        ):  # told when it is read from
            while self._waiting and len(self._given) < _AHEAD:
                self._connection.send(self._waiting[0])
                self._given.append(self._waiting.popleft())

    def _ended(self, file: SourceFile, found_any: bool) -> Problem:
        """Why the process is gone, as what is wrong with the file that it read."""
        self._process.join()
        code, limits = self._process.exitcode, file.limits
        self.stop()
        if code == -signal.SIGALRM:
            why = (
                f"took over {limits.seconds} s to read and was given up; file_timeout_s allows more"
            )
        elif code == -signal.SIGKILL:
            why = (
                "could not be read: its reader was killed from outside, perhaps for want of memory"
            )
        else:
            why = f"could not be read: its reader broke down (exit status {code})"
        return Problem(file.shown, f"{why}; what came before is kept" if found_any else why)

    def stop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            self._process.kill()
            self._process.join()
            self._process.close()


def _work(connection: Connection, folder: str) -> None:
    """Read files as they are named, until nobody names any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    tempfile.tempdir = folder
    logging.disable()  # what parsers have to say is told by what they give
    warnings.simplefilter("ignore")
    with open(os.devnull, "wb") as nothing:  # noqa: PTH123  # and what their C code prints
        os.dup2(nothing.fileno(), 1)
        os.dup2(nothing.fileno(), 2)
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):  # the parent is gone
        for number in range(1, _FILES_A_PROCESS + 1):
            file: SourceFile = connection.recv()
            _bound_memory(file.limits.memory_bytes)
            stamp = _send_file(file, connection)
            connection.send(_End(stamp, last=number == _FILES_A_PROCESS))


def _send_file(file: SourceFile, connection: Connection) -> Stamp | None:
    """Send a file's items in parcels; the alarm rings only while its reader works."""
    seconds = file.limits.seconds
    items: list[Item] = []
    chars, sent = 0, time.monotonic()
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        stamp = stamp_of(file.path)
    except OSError:
        stamp = None  # its reader will say why
    for item in read_file(file):
        signal.setitimer(signal.ITIMER_REAL, 0)
        items.append(item)
        chars += len(item.text) if isinstance(item, Document) else 0
        if chars >= _PARCEL_CHARS or time.monotonic() - sent > _PARCEL_S:
            connection.send(Parcel(tuple(items), _bytes_read(file.path)))
            items.clear()
            chars, sent = 0, time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, seconds)
    signal.setitimer(signal.ITIMER_REAL, 0)
    connection.send(Parcel(tuple(items), 0 if stamp is None else stamp.size))
    return stamp


def _bound_memory(allowed: int) -> None:
    """Let this process have so many bytes more than it has now."""
    with Path("/proc/self/statm").open(encoding="ascii") as file:
        pages = int(file.read().split()[0])
    limit = pages * resource.getpagesize() + allowed
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))


def _bytes_read(path: Path) -> int:
    """How far the reader is in its file, as the kernel knows it; 0 if it holds none open."""
    try:
        for handle in Path("/proc/self/fd").iterdir():
            with contextlib.suppress(OSError):
                if handle.readlink() == path:
                    info = Path("/proc/self/fdinfo", handle.name).read_text(encoding="ascii")
                    return int(info.split()[1])
    except OSError:
        pass  # no /proc: progress is told file by file
    return 0
