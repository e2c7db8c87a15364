"""Gathers, while an index is built, what a search box can offer to go on with.

Titles are offered as they are. Of the texts, words of pyvi's are, and pairs of them that stand
together more often than chance has it (`phrases.py`). `completions.py` reads what is written here.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.analysis.analyzer import BatchTerms
from searchapp.analysis.clean import clean_text
from searchapp.analysis.terms import folded_term
from searchapp.external.arrays import save_array
from searchapp.external.names import RUN_NAMES, Names, NameTable
from searchapp.language.phrases import PhraseCounts
from searchapp.language.weighed_texts import Piece, WeighedTexts, gather
from searchapp.lines import write_lines
from searchapp.storage import DISK, Storage

Array = npt.NDArray[Any]

TEXTS_FILE = "completions.txt"
KEYS_FILE = "completion_keys.txt"
COUNTS_FILE = "completion_counts.npy"
POINTERS_FILE = "completion_pointers.npy"
WEIGHTS_FILE = "completion_weights.npy"
SYLLABLES_FILE = "completion_syllables.txt"

SYLLABLE = re.compile(r"[^\W_]+")

_TITLES_A_RUN = RUN_NAMES // 4
_PIECE = RUN_NAMES // 8  # texts held at a time
_LOWER_END = "\n"  # between a title in lower case and itself; its white space is single spaces
_MAX_TITLES = 1_000_000
_MAX_TEXT_CHARS = 120
_MAX_BEGINNINGS = 8  # words of a title that typing may begin with
_LATER_BEGINNING = 2.0  # taken off the weight: about a seventh of the documents
_TITLE_WEIGHT = 0.7  # a title is one document, but what somebody called it
_END = " "  # behind a key: its last syllable is whole, too
_LETTER = 0.01  # taken off for each letter: of equals the shorter is first


class CompletionBuilder:
    """Gathers titles and words batch by batch; `write` keeps what is worth offering.

    ``spool_folder`` is where they may go meanwhile; without one they are held in memory.
    """

    def __init__(self, spool_folder: Path | None = None, storage: Storage = DISK) -> None:
        self._spool_folder, self._spool_storage = spool_folder, storage
        self._phrases = PhraseCounts(spool_folder, storage)
        self._titles = NameTable(spool_folder, "titles", storage)
        self._title_counts: list[Array] = []  # of each run that was ended
        self._counts_now: list[int] = []

    def add_titles(self, titles: Iterable[str]) -> None:
        """Take the titles of a batch."""
        texts = (" ".join(clean_text(title).split()) for title in titles)
        kept = [t for t in texts if t and len(t) <= _MAX_TEXT_CHARS and SYLLABLE.search(t)]
        # Titles that differ in case stand side by side when all are merged.
        for number in self._titles.numbers(t.lower() + _LOWER_END + t for t in kept).tolist():
            if number == len(self._counts_now):
                self._counts_now.append(0)
            self._counts_now[number] += 1
        if self._spool_folder is not None and len(self._titles) >= _TITLES_A_RUN:
            self._end_run()

    def _end_run(self) -> None:
        self._titles.end_run()
        self._title_counts.append(np.array(self._counts_now, dtype=np.int64))
        self._counts_now = []

    def add_texts(self, terms: BatchTerms) -> None:
        """Count the words and pairs of words of a batch, once a document."""
        self._phrases.add(terms)

    # -- choosing -------------------------------------------------------------------------------

    def _entries(self) -> WeighedTexts:
        """Titles and phrases by their text; a title that is a phrase is the phrase, written like
        the title. Counts of titles are below 0: so the file tells them apart.
        """
        phrases = self._phrases.chosen()
        pieces = self._pieces(phrases)
        return gather(pieces, None, self._spool_folder, self._spool_storage)

    def _pieces(self, phrases: WeighedTexts) -> Iterator[Piece]:
        written = np.zeros(len(phrases), dtype=np.bool_)  # like a title
        titles = self._written_titles()
        while some := list(islice(titles, _PIECE)):
            counts = np.array([-count for *_, count in some], dtype=np.int64)
            weights = _TITLE_WEIGHT + np.log1p(-counts)
            texts = [text for _, text, _ in some]
            places = _places(phrases.texts, [lower for lower, *_ in some])
            for index, (lower, *_) in enumerate(some):
                at = places.get(lower)
                if at is not None:
                    written[at] = True
                    counts[index] = phrases.counts[at]
                    weights[index] = max(phrases.weights[at], weights[index])
            yield texts, counts, weights - _LETTER * _lengths(texts)
        left = np.flatnonzero(~written)
        for at in range(0, left.size, _PIECE):
            these = left[at : at + _PIECE]
            texts = [text.decode("utf-8") for text in phrases.texts.pick(these)]
            yield texts, phrases.counts[these], phrases.weights[these] - _LETTER * _lengths(texts)

    def _written_titles(self) -> Iterator[tuple[bytes, str, int]]:
        """Each title once, whatever its case: in lower case, as most write it, and its count."""
        self._end_run()
        names, ranks = self._titles.merged()
        counts = np.zeros(len(names), dtype=np.int64)
        for of_run, run_counts in zip(ranks, self._title_counts, strict=True):
            counts[of_run] += run_counts
        self._title_counts = []
        most = np.sort(np.argsort(-counts, kind="stable")[:_MAX_TITLES])
        split = (names[rank].partition(_LOWER_END.encode()) for rank in most.tolist())
        counted = zip(split, counts[most].tolist(), strict=True)
        for lower, group in groupby(counted, key=lambda one: one[0][0]):
            forms = [(count, parts[2].decode("utf-8")) for parts, count in group]
            # Of forms as frequent the one not in capitals, then the lesser one.
            _, text = max(forms, key=lambda form: (form[0], not form[1].isupper()))
            yield lower, text, sum(count for count, _ in forms)

    def write(self, folder: Path, storage: Storage = DISK) -> None:
        """Write the files into an existing folder."""
        entries = self._entries()
        write_lines(folder / TEXTS_FILE, entries.texts, storage)
        beginnings = _Beginnings(self._spool_folder, self._spool_storage)
        write_lines(folder / KEYS_FILE, _keys(entries.texts, beginnings), storage)
        pointers = beginnings.pointers()
        weights = entries.weights[pointers[0]] - _LATER_BEGINNING * (pointers[1] > 0)
        save_array(folder / COUNTS_FILE, entries.counts.astype(np.int32), storage)
        save_array(folder / POINTERS_FILE, pointers, storage)
        save_array(folder / WEIGHTS_FILE, weights.astype(np.float32), storage)
        in_order = (syllable.encode("utf-8") for syllable in sorted(beginnings.syllables))
        write_lines(folder / SYLLABLES_FILE, in_order, storage)


class _Beginnings:
    """Gathers where keys, and the later words in them, begin; ``syllables`` are those of all."""

    def __init__(self, spool_folder: Path | None, storage: Storage) -> None:
        self._table = NameTable(spool_folder, "completion_beginnings", storage)
        self._runs: list[Array] = []  # of the beginnings: their numbers, run by run
        self._numbers, self._places = array("i"), array("i")
        self.syllables: set[str] = set()

    def add(self, first: int, keys: Sequence[str]) -> None:
        """Take keys; ``first`` is the number of the first of them."""
        texts: list[str] = []
        for number, key in enumerate(keys, first):
            self.syllables.update(key.split())
            for at in _beginnings(key):
                texts.append(key[at:] + _END)
                self._numbers.append(number)
                # Keys are read as bytes.
                self._places.append(at if key.isascii() else len(key[:at].encode("utf-8")))
        self._runs.append(self._table.numbers(texts))
        self._table.end_run()

    def pointers(self) -> Array:
        """The number of a key, and the byte in it, for each beginning in the order of texts."""
        found = [of_run[run] for of_run, run in zip(self._table.ranks(), self._runs, strict=True)]
        ranks = np.concatenate([np.empty(0, dtype=np.int32), *found])
        pointers = np.array([self._numbers, self._places], dtype=np.int32)
        return np.ascontiguousarray(pointers[:, np.lexsort((pointers[0], ranks))])


def _keys(texts: Names, beginnings: _Beginnings) -> Iterator[bytes]:
    """The key of each text, as it is kept; ``beginnings`` takes them in."""
    for first in range(0, len(texts), _PIECE):
        some = texts.pick(np.arange(first, min(first + _PIECE, len(texts))))
        keys = [completion_key(text.decode("utf-8")) for text in some]
        beginnings.add(first, keys)
        yield from ((key + _END).encode("utf-8") for key in keys)


def _places(texts: Names, some: Sequence[bytes]) -> dict[bytes, int]:
    """The places of the texts in the stretch that ``some``, which are about in order, lie in."""
    first, end = bisect_left(texts, min(some)), bisect_right(texts, max(some))
    return dict(zip(texts.pick(np.arange(first, end)), range(first, end), strict=True))


def _lengths(texts: Sequence[str]) -> Array:
    return np.array([len(text) for text in texts], dtype=np.int64)


def completion_key(text: str) -> str:
    """What a text is looked up by: its syllables without marks, single spaces between them."""
    return " ".join(folded_term(piece) for piece in SYLLABLE.findall(text))


def _beginnings(key: str) -> Sequence[int]:
    """Where the first syllables of a key begin."""
    places = [0]
    at = key.find(" ")
    while at >= 0 and len(places) < _MAX_BEGINNINGS:
        places.append(at + 1)
        at = key.find(" ", at + 1)
    return places
