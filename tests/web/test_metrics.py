"""Who may read /metrics, what is counted, and that nothing a caller sends becomes a label."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import request
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from writers import TOKEN, app_with

from searchapp.config import Settings
from searchapp.errors import InputError, SearchappError
from searchapp.ingest.build import build
from searchapp.search.service import SearchService
from searchapp.web import create_app, metrics_files, observing

DOC = Path(__file__).parents[2] / "docs" / "operations.md"
AWAY = {"REMOTE_ADDR": "203.0.113.9"}
SECRET = "9f86d081884c7d659a2feaa0c55ad015"


def numbers(client: FlaskClient) -> dict[str, float]:
    """Every sample by its name and labels, as in the text."""
    response = client.get("/metrics")
    assert response.status_code == 200
    found = {}
    for family in text_string_to_metric_families(response.text):
        for sample in family.samples:
            labels = ",".join(f'{k}="{v}"' for k, v in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


@pytest.fixture
def growth(client: FlaskClient) -> Callable[..., dict[str, float]]:
    """How the numbers grow with requests; those of this process are shared by all its tests."""

    def of(*paths: str, **more: Any) -> dict[str, float]:
        before = numbers(client)
        for path in paths:
            client.get(path, **more)
        after = numbers(client)
        return {k: v - before.get(k, 0) for k, v in after.items() if v != before.get(k, 0)}

    return of


# -- who may read it ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("127.8.8.8", {}, 200),
        ("::1", {}, 200),
        ("::ffff:127.0.0.1", {}, 200),
        ("203.0.113.9", {}, 404),
        ("10.0.0.5", {}, 404),
        ("::ffff:10.0.0.5", {}, 404),
        ("", {}, 404),
        ("không-phải-địa-chỉ", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}, 404),
        ("127.0.0.1", {"X-Real-IP": "127.0.0.1"}, 404),
        ("127.0.0.1", {"Via": "1.1 proxy"}, 404),
    ],
)
def test_by_default_only_this_machine_reads_it(client, address, headers, status) -> None:
    response = client.get("/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": address})
    assert response.status_code == status
    assert ("searchapp_" in response.text) is (status == 200)


def test_it_can_be_open_to_all(index_dir: Path) -> None:
    client = create_app(Settings(index_dir=index_dir, metrics="open")).test_client()
    response = client.get("/metrics", environ_overrides=AWAY, headers={"X-Forwarded-For": "x"})
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert response.mimetype == "text/plain"


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (f"Bearer {SECRET}", 200),
        (None, 401),
        ("Bearer " + "0" * 32, 401),
        ("Bearer mật-khẩu", 401),
        (f"Basic {SECRET}", 401),
        (f"Bearer {SECRET}x", 401),
    ],
)
def test_it_can_need_a_token(index_dir: Path, authorization: str | None, status: int) -> None:
    settings = Settings(index_dir=index_dir, metrics="token", metrics_token=SECRET)
    headers = {} if authorization is None else {"Authorization": authorization}
    response = (
        create_app(settings).test_client().get("/metrics", headers=headers, environ_overrides=AWAY)
    )
    assert response.status_code == status
    assert SECRET not in response.text
    if status == 401:
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
        assert response.mimetype == "application/problem+json"


def test_a_token_that_nobody_set_is_told_at_the_start(index_dir: Path) -> None:
    with pytest.raises(InputError, match="SEARCHAPP_METRICS_TOKEN"):
        create_app(Settings(index_dir=index_dir, metrics="token"))


def test_it_can_be_off(index_dir: Path) -> None:
    client = create_app(Settings(index_dir=index_dir, metrics="off")).test_client()
    assert client.get("/metrics").status_code == 404
    assert client.get("/api/v1/search?q=a").status_code == 200


# -- what is counted ------------------------------------------------------------------------------


def test_a_search(growth) -> None:
    grown = growth("/api/v1/search?q=thành phố", "/search?q=kỳ lân")
    assert grown['searchapp_searches_total{outcome="found"}'] == 2
    assert grown["searchapp_search_results_count"] == 2
    for route in ("/search", "/api/v1/search"):
        asked = f'searchapp_http_requests_total{{method="GET",route="{route}",status="200"}}'
        assert grown[asked] == 1
        assert grown[f'searchapp_http_request_duration_seconds_count{{route="{route}"}}'] == 1
    for name in ("parse", "analyse", "search", "snippet"):
        assert grown[f'searchapp_search_stage_duration_seconds_count{{stage="{name}"}}'] == 2
    assert grown['searchapp_search_stage_duration_seconds_count{stage="render"}'] == 1
    assert "searchapp_http_requests_in_progress" not in grown


def test_nothing_found(growth) -> None:
    assert growth("/search?q=zzzqqq")['searchapp_searches_total{outcome="nothing"}'] == 1


def test_a_correction_a_suggestion_and_one_that_is_taken(seeds_client: FlaskClient) -> None:
    before = numbers(seeds_client)
    seeds_client.get("/search?q=tieengs vieejt")
    page = seeds_client.get("/search?q=xay dung dang").text
    (link,) = re.findall(r'href="(/search\?taken=[^"]*)"', page)
    followed = seeds_client.get(link.replace("&amp;", "&"))
    assert followed.status_code == 200
    assert "taken=" not in followed.text  # it is no part of the state
    after = numbers(seeds_client)
    for name in (
        'searchapp_searches_corrected_total{kind="keys"}',
        'searchapp_suggestions_offered_total{kind="marks"}',
        'searchapp_suggestions_taken_total{kind="marks"}',
    ):
        assert after[name] - before[name] == 1, name


def test_a_suggestion_that_there_is_not_is_not_taken(growth) -> None:
    grown = growth("/search?q=kỳ lân&taken=zzz", "/search?q=kỳ lân&taken=")
    assert not [name for name in grown if "taken" in name]


def test_nothing_that_is_sent_becomes_a_label(client: FlaskClient, growth) -> None:
    client.open("/x", method="BÍ-MẬT".encode().decode("latin-1"))
    grown = growth("/bi-mat/1", "/bi-mat/2?q=bi-mat", "/documents/bi-mat", "/search?q=bi-mat")
    assert not [name for name in grown if "bi-mat" in name.lower() or "BÍ" in name]
    unmatched = 'searchapp_http_requests_total{method="GET",route="unmatched",status="404"}'
    assert grown[unmatched] == 2
    assert grown['searchapp_http_problems_total{kind="NotFoundError"}'] == 1
    assert grown['searchapp_http_problems_total{kind="http_404"}'] == 2


def test_who_is_turned_away(index_dir: Path) -> None:
    app = create_app(Settings(index_dir=index_dir))

    @app.before_request
    def turn_away() -> tuple[str, int] | None:
        if request.path != "/search":
            return None
        observing.see_shed("busy")
        return "", 503

    client = app.test_client()
    client.get("/search?q=a")
    assert numbers(client)['searchapp_http_requests_shed_total{reason="busy"}'] == 1


def test_documents_that_are_written(fake_programs, index_dir: Path) -> None:
    client = app_with(index_dir=index_dir, write_token=TOKEN)
    before = numbers(client)
    answer = client.put(
        "/api/v1/documents/a",
        json={"title": "Sông Hương", "text": "Nước xuống."},
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    assert answer.status_code in (200, 201)
    name = f'searchapp_documents_written_total{{result="{answer.json["results"][0]["result"]}"}}'
    assert numbers(client)[name] - before.get(name, 0) == 1


# -- the index ------------------------------------------------------------------------------------


def test_the_index_that_is_live_and_switches(tmp_path: Path) -> None:
    settings = Settings(index_dir=tmp_path / "index", jobs=1)
    client = create_app(settings).test_client()
    none = numbers(client)
    assert none["searchapp_index_up"] == 0
    assert "searchapp_index_documents" not in none
    source = tmp_path / "a.txt"
    seen = []
    for count in (1, 2):
        source.write_text("mùa thu " * count, encoding="utf-8")
        built = build([source], settings)
        told = numbers(client)
        assert told["searchapp_index_up"] == 1
        assert told["searchapp_index_documents"] == 1
        generation = SearchService(settings).generation()
        assert any(generation.name in name for name in told if "index_info" in name)
        assert told["searchapp_index_built_timestamp_seconds"] == generation.built_at.timestamp()
        assert told["searchapp_index_size_bytes"] > 1000
        assert told["searchapp_index_unfinished_builds"] == 0
        seen.append(numbers(client)["searchapp_index_switches_total"])
        assert built
    assert seen[1] - seen[0] == 1
    (tmp_path / "index" / "20260301T101500123456-4f2a").mkdir()
    assert numbers(client)["searchapp_index_unfinished_builds"] == 1
    client.application.extensions["searchapp"].live().searcher.close()


def test_this_process(client: FlaskClient) -> None:
    told = numbers(client)
    assert 20e6 < told['searchapp_process_resident_memory_bytes{process="server"}'] < 20e9
    assert told['searchapp_process_open_fds{process="server"}'] > 3
    assert told["searchapp_workers"] == 1


# -- the files of several processes ---------------------------------------------------------------


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(metrics_files.FOLDER_VARIABLE, str(tmp_path))
    return tmp_path


def test_another_index_is_news_once(shared: Path) -> None:
    assert not metrics_files.is_news("a")
    assert not metrics_files.is_news("a")
    assert metrics_files.is_news("bb")
    assert not metrics_files.is_news("bb")
    assert metrics_files.is_news("a")  # gone back to


def test_workers_get_the_lowest_place_that_is_free(shared: Path) -> None:
    class Worker:
        place: int

    (shared / "counter_7.db").touch()
    hooks = metrics_files.server_hooks()
    assert not (shared / "counter_7.db").exists(), "numbers of an earlier server"
    workers = [Worker() for _ in range(4)]
    for worker in workers[:3]:
        hooks["pre_fork"](None, worker)
    assert [worker.place for worker in workers[:3]] == [0, 1, 2]
    (shared / "gauge_livesum_1.db").touch()
    (shared / "counter_1.db").touch()
    hooks["child_exit"](None, workers[1])
    hooks["pre_fork"](None, workers[3])
    assert workers[3].place == 1
    assert not (shared / "gauge_livesum_1.db").exists()
    assert (shared / "counter_1.db").exists(), "its counts go on"
    hooks["on_exit"](None)
    assert shared.is_dir(), "a folder that was named is not ours to remove"


def test_a_folder_of_our_own_ends_with_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(metrics_files.FOLDER_VARIABLE, "")  # and afterwards it is as it was
    hooks = metrics_files.server_hooks()
    folder = Path(os.environ[metrics_files.FOLDER_VARIABLE])
    assert folder.stat().st_mode & 0o077 == 0
    again = metrics_files.server_hooks()  # a server that takes over from this one
    other = Path(os.environ[metrics_files.FOLDER_VARIABLE])
    assert other != folder
    assert folder.is_dir()
    for made in (hooks, again):
        made["on_exit"](None)
    assert not folder.exists()
    assert not other.exists()


def test_the_folder_of_a_server_that_was_killed_is_cleared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(metrics_files.FOLDER_VARIABLE, "")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    dead, starting = tmp_path / "searchapp-metrics-dead", tmp_path / "searchapp-metrics-new"
    dead.mkdir()
    (dead / "server.pid").write_text("1", encoding="ascii")
    starting.mkdir()
    first = metrics_files.server_hooks()
    living = Path(os.environ[metrics_files.FOLDER_VARIABLE])
    second = metrics_files.server_hooks()
    assert not dead.exists()
    assert starting.is_dir()
    assert living.is_dir()
    for made in (first, second):
        made["on_exit"](None)


def test_no_place_for_numbers_is_said_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(metrics_files.FOLDER_VARIABLE, str(tmp_path / "file" / "x"))
    with pytest.raises(SearchappError, match="TMPDIR"):
        metrics_files.server_hooks()


# -- the document ---------------------------------------------------------------------------------


def test_the_document_lists_every_number_and_no_other(client: FlaskClient) -> None:
    text = DOC.read_text("utf-8")
    rows = re.findall(r"^\| `(searchapp_[a-z_]+)` \|([^|]*)\|", text, re.MULTILINE)
    listed = {name: set(re.findall(r"`(\w+)`", labels)) for name, labels in rows}
    told: dict[str, set[str]] = {}
    client.get("/search?q=zzz")
    for family in text_string_to_metric_families(client.get("/metrics").text):
        name = family.name + {"counter": "_total"}.get(family.type, "")
        labels = {label for s in family.samples for label in s.labels if label != "le"}
        told.setdefault(name, set()).update(labels)
    assert set(listed) == set(told)
    for name, labels in told.items():
        assert labels <= listed[name], name


def test_the_document_names_kinds_of_errors_that_there_are() -> None:
    named = set(re.findall(r"`(\w+Error)`", DOC.read_text("utf-8")))
    classes = {SearchappError}
    while more := {sub for c in classes for sub in c.__subclasses__()} - classes:
        classes |= more
    assert named
    assert named <= {c.__name__ for c in classes}
