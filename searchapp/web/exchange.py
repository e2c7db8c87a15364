"""What every exchange has beside its content: an id, compression, other origins, safe headers."""

from __future__ import annotations

import uuid

from flask import Flask, Response, abort, g, request
from flask_compress import Compress
from flask_cors import CORS

from searchapp import observation
from searchapp.config import Settings
from searchapp.web.observing import REQUEST_ID

# Everything a page needs comes from this host; nothing runs that does not lie in a file of ours.
_SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self';"
        " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_READING = ["GET", "HEAD", "OPTIONS"]
LONGEST_ADDRESS = 131_072  # bytes: 10,000 characters of four bytes, percent-encoded, fit in
_COMPRESSION = {
    # Every caller reads gzip, and packing needs 256 KB; Zstandard and Brotli want megabytes each
    # time, of a worker that is to stay small.
    "COMPRESS_ALGORITHM": ["gzip"],
    "COMPRESS_STREAMS": False,  # it leaves the file open; see static_files.py
    "COMPRESS_LEVEL": 5,  # within 2% of level 9 on answers, in half its time
    "COMPRESS_MIN_SIZE": 500,  # bytes; below, headers cost what compression saves
    "COMPRESS_MIMETYPES": [
        "text/html",
        "text/css",
        "text/javascript",
        "image/svg+xml",
        "application/json",
        "application/x-suggestions+json",
        "application/opensearchdescription+xml",
    ],
}


def register(app: Flask, settings: Settings) -> None:
    """Have every exchange go through here."""
    app.before_request(_take_id)
    app.before_request(_refuse_endless_addresses)
    # The first one registered is called last: an answer is compressed when all else is done.
    app.config.update(_COMPRESSION)
    Compress(app)
    app.after_request(_add_headers)
    origins = [origin.strip() for origin in settings.cors_origins.split(",") if origin.strip()]
    writing = [] if settings.write_token is None else ["POST", "PUT", "DELETE"]
    if origins:
        CORS(
            app,
            resources={
                r"/api/.*": {},
                r"/api/v1/documents(?:/.*)?$": {"methods": [*_READING, *writing]},
            },
            origins="*" if "*" in origins else origins,
            send_wildcard=True,
            methods=_READING,
            expose_headers=["ETag", REQUEST_ID, "Retry-After", "WWW-Authenticate"],
            max_age=3600,
        )


def request_id() -> str:
    """The id of this request: the caller's, if it sent a good one, or our own."""
    found: str = g.request_id
    return found


def _take_id() -> None:
    g.request_id = observation.request_id() or uuid.uuid4().hex


def _refuse_endless_addresses() -> None:
    if len(request.environ.get("PATH_INFO", "")) + len(request.query_string) > LONGEST_ADDRESS:
        abort(414)


def _add_headers(response: Response) -> Response:
    response.headers[REQUEST_ID] = request_id()
    for name, value in _SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    return response
