"""Tokens of `searchapp mcp --http`: by plain requests, and by the SDK's own client."""

from __future__ import annotations

import contextlib
import json
import traceback
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import anyio
import pytest
from mcp.client import Client
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp_processes import PATIENCE_S, served

from searchapp.tokens import Scope, TokensFile

WRITE_TOKEN = "mot-bi-mat-that-dai-0123456789"
_PING = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"}).encode()


class Closed(NamedTuple):
    """A server that asks for tokens, and its file of them."""

    url: str
    file: TokensFile


@pytest.fixture(scope="module")
def closed(index_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Closed]:
    path = tmp_path_factory.mktemp("access") / "tokens.json"
    settings = {
        "SEARCHAPP_READ_ACCESS": "token",
        "SEARCHAPP_TOKENS_FILE": str(path),
        "SEARCHAPP_WRITE_TOKEN": WRITE_TOKEN,
    }
    with served(index_dir.parent, **settings) as server:
        assert ", with a token of the scope read (" in server.said
        yield Closed(server.url, TokensFile(path))
    assert "sat_" not in server.errors
    assert WRITE_TOKEN not in server.errors
    assert "Traceback" not in server.errors


@contextlib.contextmanager
def token(file: TokensFile, *scopes: Scope, days: int | None = None) -> Iterator[str]:
    made = file.create("thu", scopes, days)
    try:
        yield made
    finally:
        file.revoke("thu")


def asked(url: str, *sent: str, method: str = "POST", path: str = "") -> tuple[int, str, str]:
    """Status, challenge and explanation of a ping with these headers of authorization."""
    request = urllib.request.Request(
        url + path, _PING if method == "POST" else None, method=method,
        headers={
            "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream",
        },
    )  # fmt: skip
    for one in sent:
        request.add_header("Authorization", one)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as response:
            return response.status, "", ""
    except urllib.error.HTTPError as error:
        with error:
            said = json.loads(error.read())
            return error.code, error.headers["WWW-Authenticate"] or "", said["error"]["message"]


def test_without_a_token(closed: Closed) -> None:
    with token(closed.file, Scope.READ):
        for sent in ((), ("Basic eDp5",), ("Bearer",), ("Bearer ",)):
            status, challenge, said = asked(closed.url, *sent)
            assert (status, challenge) == (401, 'Bearer realm="searchapp"')
            assert said == "the token is missing; send it as Authorization: Bearer and the token"
        for method in ("GET", "DELETE", "OPTIONS", "PUT"):
            assert asked(closed.url, method=method)[0] == 401
        assert asked(closed.url, path="/none")[0] == 401, "nor is told what there is"


def test_with_a_token(closed: Closed) -> None:
    with token(closed.file, Scope.READ) as good:
        assert asked(closed.url, f"Bearer {good}")[0] == 200
        assert asked(closed.url, f"bearer  {good}")[0] == 200
    status, *_ = asked(closed.url, f"Bearer {good}")
    assert status == 403, "it was the last one: nobody may read now"


def test_wrong_and_revoked_tokens_are_answered_alike(closed: Closed) -> None:
    with token(closed.file, Scope.READ) as revoked:
        pass
    past = TokensFile(closed.file.path, now=lambda: datetime.now(UTC) - timedelta(days=9))
    expired = past.create("cu", [Scope.READ], 1)
    with token(closed.file, Scope.READ) as good:
        wrong = (
            revoked,
            expired,
            good[:-1],
            "a",
            "sat_" + "0" * 72,
            "ạ".encode().decode("latin-1"),
        )
        answers = {asked(closed.url, f"Bearer {one}") for one in wrong}
    closed.file.revoke("cu")
    ((status, challenge, _),) = answers
    assert (status, challenge) == (401, 'Bearer realm="searchapp", error="invalid_token"')


def test_a_token_of_another_scope(closed: Closed) -> None:
    with token(closed.file, Scope.READ):
        other = closed.file.create("khac", [Scope.WRITE, Scope.OPERATE])
        for sent in (other, WRITE_TOKEN):
            status, challenge, said = asked(closed.url, f"Bearer {sent}")
            assert status == 403
            assert challenge == 'Bearer realm="searchapp", error="insufficient_scope", scope="read"'
            assert "lacks the scope read" in said
        closed.file.revoke("khac")


def test_where_nobody_has_the_scope(closed: Closed) -> None:
    status, challenge, said = asked(closed.url)
    assert (status, challenge) == (403, 'Bearer realm="searchapp", scope="read"')
    assert "searchapp tokens create NAME --scope read" in said


def test_a_file_that_can_not_be_trusted_lets_nobody_in(closed: Closed) -> None:
    with token(closed.file, Scope.READ) as good:
        closed.file.path.chmod(0o644)
        assert asked(closed.url, f"Bearer {good}") == (
            500, "", "the tokens can't be read; the log says why",
        )  # fmt: skip
        closed.file.path.chmod(0o600)
        assert asked(closed.url, f"Bearer {good}")[0] == 200


@pytest.mark.anyio
@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_the_client_of_the_sdk(closed: Closed, mode: str) -> None:
    with token(closed.file, Scope.READ) as good, anyio.fail_after(PATIENCE_S):
        headers = {"Authorization": f"Bearer {good}"}
        async with create_mcp_http_client(headers=headers) as http:
            transport = streamable_http_client(closed.url, http_client=http)
            async with Client(transport, mode=mode) as client:
                result = await client.call_tool("search", {"query": "lũ trên sông", "size": 1})
                assert result.structured_content["hits"][0]["title"] == "Lũ trên sông Hương"
        with pytest.raises((MCPError, ExceptionGroup)) as refused:
            async with Client(closed.url, mode=mode) as client:
                await client.call_tool("search", {"query": "lũ"})
    assert "the token is missing" in "".join(traceback.format_exception(refused.value))
