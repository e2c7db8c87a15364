"""What the head of a message says, and its text, in whatever encodings they came."""

from __future__ import annotations

import binascii
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from searchapp.ingest.decoding import DecodingError, decode

_MOST_CHARS = 20_000  # of a field: the standard library's parsing takes the square of its length
_MOST_AUTHORS = 10
_ASSUMED = frozenset(("us-ascii", "ascii", "iso-8859-1", "latin-1", "windows-1252", "cp1252"))
"""What programs write that don't know what they send: UTF-8 is believed before it."""


def decoded(message: Message | str, name: str = "") -> str:
    """A field of the head, or a text like one, its encoded words (RFC 2047) decoded, in one line.

    Empty if it is not there.
    """
    raw = message if isinstance(message, str) else _raw(message, name)
    parts: list[str] = []
    try:
        words = decode_header(" ".join(_bytes_as_text(raw).split()))
    except (HeaderParseError, binascii.Error, ValueError):
        words = [(_bytes_as_text(raw), None)]
    for word, charset in words:
        if isinstance(word, str):
            parts.append(word)
        elif charset is None:  # what stands between encoded words comes in Python's own escapes
            parts.append(word.decode("raw-unicode-escape", "replace"))
        else:
            parts.append(to_text(word, charset))
    return " ".join("".join(parts).split())


def addresses(message: Message, name: str) -> str:
    """The names in a field of addresses, else the addresses."""
    found = getaddresses([_bytes_as_text(_raw(message, name))])[:_MOST_AUTHORS]
    return ", ".join(filter(None, (decoded(shown) or address for shown, address in found)))


def iso_date(text: str) -> str | None:
    """A date of the head (RFC 5322) as ISO 8601; None for anything else."""
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def decoded_text(part: Message) -> str:
    """The text of a part, decoded as it says, or as it must be meant."""
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return to_text(payload, part.get_content_charset()).replace("\r\n", "\n")


def to_text(data: bytes, charset: str | None) -> str:
    """Bytes to text: what can't be decoded is replaced, for the rest of a message is worth it."""
    if charset is None or charset.lower() in _ASSUMED:
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            pass
    for declared in (charset, None):
        try:
            return decode(data, declared)
        except DecodingError:
            continue
    return data.decode("utf-8" if charset is None else "latin-1", "replace").replace("\x00", "")


def _raw(message: Message, name: str) -> str:
    return next((str(value) for key, value in message.raw_items() if key.lower() == name), "")[
        :_MOST_CHARS
    ]


def _bytes_as_text(raw: str) -> str:
    """Bytes over 127 come as surrogates; they ought not to be there, and are mostly UTF-8."""
    if raw.isascii():
        return raw
    return to_text(raw.encode("utf-8", "surrogateescape"), None)
