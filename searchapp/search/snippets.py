"""The passages of a document that show best why it was found."""

from __future__ import annotations

import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain

from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.clean import CleanText, clean
from searchapp.query.nodes import Phrase, Term
from searchapp.search.highlight import Place, find_places, join_words
from searchapp.search.planner import Wanted

_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’)\]]*\s+|\n\s*")
_SPACE = re.compile(r"\s")
_SPACES = re.compile(r"\s+")
_REPEATED_SHARE = 0.1  # of a term's weight, for each time that it comes again in a passage
_MAX_ANCHOR_TERMS = 6  # passages are looked for around the most telling terms
_MAX_WINDOWS = 200  # in one text
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


@dataclass(frozen=True, slots=True)
class Highlighter:
    """Cuts and marks passages for one query.

    ``weights`` say how much a term tells; ``max_chars`` and ``most`` bound length and number.
    """

    analyzer: Analyzer
    wanted: Wanted
    weights: Mapping[Term | Phrase, float]
    max_chars: int
    most: int

    def snippets(self, texts: Sequence[str]) -> list[list[Snippet]]:
        """The best passages of each text, in the order of the text; its beginning if none match."""
        cleaned = [clean(text) for text in texts]
        chosen = [self._choose(c.text) for c in cleaned]
        windows = [
            c.text[a:b] for c, spans in zip(cleaned, chosen, strict=True) for a, b, _ in spans
        ]
        words = iter(self.analyzer.word_spans(windows))
        return [
            [self._snippet(raw, c, start, end, places, next(words)) for start, end, places in spans]
            for raw, c, spans in zip(texts, cleaned, chosen, strict=True)
        ]

    def wholes(self, texts: Sequence[str]) -> list[Snippet]:
        """Whole texts, marked; line breaks stay."""
        cleaned = [clean(text) for text in texts]
        words = self.analyzer.word_spans([c.text for c in cleaned])
        marked = []
        for raw, c, spans in zip(texts, cleaned, words, strict=True):
            joined = join_words(find_places(c.text, self.wanted), spans)
            highlights = tuple(c.raw_span(a, b) for a, b in joined)
            marked.append(Snippet(raw, highlights, 0, len(raw), _first(highlights, 0)))
        return marked

    def _snippet(
        self,
        raw: str,
        cleaned: CleanText,
        start: int,
        end: int,
        places: list[Place],
        words: list[tuple[int, int]],
    ) -> Snippet:
        if start == end:
            return Snippet("", (), 0, 0)
        spans = join_words(places, [(a + start, b + start) for a, b in words])
        raw_start, raw_end = cleaned.raw_span(start, end)
        marked = [cleaned.raw_span(a, b) for a, b in spans]
        text, highlights = _one_line(raw[raw_start:raw_end], raw_start, marked)
        return Snippet(text, highlights, raw_start, raw_end, _first(marked, raw_start))

    def _choose(self, text: str) -> list[tuple[int, int, list[Place]]]:
        """Up to ``most`` windows that don't overlap, best first chosen, in text order."""
        places = find_places(text, self.wanted)
        if not places:
            return [(*_trim(text, *self._window(text, 0, None, len(text))), [])]
        starts = [place.start for place in places]
        tried = {
            window: self._worth(_inside(places, starts, window))
            for window in self._windows(text, places)
        }
        chosen: list[tuple[int, int]] = []
        covered: set[Term | Phrase] = set()
        while tried and len(chosen) < self.most:
            best = max(tried, key=lambda w: (tried[w], -w[0]))
            inside = _inside(places, starts, best)
            terms = {place.term for place in inside}
            if chosen and terms <= covered:
                break  # a second passage is shown only for what the first lacks
            chosen.append(best)
            covered |= terms
            tried = {
                w: self._worth([p for p in _inside(places, starts, w) if p.term not in covered])
                for w in tried
                if w[1] <= best[0] or w[0] >= best[1]
            }
        return [(*window, _inside(places, starts, window)) for window in sorted(chosen)]

    def _windows(self, text: str, places: list[Place]) -> set[tuple[int, int]]:
        """A window for each sentence, or part of a long one, that holds a telling term."""
        by_term: dict[Term | Phrase, list[Place]] = {}
        for place in places:
            by_term.setdefault(place.term, []).append(place)
        telling = sorted(by_term, key=lambda t: (-self.weights.get(t, 1.0), by_term[t][0].start))
        sentence_starts = [0, *(m.end() for m in _SENTENCE_END.finditer(text))]
        windows: dict[tuple[int, int], tuple[int, int]] = {}
        # The most telling terms first: where there are too many windows, theirs are there.
        for place in chain.from_iterable(by_term[t] for t in telling[:_MAX_ANCHOR_TERMS]):
            if len(windows) >= _MAX_WINDOWS:
                break
            sentence = sentence_starts[bisect_right(sentence_starts, place.start) - 1]
            # Places in the same half window of a sentence mostly share a window.
            part = 2 * (place.start - sentence) // self.max_chars
            known = windows.get((sentence, part))
            if known is None or place.end > known[1]:
                window = self._window(text, sentence, place, len(text))
                windows[sentence, part if known is None else place.start] = _trim(text, *window)
        return set(windows.values())

    def _window(self, text: str, sentence: int, place: Place | None, end: int) -> tuple[int, int]:
        """From the sentence's beginning, or from shortly before a place far into the sentence."""
        start, kept = sentence, sentence if place is None else place.end
        if place is not None and (
            place.start - sentence > self.max_chars // 2 or place.end - sentence > self.max_chars
        ):
            lead = max(place.start - self.max_chars // _LEAD_SHARE, place.end - self.max_chars)
            start = _next_word(text, min(lead, place.start), place.start)
        stop = min(start + self.max_chars, end)
        if stop < end:
            # The last sentence end in the second half, else the last word end.
            begin = max(start + self.max_chars // 2, kept)
            ends = [m.end() for m in _SENTENCE_END.finditer(text, begin, stop)]
            spaces = [m.start() for m in _SPACE.finditer(text, max(kept, start + 1), stop + 1)]
            stop = ends[-1] if ends else spaces[-1] if spaces else max(stop, kept)
        return start, stop

    def _worth(self, places: list[Place]) -> float:
        worth, seen = 0.0, set()
        previous: Place | None = None
        for place in places:
            weight = self.weights.get(place.term, 1.0)
            worth += weight * _REPEATED_SHARE if place.term in seen else weight
            if previous is not None and 0 <= place.start - previous.end <= 1:
                worth += weight / 2  # neighbours: the words of the query as they were typed
            seen.add(place.term)
            previous = place
        return worth


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
