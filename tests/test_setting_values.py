"""Every type that a setting may have, from text and from TOML."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import pytest

from searchapp.setting_values import from_text, from_toml, toml_text


def _row(default: object, least: float | None = None, choices: tuple[str, ...] = ()) -> Any:
    about = {"about": "", "least": least, "choices": choices, "secret": False, "form": None}
    return field(default=default, metadata=about)


@dataclass
class Table:
    on: bool = _row(False)
    count: int = _row(1, 0)
    share: float = _row(0.5, 0.0)
    text: str = _row("")
    kind: str = _row("a", choices=("a", "b"))
    path: Path = _row(Path("x"))
    maybe_count: int | None = _row(None, 0)
    maybe_share: float | None = _row(None)
    maybe_text: str | None = _row(None)
    maybe_path: Path | None = _row(None)
    maybe_on: bool | None = _row(None)


ROWS = {row.name: row for row in fields(Table)}


@pytest.mark.parametrize(
    ("name", "raw", "expected"),
    [
        *(("on", raw, True) for raw in ("true", "True", "yes", "on", "1")),
        *(("on", raw, False) for raw in ("false", "FALSE", "no", "off", "0")),
        ("maybe_on", "yes", True),
        ("count", "7", 7),
        ("maybe_count", "7", 7),
        ("share", "0.25", 0.25),
        ("share", "3", 3.0),
        ("maybe_share", "-1e-3", -0.001),
        ("text", "Hà Nội", "Hà Nội"),
        ("maybe_text", "x", "x"),
        ("path", "/a/b", Path("/a/b")),
        ("maybe_path", "c", Path("c")),
        ("kind", "b", "b"),
    ],
)
def test_from_text(name: str, raw: str, expected: object) -> None:
    value = from_text(raw, ROWS[name])
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    ("name", "raw", "why"),
    [
        ("on", "maybe", "true or false"),
        ("count", "1.5", "whole number"),
        ("count", "-1", "at least 0"),
        ("maybe_count", "-1", "at least 0"),
        ("share", "half", "a number"),
        ("share", "nan", "has an end"),
        ("share", "inf", "has an end"),
        ("share", "-0.1", "at least 0"),
        ("kind", "c", "one of a, b"),
    ],
)
def test_text_that_is_refused(name: str, raw: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        from_text(raw, ROWS[name])


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("on", True, True),
        ("count", 7, 7),
        ("share", 1, 1.0),
        ("share", 0.25, 0.25),
        ("text", "", ""),
        ("path", "a", Path("a")),
        ("maybe_path", "", None),
        ("maybe_text", "", None),
        ("maybe_count", "", None),
        ("maybe_count", 3, 3),
    ],
)
def test_from_toml(name: str, value: object, expected: object) -> None:
    found = from_toml(value, ROWS[name])
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("on", "true", "true or false"),
        ("on", 1, "true or false"),
        ("maybe_on", "", "true or false"),
        ("count", "7", "whole number, without quotes"),
        ("count", True, "whole number"),
        ("count", 7.0, "whole number"),
        ("count", "", "whole number"),
        ("share", "0.5", "a number, without quotes"),
        ("share", False, "a number"),
        ("text", 7, "a text, in quotes"),
        ("path", ["a"], "a text, in quotes"),
        ("kind", "c", "one of a, b"),
        ("count", {"a": 1}, "whole number"),
    ],
)
def test_toml_that_is_refused(name: str, value: object, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        from_toml(value, ROWS[name])


@pytest.mark.parametrize("text", ["", "Hà Nội", 'a "b" \\c', "a\nb\t\x7f\x00", "𠀀"])
def test_a_text_is_written_as_toml_reads_it(text: str) -> None:
    import tomllib

    assert tomllib.loads(f"a = {toml_text(text)}") == {"a": text}
