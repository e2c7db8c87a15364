"""The application factory."""

from __future__ import annotations

from flask import Flask, Response
from flask.json.provider import DefaultJSONProvider
from werkzeug.routing import BaseConverter

from searchapp.config import Settings
from searchapp.search.service import SearchService
from searchapp.web import api, pages, problems

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


class _AnyPath(BaseConverter):
    """A document's id in a URL: any characters, slashes and line breaks among them."""

    regex = "(?s:.+)"
    part_isolating = False
    weight = 300  # after every other route


class _Json(DefaultJSONProvider):
    ensure_ascii = False
    sort_keys = False


def create_app(settings: Settings | None = None) -> Flask:
    """A WSGI application over the live index of ``settings`` (default: from the environment)."""
    settings = Settings.load() if settings is None else settings
    app = Flask(__name__)
    app.json = _Json(app)
    app.url_map.converters["anything"] = _AnyPath
    app.url_map.merge_slashes = False  # a document's id may hold any of them
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    service = SearchService(settings)
    app.extensions["searchapp"] = service
    app.register_blueprint(api.make_blueprint(service))
    app.register_blueprint(pages.make_blueprint(service))
    problems.register(app)
    app.after_request(_secure)
    return app


def _secure(response: Response) -> Response:
    for name, value in _SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    return response
