"""The process that reads files: they are named on its connection, and their documents come back."""

from __future__ import annotations

import contextlib
import logging
import os
import resource
import signal
import sys
import tempfile
import time
import warnings
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from searchapp.apart import leave_signals_to_parent
from searchapp.documents import Document
from searchapp.ingest.base import Item, SourceFile
from searchapp.ingest.reading import read_file
from searchapp.ingest.stamps import Stamp, stamp_of

_PARCEL_CHARS = 200_000  # sent at once
_PARCEL_S = 0.5
_FILES_A_PROCESS = 500  # what parsers leak goes with the process


@dataclass(frozen=True, slots=True)
class Parcel:
    """Some of a file's documents and problems, and how many bytes of it were read so far."""

    items: tuple[Item, ...]
    bytes_read: int


@dataclass(frozen=True, slots=True)
class End:
    """A file is done; ``last`` says that the process ends with it."""

    stamp: Stamp | None
    last: bool


def main() -> None:
    """Read files as they are named, until nobody names any more.

    The arguments are the number of the connection's file, and the folder for temporary files.
    """
    connection, folder = Connection(int(sys.argv[1])), sys.argv[2]
    leave_signals_to_parent()
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
            connection.send(End(stamp, last=number == _FILES_A_PROCESS))


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
