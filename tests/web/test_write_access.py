"""Who may write documents, and what others are told."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from writers import (
    CALLS,
    DOCUMENTS,
    HUE,
    JSON,
    SENT,
    TOKEN,
    FakePrograms,
    Unreadable,
    app_with,
    problem,
    send,
    written,
)


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
@pytest.mark.parametrize("headers", [{}, SENT, {"Authorization": "Bearer "}])
def test_without_a_token_set_nobody_may_write(
    fake_programs: FakePrograms, tmp_path: Path, method: str, path: str, body: Any, headers: dict
) -> None:
    client = app_with(index_dir=tmp_path / "none")
    found = problem(client.open(path, method=method, json=body, headers=headers), 403)
    assert found.type.endswith("#problem-not-allowed")
    assert "SEARCHAPP_WRITE_TOKEN" in found.detail
    assert fake_programs.calls == []


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
@pytest.mark.parametrize(
    ("sent", "error"),
    [
        pytest.param(None, None, id="nothing"),
        pytest.param("", None, id="empty"),
        pytest.param("Bearer", None, id="no token"),
        pytest.param("Bearer    ", None, id="a blank token"),
        pytest.param(TOKEN, None, id="no scheme"),
        pytest.param("Basic YTpi", None, id="another scheme"),
        pytest.param(f'Bearer token="{TOKEN}"', None, id="a parameter"),
        pytest.param("Bearer x", "invalid_token", id="wrong"),
        pytest.param(f"Bearer {TOKEN[:-1]}", "invalid_token", id="cut short"),
        pytest.param(f"Bearer {TOKEN}x", "invalid_token", id="too long"),
        pytest.param(f"Bearer {TOKEN.upper()}", "invalid_token", id="capitals"),
        pytest.param("Bearer mã-bí-mật", "invalid_token", id="not ASCII"),
    ],
)
def test_who_has_not_the_token_may_not_write(
    writer: FlaskClient,
    fake_programs: FakePrograms,
    method: str,
    path: str,
    body: Any,
    sent: str | None,
    error: str | None,
) -> None:
    headers = {} if sent is None else {"Authorization": sent.encode().decode("latin-1")}
    response = writer.open(path, method=method, json=body, headers=headers)
    assert problem(response, 401).type.endswith("#problem-no-token")
    asked = response.headers["WWW-Authenticate"]
    assert asked == 'Bearer realm="searchapp"' + (f', error="{error}"' if error else "")
    assert fake_programs.calls == []


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_written_in_any_case(writer: FlaskClient, scheme: str) -> None:
    response = writer.post(DOCUMENTS, json=HUE, headers={"Authorization": f"{scheme} {TOKEN}"})
    written(response)


@pytest.mark.parametrize(("headers", "status"), [({}, 401), ({"Authorization": "Bearer x"}, 401)])
def test_a_refusal_comes_before_the_body(
    writer: FlaskClient, headers: dict[str, str], status: int
) -> None:
    for method, path in (("POST", DOCUMENTS), ("PUT", f"{DOCUMENTS}/a")):
        response = writer.open(
            path,
            method=method,
            headers=headers,
            input_stream=Unreadable(b"{}"),
            content_type=JSON,
        )
        problem(response, status)


def test_reading_needs_no_token(writer: FlaskClient) -> None:
    assert writer.get("/api/v1/openapi.json").status_code == 200
    assert writer.get(f"{DOCUMENTS}/a").status_code == 503, "there is no index, that is all"


def test_the_token_is_nowhere_to_be_seen(
    writer: FlaskClient, fake_programs: FakePrograms, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    fake_programs.fails = RuntimeError("storage is gone")
    writer.application.testing = False
    responses = [
        send(writer, "POST", DOCUMENTS, HUE),
        send(writer, "POST", DOCUMENTS, b"{"),
        send(writer, "DELETE", f"{DOCUMENTS}/a"),
        writer.get("/api/v1/openapi.json"),
        writer.get("/api/v1/docs"),
        writer.get("/nichts", headers=SENT),
    ]
    assert [one.status_code for one in responses[:3]] == [500, 400, 500]
    for response in responses:
        assert TOKEN not in response.text
        assert TOKEN not in str(response.headers)
    assert "storage is gone" in caplog.text
    assert TOKEN not in caplog.text
    assert TOKEN not in repr(writer.application.extensions["searchapp"].settings)
