"""Files are read in processes of their own, several at once, and their documents come in order.

A parser that hangs is ended by an alarm of the kernel's, which needs nothing of the parser; one
that eats memory meets the limit of its process; one that crashes takes nobody along. Each costs the
rest of its file, which is told, and a new process goes on with the next.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection

from searchapp.apart import start
from searchapp.documents import Document
from searchapp.ingest.base import Problem, SourceFile
from searchapp.ingest.reading_worker import End, Parcel
from searchapp.ingest.stamps import Stamp

# Imported, not run: what it sends is then of the classes that are known here.
_RUN = "from searchapp.ingest.reading_worker import main; main()"
_AHEAD = 16  # files that a process knows of: it need not wait for the next


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
        self._process: subprocess.Popen[bytes] | None = None
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
            if isinstance(told, End):
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
        self._connection, theirs = Pipe()
        with theirs:
            self._process = start(_RUN, theirs.fileno(), self._folder)
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
        assert self._process is not None
        code, limits = self._process.wait(), file.limits
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
        """End the process, if there is one."""
        if self._connection is not None and self._process is not None:
            self._connection.close()
            self._connection = None
            self._process.kill()
            self._process.wait()
