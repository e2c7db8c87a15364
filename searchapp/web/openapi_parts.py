"""Pieces that every operation of the OpenAPI description has."""

from __future__ import annotations

from typing import Any

import msgspec

from searchapp.config import Settings
from searchapp.contract.schemas import parameter_schemas
from searchapp.web.examples import example_of
from searchapp.web.operations import Operation
from searchapp.web.problem_types import PROBLEM_TYPES

Json = dict[str, Any]

_FAULT = 500  # may happen to any operation


def parameters(operation: Operation, settings: Settings) -> list[Json]:
    """The parameters of an operation as OpenAPI describes them."""
    found: list[Json] = []
    if operation.example_id is not None:
        found.append(
            {
                "name": "id",
                "in": "path",
                "required": True,
                "description": "Mã tài liệu, mã hóa phần trăm; dấu gạch chéo để nguyên được.\n"
                "The document's id, percent-encoded; slashes may stay.",
                "schema": {"type": "string", "minLength": 1},
                "example": operation.example_id,
            }
        )
    required = {
        field.encode_name
        for field in msgspec.structs.fields(operation.parameters)
        if field.required
    }
    for name, about in parameter_schemas(operation.parameters).items():
        schema = {**about, **_limits(operation, name, settings)}
        parameter: Json = {
            "name": name,
            "in": "query",
            "required": name in required,
            "description": schema.pop("description", ""),
            "schema": schema,
        }
        if name in operation.example:
            example = operation.example[name]
            parameter["example"] = int(example) if schema.get("type") == "integer" else example
        found.append(parameter)
    return found


def _limits(operation: Operation, name: str, settings: Settings) -> Json:
    """What settings add to the schema of a parameter."""
    limits: dict[tuple[str, str], Json] = {
        ("search", "q"): {"maxLength": settings.query_max_chars},
        ("search", "page"): {"maximum": settings.result_window},
        ("search", "size"): {
            "maximum": settings.page_size_max,
            "default": settings.usual_page_size,
        },
        ("search", "facet_size"): {"maximum": settings.facet_size_max},
        ("suggest", "q"): {"maxLength": settings.query_max_chars},
        ("document", "q"): {"maxLength": settings.query_max_chars},
        ("document", "max_chars"): {
            "maximum": settings.document_max_chars,
            "default": settings.document_max_chars,
        },
        ("analyze", "text"): {"maxLength": settings.analyze_max_chars},
    }
    return limits.get((operation.name, name), {})


def problems_of(operation: Operation, more: tuple[int, ...] = ()) -> Json:
    """The problems that an operation may answer with, by status; ``more`` beside its own."""
    return {
        str(kind.status): {"$ref": f"#/components/responses/{kind.response}"}
        for kind in PROBLEM_TYPES
        if kind.response and kind.status in (*operation.errors, *more, _FAULT)
    }


def content(schema: Json, components: Json) -> Json:
    """JSON of a schema, with an example."""
    return {"application/json": {"schema": schema, "example": example_of(schema, components)}}


def headers(*names: str) -> Json:
    """Headers of an answer, by their names among the components."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
