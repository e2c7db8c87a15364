"""Bytes to text, only where the encoding is certain.

That is: a byte order mark, a declaration, UTF-8, or Vietnamese in an encoding from before Unicode
that can be no other (`legacy.py`).
"""

from __future__ import annotations

import codecs

from searchapp.ingest import legacy
from searchapp.ingest.base import UnreadableError

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


# Names that web pages declare and Python doesn't know.
_DECLARED = {
    **dict.fromkeys(("viscii", "csviscii", "x-viscii"), legacy.VISCII),
    **dict.fromkeys(("tcvn", "tcvn3", "tcvn-5712", "x-viet-tcvn5712"), legacy.TCVN3),
    **dict.fromkeys(("vni", "x-viet-vni"), legacy.VNI),
}
_NO_ENCODING = frozenset(("x-user-defined",))  # "the font knows", as pages in .VnTime had it


class DecodingError(UnreadableError):
    """The bytes are in no encoding that we can be sure of."""


def decode(data: bytes, declared: str | None = None) -> str:
    """The text that `decode_noted` gives, alone."""
    return decode_noted(data, declared)[0]


def decode_noted(data: bytes, declared: str | None = None) -> tuple[str, list[str]]:
    """Decode by byte order mark, else as declared, else as UTF-8, else as what it must be.

    Line ends become ``\\n``. Also gives notes for a person: what had to be guessed. Raises
    DecodingError with a reason for a person.
    """
    text, notes = _decode(data, declared)
    if "\x00" in text:
        raise DecodingError("looks like a binary file (it holds NUL characters)")
    return text.replace("\r\n", "\n").replace("\r", "\n"), notes


def marked_encoding(data: bytes) -> str | None:
    """The encoding that a byte order mark at the beginning tells."""
    return next((name for mark, name in _MARKS if data.startswith(mark)), None)


def _decode(data: bytes, declared: str | None) -> tuple[str, list[str]]:
    if declared is not None and declared.lower() in _NO_ENCODING:
        declared = None
    marked = marked_encoding(data)
    if marked is None and declared is not None and declared.lower() in _DECLARED:
        return _DECLARED[declared.lower()].convert(data.decode("latin-1")), []
    try:
        return data.decode(marked or declared or "utf-8"), []
    except UnicodeDecodeError as error:
        reason = f"is not {error.encoding.upper()} (byte {error.start})"
        if marked is not None or declared is not None or b"\x00" in data:
            raise DecodingError(f"{reason}; save it as UTF-8") from error
        return _decode_legacy(data, reason)
    except (LookupError, UnicodeError) as error:  # "undefined" is a codec that always fails
        raise DecodingError(f"declares an unknown encoding, {declared!r}") from error


def _decode_legacy(data: bytes, reason: str) -> tuple[str, list[str]]:
    finding = legacy.recognise_bytes(data)
    if finding is None:
        raise DecodingError(f"{reason}; save it as UTF-8")
    if not finding.certain:
        raise DecodingError(f"{reason} and {finding.suspicion}; convert it to UTF-8")
    return finding.encoding.convert(data.decode("latin-1")), [finding.note]
