"""The body of a request as bytes: of a kind that is taken, unpacked, and never too large."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Sequence
from typing import Any

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from searchapp.errors import InputError

JSON = "application/json"
JSON_LINES = ("application/x-ndjson", "application/jsonl")

_MB = 1_000_000
_SHOWN_CHARS = 60


class _NotTakenError(UnsupportedMediaType):
    """A 415 that says in a header what would be taken (RFC 9110, 15.5.16)."""

    def __init__(self, detail: str, header: str, taken: str) -> None:
        super().__init__(detail)
        self._header = (header, taken)

    def get_headers(self, *args: Any, **kwargs: Any) -> list[tuple[str, str]]:
        return [*super().get_headers(*args, **kwargs), self._header]


def read_body(media_types: Sequence[str], most_mb: int) -> bytes:
    """What was sent, unpacked; at most ``most_mb`` MB, packed or not.

    Raises UnsupportedMediaType, RequestEntityTooLarge, and InputError for damaged gzip data.
    """
    _check_kind(media_types)
    packed = _is_packed()
    most = most_mb * _MB
    if (request.content_length or 0) > most:
        raise _too_large(most_mb)
    data = request.stream.read(most + 1)
    if packed and len(data) <= most:
        data = _unpack(data, most)
    if len(data) > most:
        raise _too_large(most_mb)
    return data


def _check_kind(media_types: Sequence[str]) -> None:
    sent = request.mimetype
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if sent not in media_types or charset not in ("utf-8", "utf8", "us-ascii"):
        shown = (request.content_type or "")[:_SHOWN_CHARS]
        what = f"Content-Type is {shown!r}" if shown else "Content-Type is missing"
        taken = ", ".join(media_types)
        raise _NotTakenError(f"{what}; send one of {taken}, in UTF-8", "Accept", taken)


def _is_packed() -> bool:
    sent = request.headers.get("Content-Encoding", "identity").strip().lower()
    if sent in ("", "identity"):
        return False
    if sent in ("gzip", "x-gzip"):
        return True
    raise _NotTakenError(
        f"Content-Encoding is {sent[:_SHOWN_CHARS]!r}; send the body as it is, or as gzip",
        "Accept-Encoding",
        "gzip",
    )


def _unpack(data: bytes, most: int) -> bytes:
    """One byte more than ``most`` at most: then there is more."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            return file.read(most + 1)
    except (EOFError, zlib.error, OSError) as error:
        raise InputError(
            f"the gzip data of the body is cut off or damaged ({error}); pack it again"
        ) from error


def _too_large(most_mb: int) -> RequestEntityTooLarge:
    return RequestEntityTooLarge(
        f"the body is over {most_mb} MB, the most that one call may send (write_max_mb);"
        " send several"
    )
