"""A log that nobody reads stops nobody."""

from __future__ import annotations

import os
import re
import select
import time
from collections.abc import Callable, Iterator

import pytest

from searchapp.web.unblocked import Unblocked


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    os.close(reading)
    os.close(writing)


def read_until(reading: int, done: Callable[[str], bool]) -> str:
    """What comes until it is enough; fails where it never is."""
    data = b""
    until = time.monotonic() + 20
    while not done(data.decode("utf-8", "replace")):
        ready, _, _ = select.select([reading], [], [], max(until - time.monotonic(), 0))
        assert ready, f"no more comes than {data[-200:]!r}"
        data += os.read(reading, 1 << 16)
    return data.decode()


def ending(text: str) -> Callable[[str], bool]:
    return lambda told: told.endswith(text)


def test_lines_come_in_their_order(pipe: tuple[int, int]) -> None:
    stream = Unblocked(pipe[1])
    for number in range(100):
        assert stream.write(f"dòng {number}\n") > 0
    stream.flush()
    stream.drain(20)
    told = read_until(pipe[0], ending("dòng 99\n"))
    assert told == "".join(f"dòng {number}\n" for number in range(100))


def test_nobody_waits_for_a_full_pipe_and_what_is_lost_is_counted(pipe: tuple[int, int]) -> None:
    stream = Unblocked(pipe[1], most=10)
    line = "x" * 1023 + "\n"
    begun = time.monotonic()
    for _ in range(300):  # more than a pipe holds
        stream.write(line)
    stream.drain(0.05)
    assert time.monotonic() - begun < 10

    def lost(told: str) -> int:
        """It may be said in several lines: some were read in time, and others not."""
        return sum(map(int, re.findall(r"^(\d+) lines of this log were lost", told, re.MULTILINE)))

    told = read_until(pipe[0], lambda told: told.count(line) + lost(told) >= 300)
    assert told.count(line) + lost(told) == 300
    assert 0 < lost(told) < 300


def test_what_is_taken_in_part_is_written_on(
    pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a pipe takes it while signals come."""
    whole = os.write
    monkeypatch.setattr(os, "write", lambda file, data: whole(file, data[:3]))
    stream = Unblocked(pipe[1])
    stream.write("dòng một\n")
    stream.write("dòng hai\n")
    stream.drain(20)
    assert read_until(pipe[0], ending("hai\n")) == "dòng một\ndòng hai\n"


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
    assert read_until(pipe[0], ending("after\n")) == "before\nchild\nafter\n"


def test_a_log_that_is_gone_is_no_fault(pipe: tuple[int, int]) -> None:
    gone = os.dup(pipe[1])
    stream = Unblocked(gone)
    # Closed, its number would be that of the next file that any thread opens.
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, gone)
    os.close(nowhere)
    stream.write("nobody\n")
    stream.drain(20)
    stream.write("still nobody\n")
    stream.drain(20)
    os.dup2(pipe[1], gone)
    stream.write("somebody again\n")
    assert read_until(pipe[0], ending("\n")) == "somebody again\n"
    os.close(gone)
