"""Texts with a count and a weight each, in little memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.external.names import RUN_NAMES, Names, NameTable
from searchapp.storage import DISK, Storage

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class WeighedTexts:
    """Distinct texts in the order of code points; ``counts`` and ``weights`` are parallel."""

    texts: Names
    counts: Array
    weights: Array

    def __len__(self) -> int:
        return len(self.texts)


Piece = tuple[list[str], Array, Array]
"""Some texts, their counts and their weights."""


def gather(
    pieces: Iterable[Piece],
    most: int | None = None,
    spool_folder: Path | None = None,
    storage: Storage = DISK,
) -> WeighedTexts:
    """Put texts in order; of equal ones the heaviest stays, then that of the larger count.

    With ``most``, the heaviest of all stay, of equals the lesser text.
    """
    table = NameTable(spool_folder, "texts", storage)
    numbers: list[list[Array]] = [[]]
    counts, weights = [np.empty(0, dtype=np.int64)], [np.empty(0)]
    for some_texts, some_counts, some_weights in pieces:
        numbers[-1].append(table.numbers(some_texts))
        counts.append(some_counts)
        weights.append(some_weights)
        if spool_folder is not None and len(table) >= RUN_NAMES:
            table.end_run()
            numbers.append([])
    if len(table):
        table.end_run()
    texts, ranks = table.merged()
    found = [of_run[piece] for of_run, run in zip(ranks, numbers, strict=False) for piece in run]
    rank = np.concatenate([np.empty(0, dtype=np.int32), *found])
    count, weight = np.concatenate(counts), np.concatenate(weights)
    order = np.lexsort((count, weight, rank))
    last = np.ones(order.size, dtype=np.bool_)
    last[:-1] = rank[order[1:]] != rank[order[:-1]]
    chosen = order[last]  # one for each text, in the order of texts
    count, weight = count[chosen], weight[chosen]
    if most is not None and chosen.size > most:
        kept = np.sort(np.argsort(-weight, kind="stable")[:most])
        blocks = (texts.pick(kept[at : at + RUN_NAMES]) for at in range(0, kept.size, RUN_NAMES))
        return WeighedTexts(Names(blocks), count[kept], weight[kept])
    return WeighedTexts(texts, count, weight)
