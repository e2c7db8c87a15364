"""What a search box offers to go on with, while it is typed in.

A prefix is looked up without marks among all syllables that a title or phrase may begin with;
what it finds is then held against the marks that were typed.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from searchapp.analysis.clean import clean_text
from searchapp.analysis.syllable import canonical_spelling, is_syllable, split_tone
from searchapp.analysis.terms import folded_term, has_marks, strip_marks
from searchapp.language.completion_builder import (
    COUNTS_FILE,
    KEYS_FILE,
    POINTERS_FILE,
    SYLLABLE,
    SYLLABLES_FILE,
    TEXTS_FILE,
    WEIGHTS_FILE,
)
from searchapp.language.spaces import MAX_RUN_LETTERS, MAX_SYLLABLE
from searchapp.lines import MappedLines

Array = npt.NDArray[Any]

MAX_PREFIX_CHARS = 100
_MIN_LETTERS = 2
_MIN_LETTERS_FOR_SLIPS = 4
_MAX_TRIED = 2_000  # pointers held against the marks, the weightiest first
_MAX_SLIPS = 60  # readings of a prefix with a slip
_MAX_SPACED = 60  # readings of a prefix with spaces put in
_MAX_PIECES = 6  # of a word that may be several
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_TITLE_SHARE = 3  # a third of the places are kept for titles, where there are any


@dataclass(frozen=True, slots=True)
class Completion:
    """A way to go on. ``matched`` are the spans of ``text`` that were typed, in code points;
    ``count`` is the number of documents that have the title, or hold the phrase.
    """

    text: str
    matched: tuple[tuple[int, int], ...]
    kind: Literal["title", "phrase"]
    count: int


@dataclass(frozen=True, slots=True)
class _Typed:
    """A prefix as syllables in lower case; the last may be unfinished."""

    syllables: tuple[str, ...]
    finished: bool

    @property
    def letters(self) -> int:
        return sum(map(len, self.syllables))


class Completions:
    """Completes prefixes over one corpus. Read-only, safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self._texts = MappedLines(folder / TEXTS_FILE)
        self._keys = MappedLines(folder / KEYS_FILE)
        # As plain arrays: one number of a memmap costs ten times as much.
        self._counts = np.asarray(np.load(folder / COUNTS_FILE, mmap_mode="r"))
        entries, places = np.asarray(np.load(folder / POINTERS_FILE, mmap_mode="r"))
        self._entries, self._places = entries.data, places.data
        self._weights = np.asarray(np.load(folder / WEIGHTS_FILE, mmap_mode="r"))
        self._syllables = MappedLines(folder / SYLLABLES_FILE)

    def complete(self, prefix: str, size: int) -> tuple[Completion, ...]:
        """Up to ``size`` completions, the one that matters most first.

        Nothing before the second letter. Where nothing begins so, spaces that were left out are put
        in, or one slip is forgiven.
        """
        typed = _read(prefix)
        if typed is None or size < 1:
            return ()
        found = self._matching(_look_ups(typed.syllables), typed, size, strict=True)
        if not found and typed.letters >= _MIN_LETTERS_FOR_SLIPS:
            found = self._matching_with_spaces(typed, size)
        if not found and typed.letters >= _MIN_LETTERS_FOR_SLIPS:
            slips = list(self._slips(typed))
            found = self._matching(slips, typed, size, strict=False) if slips else {}
        return tuple(found.values())

    # -- looking up -----------------------------------------------------------------------------

    def _pointer(self, index: int) -> bytes:
        return self._keys.piece(self._entries[index], self._places[index])

    def _range(self, beginning: bytes) -> tuple[int, int]:
        size = range(self._weights.size)
        first = bisect_left(size, beginning, key=self._pointer)
        last = bisect_left(size, beginning + b"\xff", lo=first, key=self._pointer)
        return first, last

    def _indexes(self, beginnings: Sequence[bytes], typed: _Typed) -> Array:
        """The pointers to what begins in one of the ways."""
        end = b" " if typed.finished else b""
        return np.concatenate([np.arange(*self._range(one + end)) for one in beginnings])

    def _matching(
        self, beginnings: Sequence[bytes], typed: _Typed, size: int, *, strict: bool
    ) -> dict[str, Completion]:
        """Completions of any of the beginnings, by weight; by their text in lower case."""
        indexes = self._indexes(beginnings, typed)
        weights = self._weights[indexes]
        phrases: dict[str, Completion] = {}
        titles: dict[str, Completion] = {}
        ordered: list[str] = []
        for index in _by_weight(indexes, weights):
            if len(ordered) >= size and len(titles) >= _title_places(size):
                break
            entry = self._entries[index]
            kept = titles if self._counts[entry] < 0 else phrases
            if len(kept) >= size:
                continue
            one = self._completion(entry, index, typed, strict=strict)
            if one is None or one.text.lower() in phrases or one.text.lower() in titles:
                continue
            kept[one.text.lower()] = one
            ordered.append(one.text.lower())
        return _mixed(ordered, titles, phrases, size)

    def _completion(
        self, entry: int, index: int, typed: _Typed, *, strict: bool
    ) -> Completion | None:
        text = self._texts[entry].decode("utf-8")
        before = self._keys[entry].count(b" ", 0, self._places[index])
        pieces = list(SYLLABLE.finditer(text))[before : before + len(typed.syllables)]
        if len(pieces) < len(typed.syllables):
            return None
        pairs = list(zip(typed.syllables, pieces, strict=True))
        last = len(pairs) - 1
        if strict:
            for number, (one, piece) in enumerate(pairs):
                whole = number < last or typed.finished
                written = piece[0].lower()
                if not (_same(one, written) if whole else _begins(written, one)):
                    return None
        piece = pieces[-1]
        end = piece.end()
        if not typed.finished:
            end = min(end, piece.start() + len(typed.syllables[-1]))
        count = int(self._counts[entry])
        kind: Literal["title", "phrase"] = "title" if count < 0 else "phrase"
        return Completion(text, ((pieces[0].start(), end),), kind, abs(count))

    # -- spaces left out --------------------------------------------------------------------------

    def _matching_with_spaces(self, typed: _Typed, size: int) -> dict[str, Completion]:
        """Completions of the prefix with spaces in one of its words; the weightiest way counts."""
        ways: list[tuple[int, _Typed]] = []
        for way in islice(self._with_spaces(typed), _MAX_SPACED):
            indexes = self._indexes(_look_ups(way.syllables), way)
            if indexes.size:
                ways.append((int(self._weights[indexes].max()), way))
        for _, way in sorted(ways, key=lambda pair: -pair[0]):
            found = self._matching(_look_ups(way.syllables), way, size, strict=True)
            if found:
                return found
        return {}

    def _with_spaces(self, typed: _Typed) -> Iterator[_Typed]:
        last = len(typed.syllables) - 1
        for number, word in enumerate(typed.syllables):
            if len(word) <= MAX_RUN_LETTERS:
                whole = number < last or typed.finished
                for pieces in self._pieces(word, _MAX_PIECES, whole=whole):
                    syllables = (*typed.syllables[:number], *pieces, *typed.syllables[number + 1 :])
                    yield _Typed(syllables, typed.finished)

    def _pieces(self, word: str, most: int, *, whole: bool) -> Iterator[tuple[str, ...]]:
        """Two to ``most`` syllables of the corpus that make up a word, of the last a beginning."""
        for cut in range(1, min(len(word), MAX_SYLLABLE + 1)):
            head, rest = word[:cut], word[cut:]
            if is_syllable(head) and self._has_syllable(folded_term(head).encode(), whole=True):
                if self._has_syllable(strip_marks(rest).encode(), whole=whole):
                    yield head, rest
                if most > 2:
                    yield from ((head, *more) for more in self._pieces(rest, most - 1, whole=whole))

    # -- slips ----------------------------------------------------------------------------------

    def _slips(self, typed: _Typed) -> Iterator[bytes]:
        """The prefix with one letter changed, missing, more, or swapped with its neighbour, where
        that makes syllables of the corpus.
        """
        folded = [folded_term(syllable) for syllable in typed.syllables]
        made = 0
        for number, syllable in enumerate(folded):
            whole = number < len(folded) - 1 or typed.finished
            if len(syllable) < _MIN_LETTERS:
                continue
            for other in _edits(syllable):
                if self._has_syllable(other.encode("utf-8"), whole=whole):
                    changed = [*folded[:number], other, *folded[number + 1 :]]
                    yield " ".join(changed).encode("utf-8")
                    made += 1
                    if made >= _MAX_SLIPS:
                        return

    def _has_syllable(self, syllable: bytes, *, whole: bool) -> bool:
        at = bisect_left(self._syllables, syllable)
        if at == len(self._syllables):
            return False
        return (
            self._syllables[at] == syllable if whole else self._syllables[at].startswith(syllable)
        )


def _read(prefix: str) -> _Typed | None:
    if len(prefix) > MAX_PREFIX_CHARS:
        return None
    text = unicodedata.normalize("NFKC", clean_text(prefix)).lower()
    syllables = tuple(SYLLABLE.findall(text))
    typed = _Typed(syllables, bool(text) and not text[-1].isalnum())
    return typed if typed.letters >= _MIN_LETTERS else None


def _look_ups(syllables: Sequence[str]) -> list[bytes]:
    """The keys that a prefix may begin: i and y are settled only when a syllable is whole."""
    before = [folded_term(syllable) for syllable in syllables[:-1]]
    lasts = dict.fromkeys((strip_marks(syllables[-1]), folded_term(syllables[-1])))
    return [" ".join([*before, last]).encode("utf-8") for last in lasts if last]


def _by_weight(indexes: Array, weights: Array) -> Iterator[int]:
    """The weightiest pointers first, those of one weight in the order of their keys."""
    tried = min(indexes.size, _MAX_TRIED)
    if tried < indexes.size:
        best = np.sort(np.argpartition(-weights, tried)[:tried])
        indexes, weights = indexes[best], weights[best]
    for index in np.argsort(-weights, kind="stable").tolist():
        yield int(indexes[index])


def _mixed(
    ordered: Sequence[str],
    titles: dict[str, Completion],
    phrases: dict[str, Completion],
    size: int,
) -> dict[str, Completion]:
    """The best, some places kept for titles: they are the only road to a single document."""
    room_for_phrases = size - min(len(titles), _title_places(size))
    chosen: dict[str, Completion] = {}
    for text in ordered:
        if text in titles:
            chosen[text] = titles[text]
        elif room_for_phrases:
            room_for_phrases -= 1
            chosen[text] = phrases[text]
        if len(chosen) == size:
            break
    return chosen


def _title_places(size: int) -> int:
    return size // _TITLE_SHARE


def _same(typed: str, written: str) -> bool:
    """Whether a whole syllable is meant by what was typed; vowels without marks are in any reading.

    The stroke of an initial đ counts by itself: some type it and leave the rest plain.
    """
    if has_marks(typed.replace("đ", "d")):
        return canonical_spelling(typed) == canonical_spelling(written)
    return folded_term(typed) == folded_term(written) and ("đ" not in typed or "đ" in written)


def _begins(written: str, typed: str) -> bool:
    """Whether a syllable begins with what was typed.

    Its marks are meant. Vowels without one are still open, and so is the tone until one is typed;
    an initial d is not: nobody goes back for its stroke when the vowels have their marks.
    """
    if not has_marks(typed):
        return True
    letters, tone = split_tone(canonical_spelling(typed))
    of_written, tone_written = split_tone(canonical_spelling(written))
    if tone and tone != tone_written:
        return False
    return len(letters) <= len(of_written) and all(
        a == b or (a in "aeiouy" and a == strip_marks(b))
        for a, b in zip(letters, of_written, strict=False)
    )


def _edits(word: str) -> Iterator[str]:
    for at in range(len(word)):
        if at + 1 < len(word) and word[at] != word[at + 1]:
            yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]
        yield from (word[:at] + c + word[at + 1 :] for c in _LETTERS if c != word[at])
    for at in range(len(word) + 1):
        yield from (word[:at] + c + word[at:] for c in _LETTERS)
