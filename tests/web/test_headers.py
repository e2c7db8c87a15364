"""The headers of every answer: each route there is, and each kind of answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from searchapp.config import Settings
from searchapp.web import create_app

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self';"
        " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
VALUES = {"document_id": "hue", "version": "1", "filename": "style.css"}
OTHERS = [
    ("GET", "/nichts", 404),
    ("GET", "/api/nichts", 404),
    ("POST", "/", 405),
    ("GET", "/search", 302),
    ("GET", "/search?q=huế&page=0", 400),
    ("GET", "/api/v1/search?q=", 400),
    ("GET", "/documents/none", 404),
    ("POST", "/api/v1/documents", 403),
    ("GET", "/static/1/../../app.py", 404),
    ("GET", "/static/1/%2e%2e/app.py", 404),
    ("OPTIONS", "/api/v1/search", 200),
]


def routes(app: Flask) -> list[tuple[str, str]]:
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        return [
            (method, adapter.build(rule.endpoint, {k: VALUES[k] for k in rule.arguments}, method))
            for rule in app.url_map.iter_rules()
            for method in sorted(rule.methods or ())
        ]


def assert_safe(response) -> None:
    for name, value in HEADERS.items():
        assert response.headers.getlist(name) == [value], name
    assert response.headers["X-Request-ID"]
    assert "Set-Cookie" not in response.headers
    assert "Access-Control-Allow-Origin" not in response.headers
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    if response.data:
        kind = response.headers["Content-Type"]
        assert "charset=utf-8" in kind or not kind.startswith("text/")


def test_every_route_has_them(client: FlaskClient) -> None:
    asked = routes(client.application)
    assert len(asked) > 40
    for method, path in asked:
        with client.open(path, method=method) as response:
            assert_safe(response)


@pytest.mark.parametrize(("method", "path", "status"), OTHERS)
def test_every_kind_of_answer_has_them(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    response = client.open(path, method=method)
    assert response.status_code == status
    assert_safe(response)


def test_a_fault_has_them_and_says_nothing_of_itself(index_dir: Path, monkeypatch, caplog) -> None:
    app = create_app(Settings(index_dir=index_dir, opensearch_password="mật-khẩu"))

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("/srv/secret mật-khẩu")

    monkeypatch.setattr(app.extensions["searchapp"], "search", fail)
    for path in ("/search?q=a", "/api/v1/search?q=a"):
        response = app.test_client().get(path)
        assert response.status_code == 500
        assert_safe(response)
        for secret in ("ZeroDivision", "Traceback", "/srv", "mật-khẩu", ".py"):
            assert secret not in response.text


def test_only_over_tls_it_is_said_to_stay_there(client: FlaskClient) -> None:
    plain = client.get("/", base_url="http://localhost")
    assert "Strict-Transport-Security" not in plain.headers
    for path in ("/", "/api/v1/stats", "/nichts", "/static/1/style.css"):
        with client.get(path, base_url="https://localhost") as response:
            assert response.headers["Strict-Transport-Security"] == "max-age=31536000"
    forwarded = client.get("/", headers={"X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" not in forwarded.headers, "not believed unasked"


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nSet-Cookie: x=1", "ă\r\n\r\n<script>"])
def test_nothing_asked_for_becomes_a_header(client: FlaskClient, value: str) -> None:
    for path in ("/search", "/api/v1/search", "/opensearch/suggest", "/help"):
        for name in ("q", "lang", "page", "sort", "filter"):
            response = client.get(path, query_string={"q": "x", name: value})
            assert "X-Evil" not in response.headers
            assert "Set-Cookie" not in response.headers
            assert all("\n" not in each and "\r" not in each for _, each in response.headers)
    response = client.get("/documents/" + value.replace("\r", "%0D").replace("\n", "%0A"))
    assert "X-Evil" not in response.headers


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "\\\\evil.example"])
def test_no_redirect_leads_away(client: FlaskClient, target: str) -> None:
    asked = [
        client.get("/search", query_string={"next": target, "url": target, "lang": target}),
        client.get("/favicon.ico", query_string={"next": target}),
        client.get(f"/{target}"),
        client.get(f"/search/{target}"),
    ]
    for response in asked:
        place = response.headers.get("Location", "/")
        assert place.startswith("/")
        assert not place.startswith(("//", "/\\"))
        assert "evil" not in place.split("?")[0]


def test_a_path_in_the_log_makes_no_line(index_dir: Path, monkeypatch, caplog) -> None:
    app = create_app(Settings(index_dir=index_dir))

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(app.extensions["searchapp"], "document", fail)
    app.test_client().get("/documents/a%0A2026-01-01 ERROR forged%1B[2J")
    (record,) = caplog.records
    assert "\n" not in record.getMessage()
    assert "\x1b" not in record.getMessage()
    assert "forged" in record.getMessage()
