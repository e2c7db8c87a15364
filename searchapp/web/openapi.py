"""The description of the API in OpenAPI 3.1, made from the types that validate and answer."""

from __future__ import annotations

from typing import Any

import msgspec

from searchapp import __version__
from searchapp.config import Settings
from searchapp.contract.answers import Health, Problem, Ready
from searchapp.web.examples import example_of
from searchapp.web.operations import OPERATIONS, Operation
from searchapp.web.parameters import parameter_schemas
from searchapp.web.problem_types import DOCS_PATH, PROBLEM_TYPES, ProblemType

Json = dict[str, Any]

_ABOUT = """\
Tìm toàn văn tiếng Việt. Mọi thao tác đều đọc bằng GET và trả lời bằng JSON mã hóa UTF-8. Câu trả
lời luôn đủ mọi trường, trường không có giá trị là null. Vị trí đếm theo ký tự Unicode từ 0, không
gồm vị trí cuối. Lỗi là tài liệu problem+json (RFC 9457). `ETag` đổi theo chỉ mục: gửi lại trong
`If-None-Match` để nhận 304 khi chưa có gì đổi.

Full-text search for Vietnamese. Everything is read with GET and answered in UTF-8 JSON. Answers
never vary in shape: a field is always there, null when unknown. Offsets count Unicode code points
from 0, ends excluded. Errors are problem documents (RFC 9457). `ETag` changes with the index: send
it back in `If-None-Match` and get 304 while nothing has changed. HEAD and OPTIONS are answered,
too; parameters that are not named here are passed over.
"""
_FAULT = 500  # may happen to any operation
_UNAVAILABLE = 503
_TAGS: Json = {
    "api": "Tìm và đọc tài liệu. Search and read documents.",
    "state": "Tình trạng dịch vụ, cho bộ giám sát. The state of the service, for monitors.",
}
_HEADERS: Json = {
    "ETag": {
        "description": "Đổi theo chỉ mục; gửi lại trong If-None-Match.\n"
        "Changes with the index; send it back in If-None-Match.",
        "required": True,
        "schema": {"type": "string", "pattern": '^W/"[0-9a-f]+"$'},
        "example": 'W/"b1eefbc8a6567bea733bc32f"',
    },
    "X-Request-ID": {
        "description": "Mã đã gửi đến (chữ, số, . _ -, tối đa 64 ký tự), hoặc một mã mới;"
        " có trong nhật ký khi máy chủ gặp lỗi.\n"
        "The one that was sent (letters, digits, . _ -, at most 64), or a new one; it is in the log"
        " of faults, too.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
    },
    "Retry-After": {
        "description": "Số giây nên chờ rồi thử lại.\nSeconds to wait before another try.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
    },
}


def describe_api(settings: Settings) -> Json:
    """The OpenAPI document; limits that are settings are those of ``settings``."""
    types: list[type[msgspec.Struct]] = [operation.answer for operation in OPERATIONS]
    types += [Problem, Health, Ready]
    schemas, components = msgspec.json.schema_components(
        types, ref_template="#/components/schemas/{name}"
    )
    answers = {
        kind.__name__: _content(schema, components)
        for kind, schema in zip(types, schemas, strict=True)
    }
    for schema in components.values():
        schema.setdefault("additionalProperties", False)
    paths: Json = {
        operation.path: {"get": _operation(operation, answers, settings)}
        for operation in OPERATIONS
    }
    paths["/healthz"] = {"get": _machine("healthz", "Tiến trình còn trả lời", answers["Health"])}
    paths["/readyz"] = {
        "get": _machine("readyz", "Chỉ mục sẵn sàng", answers["Ready"], answers["Ready"])
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "searchapp",
            "summary": "Tìm toàn văn tiếng Việt. Full-text search for Vietnamese",
            "description": _ABOUT,
            "version": __version__,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "externalDocs": {"url": DOCS_PATH},
        "tags": [{"name": name, "description": about} for name, about in _TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": components,
            "headers": _HEADERS,
            "responses": {
                kind.response: _problem(kind, components) for kind in PROBLEM_TYPES if kind.response
            },
        },
    }


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
        ("analyze", "text"): {"maxLength": settings.analyze_max_chars},
    }
    return limits.get((operation.name, name), {})


def _operation(operation: Operation, answers: Json, settings: Settings) -> Json:
    return {
        "operationId": operation.name,
        "tags": ["api"],
        "summary": operation.title_vi,
        "description": f"{operation.about_vi}\n\n{operation.title}. {operation.about}",
        "parameters": parameters(operation, settings),
        "responses": {
            "200": {
                "description": f"{operation.title_vi}. {operation.title}.",
                "headers": _headers("ETag", "X-Request-ID"),
                "content": answers[operation.answer.__name__],
            },
            "304": {
                "description": "Không đổi kể từ câu trả lời có ETag đã gửi.\n"
                "Unchanged since the answer with the ETag that was sent.",
                "headers": _headers("ETag", "X-Request-ID"),
            },
            **{
                str(kind.status): {"$ref": f"#/components/responses/{kind.response}"}
                for kind in PROBLEM_TYPES
                if kind.status in (*operation.errors, _FAULT)
            },
        },
    }


def _problem(kind: ProblemType, components: Json) -> Json:
    schema = {"$ref": "#/components/schemas/Problem"}
    example = {
        **example_of(schema, components),
        "type": kind.uri,
        "title": kind.title,
        "status": kind.status,
        "detail": kind.example,
        "field": kind.example_field,
    }
    names = ("X-Request-ID", *(["Retry-After"] if kind.status == _UNAVAILABLE else []))
    return {
        "description": f"{kind.title_vi}. {kind.mend_vi}\n{kind.title}. {kind.mend}",
        "headers": _headers(*names),
        "content": {"application/problem+json": {"schema": schema, "example": example}},
    }


def _machine(name: str, title: str, up: Json, down: Json | None = None) -> Json:
    responses: Json = {
        "200": {"description": title, "headers": _headers("X-Request-ID"), "content": up}
    }
    if down is not None:
        responses["503"] = {
            "description": "Chưa sẵn sàng. Not now.",
            "headers": _headers("X-Request-ID"),
            "content": {"application/json": {"schema": down["application/json"]["schema"]}},
        }
    return {"operationId": name, "tags": ["state"], "summary": title, "responses": responses}


def _content(schema: Json, components: Json) -> Json:
    return {"application/json": {"schema": schema, "example": example_of(schema, components)}}


def _headers(*names: str) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
