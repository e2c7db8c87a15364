"""Example answers, put together from the examples that the contract gives for its fields."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def example_of(schema: Json, components: Json) -> Any:
    """A value that a schema of our description allows; ``components`` are its named schemas."""
    if "examples" in schema:
        return schema["examples"][0]
    if "$ref" in schema:
        return example_of(components[schema["$ref"].rsplit("/", 1)[1]], components)
    for choices in ("anyOf", "allOf"):
        if choices in schema:
            return example_of(schema[choices][0], components)
    if "enum" in schema:
        return schema["enum"][0]
    match schema["type"]:
        case "object":
            return {
                name: example_of(about, components) for name, about in schema["properties"].items()
            }
        case "array":
            return [example_of(schema["items"], components)]
    raise ValueError(f"the contract gives no example for {schema}")
