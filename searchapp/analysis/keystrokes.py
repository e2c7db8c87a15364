"""What fingers type for a Vietnamese text: its raw Telex and VNI keys, with the input method off.

Encoding only. Letters come first, the tone key ends the syllable: ``đường`` is ``dduwowngf`` in
Telex and ``d9u7o7ng2`` in VNI. Words without marks (English, unmarked syllables) and digits stay.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from searchapp.analysis.syllable import split_tone

_WORD = re.compile(r"[^\W\d_]+")
_VOWELS = frozenset("aăâeêioôơuưy")


class _Method(NamedTuple):
    letters: Mapping[str, str]
    tones: Mapping[str, str]


_TELEX = _Method(
    {"â": "aa", "ă": "aw", "ê": "ee", "ô": "oo", "ơ": "ow", "ư": "uw", "đ": "dd"},
    {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"},
)
_VNI = _Method(
    {"â": "a6", "ê": "e6", "ô": "o6", "ơ": "o7", "ư": "u7", "ă": "a8", "đ": "d9"},
    {"\u0301": "1", "\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5"},
)


def to_telex(text: str) -> str:
    """The Telex keys of a text: ``"Xây dựng Đảng"`` is ``"Xaay duwngj Ddangr"``.

    A word in capitals is typed in capitals (``DDANGR``); elsewhere only a letter's first key keeps
    its case. What is not Vietnamese stays, in NFC.
    """
    return _encode(text, _TELEX)


def to_vni(text: str) -> str:
    """The VNI keys of a text: ``"Xây dựng Đảng"`` is ``"Xa6y du7ng5 D9ang3"``."""
    return _encode(text, _VNI)


def _encode(text: str, method: _Method) -> str:
    composed = unicodedata.normalize("NFC", text)
    return _WORD.sub(lambda found: _encode_word(found[0], method), composed)


def _encode_word(word: str, method: _Method) -> str:
    if word.isascii():
        return word
    capitals = len(word) > 1 and word.isupper()
    keys: list[str] = []
    tones: list[tuple[int, str]] = []  # after which letter, which key
    for character in word:
        letter, tone = split_tone(character)
        if tone and (tone not in method.tones or letter.lower() not in _VOWELS):
            keys.append(character)  # ñ and the like
            continue
        typed = method.letters.get(letter.lower(), letter)
        if typed is not letter and letter.isupper():
            typed = typed.upper() if capitals else typed.capitalize()
        if tone:
            key = method.tones[tone]
            tones.append((len(keys), key.upper() if capitals else key))
        keys.append(typed)
    if len(tones) == 1:
        keys.append(tones[0][1])
    else:  # syllables run together: each tone goes behind its own vowel
        for index, key in tones:
            keys[index] += key
    return "".join(keys)
