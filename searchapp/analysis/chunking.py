"""Where the pieces between white space stand in a batch of texts, and their numbers.

All characters of a batch are one array of classes, a byte each: white space, the end of a line, one
of the characters that Vietnamese is written with, or any other. A piece of up to eight of the
common characters is then one number of 64 bits, and is looked up without being cut out of its text.
The others, one or two of a hundred, are looked up as strings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from searchapp.analysis.key_table import UNKNOWN, KeyTable

Classes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]

NEWLINE_CHUNK = "\n"

_VOWELS = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
_ASCII = "".join(map(chr, range(0x21, 0x7F)))
COMMON = f"{_ASCII}{_VOWELS}đ{_VOWELS.upper()}Đ–—“”‘’…•²³°×·−→öüäçñāōū"
"""Characters with a class of their own. Any text of them is NFC, and none is invisible."""

_SPACE, _BREAK, _FIRST_COMMON, _OTHER = 0, 1, 2, 255
_KEY_CHARS = 8  # a byte each
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(_KEY_CHARS + 1)], dtype=np.uint64)
_UNIT = 2  # bytes of UTF-16
_SEPARATOR = b"\0\0"


@dataclass(frozen=True, slots=True)
class Encoded:
    """Texts end to end in UTF-16, a separator before each and behind the last.

    ``classes`` has one for each unit, and eight more at its end; ``separators`` are the places of
    the separators.
    """

    data: bytes
    classes: Classes
    separators: Ints

    def uncommon_texts(self) -> list[int]:
        """The texts with a character that is neither common nor white space, by their index."""
        places = np.flatnonzero(self.classes == _OTHER)
        texts: list[int] = np.unique(np.searchsorted(self.separators, places) - 1).tolist()
        return texts

    def pieces(self, starts: Ints, ends: Ints) -> list[str]:
        """The texts between some places; none holds a line break."""
        if not starts.size:
            return []
        counts = ends - starts + 1  # with a break behind each
        lasts = np.cumsum(counts) - 1
        places = np.repeat(starts - (lasts + 1 - counts), counts) + np.arange(lasts[-1] + 1)
        units = np.frombuffer(self.data, dtype="<u2")[places]
        units[lasts] = ord("\n")
        joined: str = units.tobytes().decode("utf-16-le", "surrogatepass")
        return joined.split("\n")[:-1]


def encode(texts: Sequence[str]) -> Encoded:
    """Put texts into one array."""
    parts = [text.encode("utf-16-le", "surrogatepass") for text in texts]
    data = _SEPARATOR.join((b"", *parts, b""))
    units = np.frombuffer(data, dtype="<u2")
    sizes = np.fromiter(map(len, parts), dtype=np.int64, count=len(parts)) // _UNIT
    separators = np.concatenate(([0], np.cumsum(sizes + 1)))
    classes = np.zeros(units.size + _KEY_CHARS, dtype=np.uint8)
    np.take(_class_of_unit(), units, out=classes[: units.size], mode="clip")
    classes[separators] = _BREAK
    return Encoded(data, classes, separators)


@cache
def _class_of_unit() -> Classes:
    classes = np.full(1 << 16, _OTHER, dtype=np.uint8)
    classes[[unit for unit in range(1 << 16) if chr(unit).isspace()]] = _SPACE
    classes[ord("\n")] = _BREAK
    classes[[ord(char) for char in COMMON]] = range(_FIRST_COMMON, _FIRST_COMMON + len(COMMON))
    return classes


class ChunkNumbers:
    """Numbers chunks, the pieces between white space, in the order in which they are met.

    ``texts`` are the chunks by their numbers. Chunk 0 stands between two texts, chunk 1 is the end
    of a line.
    """

    def __init__(self) -> None:
        self.texts = ["", NEWLINE_CHUNK]
        self._short = KeyTable()
        self._short.put(np.array([_BREAK], dtype=np.uint64), np.array([1], dtype=np.int32))
        self._others: dict[str, int] = {}

    def of(self, texts: Encoded) -> tuple[npt.NDArray[np.int32], Ints]:
        """The numbers of all chunks, and which of them are separators."""
        classes = texts.classes
        solid = classes > _BREAK
        edges = np.flatnonzero(solid[1:] != solid[:-1]) + 1
        breaks = np.flatnonzero(classes == _BREAK)
        before = np.searchsorted(edges[::2], breaks)
        starts, ends = _merged(edges[::2], breaks), _merged(edges[1::2], breaks + 1)
        lengths = ends - starts
        # At each place the next eight classes as one number; NumPy copes with where that begins.
        windows = np.ndarray(classes.size - _KEY_CHARS + 1, "<u8", classes.data, strides=(1,))
        keys = windows[starts] & _MASKS[np.minimum(lengths, _KEY_CHARS)]
        odd = lengths > _KEY_CHARS
        odd[np.searchsorted(starts, np.flatnonzero(classes == _OTHER), side="right") - 1] = True
        others = np.flatnonzero(odd)
        keys[others] = _BREAK
        numbers = self._short.find(keys)
        unknown = np.flatnonzero(numbers == UNKNOWN)
        if unknown.size:
            new, first, inverse = np.unique(keys[unknown], return_index=True, return_inverse=True)
            news = np.arange(len(self.texts), len(self.texts) + new.size, dtype=np.int32)
            self._short.put(new, news)
            self.texts += texts.pieces(starts[unknown[first]], ends[unknown[first]])
            numbers[unknown] = news[inverse]
        if others.size:
            pieces = texts.pieces(starts[others], ends[others])
            numbers[others] = [self._number(piece) for piece in pieces]
        separators = (before + np.arange(breaks.size))[np.searchsorted(breaks, texts.separators)]
        numbers[separators] = 0
        return numbers, separators

    def _number(self, text: str) -> int:
        number = self._others.get(text)
        if number is None:
            number = self._others[text] = len(self.texts)
            self.texts.append(text)
        return number


def _merged(places: Ints, others: Ints) -> Ints:
    """All of two ascending runs, ascending: what Timsort is fastest at."""
    return np.sort(np.concatenate((places, others)), kind="stable")
