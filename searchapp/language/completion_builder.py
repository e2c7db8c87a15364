"""Gathers, while an index is built, what a search box can offer to go on with.

Titles are offered as they are. Of the texts, words of pyvi's are, and pairs of them that stand
together more often than chance has it: normalised pointwise mutual information (Bouma 2009) over
documents. `completions.py` reads what is written here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.analysis.analyzer import BatchTerms
from searchapp.analysis.clean import clean_text
from searchapp.analysis.terms import folded_term
from searchapp.lines import write_lines

Array = npt.NDArray[Any]

TEXTS_FILE = "completions.txt"
KEYS_FILE = "completion_keys.txt"
COUNTS_FILE = "completion_counts.npy"
POINTERS_FILE = "completion_pointers.npy"
WEIGHTS_FILE = "completion_weights.npy"
SYLLABLES_FILE = "completion_syllables.txt"

SYLLABLE = re.compile(r"[^\W_]+")

_WORD_BITS, _DOCUMENT_BITS = 21, 20
_MAX_WORDS = 1 << _WORD_BITS
_PENDING = 4_000_000  # pairs held before they are merged: some 60 MB
_MAX_PAIRS = 8_000_000  # beyond, those seen once are dropped
_MAX_TITLES = 1_000_000
_MAX_PHRASES = 150_000
_MAX_TEXT_CHARS = 120
_MAX_BEGINNINGS = 8  # words of a title that typing may begin with
_LEAST_NPMI = 0.25
_LATER_BEGINNING = 2.0  # taken off the weight: about a seventh of the documents
_SINGLE_SYLLABLE = 2.5  # taken off: most say little by themselves
_TITLE_WEIGHT = 0.7  # a title is one document, but what somebody called it
_END = b" "  # behind a key: its last syllable is whole, too
_LETTER = 0.01  # taken off for each letter: of equals the shorter is first


@dataclass(frozen=True, slots=True)
class _Entry:
    text: str
    count: int
    is_title: bool
    weight: float


class CompletionBuilder:
    """Gathers titles and words batch by batch; `write` keeps what is worth offering."""

    def __init__(self) -> None:
        self._documents = 0
        self._titles: dict[str, int] = {}
        self._numbers: dict[str, int] = {}
        self._names: list[str] = []
        self._word_counts = np.zeros(1024, dtype=np.int64)
        self._keys = np.empty(0, dtype=np.int64)
        self._counts = np.empty(0, dtype=np.int64)
        self._pending: list[tuple[Array, Array]] = []
        self._pending_size = 0

    def add_titles(self, titles: Iterable[str]) -> None:
        """Take the titles of a batch."""
        for title in titles:
            text = " ".join(clean_text(title).split())
            if text and len(text) <= _MAX_TEXT_CHARS and SYLLABLE.search(text):
                known = text in self._titles or len(self._titles) < _MAX_TITLES
                if known:
                    self._titles[text] = self._titles.get(text, 0) + 1

    def add_texts(self, terms: BatchTerms) -> None:
        """Count the words and pairs of words of a batch, once a document."""
        numbers = np.array([self._number(term) for term in terms.word_terms], dtype=np.int64)
        if len(self._names) > self._word_counts.size:
            grown = np.zeros(2 * len(self._names), dtype=np.int64)
            grown[: self._word_counts.size] = self._word_counts
            self._word_counts = grown
        sizes = np.diff(terms.word_bounds)
        documents = np.repeat(np.arange(sizes.size, dtype=np.int64), sizes)
        words = numbers[terms.words]
        known = words >= 0
        once = np.unique(words[known] << _DOCUMENT_BITS | documents[known]) >> _DOCUMENT_BITS
        self._word_counts[: len(self._names)] += np.bincount(once, minlength=len(self._names))
        self._documents += sizes.size
        if words.size < 2:
            return
        kept = (documents[1:] == documents[:-1]) & known[1:] & known[:-1]
        content = np.array([_is_content(term) for term in terms.word_terms], dtype=np.bool_)
        kept &= content[terms.words[1:]] & content[terms.words[:-1]]
        pairs = (words[:-1] << _WORD_BITS | words[1:])[kept]
        # A document's number and a pair do not fit in 63 bits: pairs are numbered first.
        unique, inverse = np.unique(pairs, return_inverse=True)
        both = np.unique(inverse.astype(np.int64) << _DOCUMENT_BITS | documents[1:][kept])
        counts = np.bincount(both >> _DOCUMENT_BITS, minlength=unique.size)
        self._pending.append((unique, counts))
        self._pending_size += unique.size
        if self._pending_size > _PENDING:
            self._merge()

    def _number(self, term: str) -> int:
        number = self._numbers.get(term)
        if number is None:
            if len(self._names) >= _MAX_WORDS:
                return -1
            number = self._numbers[term] = len(self._names)
            self._names.append(term)
        return number

    def _merge(self) -> None:
        keys = np.concatenate([self._keys, *(k for k, _ in self._pending)])
        counts = np.concatenate([self._counts, *(c for _, c in self._pending)])
        order = np.argsort(keys, kind="stable")
        keys, counts = keys[order], counts[order]
        first = np.flatnonzero(np.diff(keys, prepend=-1))
        self._keys = keys[first]
        self._counts = np.add.reduceat(counts, first) if first.size else counts
        if self._keys.size > _MAX_PAIRS:
            often = self._counts > 1
            self._keys, self._counts = self._keys[often], self._counts[often]
        self._pending, self._pending_size = [], 0

    # -- choosing -------------------------------------------------------------------------------

    def _least(self) -> int:
        """In so many documents a phrase has to be: a few in most corpora, one in tiny ones."""
        if self._documents < 20:
            return 1
        return 2 + self._documents // 20_000

    def _phrases(self) -> dict[str, tuple[int, float]]:
        """Words and pairs of words: the documents that hold them, and their weight."""
        self._merge()
        least, total = self._least(), max(self._documents, 1)
        found: dict[str, tuple[int, float]] = {}
        for number in np.flatnonzero(self._word_counts[: len(self._names)] >= least).tolist():
            term = self._names[number]
            if not _is_content(term):
                continue
            text, count = term.replace("_", " "), int(self._word_counts[number])
            weight = float(np.log1p(count)) - (_SINGLE_SYLLABLE if " " not in text else 0.0)
            found[text] = (count, weight)
        often = self._counts >= max(least, 2)
        keys, counts = self._keys[often], self._counts[often]
        first, second = keys >> _WORD_BITS, keys & (_MAX_WORDS - 1)
        chance = self._word_counts[first] / total * (self._word_counts[second] / total)
        share = np.minimum(counts / total, 1.0 - 1e-9)
        npmi = np.log(share / chance) / -np.log(share)
        for index in np.flatnonzero(npmi >= _LEAST_NPMI).tolist():
            a, b = self._names[int(first[index])], self._names[int(second[index])]
            text = f"{a} {b}".replace("_", " ")
            count = int(counts[index])
            weight = float(np.log1p(count)) * (0.5 + float(npmi[index]) / 2)
            if text not in found or found[text][1] < weight:
                found[text] = (count, weight)
        if len(found) > _MAX_PHRASES:
            kept = sorted(found, key=lambda text: -found[text][1])[:_MAX_PHRASES]
            found = {text: found[text] for text in kept}
        return found

    def _entries(self) -> list[_Entry]:
        """Titles and phrases; a title that is a phrase is the phrase, written like the title."""
        phrases = self._phrases()
        entries: list[_Entry] = []
        titles: dict[str, tuple[str, int]] = {}
        for text, count in self._titles.items():
            lower = text.lower()
            best = titles.get(lower)
            together = count + (best[1] if best else 0)
            kept = text if best is None or count > self._titles[best[0]] else best[0]
            titles[lower] = (kept, together)
        for lower, (text, count) in titles.items():
            phrase = phrases.pop(lower, None)
            weight = _TITLE_WEIGHT + float(np.log1p(count)) - _LETTER * len(text)
            if phrase is None:
                entries.append(_Entry(text, count, True, weight))
            else:
                weight = max(phrase[1], weight)
                entries.append(_Entry(text, phrase[0], False, weight - _LETTER * len(text)))
        entries += [
            _Entry(text, count, False, weight - _LETTER * len(text))
            for text, (count, weight) in phrases.items()
        ]
        return entries

    def write(self, folder: Path) -> None:
        """Write the files into an existing folder."""
        entries = self._entries()
        keys = [completion_key(entry.text) for entry in entries]
        pointers: list[tuple[bytes, int, int, float]] = []
        for number, (entry, key) in enumerate(zip(entries, keys, strict=True)):
            for place, at in enumerate(_beginnings(key)):
                weight = entry.weight - (_LATER_BEGINNING if place else 0.0)
                pointers.append((key[at:] + _END, number, at, weight))
        pointers.sort(key=lambda pointer: (pointer[0], pointer[1]))
        write_lines(folder / TEXTS_FILE, (entry.text.encode("utf-8") for entry in entries))
        write_lines(folder / KEYS_FILE, (key + _END for key in keys))
        np.save(
            folder / COUNTS_FILE,
            # Titles are told apart by their sign.
            np.array([-e.count if e.is_title else e.count for e in entries], dtype=np.int32),
        )
        np.save(
            folder / POINTERS_FILE,
            np.array([[number, at] for _, number, at, _ in pointers], dtype=np.int32)
            .reshape(-1, 2)
            .T.copy(),
        )
        np.save(
            folder / WEIGHTS_FILE,
            np.array([weight for *_, weight in pointers], dtype=np.float32),
        )
        syllables = sorted({syllable for key in keys for syllable in key.split()})
        write_lines(folder / SYLLABLES_FILE, syllables)


def completion_key(text: str) -> bytes:
    """What a text is looked up by: its syllables without marks, single spaces between them."""
    return " ".join(folded_term(piece) for piece in SYLLABLE.findall(text)).encode("utf-8")


def _beginnings(key: bytes) -> Sequence[int]:
    """Where the first syllables of a key begin, in bytes."""
    places = [0]
    at = key.find(b" ")
    while at >= 0 and len(places) < _MAX_BEGINNINGS:
        places.append(at + 1)
        at = key.find(b" ", at + 1)
    return places


def _is_content(term: str) -> bool:
    """Whether a word can begin or end a phrase: letters, and no function word."""
    return term not in _function_words() and term.replace("_", "").isalpha() and len(term) > 1


@cache
def _function_words() -> frozenset[str]:
    text = (files("searchapp.language") / "function_words.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.split("\n") if line and not line.startswith("#"))
