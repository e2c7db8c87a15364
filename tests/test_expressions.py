"""Every regular expression of the package takes time in proportion to its text.

Each is run on texts that are made of one short piece over and over, which is what makes bad ones
slow, at two lengths. Time is only looked at where it can be measured, and again where it looks bad,
so that a busy machine fails nothing.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

import searchapp
from searchapp.analysis.segmentation import split_chunk

SHORT, LONG = 1_000, 4_000  # characters: four times as many, 16 times the work if it is the square
MEASURABLE_S = 0.004
MOST_RATIO = 9.0
TRIES = 4

PIECES = [
    *("a", "A", "1", " ", "-", "_", ".", "*", "~", "(", "[", "<", "&", '"', "@", "\n", ",", "\\"),
    *("a-", "a.", "a b", "a@", "1.", "1-", "1/", "^1", "<a", "<a ", "</", "a:", "x://", '."', "),"),
    *(
        "..",
        " \n",
        "\r\n",
        "__A",
        "[[",
        "&a",
        "O",
        "uo",
        "u\u0301",
        "\u200b",
        "<meta ",
        "A-",
        "tự do ",
    ),
]
BEGINNINGS = ["", "<a", "x://"]
ENDS = ["", "\0"]

METHODS = ("match", "fullmatch", "search", "finditer", "findall", "sub", "split")
BOUNDED = {
    # What is asked is a query, of query_max_chars at most, or a piece of one.
    "searchapp.query.parser._FUZZY": "query_max_chars",
    "searchapp.query.scanner._BOOSTS_AT_END": "query_max_chars",
    # Never run on a whole text: `_with_addresses` says where, in linear time (tested below).
    "searchapp.analysis.segmentation._SYLLABLE_OR_EMAIL": "_with_addresses",
}
"""Those that are not linear and need not be: what bounds their texts."""


def patterns_of(value: object) -> Iterator[re.Pattern]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from patterns_of(one)
    elif isinstance(value, tuple | list | frozenset):
        for one in value:
            yield from patterns_of(one)
    elif is_dataclass(value) and not isinstance(value, type):
        for row in fields(value):
            if hasattr(value, row.name):
                yield from patterns_of(getattr(value, row.name))
    elif isinstance(value, type) and value.__module__.startswith("searchapp"):
        for one in vars(value).values():
            if isinstance(one, re.Pattern):
                yield one


def every_pattern() -> dict[str, re.Pattern]:
    found: dict[str, re.Pattern] = {}
    known: set[tuple[object, int]] = set()
    for module in pkgutil.walk_packages(searchapp.__path__, "searchapp."):
        for name, value in vars(importlib.import_module(module.name)).items():
            for number, pattern in enumerate(patterns_of(value)):
                if (pattern.pattern, pattern.flags) not in known:
                    known.add((pattern.pattern, pattern.flags))
                    found[f"{module.name}.{name}" + (f"[{number}]" if number else "")] = pattern
    return found


PATTERNS = every_pattern()


def used(name: str) -> set[str]:
    """The methods that the package calls of a pattern; all where it is not called by its name."""
    module, _, variable = name.split("[", maxsplit=1)[0].rpartition(".")
    source = Path(importlib.import_module(module).__file__ or "").read_text(encoding="utf-8")
    called = set(re.findall(rf"\b{variable}\.({'|'.join(METHODS)})\(", source))
    return called or set(METHODS)


def uses(pattern: re.Pattern, methods: Iterable[str]) -> list[Callable[[str], object]]:
    def text_of(text: str) -> str | bytes:
        return text.encode() if isinstance(pattern.pattern, bytes) else text

    found: list[Callable[[str], object]] = []
    if "match" in methods:
        found.append(lambda text: pattern.match(text_of(text)))
    if "fullmatch" in methods:
        found.append(lambda text: pattern.fullmatch(text_of(text)))
    if not {"match", "fullmatch"} >= set(methods):  # they all look on from where they are
        found.append(lambda text: sum(1 for _ in pattern.finditer(text_of(text))))
    return found


def seconds(use: Callable[[str], object], text: str) -> float:
    begun = time.process_time()
    use(text)
    return time.process_time() - begun


def is_steep(use: Callable[[str], object], short: str, long: str) -> bool:
    """Whether four times the text takes much more than four times as long, however often tried."""
    for _ in range(TRIES):
        took = seconds(use, long)
        if took < MEASURABLE_S or took < MOST_RATIO * seconds(use, short):
            return False
    return True


def texts() -> Iterator[tuple[str, str]]:
    for piece in PIECES:
        for beginning in BEGINNINGS:
            for end in ENDS:
                short, long = (beginning + piece * (n // len(piece)) + end for n in (SHORT, LONG))
                yield short, long


def steep_on(pattern: re.Pattern, methods: Iterable[str] = METHODS) -> str | None:
    """The beginning of a text on which it is steep; None if there is none."""
    for use in uses(pattern, methods):
        for short, long in texts():
            if is_steep(use, short, long):
                return long[:40]
    return None


def test_they_are_found() -> None:
    assert len(PATTERNS) > 80
    assert set(BOUNDED) <= set(PATTERNS)


def test_a_bad_one_would_be_seen() -> None:
    for bad in (r"(a+)b", r"\s+$", r"[a-z.]+@", r"(.*)a(.*)~"):
        assert steep_on(re.compile(bad)), bad


@pytest.mark.parametrize("name", [name for name in PATTERNS if name not in BOUNDED])
def test_time_is_in_proportion(name: str) -> None:
    assert steep_on(PATTERNS[name], used(name)) is None


@pytest.mark.parametrize("piece", ["-", "a.", "a@", "a@b.c;x://", "a@b.c!---", "A.", "x@y."])
def test_addresses_are_found_in_proportion(piece: str) -> None:
    short, long = (piece * (n // len(piece)) + "@" for n in (10_000, 40_000))
    assert not is_steep(split_chunk, short, long)
