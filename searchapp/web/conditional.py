"""Answers that a caller has already: entity tags tied to the generation of the index.

A generation never changes, so that its name, the settings, the address asked for and this version
decide an answer but for the time that it took; the tags are weak for that reason.
"""

from __future__ import annotations

import hashlib

from flask import Response, request

from searchapp import __version__
from searchapp.config import Settings

NOT_MODIFIED = 304


def settings_mark(settings: Settings) -> str:
    """What settings, and the user's own synonyms, change about answers; a short digest."""
    own = settings.synonyms_file
    synonyms = own.read_bytes() if own is not None and own.is_file() else b""
    return hashlib.sha256(repr(settings).encode() + synonyms).hexdigest()[:16]


def entity_tag(*basis: str) -> str:
    """The tag of the answer to this request, given what it is made from."""
    # The path and the query string apart: a document's id may hold a question mark. Some answers
    # name addresses, so the prefix that a proxy puts before them counts.
    asked = repr((__version__, basis, request.script_root, request.path, request.query_string))
    return hashlib.sha256(asked.encode("utf-8", "backslashreplace")).hexdigest()[:24]


def answered_before(tag: str) -> bool:
    """Whether the caller says that it has this very answer."""
    known = request.if_none_match
    return not known.star_tag and known.contains_weak(tag)


def mark(response: Response, tag: str) -> Response:
    """Say which answer it is, and that it may be kept but must be asked about before use."""
    if request.if_none_match.star_tag and response.status_code < 300:
        response = Response(status=NOT_MODIFIED)  # "unless there is any", and there is one
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "no-cache"
    return response
