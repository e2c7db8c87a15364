"""What is seen of a request while it is answered: above all, how long each stage takes.

Whoever answers a request puts an `Observation` in place; whoever works on it marks its stages::

    with stage(Stage.SEARCH):
        …

Where nobody observes, a stage costs one look at a context variable.
"""

from __future__ import annotations

import enum
import time
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Protocol


class Stage(enum.StrEnum):
    """What a request spends its time on."""

    OPEN = "open"
    """Opening an index that has just become the live one."""
    WAIT = "wait"
    """Waiting for other requests of this process."""
    PARSE = "parse"
    """From characters to a tree."""
    ANALYSE = "analyse"
    """From a tree to terms, and what else it may have meant."""
    SEARCH = "search"
    """Finding, ranking, counting."""
    ENGINE = "engine"
    """Waiting for a server that holds the index."""
    SNIPPET = "snippet"
    """Cutting and marking passages."""
    RENDER = "render"
    """Making the page."""


class StageWatcher(Protocol):
    """Told of each stage as it begins and ends; stages end in the reverse order of beginning."""

    def begin(self, of: Stage, about: str) -> None:
        """A stage begins; ``about`` says more of it, or is empty."""

    def end(self, error: BaseException | None) -> None:
        """The stage that began last ends, by an error or not."""


class Observation:
    """What is seen of one request, by the thread that answers it.

    ``seconds`` is the time of each stage without the stages inside it, so that their sum is never
    more than the whole. ``generation`` is the index that was asked last.
    """

    def __init__(self, request_id: str = "") -> None:
        self.request_id = request_id
        self.trace_id = ""
        self.span_id = ""
        self.generation: str | None = None
        self.seconds: dict[Stage, float] = {}
        self.watcher: StageWatcher | None = None
        self.begun = time.perf_counter()
        self._open: list[Stage] = []
        self._since = 0.0

    def enter(self, of: Stage, about: str) -> None:
        """A stage begins; the one around it stands still."""
        now = time.perf_counter()
        if self._open:
            self._add(now)
        self._open.append(of)
        self._since = now
        if self.watcher is not None:
            self.watcher.begin(of, about)

    def leave(self, error: BaseException | None) -> None:
        """The stage that began last ends; the one around it goes on."""
        now = time.perf_counter()
        self._add(now)
        self._open.pop()
        self._since = now
        if self.watcher is not None:
            self.watcher.end(error)

    def _add(self, now: float) -> None:
        of = self._open[-1]
        self.seconds[of] = self.seconds.get(of, 0.0) + now - self._since


_current: ContextVar[Observation | None] = ContextVar("observation", default=None)


def observe(observation: Observation) -> Token[Observation | None]:
    """Have an observation see what this thread does, until `stop_observing`."""
    return _current.set(observation)


def stop_observing(token: Token[Observation | None]) -> None:
    """Put back what was before `observe`."""
    _current.reset(token)


def current_observation() -> Observation | None:
    """That of the request that this thread answers; None if it answers none."""
    return _current.get()


def request_id() -> str:
    """The id of the request that this thread answers; empty if it answers none."""
    observation = _current.get()
    return "" if observation is None else observation.request_id


def see_generation(name: str) -> None:
    """Tell which index answers."""
    observation = _current.get()
    if observation is not None:
        observation.generation = name


class stage:  # noqa: N801  # used like a function
    """Measures the block as a stage of the request; ``about`` says more where it is traced."""

    __slots__ = ("_about", "_of", "_seen_by")

    def __init__(self, of: Stage, about: str = "") -> None:
        self._of = of
        self._about = about
        self._seen_by: Observation | None = None

    def __enter__(self) -> None:
        seen_by = self._seen_by = _current.get()
        if seen_by is not None:
            seen_by.enter(self._of, self._about)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._seen_by is not None:
            self._seen_by.leave(error)
