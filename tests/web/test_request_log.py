"""What is logged of requests: a line each without words, and slow searches with them."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from searchapp.config import Settings
from searchapp.errors import UnavailableError
from searchapp.web import create_app, request_log


def client_of(index_dir: Path, **settings: Any) -> FlaskClient:
    return create_app(Settings(index_dir=index_dir, **settings)).test_client()


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)

    def of(name: str) -> list[logging.LogRecord]:
        return [r for r in caplog.records if r.name == f"searchapp.{name}"]

    return of


def test_a_request_is_a_line_without_its_words(index_dir: Path, logged) -> None:
    client_of(index_dir).get("/search?q=thành phố bí mật")
    (record,) = logged("request")
    assert (record.method, record.route, record.status) == ("GET", "/search", 200)
    assert record.total == 1
    assert record.size > 1000
    parts = [v for name, v in vars(record).items() if name.endswith("_ms")]
    assert 0 < sum(parts) - record.duration_ms <= record.duration_ms
    assert {"parse_ms", "analyse_ms", "search_ms", "snippet_ms", "render_ms"} <= set(vars(record))
    assert "bí" not in str(vars(record))


@pytest.mark.parametrize(
    ("path", "route", "told"),
    [
        ("/documents/hue?q=hu%E1%BA%BF", "/documents/{document_id}", "/documents/hue"),
        ("/api/v1/documents/hue/related", "/api/v1/documents/{document_id}/related", None),
        ("/kh%C3%B4ng%0Ac%C3%B3", "unmatched", "/không\ncó"),
        ("/%FF%FE", "unmatched", "/\ufffd\ufffd"),
    ],
)
def test_routes_are_patterns(index_dir: Path, logged, path: str, route: str, told) -> None:
    client_of(index_dir).get(path)
    (record,) = logged("request")
    assert record.route == route
    if told is not None:
        assert record.path == told


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_are_told_only_to_who_debugs(index_dir: Path, tmp_path, logged, path: str) -> None:
    client_of(index_dir).get(path)
    assert [r.levelno for r in logged("request")] == [logging.DEBUG]


def test_a_probe_that_fails_is_told(tmp_path: Path, logged) -> None:
    client_of(tmp_path / "none").get("/readyz")
    (record,) = logged("request")
    assert (record.levelno, record.status) == (logging.INFO, 503)


def test_what_a_request_failed_for(tmp_path: Path, logged) -> None:
    client_of(tmp_path / "none").get("/api/v1/search?q=a")
    (record,) = logged("request")
    assert (record.status, record.fault) == (503, "NoIndexError")


def test_a_slow_search_is_told_with_words_plan_and_times(index_dir: Path, logged) -> None:
    client = client_of(index_dir, slow_query_ms=1)
    client.get("/api/v1/search?q=thanh pho&filter=source:x&sort=newest&page=2")
    client.get("/api/v1/search?q=thanh pho")
    _, record = logged("slow")
    assert record.levelno == logging.WARNING
    assert record.query == "thanh pho"
    assert (record.total, record.page, record.sort) == (1, 1, "relevance")
    assert "folded:thanh" in record.plan
    assert record.generation == client.get("/readyz").json["generation"]
    assert record.duration_ms >= record.search_ms > 0


def test_a_search_that_failed_slowly_is_told_too(index_dir: Path, logged, monkeypatch) -> None:
    client = client_of(index_dir, slow_query_ms=1)

    def search(*_: object, **__: object) -> None:
        time.sleep(0.002)
        raise UnavailableError("cụm máy không trả lời")

    monkeypatch.setattr(client.application.extensions["searchapp"], "search", search)
    assert client.get("/api/v1/search?q=mùa thu").status_code == 503
    (record,) = logged("slow")
    assert (record.query, record.status) == ("mùa thu", 503)
    assert not hasattr(record, "total")


@pytest.mark.parametrize("least", [0, 3_600_000])
def test_others_are_not_told(index_dir: Path, logged, least: int) -> None:
    client = client_of(index_dir, slow_query_ms=least)
    client.get("/api/v1/search?q=thanh pho")
    client.get("/api/v1/stats")
    assert logged("slow") == []


def test_what_fails_in_recording_costs_no_answer(index_dir: Path, caplog, monkeypatch) -> None:
    def broken(_: object) -> None:
        raise OSError("đĩa đầy")

    monkeypatch.setattr(request_log, "_log_request", broken)
    client = client_of(index_dir)
    assert client.get("/api/v1/search?q=thanh pho").status_code == 200
    assert "a request could not be recorded" in caplog.text


@pytest.mark.parametrize(
    ("ask", "told"), [("&explain=1", True), ("", False), ("&explain=0", False)]
)
def test_server_timing_for_who_asks_for_an_explanation(index_dir: Path, ask, told: bool) -> None:
    response = client_of(index_dir).get(f"/api/v1/search?q=thanh pho{ask}")
    assert response.status_code == 200
    timing = response.headers.get("Server-Timing", "")
    assert ("search;dur=" in timing) is told
