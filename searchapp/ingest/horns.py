"""The ư of TCVN3 in a PDF, which stands there as a hyphen.

TCVN3 writes ư with the code of the soft hyphen, and PDF's usual encoding has a hyphen at that code:
so "người" comes out as "ng-ời", and "như" at a line's end as a word to be joined with the next.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from searchapp.ingest.legacy import TCVN3, is_syllable, recognise

_HORN = "\u00ad"
# A word without a hyphen is taken, too: else each of its letters is tried as a beginning.
_WITH_HYPHEN = re.compile(r"[^\s-]*+-[^\s-]*|[^\s-]++")
_PUNCTUATION = re.compile(r"\A[(\"“]+|(?<![)\"”.,;:!?])[)\"”.,;:!?]+\Z")


def with_horns(pages: Sequence[str]) -> list[str]:
    """Pages in TCVN3 with ư for hyphens that make a syllable with it; other pages as they are."""
    if not any("-" in page for page in pages):
        return list(pages)
    finding = recognise("\n".join(pages))
    if finding is None or not finding.certain or finding.encoding is not TCVN3:
        return list(pages)
    return [_WITH_HYPHEN.sub(_mended, page) for page in pages]


def _mended(found: re.Match[str]) -> str:
    before, hyphen, after = found[0].partition("-")
    if not hyphen:
        return before
    if _is_word(before + _HORN + after):
        return before + _HORN + after
    if before and after and _is_word(before + _HORN) and _is_word(after):
        return f"{before}{_HORN} {after}"  # a line ended here
    return found[0]


def _is_word(codes: str) -> bool:
    word = _PUNCTUATION.sub("", TCVN3.convert(codes)).lower()
    return is_syllable(word)
