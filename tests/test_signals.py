"""Being told to end while a process is being started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from searchapp.apart import signals_held_back

TOLD = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
TELL_BLOCKED = (
    "import signal; from searchapp.apart import leave_signals_to_parent\n"
    "told = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}\n"
    "blocked = lambda: told & signal.pthread_sigmask(signal.SIG_BLOCK, [])\n"
    "assert blocked() == told\n"
    "leave_signals_to_parent()\n"
    "assert blocked() == set()\n"
    "for one in told: signal.raise_signal(one)\n"
)


@pytest.fixture(params=TOLD, ids=lambda one: one.name)
def heard(request: pytest.FixtureRequest) -> Iterator[tuple[signal.Signals, list[int]]]:
    """A signal, and where it is written down when it is heard."""
    numbers: list[int] = []
    before = signal.signal(request.param, lambda number, _: numbers.append(number))
    yield request.param, numbers
    signal.signal(request.param, before)


@pytest.mark.parametrize("taker", ["this thread", "another one"])
def test_it_is_heard_when_the_process_is_started(
    heard: tuple[signal.Signals, list[int]], taker: str
) -> None:
    told, numbers = heard
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    if taker == "another one":
        other.start()
    with signals_held_back():
        os.kill(os.getpid(), told)
        time.sleep(0.1)  # a handler would run
        assert numbers == []
    assert numbers == [told]
    done.set()
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) & set(TOLD) == set()


def test_an_interruption_waits_too_and_comes() -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    started = []

    def start() -> None:
        with signals_held_back():
            os.kill(os.getpid(), signal.SIGINT)
            started.append(1)

    try:
        with pytest.raises(KeyboardInterrupt):
            start()
    finally:
        signal.signal(signal.SIGINT, before)
    assert started == [1]


def test_a_process_hears_nothing_from_its_first_moment_on() -> None:
    with signals_held_back():
        process = subprocess.Popen([sys.executable, "-c", TELL_BLOCKED])
    assert process.wait(60) == 0


def test_in_another_thread_processes_can_be_started_as_well() -> None:
    codes: list[int] = []

    def start() -> None:
        with signals_held_back():
            process = subprocess.Popen([sys.executable, "-c", TELL_BLOCKED])
        codes.append(process.wait(60))

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert codes == [0]
