"""The routes for programs: the operations of the API, and the health of the service."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import msgspec
from flask import Blueprint, Response, render_template, request

from searchapp.contract.answers import Health, Ready, SearchAnswer
from searchapp.contract.requests import NoParameters
from searchapp.errors import SearchappError
from searchapp.search.service import SearchService
from searchapp.web.conditional import (
    NOT_MODIFIED,
    answered_before,
    entity_tag,
    mark,
    settings_mark,
)
from searchapp.web.openapi import describe_api
from searchapp.web.operations import OPERATIONS, PREFIX, Operation
from searchapp.web.parameters import read_parameters
from searchapp.web.problem_types import DOCS_PATH, PROBLEM_TYPES
from searchapp.web.tokens import check_token
from searchapp.web.writing import WRITES

JSON = "application/json"


def make_blueprint(service: SearchService) -> Blueprint:
    """The routes of `OPERATIONS`, their description, and the health of the service."""
    blueprint = Blueprint("api", __name__)
    basis = settings_mark(service.settings)
    for operation in (*OPERATIONS, *WRITES):
        rule = operation.path.replace("{id}", "<anything:document_id>")
        reads = operation.method == "GET"
        view = _view(service, operation, basis) if reads else _write_view(service, operation)
        blueprint.add_url_rule(rule, operation.name, view, methods=[operation.method])
    description = describe_api(service.settings)
    encoded = msgspec.json.encode(description)

    @blueprint.get(f"{PREFIX}/openapi.json")
    def openapi() -> Response:
        tag = entity_tag(basis)
        if answered_before(tag):
            return mark(Response(status=NOT_MODIFIED), tag)
        if not request.script_root:
            return mark(_json(encoded), tag)
        below = {**description, "servers": [{"url": request.script_root}]}
        return mark(_json(msgspec.json.encode(below)), tag)

    @blueprint.get(DOCS_PATH)
    def docs() -> str:
        return render_template(
            "docs.html",
            api=description,
            operations=OPERATIONS,
            writes=WRITES,
            problems=PROBLEM_TYPES,
            settings=service.settings,
        )

    @blueprint.get("/healthz")
    def healthz() -> Response:
        """The process answers; says nothing of the index."""
        return _json(msgspec.json.encode(Health(status="ok")))

    @blueprint.get("/readyz")
    def readyz() -> Response:
        """An index is live and whole: requests can be answered."""
        try:
            generation, is_complete = service.readiness()
        except SearchappError as error:
            down = Ready(status="unavailable", generation=None, documents=None, detail=str(error))
            return _json(msgspec.json.encode(down), error.http_status)
        ready = Ready(
            status="ready" if is_complete else "partial",
            generation=generation.name,
            documents=generation.manifest.document_count,
            detail=None if is_complete else "a part of the index does not answer",
        )
        return _json(msgspec.json.encode(ready))

    return blueprint


def _view(service: SearchService, operation: Operation, basis: str) -> Callable[..., Response]:
    def view(document_id: str = "") -> Response:
        asks = read_parameters(operation.parameters)
        tag = entity_tag(basis, service.generation().name)
        if answered_before(tag):
            return mark(Response(status=NOT_MODIFIED), tag)
        answer = operation.call(service, asks, document_id)
        response = _json(msgspec.json.encode(answer))
        if isinstance(answer, SearchAnswer) and answer.partial:
            response.headers["Cache-Control"] = "no-store"  # the next one may be whole
            return response
        return mark(response, tag)

    return view


def _write_view(service: SearchService, operation: Operation) -> Callable[..., Response]:
    def view(document_id: str = "") -> Response:
        check_token(service.settings)
        answer = operation.call(service, NoParameters(), document_id)
        response = _json(msgspec.json.encode(answer))
        if operation.method == "PUT" and answer.results[0].result == "created":
            response.status_code = HTTPStatus.CREATED
        response.headers["Cache-Control"] = "no-store"
        return response

    return view


def _json(body: bytes, status: int = 200) -> Response:
    return Response(body, status, content_type=JSON)
