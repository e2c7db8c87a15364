"""Tickets: what a page carries, so that what is reported later can only be what it showed.

A ticket is signed with a key that lies beside the log (HMAC-SHA256, cut to 96 and 80 bits). It is
good for a day, and using it again changes nothing: the store keeps one record of each. Nothing has
to be remembered between two requests, so any worker takes any ticket.
"""

from __future__ import annotations

import binascii
import contextlib
import hashlib
import hmac
import json
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict
from pathlib import Path

from searchapp.usage.records import Click, Search, hour_of

_KEY_BYTES = 32
_GOOD_HOURS = 24
_CLICK_BYTES, _CLICK_MAC_BYTES = 10, 10
_SEARCH_MAC_BYTES = 12
# What a ticket is for, and which form it has: one of another version is not ours.
_SEARCH, _CLICK = b"search 1", b"click 1"
MAX_CHARS = 16_000
"""Longest ticket of a search; a page with more to tell than that carries none."""


def load_key(path: Path) -> bytes:
    """The key in a file, which is made if there is none. Raises OSError.

    Several processes may come first at the same time: all of them get one key.
    """
    try:
        return _read_key(path)
    except FileNotFoundError:
        mine = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        handle = os.open(mine, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(_KEY_BYTES))
            with contextlib.suppress(FileExistsError):  # another process was first
                path.hardlink_to(mine)
        finally:
            mine.unlink()
        return _read_key(path)


def _read_key(path: Path) -> bytes:
    key = path.read_bytes()
    if len(key) != _KEY_BYTES:
        raise OSError(f"{path} should hold {_KEY_BYTES} bytes; remove it, and another is made")
    return key


class Tickets:
    """Gives and reads tickets of one key. Safe to share between threads."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def for_click(self, click: Click) -> str:
        """What goes with the link to a hit: 27 characters."""
        head = _head(click)
        return _text(head + self._click_mac(head, click.document))

    def read_click(self, ticket: str, document: str, now: float) -> Click | None:
        """The click that a ticket stands for; None if it is not ours, or too old."""
        data = _bytes(ticket)
        if data is None or len(data) != _CLICK_BYTES + _CLICK_MAC_BYTES:
            return None
        head = data[:_CLICK_BYTES]
        if not hmac.compare_digest(data[_CLICK_BYTES:], self._click_mac(head, document)):
            return None
        search, rank = int.from_bytes(head[:8]), int.from_bytes(head[8:])
        return Click(search, rank, document) if _is_fresh(search, now) else None

    def for_search(self, search: Search) -> str | None:
        """A search to be reported later, whole; None if it would be too long."""
        data = json.dumps(asdict(search), ensure_ascii=False, separators=(",", ":")).encode(
            "utf-8", "surrogatepass"
        )
        ticket = _text(data + self._mac(_SEARCH, data, _SEARCH_MAC_BYTES))
        return ticket if len(ticket) <= MAX_CHARS else None

    def read_search(self, ticket: str, now: float) -> Search | None:
        """The search that a ticket stands for; None if it is not ours, or too old."""
        whole = _bytes(ticket)
        if whole is None or len(ticket) > MAX_CHARS:
            return None
        data, mac = whole[:-_SEARCH_MAC_BYTES], whole[-_SEARCH_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(_SEARCH, data, _SEARCH_MAC_BYTES)):
            return None
        values = json.loads(data.decode("utf-8", "surrogatepass"))
        values.update({name: tuple(values[name]) for name in ("filters", "shown")})
        search = Search(**values)
        return search if _is_fresh(search.id, now) else None

    def _click_mac(self, head: bytes, document: str) -> bytes:
        name = document.encode("utf-8", "surrogatepass")
        return self._mac(_CLICK, head + name, _CLICK_MAC_BYTES)

    def _mac(self, purpose: bytes, data: bytes, size: int) -> bytes:
        return hmac.digest(self._key, purpose + b"\0" + data, hashlib.sha256)[:size]


def _head(click: Click) -> bytes:
    return click.search.to_bytes(8) + click.rank.to_bytes(2)


def _is_fresh(search_id: int, now: float) -> bool:
    return 0 <= now // 3600 - hour_of(search_id) <= _GOOD_HOURS


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes | None:
    try:
        return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (UnicodeEncodeError, binascii.Error):
        return None
