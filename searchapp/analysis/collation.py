"""The order of a Vietnamese dictionary.

Dictionaries go syllable by syllable: all of *ba* (ba, ba ba, ba bị) before all of *bà*. Syllables
are compared by their letters first, where ă, â, đ, ê, ô, ơ and ư are letters of their own behind a,
d, e, o and u, then by tone: level, huyền, hỏi, ngã, sắc, nặng. Where the tone stands does not
matter (hoà, hòa). f, j, w and z stand where other Latin alphabets have them; digits come before
letters, letters of other scripts behind them, and punctuation parts syllables and counts for
nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from searchapp.analysis.clean import clean_text
from searchapp.analysis.syllable import split_tone

_LETTERS = "0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
_RANKS = {letter: chr(rank) for rank, letter in enumerate(_LETTERS, start=10)}
_TONE_RANKS = {tone: chr(rank) for rank, tone in enumerate(_TONES, start=2)}
_SEVERAL_TONES = chr(len(_TONES) + 2)
_OTHERS_FROM = 100
_SYLLABLE_END = "\x01"  # below every tone and letter: ba ba stands before bà, and an before ang
_SYLLABLE = re.compile(r"[^\W_]+")


def collation_key(text: str) -> str:
    """A key whose order by code points is a dictionary's; texts that differ in case share one."""
    return "".join(map(_syllable_key, _SYLLABLE.findall(_lowered(text))))


@lru_cache(maxsize=20_000)  # a build asks for the same few thousand over and over
def _syllable_key(syllable: str) -> str:
    toneless, tone = split_tone(syllable)
    return _letters(toneless) + _SYLLABLE_END + _TONE_RANKS.get(tone, _SEVERAL_TONES)


def _lowered(text: str) -> str:
    return unicodedata.normalize("NFKC", clean_text(text)).lower()


def _letters(toneless: str) -> str:
    return "".join(map(_letter, toneless))


def _letter(char: str) -> str:
    rank = _RANKS.get(char)
    if rank is not None:
        return rank
    base = unicodedata.normalize("NFD", char)[0]  # é of café is an e: its mark was lifted as a tone
    return _RANKS.get(base) or chr(min(_OTHERS_FROM + ord(char), 0x10FFFF))
