"""Gathers, while an index is built, what a search box can offer to go on with.

Titles are offered as they are. Of the texts, words of pyvi's are, and pairs of them that stand
together more often than chance has it (`phrases.py`). `completions.py` reads what is written here.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
_MAX_TITLES = 1_000_000
_MAX_TEXT_CHARS = 120
_MAX_BEGINNINGS = 8  # words of a title that typing may begin with
_LATER_BEGINNING = 2.0  # taken off the weight: about a seventh of the documents
_TITLE_WEIGHT = 0.7  # a title is one document, but what somebody called it
_END = " "  # behind a key: its last syllable is whole, too
_LETTER = 0.01  # taken off for each letter: of equals the shorter is first


@dataclass(frozen=True, slots=True)
class _Entry:
    """A text to offer. ``count`` is below 0 for a title: so the file tells them apart."""

    text: str
    count: int
    weight: float


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
        for number in self._titles.numbers(kept).tolist():
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

    def _all_titles(self) -> tuple[Names, Array]:
        self._end_run()
        names, ranks = self._titles.merged()
        counts = np.zeros(len(names), dtype=np.int64)
        for of_run, run_counts in zip(ranks, self._title_counts, strict=True):
            counts[of_run] += run_counts
        self._title_counts = []
        return names, counts

    def _entries(self) -> list[_Entry]:
        """Titles and phrases by their text; a title that is a phrase is the phrase, written like
        the title.
        """
        phrases = self._phrases.chosen()
        names, counts = self._all_titles()
        most = np.sort(np.argsort(-counts, kind="stable")[:_MAX_TITLES])
        titles: dict[str, tuple[str, int, int]] = {}
        for rank, count in zip(most.tolist(), counts[most].tolist(), strict=True):
            text = names[rank].decode("utf-8")
            lower = text.lower()
            kept, of_kept, together = titles.get(lower, (text, 0, 0))
            # Of forms as frequent the one not in capitals, then the lesser one.
            if (count, not text.isupper()) > (of_kept, not kept.isupper()):
                kept, of_kept = text, count
            titles[lower] = (kept, of_kept, together + count)
        entries: list[_Entry] = []
        for lower, (text, _, count) in titles.items():
            phrase = phrases.pop(lower, None)
            weight = _TITLE_WEIGHT + float(np.log1p(count)) - _LETTER * len(text)
            if phrase is None:
                entries.append(_Entry(text, -count, weight))
            else:
                weight = max(phrase.weight, weight)
                entries.append(_Entry(text, phrase.count, weight - _LETTER * len(text)))
        entries += [
            _Entry(text, phrase.count, phrase.weight - _LETTER * len(text))
            for text, phrase in phrases.items()
        ]
        entries.sort(key=lambda entry: entry.text)
        return entries

    def write(self, folder: Path, storage: Storage = DISK) -> None:
        """Write the files into an existing folder."""
        entries = self._entries()
        beginnings = NameTable(self._spool_folder, "completion_beginnings", self._spool_storage)
        runs: list[Array] = []  # of the beginnings: their numbers, run by run
        numbers, places, weights = array("i"), array("i"), array("f")
        syllables: set[str] = set()
        for first in range(0, len(entries), RUN_NAMES // 8):
            block = entries[first : first + RUN_NAMES // 8]
            texts: list[str] = []
            for number, entry in enumerate(block, first):
                key = completion_key(entry.text)
                syllables.update(key.split())
                for place, at in enumerate(_beginnings(key)):
                    texts.append(key[at:] + _END)
                    numbers.append(number)
                    # Keys are read as bytes.
                    places.append(at if key.isascii() else len(key[:at].encode("utf-8")))
                    weights.append(entry.weight - (_LATER_BEGINNING if place else 0.0))
            runs.append(beginnings.numbers(texts))
            beginnings.end_run()
        _, ranks = beginnings.merged()
        found = [of_run[run] for of_run, run in zip(ranks, runs, strict=True)]
        of_beginnings = np.concatenate([np.empty(0, dtype=np.int32), *found])
        order = np.lexsort((np.array(numbers), of_beginnings))

        write_lines(folder / TEXTS_FILE, (entry.text.encode("utf-8") for entry in entries), storage)
        keys = ((completion_key(entry.text) + _END).encode("utf-8") for entry in entries)
        write_lines(folder / KEYS_FILE, keys, storage)
        counts = np.array([entry.count for entry in entries], dtype=np.int32)
        save_array(folder / COUNTS_FILE, counts, storage)
        pointers = np.array([numbers, places], dtype=np.int32)[:, order]
        save_array(folder / POINTERS_FILE, np.ascontiguousarray(pointers), storage)
        save_array(folder / WEIGHTS_FILE, np.array(weights, dtype=np.float32)[order], storage)
        in_order = (syllable.encode("utf-8") for syllable in sorted(syllables))
        write_lines(folder / SYLLABLES_FILE, in_order, storage)


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
