"""Traces: spans of requests and stages, the caller's trace gone on with, sent over real OTLP."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from collector import Collector
from flask.testing import FlaskClient
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from searchapp.config import Settings
from searchapp.errors import InputError
from searchapp.observation import Stage, stage
from searchapp.web import create_app, tracing
from searchapp.web.tracing import Tracing, make_tracing

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def traced(
    exporter: InMemorySpanExporter, index_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FlaskClient]:
    made = Tracing("", exporter)
    monkeypatch.setattr(tracing, "make_tracing", lambda _: made)
    yield create_app(Settings(index_dir=index_dir)).test_client()
    made.shutdown()


def by_name(exporter: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in exporter.get_finished_spans()}


def test_a_request_is_a_span_and_its_stages_are_inside_it(traced, exporter) -> None:
    response = traced.get("/api/v1/search?q=bi mat thanh pho")
    spans = by_name(exporter)
    whole = spans["GET /api/v1/search"]
    assert whole.kind is SpanKind.SERVER
    assert whole.attributes["http.response.status_code"] == 200
    assert whole.attributes["searchapp.request_id"] == response.headers["X-Request-ID"]
    assert whole.attributes["searchapp.total"] == response.json["total"]
    assert whole.resource.attributes["service.name"] == "searchapp"
    assert {"analyse", "parse", "search", "snippet"} <= set(spans)
    assert spans["search"].parent.span_id == whole.context.span_id
    assert spans["parse"].parent.span_id == spans["analyse"].context.span_id
    for span in spans.values():
        assert span.context.trace_id == whole.context.trace_id
        assert whole.start_time <= span.start_time <= span.end_time <= whole.end_time
        assert "mat" not in str(dict(span.attributes))


def test_the_trace_of_the_caller_goes_on_and_is_in_the_log(traced, exporter, caplog) -> None:
    caplog.set_level(logging.INFO)
    noted = []
    handler = logging.Handler()
    from searchapp.web.logs import _RequestFilter

    handler.addFilter(_RequestFilter())
    handler.emit = noted.append  # type: ignore[method-assign]
    logger = logging.getLogger("searchapp.request")
    logger.addHandler(handler)
    try:
        traced.get("/help", headers={"traceparent": f"00-{TRACE}-{PARENT}-01"})
    finally:
        logger.removeHandler(handler)
    span = by_name(exporter)["GET /help"]
    assert f"{span.context.trace_id:032x}" == TRACE
    assert f"{span.parent.span_id:016x}" == PARENT
    (record,) = noted
    assert record.trace_id == TRACE
    assert record.span_id == f"{span.context.span_id:016x}"


@pytest.mark.parametrize("sent", ["", "00-zzz", f"00-{'0' * 32}-{PARENT}-01", "x" * 5000])
def test_a_header_that_names_no_trace_begins_one(traced, exporter, sent: str) -> None:
    assert traced.get("/help", headers={"traceparent": sent}).status_code == 200
    assert by_name(exporter)["GET /help"].parent is None


def test_a_caller_that_does_not_sample_is_heeded(traced, exporter) -> None:
    traced.get("/help", headers={"traceparent": f"00-{TRACE}-{PARENT}-00"})
    assert not exporter.get_finished_spans()


def test_requests_to_the_engine_and_what_fails(traced, exporter, monkeypatch) -> None:
    def search(*_: object, **__: object) -> None:
        with stage(Stage.SEARCH), stage(Stage.ENGINE, "POST /x/_search"):
            raise RuntimeError("đứt dây")

    monkeypatch.setattr(traced.application.extensions["searchapp"], "search", search)
    assert traced.get("/api/v1/search?q=a").status_code == 500
    spans = by_name(exporter)
    engine, whole = spans["engine"], spans["GET /api/v1/search"]
    assert engine.kind is SpanKind.CLIENT
    assert engine.attributes["db.operation.name"] == "POST /x/_search"
    assert engine.attributes["error.type"] == "RuntimeError"
    assert engine.parent.span_id == spans["search"].context.span_id
    assert whole.status.status_code is StatusCode.ERROR
    assert whole.attributes["error.type"] == "fault"


# -- settings -------------------------------------------------------------------------------------


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No variable of OpenTelemetry is set."""
    for name in (*tracing._BY_ENVIRONMENT, "OTEL_SDK_DISABLED"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_without_an_address_there_are_none(plain) -> None:
    assert make_tracing(Settings()) is None


@pytest.mark.parametrize("name", tracing._BY_ENVIRONMENT)
def test_the_usual_variables_turn_them_on_and_off(plain, name: str) -> None:
    plain.setenv(name, "http://127.0.0.1:4318")
    assert make_tracing(Settings()) is not None
    plain.setenv("OTEL_SDK_DISABLED", "true")
    assert make_tracing(Settings()) is None


def test_what_is_no_address_is_told(plain) -> None:
    with pytest.raises(InputError, match="SEARCHAPP_OTEL_ENDPOINT should be an address"):
        make_tracing(Settings(otel_endpoint="127.0.0.1:4318"))


def test_without_the_extra_it_says_what_to_install(plain) -> None:
    plain.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install 'searchapp\[otel\]'"):
        make_tracing(Settings(otel_endpoint="http://127.0.0.1:4318"))


# -- a collector ----------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["", "/", "/v1/traces"])
def test_spans_arrive_at_a_collector(plain, index_dir: Path, collector: Collector, end) -> None:
    endpoint = f"http://127.0.0.1:{collector.server_port}{end}"
    made = make_tracing(Settings(otel_endpoint=endpoint))
    assert made is not None
    plain.setattr(tracing, "make_tracing", lambda _: made)
    client = create_app(Settings(index_dir=index_dir)).test_client()
    client.get("/api/v1/search?q=thanh pho")
    made.shutdown()  # sends what has not been sent
    assert set(collector.paths) == {"/v1/traces"}
    assert ("searchapp", "GET /api/v1/search") in collector.spans
    assert ("searchapp", "search") in collector.spans
