"""``searchapp tokens`` as a person sees it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from searchapp.cli.main import commands
from searchapp.errors import InputError, TokensFileError
from searchapp.tokens import Scope, TokensFile


def run(tmp_path: Path, *words: str) -> Result:
    result = CliRunner().invoke(commands, ["tokens", *words, "--index-dir", str(tmp_path)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_a_token_is_shown_once(tmp_path: Path) -> None:
    made = run(tmp_path, "create", "crawler", "--scope", "write", "--scope", "read", "--days", "90")
    token = made.stdout.strip()
    found = TokensFile(tmp_path / "tokens.json").find(token)
    assert found is not None
    assert found.scopes == (Scope.READ, Scope.WRITE)
    listed = run(tmp_path, "list").stdout
    assert token not in listed
    heading, row = listed.splitlines()
    assert heading.split() == ["NAME", "SCOPES", "CREATED", "EXPIRES", "ENDS", "WITH"]
    assert row.split()[:2] == ["crawler", "read,write"]
    assert row.endswith(token[-4:])
    said = run(tmp_path, "revoke", "crawler").stdout
    assert said == f"Revoked crawler, which ended with {token[-4:]}\n"
    assert TokensFile(tmp_path / "tokens.json").find(token) is None
    assert "No tokens" in run(tmp_path, "list").stdout


def test_json(tmp_path: Path) -> None:
    made = json.loads(run(tmp_path, "create", "ops", "--scope", "operate", "--json").stdout)
    token = made.pop("token")
    assert json.loads(run(tmp_path, "list", "--json").stdout) == [made]
    assert made["scopes"] == ["operate"]
    assert made["expires"] is None
    assert token.endswith(made["ends"])


@pytest.mark.parametrize("words", [["create", "a"], ["create"], ["create", "a", "--scope", "all"]])
def test_a_wrong_call_has_exit_status_2(tmp_path: Path, words: list[str]) -> None:
    assert run(tmp_path, *words).exit_code == 2
    assert not (tmp_path / "tokens.json").exists()


def test_what_can_not_be_done_is_said_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no token 'a'"):
        run(tmp_path, "revoke", "a")
    run(tmp_path, "create", "a", "--scope", "read")
    (tmp_path / "tokens.json").chmod(0o666)
    with pytest.raises(TokensFileError, match="chmod 600"):
        run(tmp_path, "list")


def test_serving_says_at_once_what_is_wrong_with_tokens(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("searchapp.web.server.run", lambda *_: None)
    monkeypatch.setenv("SEARCHAPP_INDEX_DIR", str(tmp_path))  # which serving sets for its workers
    words = ["serve", "--port", "0", "--index-dir", str(tmp_path)]
    closed = {"SEARCHAPP_READ_ACCESS": "token"}
    said = CliRunner().invoke(commands, words, env=closed)
    assert said.exit_code == 0
    assert "searchapp tokens create NAME --scope read" in said.stderr
    run(tmp_path, "create", "a", "--scope", "read")
    assert CliRunner().invoke(commands, words, env=closed).stderr == ""
    (tmp_path / "tokens.json").chmod(0o666)
    refused = CliRunner().invoke(commands, words)
    assert isinstance(refused.exception, TokensFileError)
