"""Lines as they stand on a page to paragraphs: for PDF, which knows lines only.

A word that is torn in two lines is found by nobody, two paragraphs run together disturb little.
So in case of doubt lines are joined.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import ceil

from searchapp.ingest.legacy import is_syllable

_FULL_SHARE = 0.75  # of the width of the widest lines: such a line was broken for want of room
_WIDE_SHARE = 0.9  # the line that so many of the page's lines don't surpass stands for its width
_BEGINS_ITEM = re.compile(
    r"(?:[-–—•●○▪■◦*+►➢✓]|\d{1,3}[.)](?!\d)|[a-zđ][.)]\s|[IVXLC]{1,6}[.)]\s|"
    r"(?:Điều|Chương|Mục|Phần|Khoản|Phụ lục)\s+[\dIVXLC]+\b)"
)
_ENDS_SENTENCE = re.compile(r"[.!?:;…][\"”’»)\]]*$")
_TORN = re.compile(
    r"(?<![^\W\d_])([^\W\d_]+)[-\u2010]$"
)  # a soft hyphen is ư in TCVN3, so it stays
_WORD = re.compile(r"[^\W\d_]+")


def join_lines(lines: Sequence[str]) -> str:
    """The paragraphs of a page, a line each. Empty lines part paragraphs."""
    stripped = [" ".join(line.split()) for line in lines]
    width = _width([line for line in stripped if line])
    paragraphs: list[str] = []
    before = ""
    for line in stripped:
        if line and before and _goes_on(before, line, width):
            paragraphs[-1] = _joined(paragraphs[-1], line)
        elif line:
            paragraphs.append(line)
        before = line
    return "\n".join(paragraphs)


def _width(lines: Sequence[str]) -> int:
    """How many characters a full line has."""
    lengths = sorted(map(len, lines))
    return lengths[ceil((len(lengths) - 1) * _WIDE_SHARE)] if lengths else 0


def _goes_on(before: str, line: str, width: int) -> bool:
    if _BEGINS_ITEM.match(line):
        return False
    if _TORN.search(before) or line[0].islower():
        return True
    full = len(before) >= _FULL_SHARE * width
    return (full and not _ENDS_SENTENCE.search(before)) or len(before) >= _WIDE_SHARE * width


def _joined(before: str, line: str) -> str:
    """Two lines as one: a hyphen that only parts a word for want of room goes.

    Vietnamese never parts a syllable, so a hyphen between two of them belongs to the word
    (kinh tế-xã hội, Cô-lôm-bi-a).
    """
    torn, rest = _TORN.search(before), _WORD.match(line)
    if torn is None:
        return f"{before} {line}"
    if rest is None or not line[0].islower():
        return before[: torn.end(1)] + "-" + line
    ends = (torn[1], rest[0])
    belongs = any(not end.isascii() for end in ends) or all(map(is_syllable, ends))
    return before[: torn.end(1)] + ("-" if belongs else "") + line
