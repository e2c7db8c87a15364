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
from functools import lru_cache

from searchapp.analysis.base import View
from searchapp.analysis.segmentation import split_chunk
from searchapp.analysis.terms import exact_term, folded_term, strip_marks
from searchapp.query.nodes import Phrase, Term
from searchapp.search.planner import Wanted

MAX_PLACES_PER_TERM = 1_000  # in one text: enough to choose passages from

_SYLLABLE = re.compile(r"[^\W_]+")
_CHUNK = re.compile(r"\S+")
_GAP = re.compile(r"[\W_]*")
_MAX_CHUNK = 200  # characters looked at on each side of a place inside a longer run


@dataclass(frozen=True, slots=True)
class Place:
    """A term of the query at ``start:end`` of a text, in code points."""

    start: int
    end: int
    term: Term | Phrase


_LONG = "\ufffe"  # not a character: stands for one that folds to none or to several


class _FoldTable(dict[int, int]):
    """For `str.translate`: each character to one folded character, learnt as they come."""

    def __missing__(self, code: int) -> int:
        char = chr(code)
        folded = strip_marks(unicodedata.normalize("NFKC", char).casefold())
        long = char.isalnum() and len(folded) != 1
        self[code] = ord(_LONG) if long else ord(folded) if len(folded) == 1 else code
        return self[code]


_FOLD = _FoldTable()
_FOLD_MAX_ENTRIES = 20_000  # far more than the letters that are written


def find_places(text: str, wanted: Wanted) -> list[Place]:
    """Every place of the wanted terms in a cleaned text, by start."""
    if len(_FOLD) > _FOLD_MAX_ENTRIES:
        _FOLD.clear()
    folded = text.translate(_FOLD)
    find = _places_one_by_one if _LONG in folded else _places_by_string
    wanted_terms = {*wanted.syllables}
    for phrase in wanted.phrases:
        wanted_terms.update(Term(phrase.view, term) for term in phrase.terms)
    found = find(text, folded, wanted_terms)
    places = [place for term in wanted.syllables for place in found[term]]
    for phrase in wanted.phrases:
        places += _phrase_places(text, phrase, found)
    places.sort(key=lambda place: (place.start, -place.end))
    return places


def _places_by_string(text: str, folded: str, wanted: set[Term]) -> dict[Term, list[Place]]:
    """Places found by plain search in the folded text, each checked."""
    found: dict[Term, list[Place]] = {}
    for term in wanted:
        places = found[term] = []
        for spelling in _spellings(term.text):
            at = folded.find(spelling)
            while at >= 0 and len(places) < MAX_PLACES_PER_TERM:
                end = at + len(spelling)
                if _term_of(text[at:end], term.view) == term.text and _is_whole(text, at, end):
                    places.append(Place(at, end, term))
                at = folded.find(spelling, at + 1)
        places.sort(key=lambda place: place.start)
    return found


def _places_one_by_one(text: str, _: str, wanted: set[Term]) -> dict[Term, list[Place]]:
    """The same, syllable by syllable: slower, for texts with letters that fold to several."""
    found: dict[Term, list[Place]] = {term: [] for term in wanted}
    views = {term.view for term in wanted}
    for chunk in _CHUNK.finditer(text):
        for start, end in _syllable_spans(chunk[0]):
            surface = chunk[0][start:end]
            for view in views:
                term = Term(view, _term_of(surface, view))
                if len(found.get(term, _FULL)) < MAX_PLACES_PER_TERM:
                    found[term].append(Place(chunk.start() + start, chunk.start() + end, term))
    return found


_FULL = [None] * MAX_PLACES_PER_TERM


def _phrase_places(text: str, phrase: Phrase, found: dict[Term, list[Place]]) -> Iterator[Place]:
    """Places where the terms of a phrase stand one behind the other, nothing but signs between."""
    ends = [
        {place.start: place.end for place in found[Term(phrase.view, term)]}
        for term in phrase.terms
    ]
    last_end = 0
    for start, first_end in ends[0].items():
        end: int | None = first_end
        for following in ends[1:]:
            assert end is not None
            gap = _GAP.match(text, end)
            end = following.get(gap.end() if gap else end)
            if end is None:
                break
        if end is not None and start >= last_end:
            last_end = end
            yield Place(start, end, phrase)


@lru_cache(4096)
def _spellings(term: str) -> list[str]:
    """How a term may stand in a folded text: i and y may have changed places."""
    folded = strip_marks(term) or term
    swapped = folded[:-1] + {"i": "y", "y": "i"}.get(folded[-1], folded[-1])
    if swapped != folded and folded_term(swapped) == folded_term(folded):
        return [folded, swapped]
    return [folded]


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether a place is a syllable of the analyzer's and not a part of one."""
    before = start > 0 and text[start - 1].isalnum()
    if not before and not (end < len(text) and text[end].isalnum()):
        return True
    # A letter beside a digit may be a syllable all the same: pyvi parts 37,5độ, but not covid19.
    left, right = start, end
    while left > 0 and start - left < _MAX_CHUNK and not text[left - 1].isspace():
        left -= 1
    while right < len(text) and right - end < _MAX_CHUNK and not text[right].isspace():
        right += 1
    if not any(c.isdigit() for c in text[left:right]):
        return False
    return (start - left, end - left) in _syllable_spans(text[left:right])


def _syllable_spans(chunk: str) -> list[tuple[int, int]]:
    """Where the analyzer finds syllables in a piece of text between spaces."""
    spans, at = [], 0
    for token in split_chunk(chunk):
        spans += [(at + m.start(), at + m.end()) for m in _SYLLABLE.finditer(token)]
        at += len(token)
    return spans


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
