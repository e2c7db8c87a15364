"""Who gets in when more is asked for than can be answered."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import Client, TestResponse

from searchapp.config import Settings
from searchapp.search.service import SearchService
from searchapp.web import admission_queue, create_app
from searchapp.web.admission import ADMISSION, refusing

STRANGER = "203.0.113.7"
SUGGEST = "/api/v1/suggest?q=ha"


@pytest.fixture
def settings(index_dir: Path) -> Settings:
    return Settings(index_dir=index_dir, serve_threads=1, serve_waiting=1, serve_wait_ms=20_000)


class Held:
    """Searches that do not end before they are told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go_on, self.entered = threading.Event(), threading.Semaphore(0)
        whole = SearchService.suggest

        def suggest(service: SearchService, prefix: str, size: int) -> object:
            self.entered.release()
            assert self.go_on.wait(20)
            return whole(service, prefix, size)

        monkeypatch.setattr(SearchService, "suggest", suggest)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    made = Held(monkeypatch)
    yield made
    made.go_on.set()


def ask(app: Flask, path: str = SUGGEST, **named: object) -> TestResponse:
    return Client(app).get(path, **named)


def test_some_work_some_wait_and_the_rest_is_refused_at_once(
    settings: Settings, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission_queue, "_PATIENCE_S", 60.0)  # however slow this is: a burst
    app = create_app(settings)
    queue = app.extensions[ADMISSION]._queue
    with ThreadPoolExecutor(2) as threads:
        working = threads.submit(ask, app)
        held.entered.acquire()
        waiting = threads.submit(ask, app)
        until = time.monotonic() + 20
        while not queue._waiting:
            assert time.monotonic() < until
            time.sleep(0.002)
        refused = [ask(app) for _ in range(3)]
        page = ask(app, "/search?q=hà+nội&lang=vi")
        assert ask(app, "/healthz").status_code == 200, "what watches the server gets in"
        assert ask(app, "/static/0/style.css").status_code == 200
        held.go_on.set()
        assert working.result().status_code == waiting.result().status_code == 200
    for one in refused:
        assert one.status_code == 503
        assert one.headers["Retry-After"] == "1"
        assert one.content_type == "application/problem+json"
        assert one.headers["Cache-Control"] == "no-store"
        problem = json.loads(one.data)
        assert problem["request_id"] == one.headers["X-Request-ID"]
        assert problem["status"] == 503
        assert problem["type"].endswith("#problem-too-busy")
    assert len({one.headers["X-Request-ID"] for one in refused}) == 3
    assert page.status_code == 503
    assert "Máy chủ đang quá bận" in page.get_data(as_text=True)
    assert 'href="">Thử lại</a>' in page.get_data(as_text=True)
    assert page.headers["Content-Security-Policy"]
    assert page.content_length == len(page.data)
    assert ask(app).status_code == 200, "and then there is room again"


def test_nobody_waits_for_ever(settings: Settings, held: Held) -> None:
    app = create_app(replace(settings, serve_wait_ms=10))
    with ThreadPoolExecutor(1) as threads:
        working = threads.submit(ask, app)
        held.entered.acquire()
        assert ask(app).status_code == 503
        held.go_on.set()
        assert working.result().status_code == 200


def test_a_place_is_free_again_after_an_error(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(settings)

    def fail(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(SearchService, "suggest", fail)
        assert [ask(app).status_code for _ in range(3)] == [500] * 3
    assert ask(app).status_code == 200


def test_writes_do_not_stand_in_the_line(settings: Settings, held: Held) -> None:
    app = create_app(replace(settings, serve_waiting=0))
    with ThreadPoolExecutor(1) as threads:
        working = threads.submit(ask, app)
        held.entered.acquire()
        assert ask(app).status_code == 503
        assert Client(app).post("/api/v1/documents").status_code == 403
        held.go_on.set()
        assert working.result().status_code == 200


def test_each_address_has_a_meter_of_its_own(settings: Settings) -> None:
    app = create_app(replace(settings, rate_per_minute=1, rate_burst=3))
    stranger = {"REMOTE_ADDR": STRANGER}
    said = [ask(app, environ_overrides=stranger).status_code for _ in range(5)]
    assert said == [200, 200, 200, 429, 429]
    refused = ask(app, environ_overrides=stranger)
    assert 30 < int(refused.headers["Retry-After"]) <= 60
    assert json.loads(refused.data)["type"].endswith("#problem-too-often")
    page = ask(app, "/search?q=a&lang=vi", environ_overrides=stranger)
    assert "Bạn tìm quá nhanh" in page.get_data(as_text=True)
    assert ask(app, environ_overrides={"REMOTE_ADDR": "203.0.113.8"}).status_code == 200
    assert ask(app, "/healthz", environ_overrides=stranger).status_code == 200


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", ""])
def test_this_machine_is_not_metered(settings: Settings, address: str) -> None:
    app = create_app(replace(settings, rate_per_minute=1, rate_burst=1))
    for _ in range(3):
        assert ask(app, environ_overrides={"REMOTE_ADDR": address}).status_code == 200


def test_without_a_rate_nobody_is_metered(settings: Settings) -> None:
    app = create_app(replace(settings, rate_per_minute=0, rate_burst=1))
    for _ in range(3):
        assert ask(app, environ_overrides={"REMOTE_ADDR": STRANGER}).status_code == 200


def test_what_is_refused_is_counted(settings: Settings) -> None:
    app = create_app(replace(settings, rate_per_minute=1, rate_burst=1))

    def shed() -> float:
        here = {"REMOTE_ADDR": "127.0.0.1"}
        lines = ask(app, "/metrics", environ_overrides=here).get_data(as_text=True).splitlines()
        name = 'searchapp_http_requests_shed_total{reason="too_often"} '
        return sum(float(line.removeprefix(name)) for line in lines if line.startswith(name))

    before = shed()
    for _ in range(3):
        ask(app, environ_overrides={"REMOTE_ADDR": STRANGER})
    assert shed() == before + 2


@pytest.mark.parametrize(
    ("path", "headers", "title"),
    [
        ("/search?q=a&lang=en", {}, "The server is too busy"),
        ("/search?q=a", {"Accept-Language": "en"}, "The server is too busy"),
        ("/search?q=a", {"Accept-Language": "fr"}, "Máy chủ đang quá bận"),
        ("/search?lang=vi&q=a", {"Accept-Language": "en"}, "Máy chủ đang quá bận"),
        ("/search?q=a&lang=xx", {"Accept-Language": "en"}, "The server is too busy"),
    ],
)
def test_who_is_refused_is_told_in_their_language(
    settings: Settings, path: str, headers: dict[str, str], title: str
) -> None:
    app = create_app(settings)
    with refusing():
        for _ in range(2):
            assert title in ask(app, path, headers=headers).get_data(as_text=True)


def test_who_writes_new_headers_all_the_time_makes_no_work(settings: Settings) -> None:
    app = create_app(settings)
    app.extensions[ADMISSION]._refusals._clock = lambda: 0.0  # all of it is one second
    made: list[object] = []
    app.before_request(lambda: made.append(1))

    def refused(number: int) -> TestResponse:
        return ask(app, headers={"Accept-Language": f"x{number}"})

    with refusing():
        answers = [refused(number) for number in range(200)]
    assert {one.status_code for one in answers} == {503}
    assert {one.headers["Retry-After"] for one in answers} == {"1"}
    assert len(made) <= 20
    assert answers[-1].content_type == "text/plain; charset=utf-8"
    assert len({one.headers["X-Request-ID"] for one in answers}) == 200
