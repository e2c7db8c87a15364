"""Who gets in: so many requests at once, a few in line, the rest refused before they cost anything.

A server that takes on more than it can do answers everybody late. What waits in gunicorn's own
line, before a thread is free, is not seen here: docs/load.md says what that costs in a flood.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from searchapp.config import Settings
from searchapp.observation import Stage, stage
from searchapp.web.observing import see_shed
from searchapp.web.rates import RateLimiter, is_local
from searchapp.web.refusals import Refusal, Refusals
from searchapp.web.sizing import size_for

_READING = ("GET", "HEAD")
# What costs next to nothing, and what tells how the server is while it is busy.
_FREE_PATHS = ("/healthz", "/readyz", "/metrics", "/robots.txt", "/static/")


class Admission:
    """WSGI middleware, inside of what observes requests.

    Make it before processes fork: what clients asked is counted for all of them together.
    """

    def __init__(self, app: WSGIApplication, settings: Settings) -> None:
        self._app = app
        self._refusals = Refusals(app)
        self._line = Line(
            size_for(settings).threads, settings.serve_waiting, settings.serve_wait_ms / 1000
        )
        self._rates = (
            RateLimiter(settings.rate_per_minute, settings.rate_burst)
            if settings.rate_per_minute
            else None
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, or refuse it."""
        if environ.get("PATH_INFO", "").startswith(_FREE_PATHS):
            return self._app(environ, start_response)
        address = environ.get("REMOTE_ADDR", "")
        if self._rates is not None and not is_local(address):
            wait_s = self._rates.wait_s(address)
            if wait_s > 0:
                return self._refuse(Refusal.TOO_OFTEN, wait_s, environ, start_response)
        if environ["REQUEST_METHOD"] not in _READING:
            return self._app(environ, start_response)  # a process apart does it, one after another
        with self._line.place() as admitted:
            if admitted:
                # The answer is made when this returns; only files are sent after it.
                return self._app(environ, start_response)
        return self._refuse(Refusal.TOO_BUSY, 1.0, environ, start_response)

    def _refuse(
        self,
        refusal: Refusal,
        wait_s: float,
        environ: WSGIEnvironment,
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        see_shed(refusal.value)
        return self._refusals.answer(refusal, math.ceil(wait_s), environ, start_response)


class _Waiter:
    """One who waits in line, and what came of it."""

    def __init__(self) -> None:
        self.called = threading.Event()
        self.admitted = False


class Line:
    """``at_once`` requests work, ``waiting`` more wait for up to ``wait_s`` seconds each.

    The one who came last is let in first, and where too many wait the first one goes: in a flood
    those who are answered then have waited the least, and nobody works for callers who have given
    up (Maurer, Fail at Scale, ACM Queue 13/8, 2015). Where a place is free nobody waits.
    """

    def __init__(self, at_once: int, waiting: int, wait_s: float) -> None:
        self._free = at_once
        self._waiting_most, self._wait_s = waiting, wait_s
        self._waiting: deque[_Waiter] = deque()
        self._lock = threading.Lock()

    @contextmanager
    def place(self) -> Iterator[bool]:
        """Whether there is a place; it is held until the end of the block."""
        if not self._take():
            yield False
            return
        try:
            yield True
        finally:
            self._give_back()

    def _take(self) -> bool:
        with self._lock:
            if self._free:
                self._free -= 1
                return True
            if not self._waiting_most:
                return False
            if len(self._waiting) == self._waiting_most:
                self._waiting.popleft().called.set()
            waiter = _Waiter()
            self._waiting.append(waiter)
        with stage(Stage.WAIT):
            waiter.called.wait(self._wait_s)
        with self._lock:
            if not waiter.called.is_set():
                self._waiting.remove(waiter)
            return waiter.admitted

    def _give_back(self) -> None:
        with self._lock:
            if not self._waiting:
                self._free += 1
                return
            # From hand to hand: whoever comes meanwhile finds no place.
            waiter = self._waiting.pop()
            waiter.admitted = True
            waiter.called.set()
