"""The meter of each client."""

from __future__ import annotations

import multiprocessing

import pytest

from searchapp.web import rates
from searchapp.web.rates import RateLimiter, is_local


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(rates, "time", made)
    return made


def test_a_burst_and_then_the_rate(clock: Clock) -> None:
    limiter = RateLimiter(per_minute=60, burst=5)
    assert [limiter.wait_s("a") for _ in range(5)] == [0.0] * 5
    assert limiter.wait_s("a") == pytest.approx(1.0)
    clock.now += 0.4
    assert limiter.wait_s("a") == pytest.approx(0.6), "asking too early costs nothing"
    clock.now += 0.6
    assert limiter.wait_s("a") == 0.0
    assert limiter.wait_s("a") > 0
    clock.now += 60
    assert [limiter.wait_s("a") for _ in range(6)] == [0.0] * 5 + [pytest.approx(1.0)]


def test_over_an_hour_the_rate_holds(clock: Clock) -> None:
    limiter = RateLimiter(per_minute=30, burst=10)
    let_in = 0
    for _ in range(36_000):
        let_in += limiter.wait_s("a") == 0.0
        clock.now += 0.1
    assert abs(let_in - 30 * 60 - 10) <= 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.8", False),
        ("203.0.113.7", "::ffff:203.0.113.7", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("unix", "other", False),
    ],
)
def test_what_one_client_is(clock: Clock, one: str, other: str, same: bool) -> None:
    limiter = RateLimiter(per_minute=1, burst=1)
    assert limiter.wait_s(one) == 0.0
    assert (limiter.wait_s(other) > 0) is same


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # of Python 3.12
def test_processes_share_the_meters() -> None:
    limiter = RateLimiter(per_minute=1, burst=4)
    context = multiprocessing.get_context("fork")
    for _ in range(4):
        process = context.Process(target=limiter.wait_s, args=("a",))
        process.start()
        process.join(20)
        assert process.exitcode == 0
    assert limiter.wait_s("a") > 0


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("", True),
        ("10.0.0.1", False),
        ("203.0.113.7", False),
        ("nonsense", False),
    ],
)
def test_what_is_local(address: str, local: bool) -> None:
    assert is_local(address) is local
