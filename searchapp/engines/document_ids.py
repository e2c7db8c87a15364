"""Which documents of a build stay: of those with one id the last, and in which order of ids."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.engines.inversion import Postings
from searchapp.external.names import RUN_NAMES, Names, NameTable
from searchapp.storage import DISK, Storage

Array = npt.NDArray[Any]

REPLACED = -1
"""The rank of a document that a later one with its id replaced: it has no postings."""
_IDS_A_RUN = RUN_NAMES // 4
_PART = 1 << 16  # ids whose postings are made at a time


class DocumentIds:
    """Takes the ids of documents in the order of their numbers, from 0 on."""

    def __init__(self, spool_folder: Path | None = None, storage: Storage = DISK) -> None:
        self._table = NameTable(spool_folder, "ids", storage)
        self._latest = array("i")  # the last document of each id of the run that is being made
        self._runs: list[Array] = []
        self._count = 0

    def __len__(self) -> int:
        """How many documents there are, replaced ones included."""
        return self._count

    def add(self, ids: Sequence[str]) -> None:
        """Take the ids of the next documents."""
        for document, number in enumerate(self._table.numbers(ids).tolist(), self._count):
            if number == len(self._latest):
                self._latest.append(document)
            self._latest[number] = document
        self._count += len(ids)
        if len(self._table) >= _IDS_A_RUN:
            self._end_run()

    def _end_run(self) -> None:
        self._table.end_run()
        self._runs.append(np.array(self._latest, dtype=np.int64))
        self._latest = array("i")

    def merged(self) -> tuple[Names, Array]:
        """The ids in order, and of each the document that stays."""
        self._end_run()
        names, ranks = self._table.merged()
        documents = np.empty(len(names), dtype=np.int64)
        for of_run, latest in zip(ranks, self._runs, strict=True):
            documents[of_run] = latest  # a later run has later documents
        self._runs = []
        return names, documents


def id_ranks(documents: Array, count: int) -> Array:
    """For each of ``count`` documents its place in the order of ids, or `REPLACED`."""
    ranks = np.full(count, REPLACED, dtype=np.int32)
    ranks[documents] = np.arange(documents.size, dtype=np.int32)
    return ranks


def id_postings(documents: Array) -> Iterator[Postings]:
    """One posting for each id, in order."""
    for first in range(0, documents.size, _PART):
        part = documents[first : first + _PART]
        ones = np.ones(part.size, dtype=np.int64)
        yield Postings(
            ranks=np.arange(first, first + part.size),
            document_frequency=ones,
            documents=part,
            frequencies=ones,
            positions=np.empty(0, dtype=np.int64),
        )
