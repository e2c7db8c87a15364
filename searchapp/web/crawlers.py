"""What search engines and browsers ask for by themselves."""

from __future__ import annotations

from flask import Flask, Response, redirect, url_for
from werkzeug.wrappers import Response as Redirect

from searchapp.web.access import open_to_all

# Documents are worth finding elsewhere; results are pages without end, and answers are no pages.
_ROBOTS = """\
User-agent: *
Disallow: /search
Disallow: /api/
Disallow: /opensearch
Disallow: /healthz
Disallow: /readyz
Disallow: /operator
Disallow: /usage/
"""


def register(app: Flask) -> None:
    """Add ``/robots.txt`` and ``/favicon.ico``."""

    @app.get("/robots.txt")
    @open_to_all
    def robots() -> Response:
        return Response(_ROBOTS, content_type="text/plain; charset=utf-8")

    @app.get("/favicon.ico")
    @open_to_all
    def favicon() -> Redirect:
        return redirect(url_for("static", filename="icon.png"))
