from __future__ import annotations

import threading

import pytest

from searchapp import observation
from searchapp.observation import (
    Observation,
    Stage,
    current_observation,
    observe,
    request_id,
    see_generation,
    stage,
    stop_observing,
)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def perf_counter(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(observation, "time", made)
    return made


@pytest.fixture
def seen(clock: Clock):
    made = Observation("r-1")
    token = observe(made)
    yield made
    stop_observing(token)


def test_a_stage_is_measured_without_those_inside_it(seen: Observation, clock: Clock) -> None:
    with stage(Stage.SEARCH):
        clock.now += 1
        with stage(Stage.ENGINE):
            clock.now += 10
        clock.now += 2
        with stage(Stage.SEARCH):  # a stage inside one of its own kind
            clock.now += 20
    clock.now += 1000  # outside of every stage
    assert seen.seconds == {Stage.SEARCH: 23.0, Stage.ENGINE: 10.0}


def test_times_of_a_stage_add_up(seen: Observation, clock: Clock) -> None:
    for _ in range(3):
        with stage(Stage.PARSE):
            clock.now += 2
    assert seen.seconds == {Stage.PARSE: 6.0}


def test_a_stage_that_fails_is_measured_and_the_error_goes_on(
    seen: Observation, clock: Clock
) -> None:
    def analyse() -> None:
        with stage(Stage.ANALYSE):
            clock.now += 1
            with stage(Stage.PARSE):
                clock.now += 4
                raise ValueError("không được")

    with pytest.raises(ValueError, match="không được"):
        analyse()
    with stage(Stage.SNIPPET):
        clock.now += 8
    assert seen.seconds == {Stage.ANALYSE: 1.0, Stage.PARSE: 4.0, Stage.SNIPPET: 8.0}


def test_where_nobody_observes_nothing_is_kept() -> None:
    with stage(Stage.SEARCH):
        see_generation("20260301T101500123456-4f2a")
    assert current_observation() is None
    assert request_id() == ""


def test_other_threads_are_not_seen(seen: Observation, clock: Clock) -> None:
    found: list[str] = []

    def work() -> None:
        with stage(Stage.SEARCH):
            found.append(request_id())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [""]
    assert seen.seconds == {}
    assert request_id() == "r-1"


def test_the_last_index_that_was_asked(seen: Observation) -> None:
    see_generation("a")
    see_generation("b")
    assert seen.generation == "b"


def test_watchers_hear_of_stages_in_order(seen: Observation) -> None:
    heard: list[object] = []

    class Watcher:
        def begin(self, of: Stage, about: str) -> None:
            heard.append((of.value, about))

        def end(self, error: BaseException | None) -> None:
            heard.append(type(error).__name__)

    seen.watcher = Watcher()
    with pytest.raises(OSError, match="đứt"), stage(Stage.SEARCH), stage(Stage.ENGINE, "GET /x"):
        raise OSError("đứt")
    assert heard == [("search", ""), ("engine", "GET /x"), "OSError", "OSError"]
