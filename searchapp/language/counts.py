"""Counts of syllables and of neighbouring syllables, gathered while an index is built."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.analysis.analyzer import BatchTerms
from searchapp.analysis.terms import folded_term, has_marks

Array = npt.NDArray[Any]

MAX_SYLLABLES = 200_000
# A text of so many syllables with hardly a mark among them was typed without, or is not Vietnamese.
_UNMARKED_LEAST = 20
_UNMARKED_SHARE = 0.05
_PENDING = 4_000_000  # pairs held before they are merged into the counts: some 60 MB
# In a large corpus what was seen once is mostly noise, and half of the file.
_LARGE_CORPUS = 2_000_000  # syllables

SYLLABLES_FILE = "syllables.txt"
FOLDED_FILE = "folded.txt"
COUNTS_FILE = "counts.npy"
FOLDED_OF_FILE = "folded_of.npy"
MARKED_COUNTS_FILE = "marked_counts.npy"
PAIRS_FILE = "pairs.npy"
PAIR_COUNTS_FILE = "pair_counts.npy"


class CorpusCounts:
    """Gathers counts from analysed batches; `write` keeps them beside an index."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._counts = np.zeros(1024, dtype=np.int64)
        self._marked_counts = np.zeros(1024, dtype=np.int64)
        self._keys = np.empty(0, dtype=np.int64)
        self._key_counts = np.empty(0, dtype=np.int64)
        self._pending: list[tuple[Array, Array]] = []
        self._pending_size = 0

    def add(self, terms: BatchTerms) -> None:
        """Count one field of a batch; neighbours never cross from one document to the next."""
        known = self._numbers
        numbers = np.array(
            [known.setdefault(term, len(known)) for term in terms.exact_terms], dtype=np.int64
        )
        if len(known) > self._counts.size:
            self._counts = _grown(self._counts, 2 * len(known))
            self._marked_counts = _grown(self._marked_counts, 2 * len(known))
        self._counts[numbers] += np.bincount(terms.syllables, minlength=numbers.size)
        written = terms.syllables[~_typed_without_marks(terms)]
        self._marked_counts[numbers] += np.bincount(written, minlength=numbers.size)
        syllables = numbers[terms.syllables]
        if syllables.size < 2:
            return
        inside = np.ones(syllables.size - 1, dtype=np.bool_)
        edges = terms.syllable_bounds[1:-1]
        edges = edges[(edges > 0) & (edges < syllables.size)]
        inside[edges - 1] = False
        keys = (syllables[:-1] << 32 | syllables[1:])[inside]
        unique, counts = np.unique(keys, return_counts=True)
        self._pending.append((unique, counts))
        self._pending_size += unique.size
        if self._pending_size > _PENDING:
            self._merge()

    def write(self, folder: Path) -> None:
        """Write the model's files into an existing folder; syllables by falling count."""
        self._merge()
        names = list(self._numbers)
        counts = self._counts[: len(names)]
        large = int(counts.sum()) > _LARGE_CORPUS
        least = 2 if large else 1
        order = [i for i in np.argsort(-counts, kind="stable").tolist() if counts[i] >= least]
        order = order[:MAX_SYLLABLES]
        new_number = np.full(len(names), -1, dtype=np.int64)
        new_number[order] = np.arange(len(order))
        first, second = new_number[self._keys >> 32], new_number[self._keys & 0xFFFFFFFF]
        kept = (first >= 0) & (second >= 0) & (self._key_counts >= least)
        pairs = first[kept] * len(order) + second[kept]
        pair_order = np.argsort(pairs)

        syllables = [names[i] for i in order]
        folded_numbers: dict[str, int] = {}
        folded_of = [
            folded_numbers.setdefault(folded_term(name), len(folded_numbers)) for name in syllables
        ]
        (folder / SYLLABLES_FILE).write_text("\n".join(syllables), encoding="utf-8")
        (folder / FOLDED_FILE).write_text("\n".join(folded_numbers), encoding="utf-8")
        np.save(folder / COUNTS_FILE, counts[order].astype(np.uint32))
        np.save(folder / MARKED_COUNTS_FILE, self._marked_counts[order].astype(np.uint32))
        np.save(folder / FOLDED_OF_FILE, np.array(folded_of, dtype=np.uint32))
        np.save(folder / PAIRS_FILE, pairs[pair_order])
        np.save(folder / PAIR_COUNTS_FILE, self._key_counts[kept][pair_order].astype(np.uint32))

    def _merge(self) -> None:
        keys = np.concatenate([self._keys, *(k for k, _ in self._pending)])
        counts = np.concatenate([self._key_counts, *(c for _, c in self._pending)])
        order = np.argsort(keys, kind="stable")
        keys, counts = keys[order], counts[order]
        first = np.flatnonzero(np.diff(keys, prepend=-1))
        self._keys = keys[first]
        self._key_counts = np.add.reduceat(counts, first) if first.size else counts
        self._pending, self._pending_size = [], 0


def _typed_without_marks(terms: BatchTerms) -> Array:
    """For each syllable of a batch: its document is long enough to tell, and has hardly a mark."""
    lengths = np.diff(terms.syllable_bounds)
    marked = np.array([has_marks(term) for term in terms.exact_terms], dtype=np.int64)
    total = np.concatenate(([0], np.cumsum(marked[terms.syllables])))
    marks = np.diff(total[terms.syllable_bounds])
    unmarked = (lengths >= _UNMARKED_LEAST) & (marks < _UNMARKED_SHARE * lengths)
    spread: Array = np.repeat(unmarked, lengths)
    return spread


def _grown(array: Array, size: int) -> Array:
    larger = np.zeros(size, dtype=array.dtype)
    larger[: array.size] = array
    return larger
