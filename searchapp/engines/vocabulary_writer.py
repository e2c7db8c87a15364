"""Counts in how many documents each term is, in bounded memory, for engines that can't say so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.analysis.analyzer import BatchTerms
from searchapp.analysis.base import Field, View
from searchapp.engines.spools import TermSpool
from searchapp.engines.vocabulary import write_vocabulary
from searchapp.external.names import RUN_NAMES, NameTable
from searchapp.storage import DISK, Storage

Array = npt.NDArray[Any]


class VocabularyWriter:
    """The vocabularies of some views; replaced documents are taken out at the end."""

    def __init__(
        self, spool_folder: Path, views: tuple[View, ...], storage: Storage = DISK
    ) -> None:
        self._views = {view: _ViewCounts(spool_folder, view, storage) for view in views}
        self._storage = storage

    def add(self, fields: dict[Field, BatchTerms]) -> None:
        """Take the terms of the next documents."""
        for counts in self._views.values():
            counts.add(list(fields.values()))

    def close(self) -> None:
        """Let go of the files; may be called again."""
        for counts in self._views.values():
            counts.close()

    def write(self, folder: Path, live: Array) -> None:
        """Write the vocabularies; documents that are not ``live`` count nothing."""
        for view, counts in self._views.items():
            names, found = counts.merged(live)
            write_vocabulary(folder, view, names, found, self._storage)


class _ViewCounts:
    def __init__(self, folder: Path, view: View, storage: Storage) -> None:
        self._view = view
        self._table = NameTable(folder, f"vocabulary.{view}", storage)
        self._spool = TermSpool(folder, f"vocabulary.{view}.terms", storage)

    def add(self, parts: list[BatchTerms]) -> None:
        if len(self._table) >= RUN_NAMES:
            self._end_run()
        keys = []
        count = 0
        for part in parts:
            names, codes, bounds = _column(part, self._view)
            count = bounds.size - 1
            numbers = self._table.numbers(names).astype(np.int64)
            documents = np.repeat(np.arange(count), np.diff(bounds))
            keys.append((documents << 32) + numbers[codes])
        each = np.unique(np.concatenate(keys))
        sizes = np.bincount(each >> 32, minlength=count)
        numbers = (each & 0xFFFFFFFF).astype(np.int32)
        self._spool.add(numbers, np.concatenate(([0], np.cumsum(sizes))))

    def _end_run(self) -> None:
        self._table.end_run()
        self._spool.end_run()

    def close(self) -> None:
        self._spool.close()

    def merged(self, live: Array) -> tuple[list[bytes], Array]:
        self._end_run()
        self._spool.close()
        names, ranks = self._table.merged()
        counts = np.zeros(len(names), dtype=np.int64)
        for some in self._spool.occurrences(ranks, live, positions=False):
            counts += np.bincount(some.ranks, minlength=len(names))
        self._spool.remove()
        return list(names), counts


def _column(terms: BatchTerms, view: View) -> tuple[list[str], Array, Array]:
    match view:
        case View.WORDS:
            return terms.word_terms, terms.words, terms.word_bounds
        case View.EXACT:
            return terms.exact_terms, terms.syllables, terms.syllable_bounds
        case View.FOLDED:
            return terms.folded_terms, terms.syllables, terms.syllable_bounds
        case View.PAIRS:
            raise ValueError("pairs have no vocabulary")
