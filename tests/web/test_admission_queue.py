"""How many are answered, and how many wait."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

from searchapp.web.admission_queue import AdaptiveLimit, AdmissionQueue


class Clock:
    """Seconds, moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def flood(limit: AdaptiveLimit, clock: Clock, seconds: float, inside: int = 10**6) -> None:
    """A request every hundredth of a second."""
    for _ in range(round(seconds * 100)):
        limit.admits(inside)
        clock.now += 0.01


def test_there_is_room_for_those_at_work_and_those_who_wait() -> None:
    limit = AdaptiveLimit(2, 3)
    assert [limit.admits(inside) for inside in range(7)] == [True] * 5 + [False] * 2


def test_a_burst_does_not_shorten_the_line() -> None:
    clock = Clock()
    limit = AdaptiveLimit(2, 64, clock)
    for _ in range(20):
        flood(limit, clock, 0.08)
        clock.now += 0.5
    assert limit.waiting == 64


def test_a_line_that_stays_full_is_shortened_to_nobody() -> None:
    clock = Clock()
    limit = AdaptiveLimit(2, 64, clock)
    seen = []
    for _ in range(100):
        flood(limit, clock, 0.01)
        if not seen or seen[-1] != limit.waiting:
            seen.append(limit.waiting)
    assert seen == [64, 32, 16, 8, 4, 2, 1, 0]
    assert limit.admits(1), "those at work are as many as ever"
    assert not limit.admits(2)


def test_it_grows_again_when_it_no_longer_overflows() -> None:
    clock = Clock()
    limit = AdaptiveLimit(2, 8, clock)
    flood(limit, clock, 1)
    assert limit.waiting == 0
    lengths = []
    for _ in range(100):
        assert limit.admits(0)
        lengths.append(limit.waiting)
        clock.now += 0.01
    assert lengths[5] == 0, "not at once"
    assert lengths == sorted(lengths)
    assert lengths[-1] == 8, "and never beyond what it was"


def test_a_refusal_now_and_then_leaves_it_as_it_is() -> None:
    clock = Clock()
    limit = AdaptiveLimit(2, 8, clock)
    for _ in range(100):
        assert not limit.admits(10)
        assert limit.admits(0)
        clock.now += 0.2
    assert limit.waiting == 8


def wait_for(queue: AdmissionQueue, waiting: int) -> None:
    until = time.monotonic() + 20
    while len(queue._waiting) != waiting:
        assert time.monotonic() < until
        time.sleep(0.002)


def test_who_came_first_is_let_in_first() -> None:
    queue, order = AdmissionQueue(AdaptiveLimit(1, 3), 20.0), []

    def wait(number: int) -> None:
        with queue.place() as admitted:
            assert admitted
            order.append(number)

    with ThreadPoolExecutor(3) as threads, queue.place():
        waiting = []
        for number in range(3):
            waiting.append(threads.submit(wait, number))
            wait_for(queue, number + 1)
    for one in waiting:
        one.result()
    assert order == [0, 1, 2]


def test_who_waited_longest_goes_when_the_line_is_shortened() -> None:
    clock = Clock()
    limit = AdaptiveLimit(1, 4, clock)
    queue = AdmissionQueue(limit, 20.0)

    def admitted() -> bool:
        with queue.place() as let_in:
            return let_in

    waiting: list[Future[bool]] = []
    with ThreadPoolExecutor(4) as threads, queue.place():
        for number in range(4):
            waiting.append(threads.submit(admitted))
            wait_for(queue, number + 1)
        while limit.waiting > 2:
            flood(limit, clock, 0.01)
    assert [one.result(20) for one in waiting] == [False, False, True, True]


def test_nobody_waits_longer_than_the_time() -> None:
    queue = AdmissionQueue(AdaptiveLimit(1, 5), 0.01)
    with queue.place() as first, queue.place() as second:
        assert first
        assert not second
    with queue.place() as again:
        assert again


def test_those_who_come_back_at_once_find_a_place() -> None:
    """As many clients as there are places, each asking again as soon as it is answered."""
    queue = AdmissionQueue(AdaptiveLimit(2, 4), 20.0)

    def client(_: int) -> bool:
        good = True
        for _ in range(100):
            with queue.place() as admitted:
                good &= admitted
                time.sleep(0)
        return good

    with ThreadPoolExecutor(6) as threads:
        assert all(threads.map(client, range(6)))


def test_many_threads_never_hold_more_places_than_there_are() -> None:
    queue = AdmissionQueue(AdaptiveLimit(3, 50), 20.0)
    inside, most, lock = 0, 0, threading.Lock()

    def work() -> bool:
        nonlocal inside, most
        with queue.place() as admitted:
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
