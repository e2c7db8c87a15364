"""Whether the columns of an index are what its documents say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.analysis.collation import collation_key
from searchapp.documents import Document
from searchapp.engines.columns import (
    DAYS_FILE,
    LAST,
    TITLE_RANKS_FILE,
    days_of,
    owners_file,
    values_file,
    values_of,
)
from searchapp.lines import MappedLines
from searchapp.query.filters import Column

Array = npt.NDArray[Any]


class ColumnsCheck:
    """Compares documents, in the order of their numbers, with the files; then the rest of them."""

    def __init__(self, folder: Path, live: Array) -> None:
        self._live = live
        self._values = {column: MappedLines(folder / values_file(column)) for column in Column}
        self._owned = {column: np.load(folder / owners_file(column)) for column in Column}
        self._days = np.load(folder / DAYS_FILE)
        self._title_ranks = np.load(folder / TITLE_RANKS_FILE)

    def documents(self, first: int, documents: Sequence[Document]) -> Iterator[str]:
        """Lines for what is wrong with the documents from number ``first`` on."""
        for column, (owners, numbers) in self._owned.items():
            values = self._values[column]
            edges = np.searchsorted(owners, np.arange(first, first + len(documents) + 1)).tolist()
            for index, document in enumerate(documents):
                held = numbers[edges[index] : edges[index + 1]].tolist()
                wanted = values_of(document, column) if self._live[first + index] else ()
                if not all(0 <= number < len(values) for number in held) or tuple(
                    values[number] for number in held
                ) != tuple(value.encode("utf-8") for value in wanted):
                    yield f"the {column} of document {document.id!r} is not what is kept of it"
        for index, document in enumerate(documents):
            if tuple(self._days[:, first + index].tolist()) != days_of(document.published):
                yield f"the days of document {document.id!r} are not what is kept of them"

    def rest(self, document: Callable[[int], Document]) -> Iterator[str]:
        """Lines for what is wrong with the files as a whole; ``document`` gives one by number."""
        count = self._live.size
        for column, (owners, numbers) in self._owned.items():
            if (np.diff(owners) < 0).any() or (owners.size and owners[-1] >= count):
                yield f"the owners of column {column} are out of order"
            values = [value.decode("utf-8") for value in self._values[column]]
            keys = [(collation_key(value), value) for value in values]
            if any(one >= other for one, other in pairwise(keys)):
                yield f"the values of column {column} are out of order"
            if np.unique(numbers).size != len(values):
                yield f"column {column} has values that no document has"
        if self._days.shape != (2, count) or self._title_ranks.shape != (count,):
            yield "days or ranks of titles are missing"
        else:
            yield from self._titles(document)

    def _titles(self, document: Callable[[int], Document]) -> Iterator[str]:
        rank, key = -1, ""
        for number in np.argsort(self._title_ranks, kind="stable").tolist():
            of_document = int(self._title_ranks[number])
            one = document(number) if self._live[number] else None
            this = "" if one is None else collation_key(one.title)
            if one is None or this == "":
                wanted = LAST
            else:
                wanted = rank + (this != key)
                if this < key:
                    yield f"the title of document {one.id!r} is out of order"
            if of_document != wanted:
                where = f"number {number}" if one is None else repr(one.id)
                yield f"the title of document {where} has rank {of_document}, not {wanted}"
            if of_document != LAST:
                rank, key = of_document, this
