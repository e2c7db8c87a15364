"""What a setting's value may be: from the text of a variable, or from a value of TOML.

A row is a field of the table in `config.py`; its type is one of those in `KINDS` or that or None.
All functions raise ValueError with words that follow the setting's name: "should be …".
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import Field
from pathlib import Path
from typing import Any

KINDS = ("bool", "int", "float", "str", "Path")

SECRET_MIN_CHARS = 16
"""Shorter ones are guessed."""
_SECRET = re.compile(r"[A-Za-z0-9._~+/-]+=*")  # what an Authorization header can hold (RFC 6750)
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
_A_WHOLE_NUMBER = "should be a whole number"


def kind_of(row: Field[Any]) -> str:
    """One of `KINDS`: the row's type without its "or None"."""
    kind = str(row.type).removesuffix(" | None")
    if kind not in KINDS:
        raise TypeError(f"the setting {row.name} has the type {row.type}, which no text becomes")
    return kind


def is_optional(row: Field[Any]) -> bool:
    """Whether the setting may have no value at all."""
    return str(row.type).endswith(" | None")


def from_text(raw: str, row: Field[Any]) -> object:
    """The value that a text of the environment stands for."""
    return _checked(_PARSERS[kind_of(row)](raw), row)


def from_toml(value: object, row: Field[Any]) -> object:
    """The value that a value of TOML stands for: its type has to be the setting's.

    An empty text is no value where the setting may have none.
    """
    kind = kind_of(row)
    if value == "" and kind != "bool" and is_optional(row):
        return None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    match kind:
        case "bool" if not isinstance(value, bool):
            raise ValueError("should be true or false")
        case "int" if isinstance(value, bool) or not isinstance(value, int):
            quoted = ", without quotes" if isinstance(value, str) else ""
            raise ValueError(_A_WHOLE_NUMBER + quoted)
        case "float" if not is_number:
            quoted = ", without quotes" if isinstance(value, str) else ""
            raise ValueError("should be a number" + quoted)
        case "str" | "Path" if not isinstance(value, str):
            raise ValueError("should be a text, in quotes")
    if isinstance(value, int) and kind == "float":
        value = float(value)
    return _checked(Path(value) if kind == "Path" and isinstance(value, str) else value, row)


def toml_text(value: object) -> str:
    """A value as it stands in a file of TOML; lists and tables, which no setting is, in short."""
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case dict():
            return "{…}"
        case list():
            return "[…]"
        case _:
            # A JSON text is a basic string of TOML.
            return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _boolean(raw: str) -> bool:
    if raw.lower() in _TRUE:
        return True
    if raw.lower() in _FALSE:
        return False
    raise ValueError("should be true or false")


def _whole_number(raw: str) -> int:
    try:
        return int(raw)
    except ValueError:
        raise ValueError(_A_WHOLE_NUMBER) from None


def _number(raw: str) -> float:
    try:
        return float(raw)
    except ValueError:
        raise ValueError("should be a number") from None


_PARSERS: dict[str, Callable[[str], object]] = {
    "bool": _boolean,
    "int": _whole_number,
    "float": _number,
    "str": str,
    "Path": Path,
}


def _checked(value: object, row: Field[Any]) -> object:
    """The value, if it is within what its row allows."""
    least, choices = row.metadata["least"], row.metadata["choices"]
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("should be a number that has an end")
    if isinstance(value, int | float) and least is not None and value < least:
        raise ValueError(f"should be at least {least}")
    if choices and value not in choices:
        raise ValueError(f"should be one of {', '.join(choices)}")
    if isinstance(value, str) and row.name.endswith("_token"):
        _check_token(value)
    form: Callable[[Any], object] | None = row.metadata.get("form")
    if form is not None and value is not None:
        form(value)
    return value


def _check_token(raw: str) -> None:
    if not (len(raw) >= SECRET_MIN_CHARS and _SECRET.fullmatch(raw)):
        raise ValueError(
            f"should be at least {SECRET_MIN_CHARS} characters of A-Z a-z 0-9 . _ ~ + / -;"
            " openssl rand -hex 32 makes a good one"
        )
