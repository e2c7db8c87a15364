"""Where the words of a query stand in a text, in the text's own spelling.

The text is folded character by character, so that places in the folded text are places in the text;
candidates are found there by plain string search, and each is checked against the term it stands
for. This works on a whole document in well under a millisecond and needs no engine.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from searchapp.analysis.base import View
from searchapp.analysis.terms import exact_term, folded_term, strip_marks
from searchapp.query.nodes import Phrase, Term
from searchapp.search.planner import Wanted

MAX_PLACES_PER_TERM = 1_000  # in one text: enough to choose passages from

_SYLLABLE = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Place:
    """A term of the query at ``start:end`` of a text, in code points."""

    start: int
    end: int
    term: Term | Phrase


class _FoldTable(dict[int, int]):
    """For `str.translate`: each character to one folded character, learnt as they come."""

    def __missing__(self, code: int) -> int:
        char = chr(code)
        folded = strip_marks(unicodedata.normalize("NFKC", char).casefold())
        self[code] = ord(folded) if len(folded) == 1 else code
        return self[code]


_FOLD = _FoldTable()
_FOLD_MAX_ENTRIES = 20_000  # far more than the letters that are written


def find_places(text: str, wanted: Wanted) -> list[Place]:
    """Every place of the wanted terms in a cleaned text, by start."""
    if len(_FOLD) > _FOLD_MAX_ENTRIES:
        _FOLD.clear()
    folded = text.translate(_FOLD)
    places: list[Place] = []
    for term in wanted.syllables:
        places += _syllable_places(text, folded, term)
    for phrase in wanted.phrases:
        places += _phrase_places(text, folded, phrase)
    places.sort(key=lambda place: (place.start, -place.end))
    return places


def _syllable_places(text: str, folded: str, term: Term) -> Iterator[Place]:
    found = 0
    for spelling in _spellings(strip_marks(term.text)):
        at = folded.find(spelling)
        while at >= 0 and found < MAX_PLACES_PER_TERM:
            end = at + len(spelling)
            if _is_whole(folded, at, end) and _term_of(text[at:end], term.view) == term.text:
                found += 1
                yield Place(at, end, term)
            at = folded.find(spelling, end)


def _phrase_places(text: str, folded: str, phrase: Phrase) -> Iterator[Place]:
    alternatives = (
        "(?:" + "|".join(map(re.escape, _spellings(strip_marks(term)))) + ")"
        for term in phrase.terms
    )
    pattern = re.compile(r"(?<![^\W_])" + r"[\W_]+".join(alternatives) + r"(?![^\W_])")
    found = 0
    for match in pattern.finditer(folded):
        surfaces = _SYLLABLE.findall(text[match.start() : match.end()])
        if tuple(_term_of(s, phrase.view) for s in surfaces) == phrase.terms:
            found += 1
            yield Place(match.start(), match.end(), phrase)
        if found >= MAX_PLACES_PER_TERM:
            return


def _spellings(folded: str) -> list[str]:
    """How a folded term may stand in a folded text: i and y may have changed places."""
    swapped = folded[:-1] + {"i": "y", "y": "i"}.get(folded[-1], folded[-1])
    if swapped != folded and folded_term(swapped) == folded_term(folded):
        return [folded, swapped]
    return [folded]


def _is_whole(text: str, start: int, end: int) -> bool:
    before = start > 0 and text[start - 1].isalnum()
    return not before and not (end < len(text) and text[end].isalnum())


def _term_of(surface: str, view: View) -> str:
    return exact_term(surface) if view is View.EXACT else folded_term(surface)


def join_words(places: Iterable[Place], words: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans to mark: places that overlap or lie in one word become one span.

    ``places`` are in order of start, ``words`` are the spans of the text's words, in order.
    """
    starts = [start for start, _ in words]
    marked: list[tuple[int, int]] = []
    for place in places:
        if marked:
            last_start, last_end = marked[-1]
            index = bisect_right(starts, place.start) - 1
            in_word = index >= 0 and starts[index] < last_end and place.end <= words[index][1]
            if place.start < last_end or in_word:
                marked[-1] = (last_start, max(last_end, place.end))
                continue
        marked.append((place.start, place.end))
    return marked
