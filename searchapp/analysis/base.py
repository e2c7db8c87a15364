"""The contract of analysis: what a token is, and which views a text is seen through.

Everything above this package speaks in these words. Offsets are 0-based Unicode code points of the
*raw* text, end exclusive, so ``raw[token.start:token.end]`` is what a reader sees. Positions are
0-based counts of syllables.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from itertools import pairwise


class View(enum.StrEnum):
    """One way of turning a text into terms; the same for documents and for queries."""

    WORDS = "words"
    """pyvi's words and whole codes (``xây_dựng``, ``100/2019/nđ-cp``): precision."""
    EXACT = "exact"
    """Syllables with their marks, in order: phrases, and words typed with marks."""
    FOLDED = "folded"
    """Syllables without marks, in order: words and phrases typed without marks."""
    PAIRS = "pairs"
    """Neighbouring folded syllables (``xay_dung``): adjacency, for the score only."""


class Field(enum.StrEnum):
    """The parts of a document that are analysed."""

    TITLE = "title"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a text and the term it stands for in one view.

    ``text`` is the term; ``start`` and ``end`` are code-point offsets into the raw text;
    ``position`` counts syllables (a word has the position of its first one); ``surface`` is the
    piece as it was written, in NFC, and for a word as pyvi writes it (``Xây_dựng``).
    """

    text: str
    start: int
    end: int
    position: int
    surface: str


@dataclass(frozen=True, slots=True)
class Analysis:
    """One text through the three views that have tokens; pairs are neighbours in ``folded``.

    ``codes`` are numbers, dates, names and addresses with inner punctuation that pyvi takes apart
    (``100/2019/NĐ-CP``); their terms stand in the ``words`` view beside the words.
    """

    words: tuple[Token, ...]
    codes: tuple[Token, ...]
    exact: tuple[Token, ...]
    folded: tuple[Token, ...]

    @property
    def pairs(self) -> tuple[str, ...]:
        """The terms of the ``pairs`` view, in order."""
        return tuple(pair_term(a.text, b.text) for a, b in pairwise(self.folded))


def pair_term(first: str, second: str) -> str:
    """The term of the ``pairs`` view for two neighbouring folded syllables."""
    return f"{first}_{second}"
