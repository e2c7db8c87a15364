"""Vietnamese from before Unicode: TCVN3, VNI, VISCII and windows-1258, recognised and converted.

Such text comes in two ways: as bytes that are not UTF-8, and as valid Unicode that holds the codes
of a legacy font as Latin-1 or windows-1252 characters (a Word document in .VnTime, pasted). Both
are handled as Latin-1 characters here, one a byte.

A guess is judged by what it gives: of the different words with a mark, how many are spelled like
Vietnamese syllables. The right guess gives nearly all of them, wrong ones and other languages few;
where that leaves a doubt, the text is reported and not converted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from searchapp.analysis.syllable import parts, split_tone

# Measured on sections of Wikipedia in each encoding, and on 51,520 texts drawn from word lists of
# 28 languages: right guesses with 8 syllables have a share of 0.8 in 99 of 100 texts; other
# languages with that many never had 0.4; no guess was sure and wrong.
MIN_SYLLABLES = 8
"""Different syllables with a mark that a text must hold, at least, for its encoding to be sure."""
MIN_SHARE = 0.8
"""Of its different words with a mark, how many must be such syllables."""
MIN_MARGIN = 0.2
"""How far the share of the next best reading must lie below."""
# With less nothing is said: thé, né and purée on a menu are no Vietnamese in doubt.
_DOUBT_SYLLABLES = 4
_DOUBT_SHARE = 0.7
_MIXED_SHARE = 0.4  # of a text with MIN_SYLLABLES, such as a glossary

_MODERN = re.compile("[ĂăĐđĨĩŨũƠơƯưẠ-ỹ\u0300-\u036f]")


@dataclass(frozen=True, slots=True)
class Encoding:
    """A legacy encoding: one or two codes, as Latin-1 characters, for each letter."""

    name: str
    table: Mapping[str, str]
    codes: re.Pattern[str]
    """Every code of ``table``, and the letters of Latin-1 that are none."""
    run: re.Pattern[str]
    """A word, before conversion."""

    def convert(self, text: str) -> str:
        """Put its letters for the codes in ``text``; what is no code stays."""
        return self.codes.sub(lambda found: self.table.get(found[0], found[0]), text)

    def read(self, text: str) -> str:
        """Like ``convert``, with U+FFFD for the letters of Latin-1 that are no code."""
        return self.codes.sub(lambda found: self.table.get(found[0], "\ufffd"), text)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a text seems to be; only where it is ``certain`` may it be converted."""

    encoding: Encoding
    certain: bool

    def convert(self, text: str) -> str:
        """Convert a field of what was found, unless it reads better as it stands."""
        if not self.certain or _is_modern(text):
            return text
        share, _ = _share(text, self.encoding)
        if not share or share < _share(text, _AS_IT_STANDS)[0]:
            return text  # a name in Unicode beside a text that is not
        return self.encoding.convert(text)

    @property
    def note(self) -> str:
        """What to tell of a text after ``convert``."""
        if self.certain:
            return f"was in {self.encoding.name} and was converted"
        return f"{self.suspicion}; it was left as it is: convert it to Unicode"

    @property
    def suspicion(self) -> str:
        return f"might be in {self.encoding.name}, which is not certain"


# TCVN 5712:1993, VN3, also called ABC: the codes of .VnTime and the other .Vn fonts; compared with
# `iconv -f TCVN5712-1:1993`. A dot is a code without a letter in VN3 (VN1 has capitals there).
# VN3 has no capital vowels with a tone: fonts named with an H (.VnTimeH) show the small ones as
# capitals. The codes don't tell which font it was, so those letters stay small: "VIệT NAM".
_TCVN3 = """
A0 .ĂÂÊÔƠƯĐăâêôơưđ.
B0 .....àảãáạ.ằẳẵắ.
C0 ......ặầẩẫấậè.ẻẽ
D0 éẹềểễếệìỉ...ĩíịò
E0 .ỏõóọồổỗốộờởỡớợù
F0 .ủũúụừửữứựỳỷỹýỵ.
"""

# RFC 1456. Six capitals took the places of control characters: 02, 05, 06, 14, 19 and 1E.
_VISCII = """
00 ..Ẳ..ẴẪ.........
10 ....Ỷ....Ỹ....Ỵ.
80 ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐ
90 ỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲ
A0 Õắằặấầẩậẽẹếềểễệố
B0 ồổỗỠƠộờởịỰỨỪỬơớƯ
C0 ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳ
D0 ĐứÒÓÔạỷừửÙÚỹỵÝỡư
E0 àáâãảăữẫèéêẻìíĩỉ
F0 đựòóôõỏọụùúũủýợỮ
"""

# VNI-Windows (VNI-Times and the other VNI fonts): a letter, and a code for its marks behind it;
# compared with vni.h of github.com/lamdao/xvnkb. Where ơ, ư or a form of i or y has a code of its
# own, it stands alone. The columns: no tone, sắc, huyền, hỏi, ngã, nặng.
_VNI = """
a  á  à  ả  ã  ạ     a  aù aø aû aõ aï
â  ấ  ầ  ẩ  ẫ  ậ     aâ aá aà aå aã aä
ă  ắ  ằ  ẳ  ẵ  ặ     aê aé aè aú aü aë
e  é  è  ẻ  ẽ  ẹ     e  eù eø eû eõ eï
ê  ế  ề  ể  ễ  ệ     eâ eá eà eå eã eä
i  í  ì  ỉ  ĩ  ị     i  í  ì  æ  ó  ò
o  ó  ò  ỏ  õ  ọ     o  où oø oû oõ oï
ô  ố  ồ  ổ  ỗ  ộ     oâ oá oà oå oã oä
ơ  ớ  ờ  ở  ỡ  ợ     ô  ôù ôø ôû ôõ ôï
u  ú  ù  ủ  ũ  ụ     u  uù uø uû uõ uï
ư  ứ  ừ  ử  ữ  ự     ö  öù öø öû öõ öï
y  ý  ỳ  ỷ  ỹ  ỵ     y  yù yø yû yõ î
đ                    ñ
"""


def _single(rows: str) -> dict[str, str]:
    """Code to letter, of a table with sixteen codes a row."""
    table = {}
    for row in rows.split("\n")[1:-1]:
        first, letters = row.split(" ")
        for code, letter in enumerate(letters, start=int(first, 16)):
            if letter != ".":
                table[chr(code)] = letter
    return table


def _paired(rows: str) -> dict[str, str]:
    """One or two codes to letter, of the table of VNI; a capital may have its mark in small."""
    table = {}
    for row in rows.split("\n")[1:-1]:
        cells = row.split()
        half = len(cells) // 2
        for letter, codes in zip(cells[:half], cells[half:], strict=True):
            if not codes.isascii():
                table[codes] = letter
                table[codes.upper()] = table[codes[0].upper() + codes[1:]] = letter.upper()
    return table


def _windows(encoding: str, first: int, last: int = 0xFF) -> dict[str, str]:
    """Code to character; codes without a meaning are left out."""
    codes = (
        (chr(code), bytes([code]).decode(encoding, "ignore")) for code in range(first, last + 1)
    )
    return {code: char for code, char in codes if char}


def _composed(table: Mapping[str, str]) -> dict[str, str]:
    """The table with the pairs of a letter and a combining mark that have a letter of their own."""
    marks = {code: char for code, char in table.items() if unicodedata.combining(char)}
    letters = {chr(code): chr(code) for code in range(0x41, 0x7B)} | dict(table)
    pairs = {
        code + mark: unicodedata.normalize("NFC", letter + combining)
        for code, letter in letters.items()
        for mark, combining in marks.items()
    }
    return dict(table) | {pair: letter for pair, letter in pairs.items() if len(letter) == 1}


def _encoding(
    name: str, table: Mapping[str, str], also: Mapping[str, str] | None = None
) -> Encoding:
    """``also``: codes that are no letters."""
    symbols = "".join(code for code in table if not code.isalpha() and len(code) == 1)
    word = f"(?:[^\\W\\d_]|[{re.escape(symbols)}])+" if symbols else "[^\\W\\d_]+"
    table = {**(also or {}), **table}
    codes = "|".join(map(re.escape, sorted(table, key=len, reverse=True)))
    return Encoding(name, table, re.compile(f"{codes}|[À-ÖØ-öø-ÿ]"), re.compile(word))


TCVN3_LETTERS = _single(_TCVN3)
VISCII_LETTERS = _single(_VISCII)
VNI_LETTERS = _paired(_VNI)
WINDOWS_1258_LETTERS = _composed(
    {code: char for code, char in _windows("cp1258", 0xC0).items() if char not in "×÷₫"}
)

# As Latin-1, what windows-1252 has at 80–9F (quotes, dashes) is control characters.
_PUNCTUATION = _windows("cp1252", 0x80, 0x9F)
TCVN3 = _encoding("TCVN3", TCVN3_LETTERS, _PUNCTUATION)
VNI = _encoding("VNI", VNI_LETTERS, _PUNCTUATION)
VISCII = _encoding("VISCII", VISCII_LETTERS)
WINDOWS_1258 = _encoding(
    "windows-1258", WINDOWS_1258_LETTERS, _windows("cp1258", 0x80, 0x9F) | {"þ": "₫"}
)
_AS_IT_STANDS = _encoding("Unicode", {c: c for c in map(chr, range(0xC0, 0x100)) if c.isalpha()})

# What may follow the onset: vowels, and for each the finals that they can have, "-" for none.
_FINALS: Mapping[str, frozenset[str]] = {
    vowels: frozenset("" if final == "-" else final for final in finals.split())
    for group, finals in (
        ("a ê i", "- c ch m n ng nh p t"),
        ("ă â", "c m n ng p t"),
        ("e o ô u ư", "- c m n ng p t"),
        ("ơ", "- m n p t"),
        ("y", "- ch m n nh p t"),
        ("oo", "c ng"),
        ("iê yê uô ươ", "c m n ng p t"),
        ("oa", "- c ch m n ng nh p t"),
        ("oă", "c m n ng p t"),
        ("oe", "- m n ng t"),
        ("uâ", "c n ng t"),
        ("uê", "- ch n nh"),
        ("uy", "- ch n nh p t"),
        ("uyê", "n t"),
        ("ai ao au ay âu ây eo êu ia iu oi ôi ơi ua ui ưa ưi ưu uơ uya", "-"),
        ("iêu yêu oai oao oay oeo uây uôi uyu ươi ươu", "-"),
    )
    for vowels in group.split()
}
_STOPS = frozenset(("c", "ch", "p", "t"))
_TONES_OF_STOPS = frozenset("\u0301\u0323")  # sắc and nặng


def is_syllable(word: str) -> bool:
    """Whether a lower-case word could be a Vietnamese syllable: onset, rime, and a tone that fits.

    Stricter than `parts`, which asks for no particular vowels.
    """
    toneless, tone = split_tone(word)
    found = parts(toneless)
    if found is None or len(tone) > 1:
        return False
    _, vowels, final = found
    return final in _FINALS.get(vowels, ()) and (final not in _STOPS or tone in _TONES_OF_STOPS)


def recognise(*texts: str) -> Finding | None:
    """What Unicode texts are that hold TCVN3 or VNI; None for any other, and that is nearly all.

    They are the fields of one document. Costs next to nothing for ASCII and for Vietnamese.
    """
    suspects = [text for text in texts if not _is_modern(text)]
    return _best("\n".join(suspects), (TCVN3, VNI)) if suspects else None


def _is_modern(text: str) -> bool:
    """Whether a text is ASCII or has letters of Vietnamese that no 8-bit character set has."""
    return text.isascii() or _MODERN.search(text) is not None


def recognise_bytes(data: bytes) -> Finding | None:
    """What bytes are that are not UTF-8; convert them as Latin-1 characters."""
    return _best(data.decode("latin-1"), (TCVN3, VNI, VISCII, WINDOWS_1258))


def _best(text: str, encodings: Sequence[Encoding]) -> Finding | None:
    ranked = sorted(
        ((*_share(text, encoding), encoding) for encoding in encodings),
        key=lambda scored: scored[:2],
        reverse=True,
    )
    share, syllables, best = ranked[0]
    next_share = max(ranked[1][0], _share(text, _AS_IT_STANDS)[0])
    enough = syllables >= MIN_SYLLABLES
    if enough and share >= MIN_SHARE and share - next_share >= MIN_MARGIN:
        return Finding(best, certain=True)
    doubt = (enough and share >= _MIXED_SHARE) or (
        syllables >= _DOUBT_SYLLABLES and share >= _DOUBT_SHARE
    )
    return Finding(best, certain=False) if doubt and share > next_share else None


def _share(text: str, encoding: Encoding) -> tuple[float, int]:
    """The share of syllables in the different words with a mark, and their number.

    A single code says nothing: in other languages it is a quotation mark or a bullet.
    """
    runs = {run for run in encoding.run.findall(text) if len(run) > 1 and not run.isascii()}
    words = set(encoding.read("\n".join(runs)).lower().split("\n")) if runs else set()
    syllables = sum(map(is_syllable, words))
    return (syllables / len(words) if words else 0.0), syllables
