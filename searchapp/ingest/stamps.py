"""What tells a changed file from one that is as it was."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path

_BLOCK = 1 << 20
_JUST_NOW_NS = 1_000_000_000  # clocks of file systems are coarse: a write may share a moment's time


@dataclass(frozen=True, slots=True)
class Stamp:
    """A file as it was when it was read: its size in bytes, times in ns, SHA-256.

    ``looked_ns`` is when that was.
    """

    size: int
    mtime_ns: int
    ctime_ns: int
    looked_ns: int
    sha256: str


def stamp_of(path: Path) -> Stamp:
    """The stamp of a file; it is read whole. Raises OSError."""
    looked = time.time_ns()
    with path.open("rb") as file:
        status = path.stat()
        digest = hashlib.sha256()
        while block := file.read(_BLOCK):
            digest.update(block)
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns, looked, digest.hexdigest())


def is_unchanged(path: Path, stamp: Stamp) -> bool:
    """Whether a file is as it was; it is read only where its size and times leave a doubt.

    Raises OSError.
    """
    status = path.stat()
    if status.st_size != stamp.size:
        return False
    times = (status.st_mtime_ns, status.st_ctime_ns)
    settled = max(stamp.mtime_ns, stamp.ctime_ns) < stamp.looked_ns - _JUST_NOW_NS
    if settled and times == (stamp.mtime_ns, stamp.ctime_ns):
        return True
    return stamp_of(path).sha256 == stamp.sha256
