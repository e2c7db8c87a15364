"""What both pages and API read from a request's query string, checked against the contract."""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec
from flask import request
from msgspec import Struct

from searchapp.errors import QueryError

_AT_FIELD = re.compile(r"`\$\.([^`.\[]+)")
_MISSING = re.compile(r"missing required field `([^`]+)`")
_NUMBER = re.compile(r"\s*(-?[0-9]{1,9})\s*")
_SHOWN_CHARS = 40

Parameters = TypeVar("Parameters", bound=Struct)


def read_parameters(kind: type[Parameters]) -> Parameters:
    """The parameters of this request. Raises QueryError for the first that is wrong."""
    schemas = parameter_schemas(kind)
    values: dict[str, Any] = {}
    for name, schema in schemas.items():
        given = request.args.getlist(name)
        if not given:
            continue
        values[name] = given if schema.get("type") == "array" else _number(given[0], schema)
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise _in_our_words(str(error), schemas) from None


def _in_our_words(text: str, schemas: dict[str, dict[str, Any]]) -> QueryError:
    missing = _MISSING.search(text)
    if missing:
        name = missing[1]
        return QueryError(f"{name} is missing; it should be {wanted(schemas[name])}", name)
    at = _AT_FIELD.search(text)
    if at is None:
        return QueryError(text)
    name, raw = at[1], request.args.get(at[1], "")
    return QueryError(
        f"{name} is {raw[:_SHOWN_CHARS]!r}, it should be {wanted(schemas[name])}", name
    )


def parameter_schemas(kind: type[Struct]) -> dict[str, dict[str, Any]]:
    """The JSON schema of each parameter by its name in the query string."""
    _, components = msgspec.json.schema_components([kind])
    properties: dict[str, dict[str, Any]] = components[kind.__name__].get("properties", {})
    return properties


def wanted(schema: dict[str, Any]) -> str:
    """What a parameter should be, for people."""
    if "enum" in schema:
        return " or ".join(str(value) for value in schema["enum"])
    if schema.get("type") == "integer":
        least, most = schema.get("minimum"), schema.get("maximum")
        if most is not None:
            return f"a whole number from {least} to {most}"
        return f"a whole number from {least} on"
    if schema.get("type") == "array":
        return "given once or several times, and not be empty"
    most = schema.get("maxLength")
    return "some text" if most is None else f"text of at most {most} characters"


def flag(name: str) -> bool:
    """A parameter that is 1 or 0. Raises QueryError if it is something else."""
    raw = request.args.get(name, "0").strip()
    if raw not in ("0", "1"):
        raise QueryError(f"{name} is {raw[:_SHOWN_CHARS]!r}, it should be 1 or 0", name)
    return raw == "1"


def whole_number(name: str, default: int) -> int:
    """A parameter that is a whole number. Raises QueryError if it is something else."""
    raw = request.args.get(name)
    if raw is None:
        return default
    found = _NUMBER.fullmatch(raw)
    if not found:
        raise QueryError(f"{name} is {raw[:_SHOWN_CHARS]!r}, it should be a whole number", name)
    return int(found[1])


def _number(raw: str, schema: dict[str, Any]) -> int | str:
    numeric = schema.get("type") == "integer" or all(
        isinstance(value, int) for value in schema.get("enum", [""])
    )
    found = _NUMBER.fullmatch(raw) if numeric else None
    return int(found[1]) if found else raw
