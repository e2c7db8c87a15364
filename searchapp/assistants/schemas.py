"""The types of the contract as the JSON Schemas of tools."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

Json = dict[str, Any]


def parameters_schema(kind: type[Struct], limits: dict[str, Json]) -> Json:
    """Of what a tool takes; ``limits`` are what settings add, by parameter."""
    schema = _object_schema(kind)
    for name, more in limits.items():
        schema["properties"][name] = {**schema["properties"][name], **more}
    return schema


def answer_schema(kind: type[Struct]) -> Json:
    """Of what a tool answers; without examples, which would only be read over and over."""
    schema: Json = _without(_object_schema(kind), "examples")
    return schema


def _object_schema(kind: type[Struct]) -> Json:
    """With an object at the root, as the protocol wants it, and all else in ``$defs``."""
    _, components = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    root = components.pop(kind.__name__)
    schema: Json = _in_english({**root, **({"$defs": components} if components else {})})
    return schema


def _in_english(value: Any) -> Any:
    """With the second line of each description, its English one: assistants read both as one."""
    if isinstance(value, dict):
        return {
            key: one.rpartition("\n")[2]
            if key == "description" and isinstance(one, str)
            else _in_english(one)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [_in_english(one) for one in value]
    return value


def _without(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return {key: _without(one, name) for key, one in value.items() if key != name}
    if isinstance(value, list):
        return [_without(one, name) for one in value]
    return value
