"""The words of a query, as they were typed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from searchapp.analysis.terms import exact_term, has_marks

WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a query; ``end`` is where the next one starts, or the query ends."""

    start: int
    end: int
    surface: str
    term: str
    marked: bool


def words_of(query: str) -> list[Word]:
    """The words of a query, in order."""
    found = list(WORD.finditer(query))
    ends = [*(match.start() for match in found[1:]), len(query)]
    return [word_at(match[0], match.start(), end) for match, end in zip(found, ends, strict=True)]


def word_at(surface: str, start: int, end: int) -> Word:
    """What was typed at a place, as a word."""
    return Word(start, end, surface, exact_term(surface), has_marks(surface))
