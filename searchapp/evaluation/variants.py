"""Ways in which people type one query: each variant is a pure function of a text and a random."""

from __future__ import annotations

import hashlib
import random
import re
import unicodedata
from collections.abc import Callable

from searchapp.analysis.keystrokes import to_telex, to_vni
from searchapp.analysis.syllable import add_tone, parts, split_tone
from searchapp.analysis.terms import has_marks, strip_marks
from searchapp.evaluation.slips import slip

Variant = Callable[[str, random.Random], str]

AS_TYPED = "as-typed"
_WORD = re.compile(r"[^\W\d_]+")
_WHOLE_WORD = re.compile(r"\b[^\W\d_]+\b")  # 1ọa is a code, and no syllable
_SPACE_BETWEEN_WORDS = re.compile(r"(?<=[^\W\d_]) (?=[^\W\d_])")
_TWO_PLACES = frozenset(("oa", "oe", "uy"))  # hòa and hoà, khỏe and khoẻ, thủy and thuỷ


def _as_typed(text: str, _: random.Random) -> str:
    return text


def _no_marks(text: str, _: random.Random) -> str:
    return strip_marks(text)


def _some_marks(text: str, rng: random.Random) -> str:
    """Half of the marked syllables, rounded up, lose their marks."""
    text = unicodedata.normalize("NFC", text)
    marked = [found for found in _WORD.finditer(text) if has_marks(found[0])]
    lost = {found.start() for found in rng.sample(marked, (len(marked) + 1) // 2)}
    return _WORD.sub(lambda w: strip_marks(w[0]) if w.start() in lost else w[0], text)


def _nfd(text: str, _: random.Random) -> str:
    return unicodedata.normalize("NFD", text)


def _tone_moved(text: str, _: random.Random) -> str:
    """The tone of a final oa, oe or uy goes to the other vowel; quý and giá have no other."""
    return _WHOLE_WORD.sub(lambda w: _move_tone(w[0]), unicodedata.normalize("NFC", text))


def _move_tone(word: str) -> str:
    bare, tone = split_tone(word)
    found = parts(bare.lower()) if len(tone) == 1 else None
    if found is None or found[1] not in _TWO_PLACES or found[2]:
        return word
    first = len(found[0])
    toned_first = split_tone(word[first])[1] == tone
    return add_tone(bare, first + 1 if toned_first else first, tone)


def _upper(text: str, _: random.Random) -> str:
    return text.upper()


def _telex(text: str, _: random.Random) -> str:
    return to_telex(text)


def _vni(text: str, _: random.Random) -> str:
    return to_vni(text)


def _no_space(text: str, rng: random.Random) -> str:
    """One space between two words is left out."""
    spaces = [found.start() for found in _SPACE_BETWEEN_WORDS.finditer(text)]
    if not spaces:
        return text
    at = rng.choice(spaces)
    return text[:at] + text[at + 1 :]


VARIANTS: dict[str, Variant] = {
    AS_TYPED: _as_typed,
    "no-marks": _no_marks,
    "some-marks": _some_marks,
    "nfd": _nfd,
    "tone-moved": _tone_moved,
    "upper": _upper,
    "telex": _telex,
    "vni": _vni,
    "typo": slip,
    "no-space": _no_space,
}
"""Every variant by its name, in the order in which they are shown."""


def vary(text: str, variant: str, seed: int, query_id: str) -> str:
    """The text as ``variant`` types it; the same for the same arguments, in any order of queries.

    Raises KeyError for a name that is not in `VARIANTS`.
    """
    digest = hashlib.blake2b(f"{seed}\0{variant}\0{query_id}".encode(), digest_size=8).digest()
    rng = random.Random(int.from_bytes(digest, "big"))  # noqa: S311  # repeatable, not secret
    return VARIANTS[variant](text, rng)
