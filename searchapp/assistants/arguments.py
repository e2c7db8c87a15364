"""The arguments of a tool, checked against the contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from searchapp.contract.schemas import given_type, parameter_schemas, wanted
from searchapp.errors import QueryError

_SHOWN_CHARS = 40

Arguments = TypeVar("Arguments", bound=Struct)


def read_arguments(kind: type[Arguments], given: Mapping[str, Any]) -> Arguments:
    """What a tool was called with. Null is taken as not sent, "5" as 5: assistants write both.

    Raises QueryError that names every fault at once. A name that the tool does not have is one: a
    filter that is passed over in silence makes a wrong answer.
    """
    sent = {name: value for name, value in given.items() if value is not None}
    schemas = parameter_schemas(kind)
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for field in msgspec.structs.fields(kind):
        name = field.encode_name
        if name not in sent:
            if field.required:
                wrong[name] = f"{name} is missing; it should be {_wanted(schemas[name])}"
            continue
        value = sent.pop(name)
        try:
            values[field.name] = msgspec.convert(value, given_type(field.type), strict=False)
        except msgspec.ValidationError:
            shown = repr(value)[:_SHOWN_CHARS]
            wrong[name] = f"{name} is {shown}, it should be {_wanted(schemas[name])}"
    for name in sent:
        shown = repr(name)[:_SHOWN_CHARS]
        wrong[name] = f"there is no parameter {shown}, only {', '.join(schemas)}"
    if wrong:
        raise QueryError("; ".join(wrong.values()), next(iter(wrong)))
    return kind(**values)


def _wanted(schema: dict[str, Any]) -> str:
    """What a parameter should be, where it is sent as JSON."""
    if schema.get("type") == "array":
        return f"a list of at most {schema['maxItems']} texts such as 'year:2024'"
    return "true or false" if schema.get("type") == "boolean" else wanted(schema)
