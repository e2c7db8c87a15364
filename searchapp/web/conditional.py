"""Answers that a caller has already: entity tags tied to the generation of the index.

A generation never changes, so its name, the address asked for and this version decide an answer
but for the time that it took; the tags are weak for that reason.
"""

from __future__ import annotations

import hashlib

from flask import Response, request

from searchapp import __version__


def entity_tag(generation: str) -> str:
    """The tag of the answer to this request over a generation."""
    asked = f"{__version__}\n{generation}\n{request.full_path}"
    return hashlib.sha256(asked.encode("utf-8", "replace")).hexdigest()[:24]


def answered_before(tag: str) -> bool:
    """Whether the caller says that it has the answer."""
    return request.if_none_match.contains_weak(tag)


def mark(response: Response, tag: str) -> Response:
    """Say which answer it is, and that it may be kept but must be asked about before use."""
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "no-cache"
    return response
