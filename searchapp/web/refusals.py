"""What those get who are turned away: the same page or problem as ever, made once and kept."""

from __future__ import annotations

import enum
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, request
from werkzeug.exceptions import HTTPException, ServiceUnavailable, TooManyRequests
from werkzeug.test import run_wsgi_app

from searchapp.observation import Observation, observe, request_id, stop_observing
from searchapp.web.observing import REQUEST_ID

_ASKED = "searchapp.refusal"
_MARK = "0" * 31 + "-refused"
"""Stands for the request's id in what is kept."""
_KEPT_MOST = 256
_MADE_MOST_PER_S = 20
# What a kept answer depends on; a longer value is nobody's real one.
_HEADERS = ("HTTP_ACCEPT_LANGUAGE", "HTTP_HOST", "HTTP_ORIGIN", "wsgi.url_scheme", "SCRIPT_NAME")
_LONGEST = 100


class Refusal(enum.Enum):
    """Why a request is refused."""

    TOO_BUSY = "too_busy"
    TOO_OFTEN = "too_often"


class TooBusyError(ServiceUnavailable):
    """More is asked for than this server can answer now."""

    description = "more is asked for than can be answered now; try again in a moment"


class TooOftenError(TooManyRequests):
    """This client asks more often than it may."""

    description = "you ask more often than one client may; wait as long as Retry-After says"


_ERRORS: dict[Refusal, type[HTTPException]] = {
    Refusal.TOO_BUSY: TooBusyError,
    Refusal.TOO_OFTEN: TooOftenError,
}


@dataclass(frozen=True, slots=True)
class _Kept:
    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def _plain(refusal: Refusal) -> _Kept:
    """A line of text that costs nothing to make."""
    error = _ERRORS[refusal]()
    return _Kept(
        f"{error.code} {error.name}",
        (
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            (REQUEST_ID, _MARK),
        ),
        f"{error.description}\n".encode(),
    )


class Refusals:
    """Answers for those who are turned away. Safe to share between threads.

    The first of a kind takes its way through the application, so that it has all headers, and the
    words and the language of other errors; later ones differ in their id alone. Kinds differ by
    headers, which strangers may write as they like: whoever writes new ones all the time gets a
    line of plain text.
    """

    def __init__(self, app: WSGIApplication, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._kept: dict[tuple[Any, ...], _Kept] = {}
        self._clock = clock
        self._second, self._made_in_it = 0, 0

    def answer(
        self,
        refusal: Refusal,
        retry_after_s: int,
        environ: WSGIEnvironment,
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        """A refusal, as an answer to this request."""
        path = environ.get("PATH_INFO", "")
        # The words do not depend on what was asked, only on who asks: a program or a person.
        path = "/api/v1/search" if path.startswith("/api") else "/search"
        key = (refusal, path, *(str(environ.get(name, ""))[:_LONGEST] for name in _HEADERS))
        kept = self._kept.get(key)
        if kept is None and not self._may_make():
            kept = _plain(refusal)
        if kept is None:
            if len(self._kept) >= _KEPT_MOST:
                self._kept.clear()
            kept = self._kept[key] = self._made(refusal, path, environ)
        name = request_id() or uuid.uuid4().hex
        headers = [(key, value.replace(_MARK, name)) for key, value in kept.headers]
        headers.append(("Retry-After", str(retry_after_s)))
        body = kept.body.replace(_MARK.encode(), name.encode())
        start_response(kept.status, [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def _may_make(self) -> bool:
        second = int(self._clock())
        if second != self._second:
            self._second, self._made_in_it = second, 0
        self._made_in_it += 1  # threads may lose a count or two: it need not be exact
        return self._made_in_it <= _MADE_MOST_PER_S

    def _made(self, refusal: Refusal, path: str, environ: WSGIEnvironment) -> _Kept:
        asked = {
            name: value
            for name, value in environ.items()
            if name in _HEADERS or name.startswith(("SERVER_", "wsgi."))
        }
        asked |= {
            _ASKED: refusal,
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": "",
        }
        token = observe(Observation(_MARK))
        try:
            body, status, headers = run_wsgi_app(self._app, asked)
        finally:
            stop_observing(token)
        kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
        return _Kept(status, tuple(kept), b"".join(body))


def register(app: Flask) -> None:
    """Have the application refuse what `Refusals` asks it to."""

    @app.before_request
    def refuse() -> None:
        refusal = request.environ.get(_ASKED)
        if refusal is not None:
            raise _ERRORS[refusal]
