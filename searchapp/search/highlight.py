"""Where the words of a query stand in a text, in the text's own spelling.

Each run of letters and digits of the text is brought to its terms, which are looked up among those
of the query. What a run stands for is remembered for the texts that follow, which share most of
their syllables. A document takes a fraction of a millisecond and needs no engine; one that takes
longer than the time budget has its first places.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from searchapp.analysis.base import View
from searchapp.analysis.segmentation import split_chunk
from searchapp.analysis.terms import exact_term, folded_term
from searchapp.query.nodes import Phrase, Term
from searchapp.search.parts import Wanted
from searchapp.time_budget import is_spent

MAX_PLACES_PER_TERM = 1_000  # in one text: enough to choose passages from

_SYLLABLE = re.compile(r"[^\W_]+")
_GAP = re.compile(r"[\W_]*")
_LOOK_UP_RUNS = 4_096  # some milliseconds apart: whether there is time, and anything left to find
_MAX_CHUNK = 200  # characters looked at on each side of a place inside a longer run


class Place(NamedTuple):
    """A term of the query at ``start:end`` of a text, in code points; terms go by number."""

    start: int
    end: int
    term: int


class PlaceFinder:
    """Finds the wanted terms of a query in texts. Not safe to share between threads.

    ``terms`` are what places name by number.
    """

    def __init__(self, wanted: Wanted) -> None:
        self.terms: tuple[Term | Phrase, ...] = (*wanted.syllables, *wanted.phrases)
        self._shown = len(wanted.syllables)
        self._phrases = wanted.phrases
        self._numbers: dict[View, dict[str, int]] = {View.EXACT: {}, View.FOLDED: {}}
        for term in wanted.syllables:
            self._number(term.view, term.text)
        # Behind those that are shown come the syllables that phrases are made of.
        self._parts = [[self._number(p.view, term) for term in p.terms] for p in wanted.phrases]
        self._count = sum(map(len, self._numbers.values()))
        self._folded = {folded_term(text) for texts in self._numbers.values() for text in texts}
        self._known: dict[str, tuple[int, ...]] = {}

    def _number(self, view: View, text: str) -> int:
        count = sum(map(len, self._numbers.values()))
        return self._numbers[view].setdefault(text, count)

    def places(self, text: str) -> list[Place]:
        """Every place of the wanted terms in a cleaned text, by start, the longer ones first."""
        spans = self._spans_by_term(text)
        found = [
            Place(start, end, number)
            for number in range(self._shown)
            for start, end in spans[number]
        ]
        for number, parts in enumerate(self._parts, self._shown):
            phrase = _phrase_spans(text, [spans[part] for part in parts])
            found += [Place(start, end, number) for start, end in phrase]
        found.sort(key=lambda place: (place.start, -place.end))
        return found

    def _spans_by_term(self, text: str) -> list[list[tuple[int, int]]]:
        found: list[list[tuple[int, int]]] = [[] for _ in range(self._count)]
        known = self._known
        for number, run in enumerate(_SYLLABLE.finditer(text), 1):
            if not number % _LOOK_UP_RUNS and (is_spent() or _are_full(found)):
                break
            surface = run[0]
            numbers = known.get(surface)
            if numbers is None:
                numbers = known[surface] = self._numbers_of(surface)
            if numbers:
                _add(found, numbers, run.span())
            elif not surface.isalpha() and not surface.isdecimal():
                # A letter beside a digit may begin a syllable: pyvi parts 37,5độ, but not covid19.
                for start, end in _syllable_spans(text, *run.span()):
                    _add(found, self._numbers_of(text[start:end]), (start, end))
        return found

    def _numbers_of(self, surface: str) -> tuple[int, ...]:
        folded = folded_term(surface)
        if folded not in self._folded:
            return ()
        exact_number = self._numbers[View.EXACT].get(exact_term(surface))
        folded_number = self._numbers[View.FOLDED].get(folded)
        return tuple(number for number in (exact_number, folded_number) if number is not None)


def _are_full(found: Iterable[Sequence[tuple[int, int]]]) -> bool:
    return all(len(spans) >= MAX_PLACES_PER_TERM for spans in found)


def _add(found: list[list[tuple[int, int]]], numbers: Iterable[int], span: tuple[int, int]) -> None:
    for number in numbers:
        if len(found[number]) < MAX_PLACES_PER_TERM:
            found[number].append(span)


def _syllable_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where the analyzer finds syllables in a run of letters and digits: in parts of it, or all."""
    left, right = start, end
    while left > 0 and start - left < _MAX_CHUNK and not text[left - 1].isspace():
        left -= 1
    while right < len(text) and right - end < _MAX_CHUNK and not text[right].isspace():
        right += 1
    spans, at = [], left
    for token in split_chunk(text[left:right]):
        spans += [(at + m.start(), at + m.end()) for m in _SYLLABLE.finditer(token)]
        at += len(token)
    return [span for span in spans if start <= span[0] and span[1] <= end]


def _phrase_spans(
    text: str, spans: Sequence[Sequence[tuple[int, int]]]
) -> Iterator[tuple[int, int]]:
    """Where terms, given by their spans, stand one behind the other, nothing but signs between."""
    followers = [dict(each) for each in spans[1:]]
    last_end = 0
    for start, first_end in spans[0]:
        end: int | None = first_end
        for following in followers:
            assert end is not None
            gap = _GAP.match(text, end)
            end = following.get(gap.end() if gap else end)
            if end is None:
                break
        if end is not None and start >= last_end:
            last_end = end
            yield start, end


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
