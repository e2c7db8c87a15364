"""Tokens with scopes: made, kept as hashes in a file, and recognized.

A token is ``sat_``, 256 random bits and a CRC-32, all in hexadecimal digits: programs that look for
leaked secrets know it by its beginning, and tell it from chance by its end. The file keeps its
SHA-256 alone. A slow hash is for passwords, which people choose and others guess; 256 random bits
are guessed by nobody, and a slow hash would only cost each request some tenths of a second.

The file is JSON, replaced in one step, and read again when it is another: tokens come and go while
the service runs.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
import stat
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from searchapp.errors import InputError, TokensFileError
from searchapp.storage import DISK, Storage

PREFIX = "sat_"
_SECRET_BYTES = 32
_FORMAT = 1
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SHOWN_CHARS = 4
_MOST_BYTES = 10_000_000  # some 40,000 tokens; what is larger is no file of tokens
_OTHERS = stat.S_IRWXO | stat.S_IWGRP
_Clock = Callable[[], datetime]


class Scope(StrEnum):
    """What a token allows; none contains another."""

    READ = "read"
    """Searching and reading documents, where `read_access` asks for a token."""
    WRITE = "write"
    """Adding, replacing and deleting documents."""
    OPERATE = "operate"
    """What the service says of itself to those who run it."""


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of a token: ``ends`` are its last characters; times are ISO 8601, in UTC."""

    name: str
    scopes: tuple[Scope, ...]
    created: str
    expires: str | None
    sha256: str
    ends: str

    def is_expired(self, now: datetime) -> bool:
        """Whether its time is over."""
        return self.expires is not None and datetime.fromisoformat(self.expires) <= now


@dataclass(frozen=True, slots=True)
class _State:
    """What tells whether a file is the one that was read."""

    inode: int
    changed_ns: int
    size: int


class TokensFile:
    """The tokens in a file. Safe to share between threads; one that is not there holds none.

    ``also`` are tokens that are valid and lie elsewhere.
    """

    def __init__(
        self,
        path: Path,
        also: Iterable[Token] = (),
        *,
        storage: Storage = DISK,
        now: _Clock | None = None,
    ) -> None:
        self.path = path
        self._also = tuple(also)
        self._storage = storage
        self._now: _Clock = now or (lambda: datetime.now(UTC))
        self._read: tuple[_State | None, tuple[Token, ...]] = (None, ())

    @classmethod
    def with_secrets(cls, path: Path, write: str | None, operate: str | None) -> TokensFile:
        """The tokens in a file, and those that are settings: one that writes, one that operates."""
        also = [
            token_of(name, text, [scope])
            for name, text, scope in (
                ("write_token", write, Scope.WRITE),
                ("operator_token", operate, Scope.OPERATE),
            )
            if text is not None
        ]
        return cls(path, also)

    def tokens(self) -> tuple[Token, ...]:
        """All of them, those that expired as well, in order of age.

        Raises TokensFileError if the file is damaged, or if others could have changed it.
        """
        try:
            found = self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            raise TokensFileError(self.path, f"can't be read ({error.strerror})") from error
        state, tokens = self._read
        if state != _state(found):
            self._read = state, tokens = self._load()
        return tokens

    def allows(self, scope: Scope) -> bool:
        """Whether any token that is valid now has a scope. Raises TokensFileError."""
        now = self._now()
        known = (*self._also, *self.tokens())
        return any(scope in one.scopes and not one.is_expired(now) for one in known)

    def find(self, sent: str) -> Token | None:
        """The valid token whose text was sent; None if there is none. Raises TokensFileError.

        Every hash is compared, each in constant time, so that the time taken says nothing.
        """
        digest, found = _digest(sent), None
        for one in (*self._also, *self.tokens()):
            if hmac.compare_digest(one.sha256, digest):
                found = one
        return None if found is None or found.is_expired(self._now()) else found

    def create(self, name: str, scopes: Iterable[Scope], days: int | None = None) -> str:
        """Make a token and keep its hash; gives the token, which is nowhere to be had later.

        ``days`` is how long it is valid; None is for ever. Raises InputError for a name that is
        taken or none, TokensFileError.
        """
        if not _NAME.fullmatch(name):
            raise InputError(
                f"{name!r} is no name for a token; use up to 64 of A-Z a-z 0-9 . _ -", "name"
            )
        chosen = tuple(scope for scope in Scope if scope in set(scopes))
        if not chosen:
            raise InputError("a token needs a scope: read, write or operate", "scopes")
        now = self._now().replace(microsecond=0)
        try:
            expires = None if days is None else (now + timedelta(days=days)).isoformat()
        except OverflowError:
            raise InputError(f"{days} days is longer than time goes", "days") from None
        text = _new_text()
        token = Token(name, chosen, now.isoformat(), expires, _digest(text), text[-_SHOWN_CHARS:])
        with self._changing() as tokens:
            if any(one.name == name for one in tokens):
                raise InputError(
                    f"there is a token {name!r} already; choose another name, or revoke it first",
                    "name",
                )
            self._write([*tokens, token])
        return text

    def revoke(self, name: str) -> Token:
        """Take a token out. Raises InputError if there is none of this name, TokensFileError."""
        with self._changing() as tokens:
            left = [one for one in tokens if one.name != name]
            if len(left) == len(tokens):
                names = ", ".join(one.name for one in tokens) or "none"
                raise InputError(f"there is no token {name!r}; there are: {names}", "name")
            self._write(left)
        return next(one for one in tokens if one.name == name)

    # -- the file -------------------------------------------------------------------------------

    def _load(self) -> tuple[_State, tuple[Token, ...]]:
        try:
            # Never waits: where a pipe lies in its place, opening it would.
            handle = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            with os.fdopen(handle, "rb") as file:
                found = os.fstat(file.fileno())
                self._check(found)
                data = file.read(_MOST_BYTES + 1)
        except OSError as error:
            raise TokensFileError(self.path, f"can't be read ({error.strerror})") from error
        if len(data) > _MOST_BYTES:
            raise TokensFileError(self.path, "is no file of tokens: it is too large")
        try:
            return _state(found), tuple(_parsed(data))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise TokensFileError(self.path, "is damaged; restore it, or make it anew") from error

    def _check(self, found: os.stat_result) -> None:
        """Who can write this file can let in whom they like."""
        if not stat.S_ISREG(found.st_mode):
            raise TokensFileError(self.path, "is no file")
        if found.st_mode & _OTHERS:
            raise TokensFileError(
                self.path, "can be read or written by others; mend it with: chmod 600"
            )
        if found.st_uid not in (0, os.geteuid()):
            raise TokensFileError(
                self.path, "belongs to another user; mend it with: chown, to who runs the service"
            )

    @contextlib.contextmanager
    def _changing(self) -> Iterator[tuple[Token, ...]]:
        """The tokens, while no other process changes them."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock = self.path.with_name(self.path.name + ".lock")
            handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            with os.fdopen(handle, "rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                yield self.tokens()
        except OSError as error:
            raise TokensFileError(self.path, f"can't be written ({error.strerror})") from error

    def _write(self, tokens: list[Token]) -> None:
        new = self.path.with_name(self.path.name + ".new")
        new.unlink(missing_ok=True)
        data = {"format": _FORMAT, "tokens": [asdict(one) for one in tokens]}
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(json.dumps(data, indent=1).encode("ascii") + b"\n")
        self._storage.sync(new)
        self._storage.replace(new, self.path)
        self._storage.sync(self.path.parent)


def token_of(name: str, text: str, scopes: Iterable[Scope]) -> Token:
    """What is kept of a token that somebody else made; it does not expire."""
    return Token(name, tuple(scopes), "", None, _digest(text), text[-_SHOWN_CHARS:])


def _new_text() -> str:
    secret = secrets.token_hex(_SECRET_BYTES)
    return f"{PREFIX}{secret}{_check(secret)}"


def _check(secret: str) -> str:
    return f"{zlib.crc32(secret.encode('utf-8', 'surrogatepass')):08x}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _state(found: os.stat_result) -> _State:
    # Not st_mtime: this changes with who may read or write the file, too.
    return _State(found.st_ino, found.st_ctime_ns, found.st_size)


def _parsed(data: bytes) -> Iterator[Token]:
    values = json.loads(data)
    if values["format"] != _FORMAT:
        raise ValueError(values["format"])
    for one in values["tokens"]:
        token = Token(**{**one, "scopes": tuple(Scope(scope) for scope in one["scopes"])})
        if not (_NAME.fullmatch(token.name) and re.fullmatch("[0-9a-f]{64}", token.sha256)):
            raise ValueError(token.name)
        token.is_expired(datetime.now(UTC))  # raises for a time that is none
        yield replace(token, ends=str(token.ends)[:_SHOWN_CHARS])
