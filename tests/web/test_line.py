"""How many are answered, and how many wait."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

from searchapp.web.line import Line, Room


class Clock:
    """Seconds, moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def flood(room: Room, clock: Clock, seconds: float, inside: int = 10**6) -> None:
    """A request every hundredth of a second."""
    for _ in range(round(seconds * 100)):
        room.has_place(inside)
        clock.now += 0.01


def test_there_is_room_for_those_at_work_and_those_who_wait() -> None:
    room = Room(2, 3)
    assert [room.has_place(inside) for inside in range(7)] == [True] * 5 + [False] * 2


def test_a_burst_does_not_shorten_the_line() -> None:
    clock = Clock()
    room = Room(2, 64, clock)
    for _ in range(20):
        flood(room, clock, 0.08)
        clock.now += 0.5
    assert room.waiting == 64


def test_a_line_that_stays_full_is_shortened_to_nobody() -> None:
    clock = Clock()
    room = Room(2, 64, clock)
    seen = []
    for _ in range(100):
        flood(room, clock, 0.01)
        if not seen or seen[-1] != room.waiting:
            seen.append(room.waiting)
    assert seen == [64, 32, 16, 8, 4, 2, 1, 0]
    assert room.has_place(1), "those at work are as many as ever"
    assert not room.has_place(2)


def test_it_grows_again_when_it_no_longer_overflows() -> None:
    clock = Clock()
    room = Room(2, 8, clock)
    flood(room, clock, 1)
    assert room.waiting == 0
    lengths = []
    for _ in range(100):
        assert room.has_place(0)
        lengths.append(room.waiting)
        clock.now += 0.01
    assert lengths[5] == 0, "not at once"
    assert lengths == sorted(lengths)
    assert lengths[-1] == 8, "and never beyond what it was"


def test_a_refusal_now_and_then_leaves_it_as_it_is() -> None:
    clock = Clock()
    room = Room(2, 8, clock)
    for _ in range(100):
        assert not room.has_place(10)
        assert room.has_place(0)
        clock.now += 0.2
    assert room.waiting == 8


def wait_for(line: Line, waiting: int) -> None:
    until = time.monotonic() + 20
    while len(line._waiting) != waiting:
        assert time.monotonic() < until
        time.sleep(0.002)


def test_who_came_first_is_let_in_first() -> None:
    line, order = Line(Room(1, 3), 20.0), []

    def wait(number: int) -> None:
        with line.place() as admitted:
            assert admitted
            order.append(number)

    with ThreadPoolExecutor(3) as threads, line.place():
        waiting = []
        for number in range(3):
            waiting.append(threads.submit(wait, number))
            wait_for(line, number + 1)
    for one in waiting:
        one.result()
    assert order == [0, 1, 2]


def test_who_waited_longest_goes_when_the_line_is_shortened() -> None:
    clock = Clock()
    room = Room(1, 4, clock)
    line = Line(room, 20.0)

    def admitted() -> bool:
        with line.place() as let_in:
            return let_in

    waiting: list[Future[bool]] = []
    with ThreadPoolExecutor(4) as threads, line.place():
        for number in range(4):
            waiting.append(threads.submit(admitted))
            wait_for(line, number + 1)
        while room.waiting > 2:
            flood(room, clock, 0.01)
    assert [one.result(20) for one in waiting] == [False, False, True, True]


def test_nobody_waits_longer_than_the_time() -> None:
    line = Line(Room(1, 5), 0.01)
    with line.place() as first, line.place() as second:
        assert first
        assert not second
    with line.place() as again:
        assert again


def test_those_who_come_back_at_once_find_a_place() -> None:
    """As many clients as there are places, each asking again as soon as it is answered."""
    line = Line(Room(2, 4), 20.0)

    def client(_: int) -> bool:
        good = True
        for _ in range(100):
            with line.place() as admitted:
                good &= admitted
                time.sleep(0)
        return good

    with ThreadPoolExecutor(6) as threads:
        assert all(threads.map(client, range(6)))


def test_many_threads_never_hold_more_places_than_there_are() -> None:
    line = Line(Room(3, 50), 20.0)
    inside, most, lock = 0, 0, threading.Lock()

    def work() -> bool:
        nonlocal inside, most
        with line.place() as admitted:
            if admitted:
                with lock:
                    inside += 1
                    most = max(most, inside)
                time.sleep(0.001)
                with lock:
                    inside -= 1
        return admitted

    with ThreadPoolExecutor(20) as threads:
        admitted = list(threads.map(lambda _: work(), range(300)))
    assert all(admitted)
    assert most == 3
