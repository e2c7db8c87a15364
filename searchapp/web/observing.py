"""Sees every request from the outside: what it was, how it ended, what it spent its time on.

It stands around the whole application, so that what is refused on the way in is seen, too. The time
of a request ends when its answer is ready; sending it to a slow reader is not counted.
"""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, request

from searchapp.config import PREFIX, Settings
from searchapp.errors import InputError
from searchapp.observation import Observation, current_observation, observe, stop_observing

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from searchapp.search.results import Answer

REQUEST_ID = "X-Request-ID"
UNMATCHED = "unmatched"
"""The route of requests that no route takes: what strangers try has no end."""
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"))
_GOOD_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_VARIABLE = re.compile(r"<(?:[^:<>]*:)?([^<>]+)>")
_log = logging.getLogger(__name__)


class Request(Observation):
    """What is seen of one request over HTTP.

    ``route`` is the pattern that took it, never what was sent. ``query`` is what was searched for,
    if anything was, and ``answer`` what was found; ``fault`` the kind of error that it ended with,
    ``shed`` why it was turned away unanswered, ``taken`` the kind of suggestion that was followed,
    ``written`` the results of the documents that it wrote, ``token`` the name of the token that it
    was allowed to write or operate with.
    """

    def __init__(self, environ: WSGIEnvironment) -> None:
        sent = environ.get("HTTP_X_REQUEST_ID", "")
        super().__init__(sent if _GOOD_ID.fullmatch(sent) else uuid.uuid4().hex)
        method = environ.get("REQUEST_METHOD", "")
        self.method = method if method in _METHODS else "other"
        self.path: str = environ.get("PATH_INFO", "")
        self.route = UNMATCHED
        self.status = 500
        self.size: int | None = None
        self.duration_s = 0.0
        self.query: str | None = None
        self.answer: Answer | None = None
        self.fault: str | None = None
        self.shed: str | None = None
        self.taken: str | None = None
        self.written: tuple[str, ...] = ()
        self.token: str | None = None


Reporter = Callable[[Request], None]
"""Told of each request when it is over."""


class Observing:
    """An application, seen. ``begins`` are called before each request, ``reporters`` after it.

    What fails in them is logged and changes no answer.
    """

    def __init__(
        self,
        app: WSGIApplication,
        reporters: Iterable[Reporter],
        begins: Iterable[Callable[[Request, WSGIEnvironment], None]] = (),
    ) -> None:
        self._app = app
        self._reporters = tuple(reporters)
        self._begins = tuple(begins)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        seen = Request(environ)

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            seen.status = int(status[:3])
            seen.size = next((int(v) for n, v in headers if n.lower() == "content-length"), None)
            return start_response(status, headers, *more)

        token = observe(seen)
        try:
            for begin in self._begins:
                _shielded(begin, seen, environ)
            return self._app(environ, start)
        finally:
            seen.duration_s = time.perf_counter() - seen.begun
            for report in self._reporters:
                _shielded(report, seen)
            stop_observing(token)


def _shielded(call: Callable[..., None], *given: Any) -> None:
    try:
        call(*given)
    except Exception:  # noqa: BLE001  # what is seen of an answer must not cost the answer
        _log.exception("a request could not be recorded")


def check_settings(settings: Settings) -> None:
    """Raise InputError for settings that fit nobody, before a server starts workers over them."""
    from searchapp.web import tracing

    if settings.metrics == "token" and settings.metrics_token is None:
        raise InputError(
            f"{PREFIX}METRICS is token, but no {PREFIX}METRICS_TOKEN is set;"
            " openssl rand -hex 32 makes a good one"
        )
    tracing.make_tracing(settings)


def register(app: Flask, settings: Settings) -> None:
    """See every request of ``app``; called last, so that nothing stands further outside.

    Raises InputError as `check_settings` does.
    """
    from searchapp.web import request_log, tracing

    check_settings(settings)
    reporters: list[Reporter] = [request_log.reporter(settings)]
    begins: list[Callable[[Request, WSGIEnvironment], None]] = []
    if settings.metrics != "off":
        from searchapp.web import metrics, metrics_page

        metrics_page.register(app, settings)
        begins.append(metrics.begin)
        reporters.append(metrics.record)
    traces = tracing.make_tracing(settings)
    if traces is not None:
        begins.append(traces.begin)
        reporters.append(traces.end)
    app.before_request(_see_route)
    app.after_request(_tell_stages)
    app.wsgi_app = Observing(app.wsgi_app, reporters, begins)  # type: ignore[method-assign]


def current_request() -> Request | None:
    """The request that this thread answers, if it is seen."""
    seen = current_observation()
    return seen if isinstance(seen, Request) else None


def see_query(query: str) -> None:
    """This request searches for ``query``."""
    seen = current_request()
    if seen is not None:
        seen.query = query


def see_answer(answer: Answer) -> None:
    """This is what its search found."""
    seen = current_request()
    if seen is not None:
        seen.answer = answer


def see_taken(kind: str) -> None:
    """It follows a suggestion of this kind."""
    seen = current_request()
    if seen is not None:
        seen.taken = kind


def see_written(results: Iterable[str]) -> None:
    """It wrote documents, with these results."""
    seen = current_request()
    if seen is not None:
        seen.written = tuple(results)


def see_token(name: str) -> None:
    """It proved itself with the token of this name."""
    seen = current_request()
    if seen is not None:
        seen.token = name


def see_fault(kind: str) -> None:
    """It ends with an error of this kind; kinds are few, and in the code."""
    seen = current_request()
    if seen is not None:
        seen.fault = kind


def see_shed(reason: str) -> None:
    """It is turned away to keep the service answering; reasons are few, and in the code."""
    seen = current_request()
    if seen is not None:
        seen.shed = reason


def route_pattern(rule: str) -> str:
    """A rule of Flask as the API's description writes paths."""
    return _VARIABLE.sub(r"{\1}", rule)


def _see_route() -> None:
    seen, rule = current_request(), request.url_rule
    if seen is not None and rule is not None:
        seen.route = route_pattern(rule.rule)


def _tell_stages(response: Any) -> Any:
    """Who asks how a score came about may also see where the time went (W3C Server Timing)."""
    seen = current_request()
    if seen is not None and seen.query is not None and request.args.get("explain") == "1":
        spent = (f"{of};dur={seconds * 1000:.2f}" for of, seconds in seen.seconds.items())
        response.headers["Server-Timing"] = ", ".join(spent)
    return response
