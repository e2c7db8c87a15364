"""Tokens in their file: shown once, kept as hashes, followed as they come and go."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import stat
import threading
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from searchapp.errors import InputError, TokensFileError
from searchapp.tokens import Scope, TokensFile, token_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "tokens.json"


def test_a_token_is_found_by_its_text_alone(path: Path) -> None:
    file = TokensFile(path)
    text = file.create("crawler", [Scope.WRITE, Scope.READ, Scope.READ])
    found = file.find(text)
    assert found is not None
    assert (found.name, found.scopes, found.expires) == ("crawler", (Scope.READ, Scope.WRITE), None)
    for other in ("", text[:-1], text + "0", text.upper(), found.sha256, "mã", "\ud800"):
        assert file.find(other) is None


def test_scanners_know_a_token_by_its_form(path: Path) -> None:
    texts = [TokensFile(path).create(f"n{n}", [Scope.READ]) for n in range(20)]
    assert len(set(texts)) == 20
    for text in texts:
        form = re.fullmatch(r"sat_([0-9a-f]{64})([0-9a-f]{8})", text)
        assert form
        assert int(form[2], 16) == zlib.crc32(form[1].encode())


def test_the_file_holds_hashes_and_is_for_its_owner_alone(path: Path) -> None:
    text = TokensFile(path).create("crawler", [Scope.WRITE])
    raw = path.read_text()
    assert text[:-4] not in raw
    assert text[4:40] not in raw
    assert hashlib.sha256(text.encode()).hexdigest() in raw
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(p.name for p in path.parent.iterdir()) == ["tokens.json", "tokens.json.lock"]


def test_others_follow_each_change(path: Path) -> None:
    here, there = TokensFile(path), TokensFile(path)
    assert there.find("x") is None
    assert not there.allows(Scope.WRITE)
    old = here.create("old", [Scope.WRITE])
    assert there.find(old)
    new = here.create("new", [Scope.WRITE])
    assert there.find(old), "both are good while programs change over"
    assert there.find(new)
    here.revoke("old")
    assert there.find(old) is None
    assert there.find(new)
    path.unlink()
    assert there.find(new) is None


def test_a_file_that_has_not_changed_is_not_read_again(path: Path, monkeypatch) -> None:
    file = TokensFile(path)
    text = file.create("a", [Scope.READ])
    assert file.find(text)
    monkeypatch.setattr(json, "loads", None)
    assert file.find(text)


def test_a_token_expires(path: Path) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    file = TokensFile(path, now=lambda: now)
    text = file.create("short", [Scope.OPERATE], days=2)
    assert file.allows(Scope.OPERATE)
    now += timedelta(days=2, seconds=-1)
    assert file.find(text)
    now += timedelta(seconds=1)
    assert file.find(text) is None
    assert not file.allows(Scope.OPERATE)
    assert [one.name for one in file.tokens()] == ["short"], "it is listed until it is revoked"


def test_tokens_from_elsewhere_are_good_beside_the_file(path: Path) -> None:
    file = TokensFile(path, [token_of("write_token", "mot-bi-mat-that-dai", [Scope.WRITE])])
    assert file.allows(Scope.WRITE)
    found = file.find("mot-bi-mat-that-dai")
    assert found is not None
    assert found.name == "write_token"
    assert file.tokens() == ()


def test_every_hash_is_compared_in_constant_time(path: Path, monkeypatch) -> None:
    file = TokensFile(path)
    texts = [file.create(f"n{n}", [Scope.READ]) for n in range(5)]
    compared: list[tuple[str, str]] = []

    def compare(one: str, other: str) -> bool:
        compared.append((one, other))
        return real(one, other)

    real = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", compare)
    for sent in (texts[0], texts[4], "sai"):
        compared.clear()
        file.find(sent)
        assert len(compared) == 5, "the first one that fits ends nothing"
        assert {len(one) for pair in compared for one in pair} == {64}


@pytest.mark.parametrize("name", ["", "a b", "../x", "x" * 65, "tên", "a\nb", "<b>"])
def test_a_name_that_is_none_is_refused(path: Path, name: str) -> None:
    with pytest.raises(InputError, match="no name"):
        TokensFile(path).create(name, [Scope.READ])
    assert not path.exists()


def test_a_name_is_given_once_and_a_scope_is_needed(path: Path) -> None:
    file = TokensFile(path)
    file.create("a", [Scope.READ])
    with pytest.raises(InputError, match="already"):
        file.create("a", [Scope.WRITE])
    with pytest.raises(InputError, match="scope"):
        file.create("b", [])
    with pytest.raises(InputError, match="there are: a"):
        file.revoke("b")


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602, 0o620, 0o660, 0o601])
def test_a_file_that_others_get_at_is_refused(path: Path, mode: int) -> None:
    file = TokensFile(path)
    text = file.create("a", [Scope.READ])
    assert file.find(text)
    path.chmod(mode)
    with pytest.raises(TokensFileError, match="chmod 600"):
        file.find(text)
    with pytest.raises(TokensFileError):
        file.create("b", [Scope.WRITE])
    path.chmod(0o640)  # the group of a service may read
    assert file.find(text)


def test_a_file_of_another_user_is_refused(path: Path, monkeypatch) -> None:
    text = TokensFile(path).create("a", [Scope.READ])
    owner = path.stat().st_uid or 1234
    os.chown(path, owner, -1)
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(TokensFileError, match="another user"):
        TokensFile(path).find(text)


ENTRY = {
    "name": "a",
    "scopes": ["read"],
    "created": "2026-03-01T00:00:00+00:00",
    "expires": None,
    "sha256": "0" * 64,
    "ends": "0000",
}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"[" * 100_000,
        json.dumps({"format": 2, "tokens": []}).encode(),
        *(
            json.dumps({"format": 1, "tokens": [{**ENTRY, **wrong}]}).encode()
            for wrong in (
                {"scopes": ["all"]},
                {"scopes": 3},
                {"sha256": "0"},
                {"expires": "soon"},
                {"expires": "2026-03-01"},
                {"name": "a\nb"},
                {"more": 1},
            )
        ),
    ],
)
def test_a_damaged_file_lets_nobody_in(path: Path, data: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(data)
    path.chmod(0o600)
    for ask in (TokensFile(path).tokens, lambda: TokensFile(path).find("x")):
        with pytest.raises(TokensFileError, match="damaged") as caught:
            ask()
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ["folder", "pipe", "large"])
def test_what_is_no_file_of_tokens_is_refused_without_waiting(path: Path, kind: str) -> None:
    path.parent.mkdir()
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path, 0o600)
    else:
        path.touch(0o600)
        os.truncate(path, 10_000_001)
    with pytest.raises(TokensFileError):
        TokensFile(path).find("x")


def test_changes_at_the_same_time_lose_nothing(path: Path) -> None:
    def make(which: int) -> None:
        for number in range(5):
            TokensFile(path).create(f"t{which}-{number}", [Scope.READ])

    threads = [threading.Thread(target=make, args=[which]) for which in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(TokensFile(path).tokens()) == 20


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(TokensFileError, match="can't be written"):
        TokensFile(tmp_path / "file" / "tokens.json").create("a", [Scope.READ])
