"""Traces, where the service is told where to send them: a span a request, and one for each stage.

OpenTelemetry is an extra (``pip install 'searchapp[otel]'``) and imported by the first request of a
process, never before a server forks its workers: the thread that sends spans would not come along.
What OpenTelemetry reads from ``OTEL_…`` variables, it reads: sampling, headers, the service's name.
Spans have no words of queries and nothing of the caller.
"""

from __future__ import annotations

import importlib.util
import os
import threading
from typing import TYPE_CHECKING, Any

from searchapp import __version__
from searchapp.config import Settings
from searchapp.errors import InputError
from searchapp.observation import Stage
from searchapp.web.observing import Request

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span, Tracer

_PATH = "/v1/traces"
_BY_ENVIRONMENT = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_CARRIED = {"traceparent": "HTTP_TRACEPARENT", "tracestate": "HTTP_TRACESTATE"}


def make_tracing(settings: Settings) -> Tracing | None:
    """What makes traces; None where nobody wants them.

    Raises InputError if they are wanted and can't be had.
    """
    if not settings.otel_endpoint and not any(map(os.environ.get, _BY_ENVIRONMENT)):
        return None
    if os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return None
    if settings.otel_endpoint and not settings.otel_endpoint.startswith(("http://", "https://")):
        raise InputError(
            "SEARCHAPP_OTEL_ENDPOINT should be an address such as http://127.0.0.1:4318,"
            f" not {settings.otel_endpoint!r}"
        )
    if not _is_installed():
        raise InputError(
            "traces need OpenTelemetry; install it with: pip install 'searchapp[otel]'"
        )
    return Tracing(settings.otel_endpoint)


def _is_installed() -> bool:
    try:
        return importlib.util.find_spec("opentelemetry.exporter.otlp.proto.http") is not None
    except ModuleNotFoundError:
        return False


class Tracing:
    """Makes the traces of one process's requests; after a fork, those of the new process.

    ``exporter`` stands in for the one that sends to ``endpoint``.
    """

    def __init__(self, endpoint: str, exporter: SpanExporter | None = None) -> None:
        self._endpoint = endpoint
        self._exporter = exporter
        self._lock = threading.Lock()
        self._process: int | None = None
        self._provider: TracerProvider | None = None

    def begin(self, seen: Request, environ: WSGIEnvironment) -> None:
        """Begin the span of a request, in the trace that its caller names, if it names one."""
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        tracer = self._tracer()
        carried = {name: environ[key] for name, key in _CARRIED.items() if key in environ}
        span = tracer.start_span(
            seen.method,
            TraceContextTextMapPropagator().extract(carried),
            SpanKind.SERVER,
            {"http.request.method": seen.method, "searchapp.request_id": seen.request_id},
        )
        context = span.get_span_context()
        seen.trace_id, seen.span_id = f"{context.trace_id:032x}", f"{context.span_id:016x}"
        if span.is_recording():
            seen.watcher = StageSpans(tracer, span)

    def end(self, seen: Request) -> None:
        """End the span of a request, with what is known of it now."""
        from opentelemetry.trace import StatusCode

        if not isinstance(seen.watcher, StageSpans):
            return
        span = seen.watcher.whole
        span.update_name(f"{seen.method} {seen.route}")
        span.set_attributes({"http.route": seen.route, "http.response.status_code": seen.status})
        if seen.generation is not None:
            span.set_attribute("searchapp.generation", seen.generation)
        if seen.answer is not None:
            span.set_attribute("searchapp.total", seen.answer.total)
            span.set_attribute("searchapp.partial", seen.answer.partial)
        if seen.fault is not None:
            span.set_attribute("error.type", seen.fault)
        if seen.status >= 500:
            span.set_status(StatusCode.ERROR)
        span.end()

    def shutdown(self) -> None:
        """Send what has not been sent, and stop."""
        if self._provider is not None:
            self._provider.shutdown()
            self._provider = self._process = None

    def _tracer(self) -> Tracer:
        if self._process != os.getpid():
            with self._lock:
                if self._process != os.getpid():
                    self._provider = self._make_provider()
                    self._process = os.getpid()
        assert self._provider is not None
        return self._provider.get_tracer("searchapp", __version__)

    def _make_provider(self) -> TracerProvider:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor

        named = {"service.version": __version__}
        if "OTEL_SERVICE_NAME" not in os.environ:
            named["service.name"] = "searchapp"
        # It sends what is left when the process ends (atexit).
        provider = TracerProvider(resource=Resource.create(named))
        if self._exporter is not None:
            provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        else:
            provider.add_span_processor(BatchSpanProcessor(self._make_exporter()))
        return provider

    def _make_exporter(self) -> SpanExporter:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        if not self._endpoint:
            return OTLPSpanExporter()
        base = self._endpoint.rstrip("/")
        return OTLPSpanExporter(base if base.endswith(_PATH) else base + _PATH)


class StageSpans:
    """The spans of a request's stages, inside the one of the ``whole``."""

    def __init__(self, tracer: Tracer, whole: Span) -> None:
        self.whole = whole
        self._tracer = tracer
        self._open = [whole]

    def begin(self, of: Stage, about: str) -> None:
        """A span inside the one that began last."""
        from opentelemetry.trace import SpanKind, set_span_in_context

        attributes: dict[str, Any] = {}
        kind = SpanKind.INTERNAL
        if of is Stage.ENGINE:
            kind = SpanKind.CLIENT
            attributes = {"db.system.name": "opensearch", "db.operation.name": about}
        within = set_span_in_context(self._open[-1])
        self._open.append(self._tracer.start_span(of, within, kind, attributes))

    def end(self, error: BaseException | None) -> None:
        """It ends; by an error, it says which kind."""
        from opentelemetry.trace import StatusCode

        span = self._open.pop()
        if error is not None:
            span.set_attribute("error.type", type(error).__name__)
            span.set_status(StatusCode.ERROR)
        span.end()
