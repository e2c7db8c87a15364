"""What is said where a part of the index, or all of it, does not answer."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from searchapp.engines.base import Found
from searchapp.engines.whoosh_reader import WhooshSearcher
from searchapp.errors import UnavailableError

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
    assert "Một phần chỉ mục đang không trả lời" in page
    page = client.get("/search?q=hà+nội&lang=en").get_data(as_text=True)
    assert "A part of the index does not answer" in page


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
