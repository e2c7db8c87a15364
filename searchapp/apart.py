"""Work in a process of its own, so that a server that asks for it keeps its memory and its pace."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from searchapp.errors import SearchappError

_Result = TypeVar("_Result")

_LEFT_TO_PARENT = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

# Imported, not run: what it sends is then of the classes that are known here.
_RUN = "import sys; from searchapp.apart import serve; serve(int(sys.argv[1]))"


def start(code: str, handle: int, *arguments: str) -> subprocess.Popen[bytes]:
    """Start Python on some code, with an open file and arguments behind it.

    Not by multiprocessing: that would run the program's main module again. The path is ours,
    whatever lies in the folder where the program was started.
    """
    with signals_held_back():
        return subprocess.Popen(  # noqa: S603  # our own interpreter and code
            [sys.executable, "-P", "-c", code, str(handle), *arguments],
            pass_fds=[handle],
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # a key pressed at the terminal is for the one that started it
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )


def run_apart(function: Callable[..., _Result], *arguments: Any) -> _Result:
    """Call a function of a module in a process of its own; what it raises is raised here.

    Raises SearchappError if the process is ended from outside.
    """
    ours, theirs = Pipe()
    with ours:
        with theirs:
            process = start(_RUN, theirs.fileno())
        try:
            ours.send((function, arguments))
            done, result = ours.recv()
        except (EOFError, BrokenPipeError, ConnectionResetError) as error:
            code = process.wait()
            raise SearchappError(
                f"the process that writes the index was ended from outside (exit status {code}),"
                " perhaps for want of memory; the index is as it was"
            ) from error
        finally:
            process.kill()
            process.wait()
    if done:
        value: _Result = result
        return value
    raise result


@contextlib.contextmanager
def signals_held_back() -> Iterator[None]:
    """For starting processes: whoever is told to end meanwhile is so when they are started.

    They have it from their parent that signals wait, until they call `leave_signals_to_parent`.
    """
    heard: list[int] = []
    handlers = {}
    if threading.current_thread() is threading.main_thread():
        # Another thread may take a signal; what is done about it is done in this one.
        handlers = {
            one: handler for one in _LEFT_TO_PARENT if callable(handler := signal.getsignal(one))
        }
    for one in handlers:
        signal.signal(one, lambda number, _: heard.append(number))
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _LEFT_TO_PARENT)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for one, handler in handlers.items():
            signal.signal(one, handler)
        for number in heard:
            signal.raise_signal(number)


def leave_signals_to_parent() -> None:
    """Go on when all processes are told to end, as at Ctrl+C: the one that started this decides."""
    for one in _LEFT_TO_PARENT:
        signal.signal(one, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _LEFT_TO_PARENT)


def serve(handle: int) -> None:
    """The other side: one call, and its result or its error."""
    leave_signals_to_parent()
    connection = Connection(handle)
    function, arguments = connection.recv()
    try:
        result = (True, function(*arguments))
    except Exception as error:  # noqa: BLE001  # it is raised again where it was asked for
        result = (False, error)
    connection.send(result)
