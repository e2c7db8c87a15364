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
    visible: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(raw):
        if not _INVISIBLE_RUN.match(char):
            visible.append(" " if char == _ZERO_WIDTH_SPACE else char)
            origin.append(index)
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    begin = 0
    while begin < len(visible):
        stop = begin + 1
        while stop < len(visible) and _continues("".join(visible[begin:stop]), visible[stop]):
            stop += 1
        composed = unicodedata.normalize("NFC", "".join(visible[begin:stop]))
        _append_cluster(composed, origin[begin:stop], out, starts, ends)
        begin = stop
    return CleanText("".join(out), starts, ends)


def _continues(cluster: str, char: str) -> bool:
    """Whether ``char`` may compose or reorder with what stands before it."""
    if char < "\u0300":
        return False
    if unicodedata.combining(char):
        return True
    together = unicodedata.normalize("NFC", cluster + char)
    apart = unicodedata.normalize("NFC", cluster) + unicodedata.normalize("NFC", char)
    return together != apart or "\u1160" <= char <= "\u11ff"


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
