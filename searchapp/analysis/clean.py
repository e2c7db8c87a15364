"""Characters before tokens: one Unicode form, no invisible characters, offsets kept.

The result is NFC without format characters. Case, tone placement and the rest of the normal form
belong to terms (`terms.py`): pyvi's model looks at case and at the spelling as it stands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

# Soft hyphen, joiners, direction marks, byte order mark and tag characters: invisible, and often
# left inside words by word processors and web pages.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u180e\u200c-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\U000e0000-\U000e007f"
)
_INVISIBLE_RUN = re.compile(f"[{_INVISIBLE}]+")
# A zero-width space marks a place where a line may break, which in Vietnamese is between words.
_ZERO_WIDTH_SPACE = "\u200b"
# Letters that stay as they are, whatever stands before them; most of a text that needs some work.
_PLAIN_RUN = re.compile("[\x00-\u00ac\u00ae-\u02ff\u1ea0-\u1ef9]{2,}")
_NEEDS_WORK = re.compile(f"[{_INVISIBLE}{_ZERO_WIDTH_SPACE}]")


@dataclass(frozen=True, slots=True)
class CleanText:
    """A cleaned text and the way back to the raw one.

    ``starts[i]`` and ``ends[i]`` bound the raw code points that became ``text[i]``; both are None
    when the cleaning changed nothing, which is the usual case.
    """

    text: str
    starts: Sequence[int] | None = None
    ends: Sequence[int] | None = None

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """The raw offsets of ``text[start:end]`` (``start < end``)."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def clean_text(raw: str) -> str:
    """The cleaned text alone, for callers that need no offsets."""
    if _NEEDS_WORK.search(raw):
        raw = _INVISIBLE_RUN.sub("", raw).replace(_ZERO_WIDTH_SPACE, " ")
    return raw if unicodedata.is_normalized("NFC", raw) else unicodedata.normalize("NFC", raw)


def clean(raw: str) -> CleanText:
    """Bring ``raw`` to NFC without invisible characters, and remember where each character was."""
    if not _NEEDS_WORK.search(raw) and unicodedata.is_normalized("NFC", raw):
        return CleanText(raw)
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for run in _PLAIN_RUN.finditer(raw):
        # What follows may change the last of them.
        first, last = run.start(), run.end() - (run.end() < len(raw))
        _clean_part(raw, at, first, out, starts, ends)
        out.append(raw[first:last])
        starts.extend(range(first, last))
        ends.extend(range(first + 1, last + 1))
        at = last
    _clean_part(raw, at, len(raw), out, starts, ends)
    return CleanText("".join(out), starts, ends)


def _clean_part(
    raw: str, first: int, last: int, out: list[str], starts: list[int], ends: list[int]
) -> None:
    """Append ``raw[first:last]``, cleaned, with the raw span of each of its characters."""
    visible: list[str] = []
    origin: list[int] = []
    for index in range(first, last):
        char = raw[index]
        if not _INVISIBLE_RUN.match(char):
            visible.append(" " if char == _ZERO_WIDTH_SPACE else char)
            origin.append(index)
    begin = 0
    while begin < len(visible):
        stop = begin + 1
        while stop < len(visible) and _continues(visible, begin, stop):
            stop += 1
        composed = unicodedata.normalize("NFC", "".join(visible[begin:stop]))
        _append_cluster(composed, origin[begin:stop], out, starts, ends)
        begin = stop


def _continues(visible: Sequence[str], begin: int, stop: int) -> bool:
    """Whether ``visible[stop]`` may compose or reorder with what stands before it from ``begin``.

    What may go on without end (marks, Korean letters) is told by itself: the time that a text takes
    is in proportion to its length.
    """
    char = visible[stop]
    if char < "\u0300":
        return False
    if unicodedata.combining(char) or "\u1160" <= char <= "\u11ff":
        return True
    cluster = "".join(visible[begin:stop])
    together = unicodedata.normalize("NFC", cluster + char)
    return together != unicodedata.normalize("NFC", cluster) + unicodedata.normalize("NFC", char)


def _append_cluster(
    composed: str, origin: list[int], out: list[str], starts: list[int], ends: list[int]
) -> None:
    """Append ``composed`` with the raw span of each of its characters.

    The marks that did not compose keep the last raw characters, one each; the base has the rest.
    """
    spare = max(len(origin) - len(composed) + 1, 1)
    for index, char in enumerate(composed):
        first = 0 if index == 0 else min(spare + index - 1, len(origin) - 1)
        last = spare - 1 if index == 0 else first
        out.append(char)
        starts.append(origin[first])
        ends.append(origin[last] + 1)
