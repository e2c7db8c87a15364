"""The passages of a document that show best why it was found."""

from __future__ import annotations

import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import NamedTuple

from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.clean import CleanText, clean
from searchapp.query.nodes import Phrase, Term
from searchapp.search.highlight import Place, PlaceFinder, join_words
from searchapp.search.parts import Wanted
from searchapp.time_budget import is_spent

_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’)\]]*\s+|\n\s*")
_SPACE = re.compile(r"\s")
_SPACES = re.compile(r"\s+")
_REPEATED_SHARE = 0.1  # of a term's weight, for each time that it comes again in a passage
_MAX_ANCHOR_TERMS = 6  # passages are looked for around the most telling terms
_MAX_WINDOWS = 200  # in one text
_LONGEST_WORD = 30  # characters; one of 80,000 words of Wikipedia is longer
_LOOKED_AT_CHARS = 500_000  # of a text at a time: a book; what is found there is enough
_BEGINNING_TIMES = 8  # of a passage's length: a beginning is chosen from so much
_AROUND_CHARS = 300  # read on both sides of a part: a phrase may go over its ends
_SOUGHT_CHARS = 100_000  # of a text at a time, for where words of the query stand
_MOST_PLACES = 20
_PLACES_APART_CHARS = 500  # nearer ones are read together anyway
_LEAD_SHARE = 3  # a passage out of a long sentence begins a third of its length before the place


@dataclass(frozen=True, slots=True)
class Snippet:
    """A passage of a document.

    ``highlights`` are spans of ``text`` in code points, in order; ``html`` is ``text``, escaped,
    with ``<mark>`` around each. ``start`` and ``end`` are where it stands in the document's text,
    and ``at`` where its first highlight does, or its beginning where nothing is highlighted.
    """

    text: str
    highlights: tuple[tuple[int, int], ...]
    start: int
    end: int
    at: int = 0

    @property
    def html(self) -> str:
        """The passage as HTML: escaped by construction."""
        return mark(self.text, self.highlights)


def mark(text: str, highlights: Sequence[tuple[int, int]]) -> str:
    """``text`` escaped for HTML, with ``<mark>`` around each highlight."""
    parts: list[str] = []
    at = 0
    for start, end in highlights:
        parts += (html.escape(text[at:start]), "<mark>", html.escape(text[start:end]), "</mark>")
        at = end
    parts.append(html.escape(text[at:]))
    return "".join(parts)


class Highlighter:
    """Cuts and marks passages for one query.

    ``weights`` say how much a term tells, 1 where none is given; ``max_chars`` and ``most`` bound
    length and number. Not safe to share between threads.
    """

    def __init__(
        self,
        analyzer: Analyzer,
        wanted: Wanted,
        weights: Mapping[Term | Phrase, float],
        max_chars: int,
        most: int,
    ) -> None:
        self._analyzer = analyzer
        self._finder = PlaceFinder(wanted)
        self._weights = [weights.get(term, 1.0) for term in self._finder.terms]
        self._max_chars = max_chars
        self._most = most

    def snippets(self, texts: Sequence[str]) -> list[list[Snippet]]:
        """The best passages of each text, in the order of the text; its beginning if none match."""
        return self.hits([], texts)[1]

    def wholes(self, texts: Sequence[str]) -> list[Snippet]:
        """Whole texts, marked; line breaks stay."""
        return self.hits(texts, [])[0]

    def hits(
        self, titles: Sequence[str], texts: Sequence[str]
    ) -> tuple[list[Snippet], list[list[Snippet]]]:
        """The titles whole, and the best passages of each text: one batch for the analyzer.

        Texts that come up when the time budget is spent have nothing marked.
        """
        whole = [(raw, clean(raw)) for raw in titles]
        found = [self._places(cleaned.text) for _, cleaned in whole]
        cut = [self._cut(raw) for raw in texts]
        pieces = [_Piece(c.text, 0, places) for (_, c), places in zip(whole, found, strict=True)]
        for one in cut:
            pieces += [_Piece(one.cleaned.text[a:b], a, places) for a, b, places in one.windows]
        marked = iter(self._marked(pieces))
        return (
            [_whole(raw, cleaned, next(marked)) for raw, cleaned in whole],
            [
                [_passage(one, start, end, next(marked)) for start, end, _ in one.windows]
                for one in cut
            ],
        )

    def part(self, text: str, start: int, end: int) -> Snippet:
        """A part of a text, marked; the highlights count from its beginning."""
        first = max(start - _AROUND_CHARS, 0)
        (around,) = self.wholes([text[first : end + _AROUND_CHARS]])
        shift, length = start - first, end - start
        spans = tuple(
            (max(a - shift, 0), min(b - shift, length))
            for a, b in around.highlights
            if a < shift + length and b > shift
        )
        return Snippet(text[start:end], spans, start, end, start + _first(spans, 0))

    def first_places(self, text: str) -> tuple[int, ...]:
        """Where words of the query stand in a text: the first places, with some text in between."""
        found: list[int] = []
        for at in range(0, len(text), _SOUGHT_CHARS):
            if is_spent() or len(found) >= _MOST_PLACES:
                break
            cleaned = clean(text[at : at + _SOUGHT_CHARS])
            for place in self._finder.places(cleaned.text):
                start = at + cleaned.raw_span(place.start, place.end)[0]
                if not found or start - found[-1] >= _PLACES_APART_CHARS:
                    found.append(start)
        return tuple(found[:_MOST_PLACES])

    def _cut(self, raw: str) -> _Cut:
        """The best windows of a text: of the first piece of it that holds words of the query, or
        its beginning where none does or there is no time to look.
        """
        for at in range(0, len(raw), _LOOKED_AT_CHARS):
            if is_spent():
                break
            piece = raw[at : at + _LOOKED_AT_CHARS]
            cleaned = clean(piece)
            windows = self._choose(cleaned.text)
            if any(places for *_, places in windows):
                return _Cut(at, piece, cleaned, windows)
        beginning = raw[: _BEGINNING_TIMES * self._max_chars]
        cleaned = clean(beginning)
        return _Cut(0, beginning, cleaned, [self._beginning(cleaned.text)])

    def _beginning(self, text: str) -> tuple[int, int, list[Place]]:
        return (*_trim(text, *_Sentences(text, self._max_chars).window(0, None)), [])

    def _marked(self, pieces: Sequence[_Piece]) -> Iterator[list[tuple[int, int]]]:
        """The spans to mark in each piece, places in one word being one span.

        Only pieces where words of the query stand near each other are segmented for that.
        """
        texts = [piece.text for piece in pieces if piece.may_share_words()]
        words = iter(self._analyzer.word_spans(texts) if texts else ())
        for piece in pieces:
            spans = next(words) if piece.may_share_words() else ()
            yield join_words(piece.places, [(a + piece.at, b + piece.at) for a, b in spans])

    def _places(self, text: str) -> list[Place]:
        return [] if is_spent() else self._finder.places(text)

    def _choose(self, text: str) -> list[tuple[int, int, list[Place]]]:
        """Up to ``most`` windows that don't overlap, best first chosen, in text order."""
        places = self._places(text)
        if not places:
            return []
        sentences = _Sentences(text, self._max_chars)
        starts = [place.start for place in places]
        inside = {w: _inside(places, starts, w) for w in self._windows(sentences, places)}
        worth = {window: self._worth(held) for window, held in inside.items()}
        chosen: list[tuple[int, int]] = []
        covered: set[int] = set()
        while worth and len(chosen) < self._most:
            best = max(worth, key=lambda w: (worth[w], -w[0]))
            terms = {place.term for place in inside[best]}
            if chosen and terms <= covered:
                break  # a second passage is shown only for what the first lacks
            chosen.append(best)
            covered |= terms
            worth = {
                w: self._worth([place for place in inside[w] if place.term not in covered])
                for w in worth
                if w[1] <= best[0] or w[0] >= best[1]
            }
        return [(*window, inside[window]) for window in sorted(chosen)]

    def _windows(self, sentences: _Sentences, places: list[Place]) -> set[tuple[int, int]]:
        """A window for each sentence, or part of a long one, that holds a telling term."""
        by_term: dict[int, list[Place]] = {}
        for place in places:
            by_term.setdefault(place.term, []).append(place)
        telling = sorted(by_term, key=lambda t: (-self._weights[t], by_term[t][0].start))
        windows: dict[tuple[int, int], tuple[int, int]] = {}
        # The most telling terms first: where there are too many windows, theirs are there.
        for place in chain.from_iterable(by_term[t] for t in telling[:_MAX_ANCHOR_TERMS]):
            if len(windows) >= _MAX_WINDOWS:
                break
            sentence = sentences.start_of(place.start)
            # Places in the same half window of a sentence mostly share a window.
            part = 2 * (place.start - sentence) // self._max_chars
            known = windows.get((sentence, part))
            if known is None or place.end > known[1]:
                window = _trim(sentences.text, *sentences.window(sentence, place))
                windows[sentence, part if known is None else place.start] = window
        return set(windows.values())

    def _worth(self, places: list[Place]) -> float:
        worth, seen, weights = 0.0, set(), self._weights
        previous_end = -2
        for start, end, term in places:
            weight = weights[term]
            worth += weight * _REPEATED_SHARE if term in seen else weight
            if 0 <= start - previous_end <= 1:
                worth += weight / 2  # neighbours: the words of the query as they were typed
            seen.add(term)
            previous_end = end
        return worth


class _Cut(NamedTuple):
    """A piece of a text that begins at ``at`` there, cleaned, and its windows with their places."""

    at: int
    raw: str
    cleaned: CleanText
    windows: list[tuple[int, int, list[Place]]]


class _Piece(NamedTuple):
    """A part of a cleaned text that begins at ``at`` there, as the places in it count."""

    text: str
    at: int
    places: list[Place]

    def may_share_words(self) -> bool:
        """Whether two places lie so near to each other that one word may hold both."""
        end = self.at - _LONGEST_WORD
        for start, stop, _ in self.places:
            if start - end < _LONGEST_WORD:
                return True
            end = max(end, stop)
        return False


class _Sentences:
    """Where a text's sentences begin, and the windows that they give."""

    def __init__(self, text: str, max_chars: int) -> None:
        self.text = text
        self._max_chars = max_chars
        ends = [match.span() for match in _SENTENCE_END.finditer(text)]
        self._signs = [start for start, _ in ends]
        self._starts = [0, *(end for _, end in ends)]

    def start_of(self, place: int) -> int:
        """Where the sentence begins that a place is in."""
        return self._starts[bisect_right(self._starts, place) - 1]

    def window(self, sentence: int, place: Place | None) -> tuple[int, int]:
        """From the sentence's beginning, or from shortly before a place far into the sentence."""
        text, max_chars = self.text, self._max_chars
        start, kept = sentence, sentence if place is None else place.end
        if place is not None and (
            place.start - sentence > max_chars // 2 or place.end - sentence > max_chars
        ):
            lead = max(place.start - max_chars // _LEAD_SHARE, place.end - max_chars)
            start = _next_word(text, min(lead, place.start), place.start)
        stop = start + max_chars
        if stop >= len(text):
            return start, len(text)
        # The last sentence end in the second half, else the last word end.
        last = bisect_right(self._starts, stop) - 1
        if last > 0 and self._signs[last - 1] >= max(start + max_chars // 2, kept):
            return start, self._starts[last]
        return start, _last_space(text, max(kept, start + 1), stop) or max(stop, kept)


def _whole(raw: str, cleaned: CleanText, spans: Iterable[tuple[int, int]]) -> Snippet:
    highlights = tuple(cleaned.raw_span(start, end) for start, end in spans)
    return Snippet(raw, highlights, 0, len(raw), _first(highlights, 0))


def _passage(cut: _Cut, start: int, end: int, spans: Iterable[tuple[int, int]]) -> Snippet:
    if start == end:
        return Snippet("", (), 0, 0)
    raw_start, raw_end = cut.cleaned.raw_span(start, end)
    marked = [cut.cleaned.raw_span(a, b) for a, b in spans]
    text, highlights = _one_line(cut.raw[raw_start:raw_end], raw_start, marked)
    first = _first(marked, raw_start)
    return Snippet(text, highlights, cut.at + raw_start, cut.at + raw_end, cut.at + first)


def _first(highlights: Sequence[tuple[int, int]], start: int) -> int:
    return highlights[0][0] if highlights else start


def _one_line(
    raw: str, offset: int, spans: Sequence[tuple[int, int]]
) -> tuple[str, tuple[tuple[int, int], ...]]:
    """``raw`` with white space as single spaces, and spans (from ``offset``) moved along."""
    runs = [match.span() for match in _SPACES.finditer(raw)]
    ends = [end for _, end in runs]
    lost = [0, *accumulate(end - start - 1 for start, end in runs)]

    def moved(place: int) -> int:
        return place - offset - lost[bisect_right(ends, place - offset)]

    return _SPACES.sub(" ", raw), tuple((moved(start), moved(end)) for start, end in spans)


def _inside(places: list[Place], starts: list[int], window: tuple[int, int]) -> list[Place]:
    first = bisect_left(starts, window[0])
    last = bisect_left(starts, window[1])
    return [place for place in places[first:last] if place.end <= window[1]]


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return start, max(start, start + len(piece.strip()))


def _next_word(text: str, start: int, place: int) -> int:
    """The first word beginning at or after ``start``, not behind ``place``."""
    if start <= 0:
        return 0
    space = _SPACE.search(text, start, place)
    return space.end() if space else start


def _last_space(text: str, first: int, last: int) -> int | None:
    """The last white space from ``first`` to ``last``, both included."""
    return next((i for i in range(last, first - 1, -1) if text[i].isspace()), None)
