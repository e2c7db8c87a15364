"""What pages and API read from a request's query string, checked against the contract."""

from __future__ import annotations

import functools
import re
from typing import Any, TypeVar

import msgspec
from flask import request
from msgspec import Struct
from werkzeug.datastructures import MultiDict

from searchapp.contract.schemas import given_type, parameter_schemas, wanted
from searchapp.errors import QueryError

_NUMBER = re.compile(r"-?[0-9]{1,18}")
_SHOWN_CHARS = 40

Parameters = TypeVar("Parameters", bound=Struct)


def read_parameters(kind: type[Parameters], args: MultiDict[str, str] | None = None) -> Parameters:
    """The parameters of this request, or those given as ``args``.

    Raises QueryError that names every wrong one at once.
    """
    args = request.args if args is None else args
    schemas = parameter_schemas(kind)
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for field in _fields(kind):
        name, schema = field.encode_name, schemas[field.encode_name]
        given = args.getlist(name)
        many = schema.get("type") == "array"
        if not given:
            if field.required:
                wrong[name] = f"{name} is missing; it should be {wanted(schema)}"
        elif len(given) > 1 and not many:
            wrong[name] = f"{name} is given {len(given)} times, it should be given once"
        else:
            value = given if many else _number(given[0], schema)
            try:
                values[field.name] = msgspec.convert(value, given_type(field.type))
            except msgspec.ValidationError:
                shown = next((one for one in given if not one), given[0])[:_SHOWN_CHARS]
                wrong[name] = f"{name} is {shown!r}, it should be {wanted(schema)}"
    if wrong:
        raise QueryError("; ".join(wrong.values()), next(iter(wrong)))
    return kind(**values)


@functools.cache
def _fields(kind: type[Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(kind)  # evaluates annotations anew each time


def _number(raw: str, schema: dict[str, Any]) -> int | str:
    numeric = schema.get("type") == "integer" or all(
        isinstance(value, int) for value in schema.get("enum", [""])
    )
    found = _NUMBER.fullmatch(raw) if numeric else None
    return int(raw) if found else raw
