"""Foreign names for the fields of a record: ``--map text=body,title=headline``.

A name with dots reaches into what is nested: ``title.rendered``, ``authors.0.name``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from searchapp.errors import InputError

FIELDS = (
    *("id", "title", "text", "url", "source", "category", "author", "tags", "published"),
    "language",
)
"""What a record may say of a document, by its own names."""


@dataclass(frozen=True, slots=True)
class FieldMap:
    """Which name of a record stands for which field; a field that is not named has its own."""

    names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> FieldMap:
        """The map that ``field=name,field=name`` describes. Raises InputError."""
        names: dict[str, str] = {}
        for pair in text.split(","):
            one, sign, name = (part.strip() for part in pair.partition("="))
            if not sign or not name:
                raise InputError(f"--map has {pair.strip()!r}, where FIELD=NAME belongs")
            if one not in FIELDS:
                raise InputError(f"--map names no field {one!r}; there are {', '.join(FIELDS)}")
            if one in names:
                raise InputError(f"--map names {one} twice: {names[one]!r} and {name!r}")
            names[one] = name
        return cls(names)

    def name_of(self, field_name: str) -> str:
        """What a field is called in a record."""
        return self.names.get(field_name, field_name)

    def fields_of(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """The fields that a record has, by our names."""
        named = {one: self.name_of(one) for one in FIELDS}
        found = {one: _value(record, name) for one, name in named.items()}
        return {one: value for one, value in found.items() if value is not _MISSING}


_MISSING = object()


def _value(record: Mapping[str, Any], name: str) -> Any:
    """The value of that name, whole or as a path; ``_MISSING`` if there is none."""
    if name in record or "." not in name:
        return record.get(name, _MISSING)
    found: Any = record
    for part in name.split("."):
        if isinstance(found, Mapping):
            found = found.get(part, _MISSING)
        elif isinstance(found, list) and part.isdecimal() and int(part) < len(found):
            found = found[int(part)]
        else:
            return _MISSING
    return found
