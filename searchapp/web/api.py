"""The JSON endpoint, and what machines ask to know whether the service lives."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from searchapp.errors import SearchappError
from searchapp.search.answers import answer_json
from searchapp.search.service import SearchService
from searchapp.web.parameters import flag, whole_number

API_PREFIX = "/api/"


def make_blueprint(service: SearchService) -> Blueprint:
    """The routes for programs."""
    blueprint = Blueprint("api", __name__)

    @blueprint.get("/api/v1/search")
    def search() -> Response:
        answer = service.search(
            request.args.get("q", ""),
            whole_number("page", 1),
            whole_number("size", service.settings.usual_page_size),
            verbatim=flag("verbatim"),
            explain=flag("explain"),
        )
        return jsonify(answer_json(answer, explain=flag("explain")))

    @blueprint.get("/healthz")
    def healthz() -> Response:
        """The process answers; says nothing of the index."""
        return jsonify({"status": "ok"})

    @blueprint.get("/readyz")
    def readyz() -> tuple[Response, int]:
        """An index is live and whole: requests can be answered."""
        try:
            generation = service.generation()
        except SearchappError as error:
            return jsonify({"status": "unavailable", "detail": str(error)}), error.http_status
        count = generation.manifest.document_count
        return jsonify({"status": "ready", "generation": generation.name, "documents": count}), 200

    return blueprint
