"""A real server with two workers: sums over both, worker by worker replaced, lines that parse."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from collector import Collector
from prometheus_client.parser import text_string_to_metric_families

from searchapp.config import Settings
from searchapp.ingest.build import build

SERVE = "from searchapp.cli import main; main()"
WAIT_S = 30.0  # a busy machine is no bug
_PATIENT = {"SEARCHAPP_SERVE_WAIT_MS": "60000", "SEARCHAPP_SEARCH_TIMEOUT_MS": "0"}


@dataclass
class Server:
    """A server that runs; ``log`` is where its lines go."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path
    index_dir: Path

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        with urllib.request.urlopen(request, timeout=WAIT_S) as response:
            return response.status, response.read().decode("utf-8")

    def numbers(self) -> dict[tuple[str, ...], float]:
        found = {}
        for family in text_string_to_metric_families(self.get("/metrics")[1]):
            for sample in family.samples:
                found[(sample.name, *sample.labels.values())] = sample.value
        return found

    def workers(self) -> dict[str, int]:
        """The processes of the workers by their place."""
        found = (self.index_dir.parent / "tmp").glob("searchapp-metrics-*/worker_*.pid")
        return {p.stem.removeprefix("worker_"): int(p.read_text()) for p in found}

    def files(self) -> list[str]:
        """The names of the files of numbers."""
        return sorted(
            p.name for p in (self.index_dir.parent / "tmp").glob("searchapp-metrics-*/*.db")
        )

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]


def until(holds: Callable[[], Any]) -> Any:
    """Wait for something; fails when it does not come."""
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if found := holds():
                return found
        time.sleep(0.05)
    pytest.fail("it did not come about in time")


@contextlib.contextmanager
def serving(home: Path, **settings: str) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (home / "tmp").mkdir(exist_ok=True)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SEARCHAPP_", "OTEL_"))}
    kept.pop("PROMETHEUS_MULTIPROC_DIR", None)
    log = home / "log"
    with log.open("wb") as err:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, "serve", "--port", str(port), "--workers", "2"],
            cwd=home,
            env={**kept, **_PATIENT, "TMPDIR": str(home / "tmp"), **settings},
            stderr=err,
        )
    server = Server(port, process, log, home / "index")
    try:
        until(lambda: server.get("/healthz")[0] == 200)
        until(lambda: len(server.workers()) == 2 or settings.get("SEARCHAPP_METRICS") == "off")
        yield server
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=WAIT_S) == 0
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("served")
    (home / "a.txt").write_text("mùa thu Hà Nội", encoding="utf-8")
    build([home / "a.txt"], Settings(index_dir=home / "index", jobs=1))
    return home


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Server]:
    with serving(home, SEARCHAPP_LOG_FORMAT="json", SEARCHAPP_SLOW_QUERY_MS="0") as made:
        yield made
    assert not list((home / "tmp").iterdir()), "the folder of numbers outlived its server"


def search(server: Server, times: int, **headers: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        path = "/api/v1/search?q=m%C3%B9a%20thu"
        assert {s for s, _ in pool.map(lambda _: server.get(path, **headers), range(times))} == {
            200
        }


FOUND = ("searchapp_searches_total", "found")


def test_numbers_are_those_of_all_workers_also_under_load(server: Server) -> None:
    before = server.numbers()[FOUND]
    told = []
    with ThreadPoolExecutor(1) as pool:
        scraping = pool.submit(lambda: [told.append(server.numbers()[FOUND]) for _ in range(10)])
        search(server, 60)
        scraping.result()
    assert told == sorted(told), "a sum never falls"
    asked = [server.numbers()[FOUND] for _ in range(6)]  # whichever worker answers
    assert set(asked) == {before + 60}

    def have_all_answered() -> bool:
        search(server, 8)
        lines = [line for line in server.lines() if line["message"] == "request"]
        return {line["process"] for line in lines} >= set(server.workers().values())

    until(have_all_answered)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=lambda s: s.name)
def test_numbers_outlive_a_worker_and_no_file_is_added(server: Server, how: signal.Signals) -> None:
    search(server, 20)
    before, files = server.numbers(), server.files()
    old = server.workers()
    for number in old.values():
        os.kill(number, how)
    until(lambda: len({*server.workers().values()} - {*old.values()}) == 2)
    until(lambda: server.get("/readyz")[0] == 200)
    after = server.numbers()
    assert after[FOUND] == before[FOUND]
    assert after[("searchapp_workers",)] == 2
    assert after[("searchapp_http_requests_in_progress",)] == 1
    search(server, 5)
    assert server.numbers()[FOUND] == before[FOUND] + 5
    until(lambda: server.files() == files)
    places = {labels[-1] for labels in after if labels[0].startswith("searchapp_process_")}
    assert places == {"0", "1", "server"}


def test_a_new_index_is_one_switch_whoever_sees_it(server: Server, home: Path) -> None:
    name = ("searchapp_index_switches_total",)
    search(server, 10)
    before = server.numbers()[name]
    (home / "a.txt").write_text("mùa thu mới", encoding="utf-8")
    build([home / "a.txt"], Settings(index_dir=home / "index", jobs=1))
    search(server, 30)
    assert {server.numbers()[name] for _ in range(6)} == {before + 1}


def test_lines_are_json_and_those_of_a_request_have_its_id(server: Server) -> None:
    search(server, 1, **{"X-Request-ID": "cua-toi.1"})
    until(lambda: any(line.get("request_id") == "cua-toi.1" for line in server.lines()))
    (line,) = (line for line in server.lines() if line.get("request_id") == "cua-toi.1")
    assert line["logger"] == "searchapp.request"
    assert (line["route"], line["status"], line["total"]) == ("/api/v1/search", 200, 1)
    loggers = {line["logger"] for line in server.lines()}
    assert {"gunicorn.error", "searchapp.request"} <= loggers
    assert "mùa" not in server.log.read_text("utf-8")


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ({"SEARCHAPP_METRICS": "token"}, "no SEARCHAPP_METRICS_TOKEN is set"),
        ({"SEARCHAPP_OTEL_ENDPOINT": "máy-chủ:4318"}, "should be an address"),
    ],
    ids=["token", "address"],
)
def test_a_setting_that_fits_nobody_is_said_in_a_line(home: Path, setting, told: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SERVE, "serve", "--port", "0"],
        cwd=home,
        env={**os.environ, **setting},
        stderr=subprocess.PIPE,
        text=True,
        timeout=WAIT_S,
        check=False,
    )
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_what_is_slow_is_logged_and_what_was_traced_is_sent_at_the_end(
    home: Path,
    collector: Collector,
) -> None:
    endpoint = f"http://127.0.0.1:{collector.server_port}"
    wishes = {
        "SEARCHAPP_LOG_FORMAT": "json",
        "SEARCHAPP_LOG_LEVEL": "warning",
        "SEARCHAPP_SLOW_QUERY_MS": "1",
        "SEARCHAPP_OTEL_ENDPOINT": endpoint,
        "SEARCHAPP_METRICS": "off",
    }
    with serving(home, **wishes) as server:
        for number in range(20):
            server.get(f"/search?q=m%C3%B9a%20thu%20{number}")
    told = [line for line in server.lines() if line["logger"] == "searchapp.slow"]
    assert told
    assert {line["level"] for line in server.lines()} == {"WARNING"}
    assert all(line["query"].startswith("mùa thu") for line in told)
    assert all(len(line["trace_id"]) == 32 for line in told)
    assert [name for _, name in collector.spans].count("GET /search") == 20
