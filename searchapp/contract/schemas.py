"""What the types of the contract say of themselves: schemas, and words for them."""

from __future__ import annotations

from functools import cache
from typing import Any, get_args

import msgspec
from msgspec import Struct, UnsetType


def given_type(kind: Any) -> Any:
    """The type of a parameter that is there."""
    choices = [one for one in get_args(kind) if one is not UnsetType]
    return choices[0] if UnsetType in get_args(kind) else kind


@cache
def parameter_schemas(kind: type[Struct]) -> dict[str, dict[str, Any]]:
    """The JSON schema of each parameter by its name, as it is sent."""
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
        return f"text, and not be given more than {schema['maxItems']} times"
    most = schema.get("maxLength")
    if most is not None:
        return f"text of at most {most} characters"
    return "some words" if schema.get("minLength") else "some text"
