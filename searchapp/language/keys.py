"""Raw keystrokes to text: what Telex and VNI would have made of them, had they been on.

Both are read as an input method reads them, key after key, with tones and hooks allowed late
(``xaya`` as ``xaay``, ``duongwf`` as ``duwowngf``).
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from searchapp.analysis.syllable import add_tone, parts, tone_index

_VOWELS = frozenset("aăâeêioôơuưy")
_TELEX_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_VNI_TONES = {"1": "\u0301", "2": "\u0300", "3": "\u0309", "4": "\u0303", "5": "\u0323"}
_CIRCUMFLEX = {"a": "â", "e": "ê", "o": "ô"}
_HORN = {"o": "ơ", "u": "ư"}
# Before p, t, c and ch only sắc and nặng are possible.
_STOPS = frozenset(("p", "t", "c", "ch"))
_STOP_TONES = frozenset(("\u0301", "\u0323"))

# Shapes that no English word has, or hardly one: dd-, -j, uw, ow before a consonant or a tone …
_TELEX_ONLY = re.compile(
    r"^dd|j$|uw|ow(?=[a-z])|aw(?=[a-z])|(?:aa|ee|oo)\w{0,2}[sfrxj]$|^[^aeiouy]*aa"
    # The tone before the final consonant: vieejt, tieesng; but not boost.
    r"|(?:aa|ee|oo)(?:[frxj](?:ng|nh|ch|[cmnpt])|s(?:ng|nh|ch|[cmnp]))$",
    re.IGNORECASE,
)


@cache
def _english() -> frozenset[str]:
    """English words that Telex would turn into Vietnamese syllables."""
    lines = files("searchapp.language").joinpath("english.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def decode_keys(word: str) -> str | None:
    """The syllable that a word was meant to be, its case kept; None if its keys make none."""
    lower = word.lower()
    decoded = _decode_vni(lower) if any(c.isdigit() for c in lower) else _decode_telex(lower)
    if decoded is None or decoded == lower:
        return None
    if len(word) > 1 and word.isupper():
        return decoded.upper()
    return decoded[0].upper() + decoded[1:] if word[0].isupper() else decoded


def is_surely_keys(word: str) -> bool:
    """Whether a word that `decode_keys` understands can hardly be anything but keystrokes."""
    return any(c.isdigit() for c in word) or _TELEX_ONLY.search(word) is not None


def is_english(word: str) -> bool:
    """Whether a word is one of the English ones that look like keystrokes."""
    return word.lower() in _english()


def _decode_telex(word: str) -> str | None:
    if not word.isalpha():
        return None
    out: list[str] = []
    tone = ""
    for key in word:
        vowel_typed = any(c in _VOWELS for c in out)
        if key in _TELEX_TONES and vowel_typed:
            if tone == _TELEX_TONES[key]:
                return None  # pressed twice: the letter itself was wanted
            tone = _TELEX_TONES[key]
        elif key == "d" and out and out[0] == "d" and (len(out) == 1 or vowel_typed):
            out[0] = "đ"
        elif key in _CIRCUMFLEX and out[-1:] == [_CIRCUMFLEX[key]]:
            return None  # pressed three times
        elif key in _CIRCUMFLEX and key in out:
            out[_last(out, key)] = _CIRCUMFLEX[key]
        elif key == "w":
            if not _hook(out):
                out.append("ư")
        else:
            out.append(key)
    return _spell("".join(out), tone)


def _decode_vni(word: str) -> str | None:
    out: list[str] = []
    tone = ""
    for key in word:
        if key in _VNI_TONES and any(c in _VOWELS for c in out) and not tone:
            tone = _VNI_TONES[key]
        elif key == "6":
            place = max((_last(out, c) for c in _CIRCUMFLEX), default=-1)
            if place < 0:
                return None
            out[place] = _CIRCUMFLEX[out[place]]
        elif key == "7":
            if not _horn(out):
                return None
        elif key == "8":
            place = _last(out, "a")
            if place < 0:
                return None
            out[place] = "ă"
        elif key == "9":
            if not out or out[0] != "d":
                return None
            out[0] = "đ"
        elif key.isalpha():
            out.append(key)
        else:
            return None
    return _spell("".join(out), tone)


def _hook(out: list[str]) -> bool:
    """Telex's w: the horn of ư and ơ, else the breve of ă; False where there is nothing to hook."""
    place = _last(out, "a")
    after_u = place > 0 and out[place - 1] == "u" and out[: place - 1] != ["q"]
    if place > _last(out, "o") and not after_u:
        out[place] = "ă"
        return True
    return _horn(out)


def _horn(out: list[str]) -> bool:
    for u in range(len(out) - 1):
        if out[u : u + 2] == ["u", "o"] and out[:u] != ["q"]:
            out[u : u + 2] = ["ư", "ơ"]
            return True
    place = max(_last(out, "o"), _last(out, "u"))
    if place < 0:
        return False
    if place > 0 and out[place] == out[place - 1] == "u":
        place -= 1  # lưu, hươu: the first of two
    out[place] = _HORN[out[place]]
    return True


def _last(out: list[str], letter: str) -> int:
    return max((i for i, c in enumerate(out) if c == letter), default=-1)


def _spell(letters: str, tone: str) -> str | None:
    # Vietnamese has no ưo: input methods put the second horn themselves (nguwoif, nu7oc1).
    letters = letters.replace("ưo", "ươ")
    if letters.endswith("ươ"):
        letters = letters[:-2] + "uơ"  # thuở, huơ: ươ never ends a syllable
    found = parts(letters)
    if found is None:
        return None
    onset, vowels, coda = found
    if coda in _STOPS and tone not in _STOP_TONES:
        return None
    if not tone:
        return letters
    return add_tone(letters, len(onset) + tone_index(vowels, coda), tone)
