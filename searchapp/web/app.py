"""The application factory."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import BaseConverter

from searchapp.config import Settings
from searchapp.search.service import SearchService
from searchapp.web import (
    api,
    crawlers,
    docs_page,
    exchange,
    languages,
    opensearch,
    operator_page,
    pages,
    problems,
    static_files,
    usage,
)


class _AnyPath(BaseConverter):
    """A document's id in a URL: any characters, slashes and line breaks among them."""

    regex = "(?s:.+)"
    part_isolating = False
    weight = 300  # after every other route


def create_app(settings: Settings | None = None) -> Flask:
    """A WSGI application over the live index of ``settings`` (default: from the environment)."""
    settings = Settings.load() if settings is None else settings
    app = Flask(__name__, static_folder=None)
    app.url_map.converters["anything"] = _AnyPath
    app.url_map.merge_slashes = False  # a document's id may hold any of them
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    service = SearchService(settings)
    app.extensions["searchapp"] = service
    recording = usage.Usage(service)
    app.register_blueprint(api.make_blueprint(service, recording))
    app.register_blueprint(opensearch.make_blueprint(service))
    app.register_blueprint(pages.make_blueprint(service, recording))
    usage.register(app, recording)
    operator_page.register(app, service)
    crawlers.register(app)
    languages.register(app, settings)
    docs_page.register(app)
    problems.register(app)
    exchange.register(app, settings)
    static_files.register(app)
    return app
