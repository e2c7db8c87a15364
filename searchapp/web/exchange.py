"""What every exchange has beside its content: an id, compression, other origins, safe headers."""

from __future__ import annotations

import gzip
import re
import uuid

from flask import Flask, Response, g, request
from flask_cors import CORS

from searchapp.config import Settings

REQUEST_ID = "X-Request-ID"

# Everything a page needs comes from this host; nothing runs that does not lie in a file of ours.
_SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self';"
        " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
_GOOD_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_COMPRESSED_TYPES = re.compile(r"text/|application/(?:[\w.-]+\+)?(?:json|xml)|image/svg\+xml")
_LEAST_BYTES = 500  # below, headers cost what compression saves
_GZIP_LEVEL = 5  # within 2% of level 9 on answers, in half its time


def register(app: Flask, settings: Settings) -> None:
    """Have every exchange go through here."""
    app.before_request(_take_id)
    # The last one registered is called first: an answer is compressed when all else is done.
    app.after_request(_compress)
    app.after_request(_add_headers)
    origins = [origin.strip() for origin in settings.cors_origins.split(",") if origin.strip()]
    if origins:
        CORS(
            app,
            resources={r"/api/.*": {}},
            origins="*" if "*" in origins else origins,
            methods=["GET", "HEAD", "OPTIONS"],
            expose_headers=["ETag", REQUEST_ID],
            max_age=3600,
        )


def request_id() -> str:
    """The id of this request: the caller's, if it sent one, or our own."""
    found: str = g.request_id
    return found


def _take_id() -> None:
    sent = request.headers.get(REQUEST_ID, "")
    g.request_id = sent if _GOOD_ID.fullmatch(sent) else uuid.uuid4().hex


def _add_headers(response: Response) -> Response:
    response.headers[REQUEST_ID] = request_id()
    for name, value in _SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _compress(response: Response) -> Response:
    if not _COMPRESSED_TYPES.match(response.content_type or ""):
        return response
    response.vary.add("Accept-Encoding")
    if (
        not request.accept_encodings["gzip"]
        or response.status_code in (204, 206, 304)
        or "Content-Encoding" in response.headers
        or request.method == "HEAD"
        or (response.content_length or _LEAST_BYTES) < _LEAST_BYTES
    ):
        return response
    response.direct_passthrough = False
    response.set_data(gzip.compress(response.get_data(), _GZIP_LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    etag, _ = response.get_etag()
    if etag is not None:  # the bytes are others now, the meaning is not
        response.set_etag(etag, weak=True)
    return response
