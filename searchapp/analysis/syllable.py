"""How a Vietnamese syllable is spelled: its parts, its tone, and the one place where we write it.

Vietnamese has two habits for the tone of *oa*, *oe* and *uy* (hòa and hoà), and old keyboards put
tones where no habit wants them (hòan, gía, qúy). A term has one spelling, so the tone is lifted off
and put back by rule: on the vowel with a quality mark (the last of them in ươ), else before a final
consonant, else on the second of three vowels, else on the first.
"""

from __future__ import annotations

import re
import unicodedata

TONES = "\u0300\u0301\u0303\u0309\u0323"
"""The five tone marks: grave (huyền), acute (sắc), tilde (ngã), hook (hỏi), dot below (nặng)."""

_SYLLABLE = re.compile(
    "(?P<onset>ngh|ng|nh|gh|gi(?=[aăâeêioôơuưy])|kh|ph|qu(?=[aăâeêioôơuưy])|th|tr|ch|[bcdđghklmnprstvx])?"
    "(?P<vowels>[aăâeêioôơuưy]{1,3})"
    "(?P<coda>ng|nh|ch|[cmnpt])?"
)
_DOUBLED = re.compile(r"([^o])\1")  # of all vowels only o stands twice: xoong
_QUALITY = frozenset("ăâêôơư")

# kĩ/kỹ and the like: after these onsets a lone toned i and y are two spellings of one word.
_I_Y_ONSETS = frozenset(("h", "k", "l", "m", "s", "t", "qu"))


def split_tone(word: str) -> tuple[str, str]:
    """Lift the tone marks off: ``"hoà"`` gives ``("hoa", "\\u0300")``; quality marks stay."""
    decomposed = unicodedata.normalize("NFD", word)
    tone = "".join(c for c in decomposed if c in TONES)
    if not tone:
        return word, ""
    rest = "".join(c for c in decomposed if c not in TONES)
    return unicodedata.normalize("NFC", rest), tone


def add_tone(letters: str, index: int, tone: str) -> str:
    """Put ``tone`` on ``letters[index]``; the result is NFC."""
    return unicodedata.normalize("NFC", letters[: index + 1] + tone + letters[index + 1 :])


def parts(toneless: str) -> tuple[str, str, str] | None:
    """Onset, vowels and coda of a lower-case syllable without tone; None if it is not one."""
    match = _SYLLABLE.fullmatch(toneless)
    if match is None or _DOUBLED.search(match["vowels"]):
        return None
    return match["onset"] or "", match["vowels"], match["coda"] or ""


def is_syllable(word: str) -> bool:
    """Whether letters, with or without their marks, may be a Vietnamese syllable."""
    return parts(split_tone(word.lower())[0]) is not None


def tone_index(vowels: str, coda: str) -> int:
    """Which of ``vowels`` carries the tone, in the older placement (hòa, thủy, khuỷu)."""
    marked = [i for i, c in enumerate(vowels) if c in _QUALITY]
    if marked:
        return marked[-1]
    if coda:
        return len(vowels) - 1
    return 1 if len(vowels) == 3 else 0


def canonical_spelling(word: str) -> str:
    """One spelling for a lower-case NFC word: hoà is hòa, kĩ is kỹ; what is no syllable stays."""
    if word.isascii():
        return word
    toneless, tone = split_tone(word)
    if len(tone) != 1:
        return word
    found = parts(toneless)
    if found is None:
        return word
    onset, vowels, coda = found
    if vowels == "i" and not coda and onset in _I_Y_ONSETS:
        vowels = "y"
    letters = onset + vowels + coda
    return add_tone(letters, len(onset) + tone_index(vowels, coda), tone)
