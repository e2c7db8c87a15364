"""Whose X-Forwarded headers are believed, and what follows from them."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from searchapp.config import Settings
from searchapp.setting_forms import Proxies, proxies, socket_mode
from searchapp.web import create_app
from searchapp.web.proxies import ForwardedHeaders

HEADERS = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "tim.example",
    "X-Forwarded-Prefix": "/thu-vien",
}


def client(index_dir: Path, trusted: str) -> FlaskClient:
    settings = Settings(index_dir=index_dir, trusted_proxies=trusted, allowed_hosts="*")
    return create_app(settings).test_client()


def seen(trusted: str, peer: str, **headers: str) -> dict[str, str]:
    """What the application sees of a request."""
    environ = {
        "REMOTE_ADDR": peer, "wsgi.url_scheme": "http", "HTTP_HOST": "inner:8000",
        "SERVER_NAME": "inner", "SERVER_PORT": "8000", "SCRIPT_NAME": "", "PATH_INFO": "/",
        **{f"HTTP_X_FORWARDED_{name.upper()}": value for name, value in headers.items()},
    }  # fmt: skip
    found: dict[str, str] = {}

    def app(environ, start_response):
        found.update(environ)
        return []

    ForwardedHeaders(app, proxies(trusted))(environ, lambda *_: None)
    return {
        "caller": found["REMOTE_ADDR"],
        "scheme": found["wsgi.url_scheme"],
        "host": found["HTTP_HOST"],
        "prefix": found["SCRIPT_NAME"],
    }


AS_IT_CAME = {"scheme": "http", "host": "inner:8000", "prefix": ""}


@pytest.mark.parametrize(
    ("trusted", "peer"),
    [
        ("unix", "127.0.0.1"),  # a program on this machine that found the port
        ("none", ""),
        ("10.0.0.0/8", "192.0.2.1"),
        ("10.0.0.0/8", ""),
        ("::1", "127.0.0.1"),
        ("unix, 10.0.0.1", "10.0.0.2"),
        ("10.0.0.0/8", "no address"),
    ],
)
def test_a_stranger_is_not_believed(trusted: str, peer: str) -> None:
    told = {"for": "203.0.113.9", "proto": "https", "host": "evil.example", "prefix": "/x"}
    assert seen(trusted, peer, **told) == {"caller": peer, **AS_IT_CAME}


@pytest.mark.parametrize(
    ("trusted", "peer"),
    [
        ("unix", ""),
        ("10.0.0.0/8", "10.1.2.3"),
        ("10.1.2.3", "10.1.2.3"),
        ("10.1.2.3", "::ffff:10.1.2.3"),
        ("fd00::/8", "fd00::7"),
        ("fe80::/10", "fe80::1%eth0"),
        ("192.0.2.1, unix", ""),
    ],
)
def test_a_proxy_is_believed(trusted: str, peer: str) -> None:
    told = {"for": "203.0.113.9", "proto": "https", "host": "tim.example", "prefix": "/thu-vien"}
    assert seen(trusted, peer, **told) == {
        "caller": "203.0.113.9", "scheme": "https", "host": "tim.example", "prefix": "/thu-vien",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("forwarded_for", "caller"),
    [
        ("203.0.113.9", "203.0.113.9"),
        # What a caller wrote itself stands before what the proxy appended.
        ("8.8.8.8, 203.0.113.9", "203.0.113.9"),
        ("8.8.8.8, 203.0.113.9, 10.0.0.7", "203.0.113.9"),
        ("8.8.8.8, 203.0.113.9, 10.0.0.7,10.0.0.8", "203.0.113.9"),
        ("10.9.9.9", "10.9.9.9"),
        ("10.9.9.9, 10.0.0.7", "10.9.9.9"),
        ("203.0.113.9, unknown", "unknown"),
        ("", "10.0.0.1"),
        ("2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_caller_is_the_last_who_is_no_proxy(forwarded_for: str, caller: str) -> None:
    assert seen("10.0.0.0/8", "10.0.0.1", **{"for": forwarded_for})["caller"] == caller


def test_addresses_in_answers_are_those_of_outside(index_dir: Path) -> None:
    inner = client(index_dir, "127.0.0.1")
    text = inner.get("/opensearch.xml", headers=HEADERS).text
    assert 'template="https://tim.example/thu-vien/search?q={searchTerms}"' in text
    assert "https://tim.example/thu-vien/static/" in text
    page = inner.get("/", headers=HEADERS).text
    assert 'action="/thu-vien/search"' in page
    assert 'href="/static' not in page
    moved = inner.get("/favicon.ico", headers=HEADERS)
    assert moved.headers["Location"].startswith("/thu-vien/static/")
    problem = inner.get("/api/v1/search", headers=HEADERS).json
    assert problem["type"].startswith("/thu-vien/api/v1/docs#problem-")
    described = inner.get("/api/v1/openapi.json", headers=HEADERS)
    assert described.json["servers"] == [{"url": "/thu-vien"}]
    plain = inner.get("/api/v1/openapi.json")
    assert plain.json["servers"] == [{"url": "/"}]
    assert plain.headers["ETag"] != described.headers["ETag"]
    completions = inner.get("/opensearch/suggest?q=ban", headers=HEADERS).json
    assert all(one.startswith("https://tim.example/thu-vien/search?q=") for one in completions[3])


def test_a_strangers_host_and_prefix_are_in_no_answer(index_dir: Path) -> None:
    stranger = client(index_dir, "unix")
    for path in ("/opensearch.xml", "/", "/search?q=tin", "/api/v1/docs", "/favicon.ico"):
        answer = stranger.get(path, headers=HEADERS)
        assert "tim.example" not in answer.text
        assert "/thu-vien" not in answer.text + str(answer.headers)


@pytest.mark.parametrize(
    ("text", "unix", "count"),
    [("unix", True, 0), ("none", False, 0), ("", False, 0), ("10.0.0.1 , unix,::1", True, 2)],
)
def test_proxies_are_read(text: str, unix: bool, count: int) -> None:
    found = proxies(text)
    assert isinstance(found, Proxies)
    assert (found.unix, len(found.networks)) == (unix, count)


def test_a_mode_is_read_in_octal() -> None:
    assert socket_mode("660") == socket_mode("0660") == 0o660
