"""Scopes over HTTP: who may read, write and operate, and what the others are told."""

from __future__ import annotations

import base64
import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from writers import DOCUMENTS, HUE, FakePrograms, problem

from searchapp.config import Settings
from searchapp.tokens import Scope, TokensFile
from searchapp.web import create_app
from searchapp.web.access import require_scope

SEARCH = "/api/v1/search?q=huế"
READING = [
    "/",
    "/search?q=huế",
    "/documents/hue",
    "/documents/none",
    "/help",
    "/opensearch.xml",
    "/opensearch/suggest?q=hu",
    "/api/v1/docs",
    "/api/v1/openapi.json",
    "/nichts",
    SEARCH,
    "/api/v1/search?q=",
    "/api/v1/documents/hue",
    "/api/v1/documents/none",
    "/api/v1/stats",
    "/api/nichts",
]
OPEN = ["/healthz", "/readyz", "/static/1/style.css", "/robots.txt", "/favicon.ico"]
OPERATING = "/operating"


def app_over(index_dir: Path, tmp_path: Path, read_access: str = "token") -> Flask:
    settings = Settings(
        index_dir=index_dir, read_access=read_access, tokens_file=tmp_path / "tokens.json"
    )
    app = create_app(settings)

    @app.get(OPERATING)
    @require_scope(Scope.OPERATE)
    def operating() -> str:
        return "operated"

    app.testing = True
    return app


@pytest.fixture
def closed(index_dir: Path, tmp_path: Path) -> FlaskClient:
    """Of an application where reading needs a token."""
    return app_over(index_dir, tmp_path).test_client()


@pytest.fixture
def tokens(tmp_path: Path) -> TokensFile:
    return TokensFile(tmp_path / "tokens.json")


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def basic(token: str, user: str = "") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{token}".encode()).decode()}


@pytest.mark.parametrize("path", READING)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_nothing_is_read_without_a_token(
    closed: FlaskClient, tokens: TokensFile, path: str, method: str
) -> None:
    token = tokens.create("reader", [Scope.READ])
    refused = closed.open(path, method=method)
    assert refused.status_code == 401
    scheme = "Bearer" if path.startswith("/api/") else "Basic"
    assert refused.headers["WWW-Authenticate"].startswith(f'{scheme} realm="searchapp"')
    assert "ETag" not in refused.headers
    for headers in (bearer(token), basic(token), basic(token, "ai đó")):
        allowed = closed.open(path, method=method, headers=headers)
        assert allowed.status_code in (200, 400, 404)
        wanted = "no-store" if allowed.status_code >= 400 and "/api/" in path else "private"
        assert wanted in allowed.headers["Cache-Control"]


@pytest.mark.parametrize("path", OPEN)
def test_what_says_nothing_of_documents_stays_open(
    closed: FlaskClient, tokens: TokensFile, path: str
) -> None:
    tokens.create("reader", [Scope.READ])
    with closed.get(path) as response:
        assert response.status_code in (200, 302)
        assert "private" not in response.headers.get("Cache-Control", "")


def test_reading_is_open_unless_it_is_closed(index_dir: Path, tmp_path: Path) -> None:
    client = app_over(index_dir, tmp_path, "open").test_client()
    response = client.get(SEARCH, headers=bearer("sai"))
    assert response.status_code == 200, "what needs no token looks at none"
    assert response.headers["Cache-Control"] == "no-cache"
    assert client.get("/").status_code == 200


def test_scopes_do_not_contain_each_other(
    closed: FlaskClient, tokens: TokensFile, fake_programs: FakePrograms
) -> None:
    asks = {
        Scope.READ: lambda headers: closed.get(SEARCH, headers=headers),
        Scope.WRITE: lambda headers: closed.post(DOCUMENTS, json=HUE, headers=headers),
        Scope.OPERATE: lambda headers: closed.get(OPERATING, headers=headers),
    }
    texts = {scope: tokens.create(scope.value, [scope]) for scope in Scope}
    for has, token in texts.items():
        for needs, ask in asks.items():
            response = ask(bearer(token))
            if has == needs:
                assert response.status_code == 200
                continue
            assert response.status_code == 403
            assert response.headers["WWW-Authenticate"] == (
                f'Bearer realm="searchapp", error="insufficient_scope", scope="{needs}"'
            )
            if needs != Scope.OPERATE:
                found = problem(response, 403)
                assert found.type.endswith("#problem-not-allowed")
                assert needs in found.detail
    assert len(fake_programs.calls) == 1
    every = tokens.create("every", list(Scope))
    assert all(ask(bearer(every)).status_code == 200 for ask in asks.values())


def test_where_nobody_may_it_is_said_how_to_change_that(
    closed: FlaskClient, fake_programs: FakePrograms
) -> None:
    for response in (closed.get(SEARCH), closed.post(DOCUMENTS, json=HUE)):
        found = problem(response, 403)
        assert "searchapp tokens create NAME --scope" in found.detail
    page = closed.get(OPERATING)
    assert page.status_code == 403
    assert "Không có quyền" in page.text
    assert fake_programs.calls == []


def test_the_log_names_the_token_that_wrote_and_none_that_read(
    closed: FlaskClient, tokens: TokensFile, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "searchapp.request")
    crawler = tokens.create("crawler", list(Scope))
    closed.get(SEARCH, headers=bearer(crawler))
    closed.get(OPERATING, headers=bearer(crawler))
    closed.get(OPERATING, headers=bearer("nobody's"))
    named = [getattr(one, "token", None) for one in caplog.records]
    assert named == [None, "crawler", None]


def test_wrong_revoked_and_expired_tokens_are_answered_alike(
    closed: FlaskClient, tokens: TokensFile, tmp_path: Path
) -> None:
    tokens.create("good", [Scope.READ])
    revoked = tokens.create("revoked", [Scope.READ])
    assert closed.get(SEARCH, headers=bearer(revoked)).status_code == 200
    tokens.revoke("revoked")
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    expired = TokensFile(tokens.path, now=lambda: long_ago).create("expired", [Scope.READ], 1)
    answers = set()
    for sent in (revoked, expired, "sai", "sat_" + "0" * 72, "mã".encode().decode("latin-1")):
        response = closed.get(SEARCH, headers={**bearer(sent), "X-Request-ID": "same"})
        assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]
        answers.add((response.status_code, response.data))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 401


def test_tokens_change_without_a_stop(
    closed: FlaskClient, tokens: TokensFile, fake_programs: FakePrograms
) -> None:
    def status(token: str) -> int:
        return closed.post(DOCUMENTS, json=HUE, headers=bearer(token)).status_code

    old = tokens.create("old", [Scope.WRITE])
    assert status(old) == 200
    new = tokens.create("new", [Scope.WRITE])
    assert (status(old), status(new)) == (200, 200)
    tokens.revoke("old")
    assert (status(old), status(new)) == (401, 200)


def test_a_password_of_a_browser_does_not_write(
    closed: FlaskClient, tokens: TokensFile, fake_programs: FakePrograms
) -> None:
    token = tokens.create("all", list(Scope))
    for method, path in (("POST", DOCUMENTS), ("PUT", f"{DOCUMENTS}/a"), ("DELETE", DOCUMENTS)):
        response = closed.open(path, method=method, json=HUE, headers=basic(token))
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert fake_programs.calls == []


def test_a_file_that_cannot_be_trusted_lets_nobody_in_and_is_told_in_the_log(
    closed: FlaskClient, tokens: TokensFile, caplog: pytest.LogCaptureFixture
) -> None:
    token = tokens.create("reader", [Scope.READ, Scope.WRITE])
    tokens.path.chmod(0o644)
    for response in (
        closed.get(SEARCH, headers=bearer(token)),
        closed.post(DOCUMENTS, json=HUE, headers=bearer(token)),
    ):
        found = problem(response, 500)
        assert found.detail == "the tokens can't be read; the log says why"
    assert closed.get("/", headers=basic(token)).status_code == 500
    assert closed.get("/healthz").status_code == 200
    assert "chmod 600" in caplog.text
    assert token not in caplog.text


def test_a_preflight_needs_no_token(closed: FlaskClient, tokens: TokensFile) -> None:
    tokens.create("reader", [Scope.READ])
    response = closed.options(SEARCH)
    assert response.status_code == 200
    assert response.data == b""


def test_tokens_are_in_no_answer_and_no_log(
    closed: FlaskClient, tokens: TokensFile, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = tokens.create("reader", [Scope.READ])
    digest = tokens.tokens()[0].sha256
    for path in (*READING, OPERATING):
        for headers in (bearer(token), basic(token)):
            response = closed.get(path, headers=headers)
            everything = response.text + str(response.headers)
            assert token not in everything
            assert digest not in everything
    assert token not in caplog.text


def test_the_page_without_a_token_says_what_to_do(closed: FlaskClient, tokens: TokensFile) -> None:
    tokens.create("reader", [Scope.READ])
    page = closed.get("/search?q=x", headers={"Accept-Language": "vi"}).text
    assert "Cần mã truy cập" in page
    page = closed.get("/search?q=x", headers={"Accept-Language": "en"}).text
    assert "A token is needed" in page


def test_the_description_says_who_needs_what(closed: FlaskClient, tokens: TokensFile) -> None:
    described = closed.get(
        "/api/v1/openapi.json", headers=bearer(tokens.create("r", [Scope.READ]))
    ).json
    schemes = described["components"]["securitySchemes"]
    assert {one["scheme"] for one in schemes.values()} == {"bearer", "basic"}
    reading = described["paths"]["/api/v1/search"]["get"]
    assert reading["security"] == [{"token": ["read"]}, {"password": ["read"]}]
    assert {"401", "403"} <= set(reading["responses"])
    writing = described["paths"]["/api/v1/documents"]["post"]
    assert writing["security"] == [{"token": ["write"]}]
    assert described["paths"]["/healthz"]["get"]["security"] == []


def test_every_route_is_closed_or_known_to_be_open(closed: FlaskClient) -> None:
    """A route that is added is closed until somebody says otherwise, and is seen here."""
    app = closed.application
    opened = {
        name
        for name, view in app.view_functions.items()
        if getattr(view, "_needed_scope", None) == "open"
    }
    assert opened == {
        "api.healthz",
        "api.readyz",
        "static",
        "robots",
        "favicon",
        "usage.settled",
    }
    with app.test_request_context():
        assert url_for("robots") == "/robots.txt"
