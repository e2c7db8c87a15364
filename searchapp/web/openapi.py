"""The description of the API in OpenAPI 3.1, made from the types that validate and answer."""

from __future__ import annotations

from typing import Any

import msgspec

from searchapp import __version__
from searchapp.config import Settings
from searchapp.contract.answers import Health, Problem, Ready
from searchapp.web.operations import OPERATIONS, Operation
from searchapp.web.parameters import parameter_schemas
from searchapp.web.problem_types import problem_type

Json = dict[str, Any]

_JSON, _PROBLEM = "application/json", "application/problem+json"
_ABOUT = """\
Full-text search for Vietnamese. Everything is read with GET and answered in UTF-8 JSON.

Answers never vary in shape: a field is always there, null when unknown. Offsets count Unicode code
points from 0, ends excluded. Errors are problem documents (RFC 9457). Answers carry an `ETag` that
changes with the index: send it back in `If-None-Match` and get 304 while nothing has changed.
"""


def describe_api(settings: Settings) -> Json:
    """The OpenAPI document; limits that are settings are those of ``settings``."""
    types: list[type[msgspec.Struct]] = [operation.answer for operation in OPERATIONS]
    types += [Problem, Health, Ready]
    schemas, components = msgspec.json.schema_components(
        types, ref_template="#/components/schemas/{name}"
    )
    answers = {kind.__name__: schema for kind, schema in zip(types, schemas, strict=True)}
    for schema in components.values():
        schema.setdefault("additionalProperties", False)
    paths: Json = {
        operation.path: {"get": _operation(operation, answers, settings)}
        for operation in OPERATIONS
    }
    paths["/healthz"] = {
        "get": _machine("healthz", "The process answers", {"200": answers["Health"]})
    }
    paths["/readyz"] = {
        "get": _machine(
            "readyz",
            "An index is live and whole",
            {"200": answers["Ready"], "503": answers["Ready"]},
        )
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "searchapp",
            "summary": "Full-text search for Vietnamese",
            "description": _ABOUT,
            "version": __version__,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": components, "headers": _HEADERS},
    }


_HEADERS: Json = {
    "ETag": {
        "description": "Changes with the index; send it back in If-None-Match.",
        "schema": {"type": "string"},
    },
    "X-Request-ID": {
        "description": "The one that was sent, or a new one; it is in the log, too.",
        "schema": {"type": "string"},
    },
}


def _header(name: str) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"}}


def _operation(operation: Operation, answers: Json, settings: Settings) -> Json:
    responses: Json = {
        "200": {
            "description": operation.title,
            "headers": {**_header("ETag"), **_header("X-Request-ID")},
            "content": {_JSON: {"schema": answers[operation.answer.__name__]}},
        },
        "304": {"description": "Unchanged since the answer with the ETag that was sent"},
    }
    for status in (*operation.errors, 500):
        kind = problem_type(status)
        assert kind is not None
        responses[str(status)] = {
            "description": f"{kind.title}. {kind.mend}",
            "headers": _header("X-Request-ID"),
            "content": {_PROBLEM: {"schema": answers["Problem"]}},
        }
    return {
        "operationId": operation.name,
        "summary": operation.title,
        "description": f"{operation.title_vi}. {operation.about}",
        "parameters": parameters(operation, settings),
        "responses": dict(sorted(responses.items())),
    }


def parameters(operation: Operation, settings: Settings) -> list[Json]:
    """The parameters of an operation as OpenAPI describes them."""
    found: list[Json] = []
    if "{id}" in operation.path:
        found.append(
            {
                "name": "id",
                "in": "path",
                "required": True,
                "description": "The document's id, percent-encoded; slashes may stay.",
                "schema": {"type": "string", "minLength": 1},
                "example": operation.example_id,
            }
        )
    required = {
        field.encode_name
        for field in msgspec.structs.fields(operation.parameters)
        if field.required
    }
    for name, schema in parameter_schemas(operation.parameters).items():
        limited = {**schema, **_limits(operation, name, settings)}
        parameter: Json = {"name": name, "in": "query", "required": name in required}
        about = limited.pop("description", None)
        if about:
            parameter["description"] = about
        parameter["schema"] = limited
        if name in operation.example:
            parameter["example"] = _typed(operation.example[name], schema)
        found.append(parameter)
    return found


def _typed(value: str, schema: Json) -> str | int:
    return int(value) if schema.get("type") == "integer" else value


def _limits(operation: Operation, name: str, settings: Settings) -> Json:
    """What settings add to the schema of a parameter."""
    limits: dict[tuple[str, str], Json] = {
        ("search", "q"): {"maxLength": settings.query_max_chars},
        ("search", "size"): {
            "maximum": settings.page_size_max,
            "default": settings.usual_page_size,
        },
        ("search", "facet_size"): {"maximum": settings.facet_size_max},
        ("analyze", "text"): {"maxLength": settings.analyze_max_chars},
    }
    return limits.get((operation.name, name), {})


def _machine(name: str, title: str, answers: Json) -> Json:
    return {
        "operationId": name,
        "summary": title,
        "responses": {
            status: {
                "description": title if status == "200" else "Not now",
                "headers": _header("X-Request-ID"),
                "content": {_JSON: {"schema": schema}},
            }
            for status, schema in answers.items()
        },
    }
