"""Where the numbers of several worker processes are kept, so that any of them can tell the sum.

prometheus_client keeps each process's numbers in files of its own in one folder. Usually they are
named by process number, and stay when a worker is replaced, for their counts are part of the sum: a
server whose workers are replaced now and then would gather files without end. Here each worker has
a place, the lowest that is free; whoever comes next to that place goes on counting in its files.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from searchapp.errors import SearchappError

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_PREFIX = "searchapp-metrics-"
_SERVER = "server.pid"
_LAST_GENERATION = "generation"
# A file of numbers is mapped into memory: where the disk is full, writing to a part of it that has
# no room yet would kill the process. 256 KB is several times what all our numbers take.
_ROOM_BYTES = 256 << 10
_KINDS = ("counter", "histogram", "gauge_livesum")

_place: int | None = None


def place() -> str:
    """What this process's files are named by: its place, or its number where it has none."""
    return str(os.getpid() if _place is None else _place)


def folder() -> Path | None:
    """The folder that the processes of this server share; None where there is one process."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else None


def server_hooks() -> dict[str, Callable[..., None]]:
    """Make the folder, and the hooks of gunicorn that keep it in order.

    To be called before anything imports prometheus_client. A folder that `FOLDER_VARIABLE` names is
    used, and emptied of earlier numbers; else there is one of our own until the server ends.

    Raises SearchappError where none can be made.
    """
    try:
        shared, is_ours = _make_folder()
        lives = _hold(shared / _SERVER)
    except OSError as error:
        raise SearchappError(
            f"there is no place for metrics ({error}); name a folder for temporary files with"
            " TMPDIR, or turn them off with SEARCHAPP_METRICS=off"
        ) from error
    os.environ[FOLDER_VARIABLE] = str(shared)
    taken: dict[int, Any] = {}

    def pre_fork(server: Any, worker: Any) -> None:
        del server
        worker.place = next(n for n in range(len(taken) + 1) if n not in taken)
        taken[worker.place] = worker

    def post_fork(server: Any, worker: Any) -> None:
        global _place  # noqa: PLW0603  # it is what this process is
        _place = worker.place
        path = shared / f"worker_{_place}.pid"
        made = path.with_suffix(".new")
        made.write_text(str(os.getpid()), encoding="ascii")
        made.rename(path)  # whoever reads it reads all of it
        try:
            _make_room(shared)
        except OSError as error:
            server.log.error("there is no room for metrics in %s (%s)", shared, error.strerror)

    def child_exit(server: Any, worker: Any) -> None:
        del server
        from prometheus_client.multiprocess import mark_process_dead

        (shared / f"worker_{worker.place}.pid").unlink(missing_ok=True)
        mark_process_dead(worker.place, str(shared))  # type: ignore[no-untyped-call]
        taken.pop(worker.place, None)

    def on_exit(server: Any) -> None:
        del server
        if is_ours:
            shutil.rmtree(shared, ignore_errors=True)
        lives.close()

    return {
        "pre_fork": pre_fork,
        "post_fork": post_fork,
        "child_exit": child_exit,
        "on_exit": on_exit,
    }


def processes() -> Iterator[tuple[str, int]]:
    """The name and number of each process of this server that runs."""
    shared = folder()
    found = [] if shared is None else sorted(shared.glob("*.pid"))
    if not found:
        yield "server", os.getpid()
    for path in found:
        with contextlib.suppress(FileNotFoundError):  # a worker that has just ended
            yield path.stem.removeprefix("worker_"), int(path.read_text(encoding="ascii"))


def is_news(generation: str) -> bool:
    """Whether this is another index than the one that any process of this server saw last.

    The first one of all is no news.
    """
    shared = folder()
    if shared is None:
        return False
    with (shared / _LAST_GENERATION).open("a+", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        last = file.read()
        if last == generation:
            return False
        file.truncate(0)
        file.write(generation)
        file.flush()
        return bool(last)


def _make_folder() -> tuple[Path, bool]:
    named = folder()
    if named is not None and not named.name.startswith(_PREFIX):
        named.mkdir(parents=True, exist_ok=True)
        for path in (*named.glob("*.db"), *named.glob("*.pid"), named / _LAST_GENERATION):
            path.unlink(missing_ok=True)
        return named, False
    # One that is named like ours is that of the server that this one takes over from.
    _clear_rubble()
    return Path(tempfile.mkdtemp(prefix=_PREFIX)), True


def _hold(path: Path) -> IO[str]:
    """A file that names this process, and is locked while it or a worker of it lives."""
    made = path.with_suffix(".new")
    file = made.open("w", encoding="ascii")
    fcntl.flock(file, fcntl.LOCK_EX)
    file.write(str(os.getpid()))
    file.flush()
    made.rename(path)
    return file


def _clear_rubble() -> None:
    """Remove the folders of servers that were killed: nobody holds their lock."""
    for old in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        # One of another user, of a server that is just starting, or of one that lives.
        with contextlib.suppress(OSError), (old / _SERVER).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(old)


def _make_room(shared: Path) -> None:
    for kind in _KINDS:
        path = shared / f"{kind}_{place()}.db"
        if path.exists():
            continue
        # Whoever adds up reads every .db file: there is none before it has its room.
        made = path.with_suffix(".new")
        with made.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, _ROOM_BYTES)
        made.rename(path)
