"""What is said where a part of the index, or all of it, does not answer."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from searchapp.engines.base import Found
from searchapp.engines.whoosh_reader import WhooshSearcher
from searchapp.errors import OutOfTimeError, UnavailableError
from searchapp.search import guidance
from searchapp.search.service import SearchService
from searchapp.time_budget import left_s

AWAY = "OpenSearch at http://127.0.0.1:9 does not answer; is it running?"


@pytest.fixture
def partial(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part of the index does not answer."""
    whole = WhooshSearcher.search

    def search(*given: object, **named: object) -> Found:
        found = whole(*given, **named)  # type: ignore[arg-type]
        return dataclasses.replace(found, partial=True)

    monkeypatch.setattr(WhooshSearcher, "search", search)
    monkeypatch.setattr(WhooshSearcher, "is_complete", lambda _: False)


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server that holds the index does not answer."""

    def fail(*_: object, **__: object) -> Iterator[None]:
        raise UnavailableError(AWAY)

    monkeypatch.setattr(WhooshSearcher, "search", fail)
    monkeypatch.setattr(WhooshSearcher, "is_complete", fail)


@pytest.mark.usefixtures("partial")
def test_a_partial_answer_says_so_and_is_not_kept(client: FlaskClient) -> None:
    response = client.get("/api/v1/search?q=hà+nội")
    answer = json.loads(response.data)
    assert answer["hits"]
    assert (answer["partial"], answer["total_is_exact"]) == (True, False)
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers


@pytest.mark.usefixtures("partial")
def test_the_page_says_that_results_may_be_missing(client: FlaskClient) -> None:
    page = client.get("/search?q=hà+nội&lang=vi").get_data(as_text=True)
    assert "Một phần chỉ mục không trả lời kịp" in page
    page = client.get("/search?q=hà+nội&lang=en").get_data(as_text=True)
    assert "A part of the index did not answer in time" in page


def test_a_whole_answer_says_nothing_of_parts(client: FlaskClient) -> None:
    response = client.get("/api/v1/search?q=hà+nội")
    assert json.loads(response.data)["partial"] is False
    assert "ETag" in response.headers
    assert "không trả lời" not in client.get("/search?q=hà+nội").get_data(as_text=True)


@pytest.mark.usefixtures("partial")
def test_a_part_is_enough_to_be_ready(client: FlaskClient) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    ready = json.loads(response.data)
    assert ready["status"] == "partial"
    assert ready["detail"]


@pytest.mark.usefixtures("away")
@pytest.mark.parametrize("path", ["/api/v1/search?q=hà+nội", "/readyz"])
def test_programs_are_told_to_come_back(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 503
    assert json.loads(response.data)["detail"] == AWAY
    if path != "/readyz":
        assert response.content_type == "application/problem+json"
        assert response.headers["Retry-After"] == "5"


@pytest.mark.usefixtures("away")
def test_people_are_told_that_it_is_no_fault_of_their_query(client: FlaskClient) -> None:
    response = client.get("/search?q=hà+nội&lang=vi")
    page = response.get_data(as_text=True)
    assert response.status_code == 503
    assert "Tạm thời không tìm được" in page
    assert "Chưa có gì để tìm" not in page
    assert AWAY in page, "for who runs the service"


@pytest.mark.usefixtures("away")
def test_the_process_itself_is_healthy(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is found is not known in time."""

    def fail(*_: object, **__: object) -> None:
        raise OutOfTimeError

    monkeypatch.setattr(WhooshSearcher, "search", fail)


@pytest.mark.usefixtures("slow")
def test_what_takes_too_long_is_refused(client: FlaskClient) -> None:
    response = client.get("/api/v1/search?q=hà+nội")
    assert response.status_code == 503
    assert "search_timeout_ms" in json.loads(response.data)["detail"]
    assert response.headers["Retry-After"]
    page = client.get("/search?q=hà+nội&lang=vi")
    assert page.status_code == 503
    assert "mất quá nhiều thời gian" in page.get_data(as_text=True)


def test_the_page_leaves_out_what_there_is_no_time_for(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*_: object) -> None:
        raise OutOfTimeError

    whole = client.get("/search?q=hà+nội&lang=vi").get_data(as_text=True)
    monkeypatch.setattr(guidance, "related", late)
    page = client.get("/search?q=hà+nội&lang=vi")
    assert page.status_code == 200
    assert whole.count("<mark>") == page.get_data(as_text=True).count("<mark>") > 0


def test_an_answer_gets_the_time_of_the_setting(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    service: SearchService = app.extensions["searchapp"]
    left = []
    whole = WhooshSearcher.search

    def search(*given: object, **named: object) -> Found:
        left.append(left_s())
        return whole(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(WhooshSearcher, "search", search)
    service.search("hà nội")
    assert all(0 < seconds <= service.settings.search_timeout_ms / 1000 for seconds in left)
    assert left
