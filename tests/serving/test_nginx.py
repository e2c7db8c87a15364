"""nginx before the real server: what passes, what is told, and what happens when nobody answers."""

from __future__ import annotations

import gzip
import re
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest
from processes import SEARCH, Load, Served, get, serving, wait_until
from proxied import DEPLOY, Nginx, nginx

from searchapp.config import Settings
from searchapp.contract.answers import Problem
from searchapp.web.exchange import LONGEST_ADDRESS
from searchapp.web.problem_types import problem_type

TOKEN = "9f86d081884c7d659a2f"
LONG_QUESTION = ("Ủy ban nhân dân thành phố Hồ Chí Minh và những đường ngập nước " * 20)[:1000]


@pytest.fixture(scope="module")
def proxied() -> Iterator[Nginx]:
    """nginx, before a socket on which there may or may not be a server."""
    with (
        tempfile.TemporaryDirectory(prefix="searchapp-") as folder,
        nginx(Path(folder), Path(folder) / "web.sock") as found,
    ):
        yield found


@pytest.fixture(scope="module")
def served(home: Path, proxied: Nginx) -> Iterator[Served]:
    """The server behind it. Tests that stop one are below those that need this one."""
    with serving(home, proxied.upstream, "--workers", "1", SEARCHAPP_WRITE_TOKEN=TOKEN) as found:
        yield found


def test_a_page_and_an_answer(proxied: Nginx, served: Served) -> None:
    page = proxied.get("/search?q=" + quote("hà nội"))
    assert page.status == 200
    assert "<mark>Hà Nội</mark>" in page.text
    answer = proxied.get(SEARCH)
    assert answer.json["total"] == 60
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_addresses_in_answers_are_https(proxied: Nginx, served: Served) -> None:
    root = f"https://localhost:{proxied.ports.tls}"
    assert f'template="{root}/search?q={{searchTerms}}"' in proxied.get("/opensearch.xml").text


def test_without_tls_one_is_sent_on(proxied: Nginx, served: Served) -> None:
    moved = get(proxied.ports.moved, "/search?q=a%20b", Host="localhost")
    assert moved.status == 301
    assert moved.headers["Location"] == "https://localhost/search?q=a%20b"


def test_an_answer_that_a_caller_has_is_not_sent_again(proxied: Nginx, served: Served) -> None:
    first = proxied.get(SEARCH)
    again = proxied.get(SEARCH, If_None_Match=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    assert proxied.get(SEARCH + "&size=5", If_None_Match=first.headers["ETag"]).status == 200


def test_answers_are_compressed_once(proxied: Nginx, served: Served) -> None:
    plain = proxied.get("/search?q=noi")
    packed = proxied.get("/search?q=noi", Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert b"<!doctype html>" in gzip.decompress(packed.body)
    assert len(packed.body) < len(plain.body) / 2
    assert packed.headers["Vary"].lower().count("accept-encoding") == 1
    assert packed.headers["ETag"] == plain.headers["ETag"]


@pytest.mark.parametrize(("sent", "is_kept"), [("a-good.ID_7", True), ("two words", False)])
def test_a_request_has_one_id_everywhere(
    proxied: Nginx, served: Served, sent: str, is_kept: bool
) -> None:
    problem = proxied.get("/api/v1/search", X_Request_ID=sent)
    found = problem.headers["X-Request-ID"]
    assert problem.json["request_id"] == found
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", found)
    assert (found == sent) == is_kept
    wait_until(lambda: f" {found}\n" in proxied.log(), "the id is in the log")


def test_the_log_does_not_hold_what_was_asked_for(proxied: Nginx, served: Served) -> None:
    answer = proxied.get("/api/v1/search?q=bimat")
    wait_until(lambda: answer.headers["X-Request-ID"] in proxied.log(), "the log is written")
    assert "bimat" not in proxied.log()


def test_what_a_caller_says_of_itself_is_not_believed(proxied: Nginx, served: Served) -> None:
    text = proxied.get(
        "/opensearch.xml",
        X_Forwarded_Host="evil.example", X_Forwarded_Prefix="/evil", X_Forwarded_Port="666",
        X_Forwarded_Proto="http", Forwarded="host=evil.example", SCRIPT_NAME="/evil",
    ).text  # fmt: skip
    assert "evil" not in text
    assert f'"https://localhost:{proxied.ports.tls}/search' in text


def test_a_question_of_a_thousand_letters(proxied: Nginx, served: Served) -> None:
    assert len(LONG_QUESTION) == Settings().query_max_chars
    assert proxied.get("/api/v1/search?q=" + quote(LONG_QUESTION)).status == 200
    assert proxied.get("/search?q=" + quote(LONG_QUESTION)).status == 200


def test_an_address_that_is_too_long(proxied: Nginx, served: Served) -> None:
    ours = proxied.get("/api/v1/analyze?text=" + "a" * (LONGEST_ADDRESS - 10))
    assert ours.status == 414
    assert ours.json["detail"].startswith("the address is too long")
    assert proxied.get("/search?q=" + "a" * 140_000).status == 414


def test_a_body_that_is_too_large(proxied: Nginx, served: Served) -> None:
    said = {"Authorization": f"Bearer {TOKEN}", "Content_Type": "application/json"}
    ours = proxied.get("/api/v1/documents", method="POST", body=b" " * 20_500_000, **said)
    assert ours.status == 413
    assert msgspec.convert(ours.json, Problem).status == 413
    theirs = proxied.get("/api/v1/documents", method="POST", Content_Length="24000000", **said)
    assert theirs.status == 413


def test_a_place_below_others(proxied: Nginx, served: Served) -> None:
    plain = proxied.ports.plain
    assert get(plain, "/search").headers["Location"].endswith("/search/")
    page = get(plain, "/search/search?q=noi").text
    assert 'action="/search/search"' in page
    styles = re.findall(r'href="(/[^"]+\.css)"', page)
    assert styles
    assert all(get(plain, one).status == 200 for one in styles)
    assert f'"http://127.0.0.1:{plain}/search/search?' in get(plain, "/search/opensearch.xml").text


def test_reloading_behind_it_drops_nothing(proxied: Nginx, served: Served) -> None:
    with Load(proxied.ports.plain, path="/search" + SEARCH) as load:
        first = served.workers()
        served.tell(signal.SIGHUP)
        wait_until(lambda: not set(first) & set(served.workers()), "the first worker has gone")
        load.wait_for_more(30)
    assert load.dropped == []
    assert set(load.answered) == {200}


def test_metrics_are_not_for_the_world(proxied: Nginx, served: Served) -> None:
    assert proxied.get("/metrics").status == 404
    assert "nginx" in proxied.get("/metrics").text, "nobody was asked"


# -- from here on the server is stopped --------------------------------------------------------


def test_where_nobody_answers_one_is_told_when_to_come_back(
    proxied: Nginx, served: Served, home: Path
) -> None:
    style = re.findall(r'href="(/static/[^"]+\.css)"', proxied.get("/").text)[0]
    kept = proxied.get(style).body
    assert served.stop() == 0

    page = proxied.get("/search?q=noi")
    assert page.status == 503
    assert page.headers["Retry-After"] == "5"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Content-Type"] == "text/html"
    assert page.text == (DEPLOY / "unavailable.html").read_text(encoding="utf-8")

    said = proxied.get(SEARCH, X_Request_ID="seen")
    assert said.status == 503
    assert said.headers["Retry-After"] == "5"
    assert said.headers["Content-Type"] == "application/problem+json"
    problem = msgspec.json.decode(said.body, type=Problem)
    kind = problem_type(503, "unavailable")
    assert kind is not None
    assert (problem.type, problem.title, problem.status) == (kind.uri, kind.title, 503)
    assert problem.request_id == said.headers["X-Request-ID"] == "seen"

    assert proxied.get(style).body == kept, "style sheets are kept by nginx"

    with serving(home, proxied.upstream, "--workers", "1"):
        assert proxied.get(SEARCH).status == 200


def test_what_the_server_says_of_itself_passes(
    proxied: Nginx, served: Served, tmp_path: Path
) -> None:
    assert served.process.poll() == 0
    empty = Served(
        tmp_path, proxied.upstream,
        "serve", "--socket", str(proxied.upstream), "--workers", "1",
    )  # fmt: skip
    try:
        wait_until(
            lambda: "there is no index" in proxied.get(SEARCH).text, "the server says what it lacks"
        )
        said = proxied.get(SEARCH)
        assert said.status == 503
        assert said.headers["Retry-After"] == "30"
        assert "Chưa có gì để tìm" in proxied.get("/search?q=noi").text
    finally:
        empty.end()


def test_the_figures_are_those_of_the_application() -> None:
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    settings = Settings()

    def figure(pattern: str) -> int:
        (found,) = set(re.findall(pattern, text))
        return int(found)

    line = figure(r"large_client_header_buffers \d+ (\d+)k;") * 1024
    assert LONGEST_ADDRESS + 1024 <= line <= LONGEST_ADDRESS + 4096
    body = figure(r"client_max_body_size (\d+)m;") * 1024 * 1024
    assert settings.write_max_mb * 1_000_000 < body < settings.write_max_mb * 1_200_000
    assert figure(r"    keepalive_timeout (\d+)s;\n}") < settings.serve_keep_alive_s
    proxy = (DEPLOY / "nginx-proxy.conf").read_text(encoding="utf-8")
    (wait_s,) = re.findall(r"proxy_read_timeout (\d+)s;", proxy)
    assert int(wait_s) > settings.opensearch_timeout_s
