"""The search bar of a browser: an OpenSearch 1.1 description and its suggestions."""

from __future__ import annotations

import msgspec
from flask import Blueprint, Response, render_template, request, url_for

from searchapp.search.service import SearchService

_COMPLETIONS = 8


def make_blueprint(service: SearchService) -> Blueprint:
    """The routes that browsers ask."""
    blueprint = Blueprint("opensearch", __name__)

    @blueprint.get("/opensearch.xml")
    def description() -> Response:
        text = render_template("opensearch.xml", root=request.url_root.rstrip("/"))
        return Response(text, content_type="application/opensearchdescription+xml; charset=utf-8")

    @blueprint.get("/opensearch/suggest")
    def suggestions() -> Response:
        """The words typed, and parallel lists: completions, what they are, and where they lead."""
        query = request.args.get("q", "")
        found = service.suggest(query, _COMPLETIONS)
        answer = (
            query,
            [one.text for one in found],
            [f"{one.count} tài liệu" for one in found],
            [url_for("pages.search", q=one.text, _external=True) for one in found],
        )
        return Response(msgspec.json.encode(answer), content_type="application/x-suggestions+json")

    return blueprint
