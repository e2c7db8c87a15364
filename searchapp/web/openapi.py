"""The description of the API in OpenAPI 3.1, made from the types that validate and answer."""

from __future__ import annotations

import msgspec

from searchapp import __version__
from searchapp.config import Settings
from searchapp.contract.answers import Health, Problem, Ready, WriteAnswer
from searchapp.contract.writing import Ids, Record, RecordAtId, Records
from searchapp.tokens import Scope
from searchapp.web.examples import example_of
from searchapp.web.openapi_parts import Json, content, headers, parameters, problems_of
from searchapp.web.openapi_writing import SECURITY, limit_bodies, security, write_operation
from searchapp.web.operations import OPERATIONS, Operation
from searchapp.web.problem_types import DOCS_PATH, PROBLEM_TYPES, ProblemType
from searchapp.web.writing import WRITES

_ABOUT = """\
Tìm toàn văn tiếng Việt. Đọc bằng GET; ghi bằng POST, PUT và DELETE. Ghi cần mã truy cập có quyền
`write`; đọc chỉ cần mã có quyền `read` khi dịch vụ đặt như vậy (`security` của từng lời gọi). Mọi
câu trả lời là JSON mã hóa UTF-8, luôn đủ mọi trường, trường không có giá trị là null. Vị trí đếm
theo ký tự Unicode từ 0, không gồm vị trí cuối. Lỗi là tài liệu problem+json (RFC 9457). `ETag` đổi
theo chỉ mục: gửi lại trong `If-None-Match` để nhận 304 khi chưa có gì đổi.

Full-text search for Vietnamese. Reading is GET; POST, PUT and DELETE write. Writing takes a token
of the scope `write`; reading takes one of the scope `read` only where the service is set up so:
`security` of each call says it. Everything is answered in UTF-8 JSON. Answers never vary in shape:
a field is always there, null when unknown. Offsets count Unicode code points from 0, ends excluded.
Errors are problem documents (RFC 9457). `ETag` changes with the index: send it back in
`If-None-Match` and get 304 while nothing has changed. HEAD and OPTIONS are answered, too;
parameters that are not named here are passed over.
"""
_NO_ACCESS = (401, 403)
_TAGS: Json = {
    "api": "Tìm và đọc tài liệu. Search and read documents.",
    "writing": "Thêm, thay và xóa tài liệu. Create, replace and delete documents.",
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
        " các dòng nhật ký của yêu cầu có mã này.\n"
        "The one that was sent (letters, digits, . _ -, at most 64), or a new one; each line of the"
        " log about the request has it.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
    },
    "Retry-After": {
        "description": "Số giây nên chờ rồi thử lại.\nSeconds to wait before another try.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
    },
    "WWW-Authenticate": {
        "description": "Cách xác thực (RFC 6750).\nHow to prove who you are (RFC 6750).",
        "required": True,
        "schema": {"type": "string", "pattern": "^Bearer "},
        "example": 'Bearer realm="searchapp"',
    },
}


def describe_api(settings: Settings) -> Json:
    """The OpenAPI document; limits that are settings are those of ``settings``."""
    types: list[type[msgspec.Struct]] = [operation.answer for operation in OPERATIONS]
    types += [WriteAnswer, Problem, Health, Ready, Records, Record, RecordAtId, Ids]
    schemas, components = msgspec.json.schema_components(
        types, ref_template="#/components/schemas/{name}"
    )
    answers = {
        kind.__name__: content(schema, components)
        for kind, schema in zip(types, schemas, strict=True)
    }
    for schema in components.values():
        schema.setdefault("additionalProperties", False)
    limit_bodies(components, settings)
    paths: Json = {}
    for operation in OPERATIONS:
        paths[operation.path] = {"get": _operation(operation, answers, settings)}
    for operation in WRITES:
        item = paths.setdefault(operation.path, {})
        item[operation.method.lower()] = write_operation(operation, answers, components, settings)
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
            "securitySchemes": SECURITY,
            "responses": {
                kind.response: _problem(kind, components) for kind in PROBLEM_TYPES if kind.response
            },
        },
    }


def _operation(operation: Operation, answers: Json, settings: Settings) -> Json:
    is_closed = settings.read_access == "token"
    return {
        "operationId": operation.name,
        "tags": ["api"],
        "summary": operation.title_vi,
        "description": f"{operation.about_vi}\n\n{operation.title}. {operation.about}",
        "parameters": parameters(operation, settings),
        "security": security(Scope.READ, "token", "password") if is_closed else [],
        "responses": {
            "200": {
                "description": f"{operation.title_vi}. {operation.title}.",
                "headers": headers("ETag", "X-Request-ID"),
                "content": answers[operation.answer.__name__],
            },
            "304": {
                "description": "Không đổi kể từ câu trả lời có ETag đã gửi.\n"
                "Unchanged since the answer with the ETag that was sent.",
                "headers": headers("ETag", "X-Request-ID"),
            },
            **problems_of(operation, _NO_ACCESS if is_closed else ()),
        },
    }


def _problem(kind: ProblemType, components: Json) -> Json:
    schema = {"$ref": "#/components/schemas/Problem"}
    fault = {"$ref": "#/components/schemas/DocumentFault"}
    example = {
        **example_of(schema, components),
        "type": kind.uri,
        "title": kind.title,
        "status": kind.status,
        "detail": kind.example,
        "field": kind.example_field,
        "errors": [example_of(fault, components)] if kind.example_errors else [],
    }
    return {
        "description": f"{kind.title_vi}. {kind.mend_vi}\n{kind.title}. {kind.mend}",
        "headers": headers("X-Request-ID", *kind.headers),
        "content": {"application/problem+json": {"schema": schema, "example": example}},
    }


def _machine(name: str, title: str, up: Json, down: Json | None = None) -> Json:
    responses: Json = {
        "200": {"description": title, "headers": headers("X-Request-ID"), "content": up}
    }
    if down is not None:
        responses["503"] = {
            "description": "Chưa sẵn sàng. Not now.",
            "headers": headers("X-Request-ID"),
            "content": {"application/json": {"schema": down["application/json"]["schema"]}},
        }
    return {
        "operationId": name,
        "tags": ["state"],
        "summary": title,
        "security": [],
        "responses": responses,
    }
