"""One slip of the fingers in a query: the model behind the variant ``typo``."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable

from searchapp.analysis.syllable import TONES, split_tone

_CHUNK = re.compile(r"\S+")
_WORD = re.compile(r"[^\W\d_]+")
_ROWS = (("qwertyuiop", 0.0), ("asdfghjkl", 0.25), ("zxcvbnm", 0.75))  # each row's shift, in keys
_QUALITIES = ("aăâ", "eê", "oôơ", "uư", "dđ")
_VOWELS = frozenset("aăâeêioôơuưy")
_LETTERS_LEAST = 3


def _neighbour_keys() -> dict[str, str]:
    places = {c: (x + shift, y) for y, (row, shift) in enumerate(_ROWS) for x, c in enumerate(row)}
    return {
        a: "".join(
            b
            for b, (bx, by) in places.items()
            if a != b and abs(by - ay) <= 1 and abs(bx - ax) <= 1
        )
        for a, (ax, ay) in places.items()
    }


NEIGHBOURS = _neighbour_keys()
"""For each letter the letters on the keys beside it, on a QWERTY keyboard."""


def slip(text: str, rng: random.Random) -> str:
    """The text (in NFC) with one slip in one word, or unchanged where no word can take one.

    The slip is a wrong or missing mark, a neighbouring key, two neighbouring letters swapped, or a
    letter doubled or lost. Words of fewer than 3 letters are spared, as is all that holds a digit
    up to the next white space. The slip always changes the word.
    """
    text = unicodedata.normalize("NFC", text)
    words = [
        (chunk.start() + word.start(), word[0])
        for chunk in _CHUNK.finditer(text)
        if not any(c.isdigit() for c in chunk[0])
        for word in _WORD.finditer(chunk[0])
        if len(word[0]) >= _LETTERS_LEAST
    ]
    if not words:
        return text
    start, word = rng.choice(words)
    # Each kind of slip is as likely as the next; within a kind, each place and letter is.
    kinds = [found for kind in _KINDS if (found := kind(word))]
    return text[:start] + rng.choice(rng.choice(kinds)) + text[start + len(word) :]


def _marks(word: str) -> list[str]:
    """Every marked letter with one of its marks changed or gone."""
    return [
        word[:i] + other + word[i + 1 :]
        for i, character in enumerate(word)
        for other in _other_marks(character)
    ]


def _other_marks(character: str) -> list[str]:
    letter, tone = split_tone(character)
    lower = letter.lower()
    family = next((letters for letters in _QUALITIES if lower in letters), lower)
    plain = lower == family[0]
    if (plain and not tone) or (tone and (tone not in TONES or lower not in _VOWELS)):
        return []  # it has no mark to mistake, or none of Vietnamese
    others = [] if plain else [c + tone for c in family if c != lower]
    if tone:
        others += [lower + t for t in ("", *TONES) if t != tone]
    composed = [unicodedata.normalize("NFC", c) for c in others]
    return [c.upper() for c in composed] if letter.isupper() else composed


def _neighbouring_key(word: str) -> list[str]:
    return [
        word[:i] + (key.upper() if character.isupper() else key) + word[i + 1 :]
        for i, character in enumerate(word)
        for key in NEIGHBOURS.get(character.lower(), "")
    ]


def _swapped(word: str) -> list[str]:
    return [
        _titled_like(word, word[:i] + word[i + 1] + word[i] + word[i + 2 :])
        for i in range(len(word) - 1)
        if word[i].lower() != word[i + 1].lower()
    ]


def _doubled(word: str) -> list[str]:
    return [_titled_like(word, word[: i + 1] + word[i:]) for i in range(len(word))]


def _lost(word: str) -> list[str]:
    return [_titled_like(word, word[:i] + word[i + 1 :]) for i in range(len(word))]


def _titled_like(word: str, slipped: str) -> str:
    """A capital stays in front: ``Học`` slips to ``Ohc``, not to ``oHc``."""
    if word[0].isupper() and word[1:].islower():
        return slipped[0].upper() + slipped[1:].lower()
    return slipped


_KINDS: tuple[Callable[[str], list[str]], ...] = (
    _marks,
    _neighbouring_key,
    _swapped,
    _doubled,
    _lost,
)
