"""Who gets in: so many requests at once, a few in line, the rest refused before they cost anything.

A server that takes on more than it can do answers everybody late.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from searchapp.config import Settings
from searchapp.web.admission_queue import AdaptiveLimit, AdmissionQueue
from searchapp.web.observing import see_shed
from searchapp.web.rates import RateLimiter, is_local
from searchapp.web.refusals import Refusal, Refusals
from searchapp.web.sizing import size_for

ADMISSION = "searchapp.admission"
"""Where an application keeps its `Admission`, among its extensions."""
_READING = ("GET", "HEAD")
# What costs next to nothing, and what tells how the server is while it is busy.
_FREE_PATHS = ("/healthz", "/readyz", "/metrics", "/robots.txt", "/static/")
_REFUSING: ContextVar[bool] = ContextVar("refusing", default=False)


def is_limited(method: str, path: str) -> bool:
    """Whether such a request waits for its turn."""
    return method in _READING and not path.startswith(_FREE_PATHS)


@contextmanager
def refusing() -> Iterator[None]:
    """Requests of this thread that would stand in line are refused meanwhile."""
    token = _REFUSING.set(True)
    try:
        yield
    finally:
        _REFUSING.reset(token)


class Admission:
    """WSGI middleware, inside of what observes requests.

    Make it before processes fork: what clients asked is counted for all of them together.
    ``limit`` is there for a server that counts those who stand in line before they get here.
    """

    def __init__(self, app: WSGIApplication, settings: Settings) -> None:
        self._app = app
        self._refusals = Refusals(app)
        self.limit = AdaptiveLimit(size_for(settings).threads, settings.serve_waiting)
        self._queue = AdmissionQueue(self.limit, settings.serve_wait_ms / 1000)
        self._rates = (
            RateLimiter(settings.rate_per_minute, settings.rate_burst)
            if settings.rate_per_minute
            else None
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, or refuse it."""
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
        if path.startswith(_FREE_PATHS):
            return self._app(environ, start_response)
        address = environ.get("REMOTE_ADDR", "")
        if self._rates is not None and not is_local(address):
            wait_s = self._rates.wait_s(address)
            if wait_s > 0:
                return self._refuse(Refusal.TOO_OFTEN, wait_s, environ, start_response)
        if not is_limited(method, path):
            return self._app(environ, start_response)  # a process apart does it, one after another
        if not _REFUSING.get():
            with self._queue.place() as admitted:
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
