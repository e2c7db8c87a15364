"""Words typed to parts of a query. Every string means something: parsing never fails.

What stands between quotation marks is a phrase; everything else is words. A quotation mark without
a partner is a character like any other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Straight, curly, low and angle quotation marks, each with its usual partner or a straight one.
_QUOTED = re.compile(r"[\"“”„«»]([^\"“”„«»]*)[\"“”„«»]")


@dataclass(frozen=True, slots=True)
class Typed:
    """A query as typed: running words, and phrases that must be there as they stand."""

    words: str
    phrases: tuple[str, ...]


def parse(text: str) -> Typed:
    """Split a query into words and phrases."""
    phrases: list[str] = []

    def keep(match: re.Match[str]) -> str:
        phrases.append(match[1])
        return " "

    words = _QUOTED.sub(keep, text)
    return Typed(words, tuple(phrase for phrase in phrases if phrase.strip()))
