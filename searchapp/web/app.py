"""The application factory."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import BaseConverter

from searchapp.config import Settings
from searchapp.search.service import SearchService
from searchapp.setting_forms import proxies
from searchapp.web import (
    access,
    api,
    crawlers,
    docs_page,
    exchange,
    hosts,
    languages,
    observing,
    opensearch,
    operator_page,
    pages,
    problems,
    refusals,
    static_files,
    usage,
)
from searchapp.web.admission import ADMISSION, Admission
from searchapp.web.proxies import ForwardedHeaders


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
    refusals.register(app)
    hosts.register(app, settings)
    access.register(app, settings)
    static_files.register(app)
    # From the inside out: who gets in, who asks, what is seen of it.
    admission = Admission(app.wsgi_app, settings)
    app.extensions[ADMISSION] = admission
    app.wsgi_app = admission  # type: ignore[method-assign]
    trusted = proxies(settings.trusted_proxies)
    app.wsgi_app = ForwardedHeaders(app.wsgi_app, trusted)  # type: ignore[method-assign]
    observing.register(app, settings)
    return app
