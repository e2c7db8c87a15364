"""What OpenAPI says of the operations that change the index."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from searchapp.config import Settings
from searchapp.tokens import Scope
from searchapp.web.bodies import JSON, JSON_LINES
from searchapp.web.examples import example_of
from searchapp.web.openapi_parts import Json, headers, parameters, problems_of
from searchapp.web.operations import Body, Operation

SECURITY: Json = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "Mã do `searchapp tokens create` tạo, hoặc mã trong SEARCHAPP_WRITE_TOKEN.\n"
        "One that `searchapp tokens create` made, or the secret in SEARCHAPP_WRITE_TOKEN.",
    },
    "password": {
        "type": "http",
        "scheme": "basic",
        "description": "Cho trình duyệt, chỉ để đọc: mã là mật khẩu, tên người dùng ghi gì cũng"
        " được.\nFor browsers, to read only: the token is the password, with any user name.",
    },
}
_SHAPES = {
    "Records": "Nhiều tài liệu. Several documents.",
    "list": "Một danh sách. A list of them.",
    "Record": "Một tài liệu. One document.",
    "RecordAtId": "Một tài liệu. One document.",
    "Ids": "Các mã. The ids.",
}


def write_operation(
    operation: Operation, answers: Json, components: Json, settings: Settings
) -> Json:
    """One operation that writes: who may, what is sent, what comes back."""
    done = {
        "description": f"{operation.title_vi}. {operation.title}.",
        "headers": headers("X-Request-ID"),
        "content": answers[operation.answer.__name__],
    }
    created = {**done, "description": "Tài liệu mới.\nThe document is new."}
    described = {
        "operationId": operation.name,
        "tags": ["writing"],
        "summary": operation.title_vi,
        "description": f"{operation.about_vi}\n\n{operation.title}. {operation.about}",
        "security": security(Scope.WRITE, "token"),
        "parameters": parameters(operation, settings),
        "responses": {
            "200": done,
            **({"201": created} if operation.method == "PUT" else {}),
            **problems_of(operation),
        },
    }
    if operation.body is not None:
        described["requestBody"] = _body(operation.body, components)
    return described


def security(scope: Scope, *schemes: str) -> list[Json]:
    """The ways to prove a scope, any of which will do."""
    return [{scheme: [scope.value]} for scheme in schemes]


def limit_bodies(components: Json, settings: Settings) -> None:
    """Put what settings allow into the schemas of bodies."""
    for name, field in (("Records", "documents"), ("Ids", "ids")):
        components[name]["properties"][field]["maxItems"] = settings.write_max_documents


def body_example(body: Body, components: Json) -> object:
    """The first of the examples of a body."""
    return example_of(_schema(body.shapes[0], components), components)


def _body(body: Body, components: Json) -> Json:
    shapes = [(_name(shape), _schema(shape, components)) for shape in body.shapes]
    schemas = [schema for _, schema in shapes]
    content: Json = {
        JSON: {
            "schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas},
            "examples": {
                name: {"summary": _SHAPES[name], "value": example_of(schema, components)}
                for name, schema in shapes
            },
        }
    }
    if body.lines is not None:
        line = msgspec.json.encode(example_of(_schema(body.lines, components), components))
        for media_type in JSON_LINES:
            content[media_type] = {
                "schema": {
                    "type": "string",
                    "description": f"Mỗi dòng một {body.lines.__name__}."
                    f"\nA {body.lines.__name__} a line.",
                },
                "example": line.decode() + "\n",
            }
    return {"required": True, "content": content}


def _name(shape: type[Struct] | list[type[Struct]]) -> str:
    return "list" if isinstance(shape, list) else shape.__name__


def _schema(shape: type[Struct] | list[type[Struct]], components: Json) -> Json:
    if isinstance(shape, list):
        items = _schema(shape[0], components)
        return {"type": "array", "items": items, **_bounds(components)}
    return {"$ref": f"#/components/schemas/{shape.__name__}"}


def _bounds(components: Json) -> Json:
    """How many documents a list may have: as many as that of `Records`."""
    documents = components["Records"]["properties"]["documents"]
    return {name: documents[name] for name in ("minItems", "maxItems")}
