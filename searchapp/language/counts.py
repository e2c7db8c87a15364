"""Counts of syllables and of neighbouring syllables, gathered while an index is built.

What is written does not depend on how the texts were cut into batches, nor on the order in which
terms were first seen: of syllables of one count the one that is less by code points comes first.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.analysis.analyzer import BatchTerms
from searchapp.analysis.terms import folded_term, has_marks
from searchapp.external.arrays import ArrayPile, ArraySpool, distinct, save_array, save_blocks
from searchapp.external.keycounts import KeyCounts
from searchapp.external.names import RUN_NAMES, NameTable
from searchapp.storage import DISK, Storage

Array = npt.NDArray[Any]

MAX_SYLLABLES = 200_000
# A text of so many syllables with hardly a mark among them was typed without, or is not Vietnamese.
_UNMARKED_LEAST = 20
_UNMARKED_SHARE = 0.05
# In a large corpus what was seen once is mostly noise, and half of the file.
_LARGE_CORPUS = 2_000_000  # syllables
_SECOND_BITS = 32  # of a pair's key, before its syllables are ranked

SYLLABLES_FILE = "syllables.txt"
FOLDED_FILE = "folded.txt"
COUNTS_FILE = "counts.npy"
FOLDED_OF_FILE = "folded_of.npy"
MARKED_COUNTS_FILE = "marked_counts.npy"
PAIRS_FILE = "pairs.npy"
PAIR_COUNTS_FILE = "pair_counts.npy"


class CorpusCounts:
    """Gathers counts from analysed batches; `write` keeps them beside an index.

    ``spool_folder`` is where they may go meanwhile; without one they are held in memory.
    """

    def __init__(self, spool_folder: Path | None = None, storage: Storage = DISK) -> None:
        self._spool_folder, self._spool_storage = spool_folder, storage
        self._names = NameTable(spool_folder, "counted_syllables", storage)
        self._pairs = KeyCounts(spool_folder, "counted_pairs", storage)
        self._counts = np.zeros((2, RUN_NAMES), dtype=np.int64)
        self._ended_counts = ArrayPile(spool_folder, "syllable_counts", storage)
        self._pair_ends: list[int] = []  # of each run that was ended: where its pairs end

    def add(self, terms: BatchTerms) -> None:
        """Count one field of a batch; neighbours never cross from one document to the next."""
        if self._spool_folder is not None and len(self._names) >= RUN_NAMES:
            self._end_run()
        syllables = terms.syllables
        used, of_terms = self._names.numbers_of(terms.exact_terms, syllables)
        numbers, size = of_terms[used], len(terms.exact_terms)
        if len(self._names) > self._counts.shape[1]:
            grown = np.zeros((2, 2 * len(self._names)), dtype=np.int64)
            grown[:, : self._counts.shape[1]] = self._counts
            self._counts = grown
        written = syllables[~_typed_without_marks(terms)]
        self._counts[0, numbers] += np.bincount(syllables, minlength=size)[used]
        self._counts[1, numbers] += np.bincount(written, minlength=size)[used]
        if syllables.size < 2:
            return
        inside = np.ones(syllables.size - 1, dtype=np.bool_)
        edges = terms.syllable_bounds[1:-1]
        edges = edges[(edges > 0) & (edges < syllables.size)]
        inside[edges - 1] = False
        all_numbers = of_terms.astype(np.int64)[syllables]
        keys = (all_numbers[:-1] << _SECOND_BITS | all_numbers[1:])[inside]
        self._pairs.add(*distinct(keys))

    def _end_run(self) -> None:
        """Number syllables anew from here on: what was counted is put aside with its numbers."""
        self._pairs.end_run()
        self._ended_counts.put(self._counts[:, : len(self._names)])
        self._counts[:] = 0
        self._names.end_run()
        self._pair_ends.append(self._pairs.run_count)

    def write(self, folder: Path, storage: Storage = DISK) -> None:
        """Write the model's files into an existing folder; syllables by falling count."""
        self._end_run()
        names, ranks = self._names.merged()
        counts, marked = np.zeros((2, len(names)), dtype=np.int64)
        for of_run in ranks:
            run_counts = self._ended_counts.take()
            counts[of_run] += run_counts[0]
            marked[of_run] += run_counts[1]
        large = int(counts.sum()) > _LARGE_CORPUS
        least = 2 if large else 1
        # Names are in order, and the sort is stable: of equals the lesser name is first.
        order = np.argsort(-counts, kind="stable")
        order = order[: np.count_nonzero(counts >= least)][:MAX_SYLLABLES]
        new_number = np.full(len(names), -1, dtype=np.int64)
        new_number[order] = np.arange(order.size)

        syllables = [name.decode("utf-8") for name in names.pick(order)]
        folded_numbers: dict[str, int] = {}
        folded_of = [
            folded_numbers.setdefault(folded_term(name), len(folded_numbers)) for name in syllables
        ]
        storage.write_text(folder / SYLLABLES_FILE, "\n".join(syllables))
        storage.write_text(folder / FOLDED_FILE, "\n".join(folded_numbers))
        save_array(folder / COUNTS_FILE, counts[order].astype(np.uint32), storage)
        save_array(folder / MARKED_COUNTS_FILE, marked[order].astype(np.uint32), storage)
        save_array(folder / FOLDED_OF_FILE, np.array(folded_of, dtype=np.uint32), storage)
        del syllables, folded_of, folded_numbers, names
        pairs = self._renumbered([new_number[of_run] for of_run in ranks], order.size)
        _write_pairs(pairs, least, folder, self._spool_folder or folder, storage)

    def _renumbered(self, numbers: list[Array], size: int) -> KeyCounts:
        """The pairs of all runs under the final numbers of their syllables."""
        pairs = KeyCounts(self._spool_folder, "numbered_pairs", self._spool_storage)
        begin = 0
        for of_run, end in zip(numbers, self._pair_ends, strict=True):
            for keys, counts in self._pairs.runs(begin, end):
                first = of_run[keys >> _SECOND_BITS]
                second = of_run[keys & ((1 << _SECOND_BITS) - 1)]
                kept = (first >= 0) & (second >= 0)
                pairs.add(first[kept] * size + second[kept], counts[kept])
            begin = end
        self._pairs.remove()
        self._pair_ends = []
        return pairs


def _write_pairs(
    pairs: KeyCounts, least: int, folder: Path, spool_folder: Path, storage: Storage
) -> None:
    """Write what was counted at least ``least`` times; how many that is is known only then."""
    with (
        ArraySpool(spool_folder / "pair_keys.spool", np.int64, storage) as keys,
        ArraySpool(spool_folder / "pair_counts.spool", np.uint32, storage) as counts,
    ):
        for block_keys, block_counts in pairs.merged():
            kept = block_counts >= least
            keys.append(block_keys[kept])
            counts.append(block_counts[kept])
    pairs.remove()
    save_blocks(folder / PAIRS_FILE, np.int64, len(keys), keys.blocks(), storage)
    save_blocks(folder / PAIR_COUNTS_FILE, np.uint32, len(counts), counts.blocks(), storage)
    keys.remove()
    counts.remove()


def _typed_without_marks(terms: BatchTerms) -> Array:
    """For each syllable of a batch: its document is long enough to tell, and has hardly a mark."""
    lengths = np.diff(terms.syllable_bounds)
    # What is ASCII without its marks, and was not with them, need not be looked at any closer.
    marked = np.array(
        [
            not term.isascii() and (folded.isascii() or has_marks(term))
            for term, folded in zip(terms.exact_terms, terms.folded_terms, strict=True)
        ],
        dtype=np.int64,
    )
    total = np.concatenate(([0], np.cumsum(marked[terms.syllables])))
    marks = np.diff(total[terms.syllable_bounds])
    unmarked = (lengths >= _UNMARKED_LEAST) & (marks < _UNMARKED_SHARE * lengths)
    spread: Array = np.repeat(unmarked, lengths)
    return spread
