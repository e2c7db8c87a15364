"""Bytes to text, only where the encoding is certain: a byte order mark, a declaration, or UTF-8."""

from __future__ import annotations

import codecs

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class DecodingError(ValueError):
    """The bytes are in no encoding that we can be sure of."""


def decode(data: bytes, declared: str | None = None) -> str:
    """Decode by byte order mark, else as declared, else as UTF-8; line ends become ``\\n``.

    Raises DecodingError with a reason for a person.
    """
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), declared or "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise DecodingError(
            f"is not {error.encoding.upper()} (byte {error.start}); save it as UTF-8"
        ) from error
    except LookupError as error:
        raise DecodingError(f"declares an unknown encoding, {declared!r}") from error
    if "\x00" in text:
        raise DecodingError("looks like a binary file (it holds NUL characters)")
    return text.replace("\r\n", "\n").replace("\r", "\n")
