"""A log that nobody reads stops nobody."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator

import pytest

from searchapp.web.unblocked import Unblocked


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    os.close(reading)
    os.close(writing)


def read_until(reading: int, end: str) -> str:
    data = b""
    until = time.monotonic() + 20
    while not data.decode().endswith(end):
        assert time.monotonic() < until
        data += os.read(reading, 1 << 16)
    return data.decode()


def test_lines_come_in_their_order(pipe: tuple[int, int]) -> None:
    stream = Unblocked(pipe[1])
    for number in range(100):
        assert stream.write(f"dòng {number}\n") > 0
    stream.flush()
    stream.drain(20)
    told = read_until(pipe[0], "dòng 99\n")
    assert told == "".join(f"dòng {number}\n" for number in range(100))


def test_nobody_waits_for_a_full_pipe_and_what_is_lost_is_counted(pipe: tuple[int, int]) -> None:
    stream = Unblocked(pipe[1], most=10)
    line = "x" * 1023 + "\n"
    begun = time.monotonic()
    for _ in range(300):  # more than a pipe holds
        stream.write(line)
    stream.drain(0.05)
    assert time.monotonic() - begun < 10
    told = ""
    while " were lost" not in told:
        told += os.read(pipe[0], 1 << 16).decode()
    told += read_until(pipe[0], "\n") if not told.endswith("\n") else ""
    stream.drain(20)
    lost = int(told.partition(" lines of this log")[0].rpartition("\n")[2])
    assert 0 < lost < 300
    os.set_blocking(pipe[0], False)
    with contextlib.suppress(BlockingIOError):
        told += os.read(pipe[0], 1 << 20).decode()
    assert told.count(line) + lost == 300


# Python 3.12 warns of forks beside threads; that is what is tried here.
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_fork_writes_for_itself(pipe: tuple[int, int]) -> None:
    stream = Unblocked(pipe[1])
    stream.write("before\n")
    stream.drain(20)
    child = os.fork()
    if child == 0:
        stream.write("child\n")
        stream.drain(20)
        os._exit(0)
    os.waitpid(child, 0)
    stream.write("after\n")
    stream.drain(20)
    assert read_until(pipe[0], "after\n") == "before\nchild\nafter\n"


def test_a_log_that_is_gone_is_no_fault(pipe: tuple[int, int]) -> None:
    gone = os.dup(pipe[1])
    stream = Unblocked(gone)
    os.close(gone)
    stream.write("nobody\n")
    stream.drain(20)
    stream.write("still nobody\n")
    stream.drain(20)
