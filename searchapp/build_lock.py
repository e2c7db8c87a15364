"""The build lock of an index folder: one process builds there at a time.

The kernel holds it, by flock(2), and lets go of it when its holder dies.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from searchapp.errors import InputError, LockedError

_FILE = "lock"
_TRY_S = 0.02


@contextlib.contextmanager
def build_lock(index_dir: Path, wait_s: float = 0.0) -> Iterator[None]:
    """Hold the build lock; wait for it for some seconds where another process has it.

    Raises LockedError, which names the holder, if another process builds for longer.
    """
    try:
        index_dir.mkdir(parents=True, exist_ok=True)
        opened = (index_dir / _FILE).open("a+", encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"the index folder {index_dir} can't be made or written to"
            f" ({error.strerror}); name another with --index-dir"
        ) from error
    with opened as file:
        if not _locked(file, wait_s):
            file.seek(0)
            holder = file.read().strip() or "another process"
            raise LockedError(f"{index_dir} is being built by {holder}; wait for it or stop it")
        file.truncate(0)
        file.write(f"process {os.getpid()} since {datetime.now(UTC).isoformat(timespec='seconds')}")
        file.flush()
        yield


def _locked(file: TextIO, wait_s: float) -> bool:
    until = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(_TRY_S)
        else:
            return True
