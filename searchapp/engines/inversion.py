"""From terms in document order to postings in term order, with arrays and in bounded memory.

An *occurrence* is a term at a place in a document. Occurrences arrive in order of document and
position; a stable sort by term gives the postings of every term in one go. Where there are too many
to sort at once, they are first dealt out to files, one for each range of terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.external.files import close_all, let_go
from searchapp.storage import DISK, Storage

Ints = npt.NDArray[Any]

PART = 1 << 19
"""Occurrences sorted at a time: some 40 MB at the peak."""
_MOST_PARTS = 400  # files open at a time


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Some occurrences: parallel arrays of term ranks, document numbers and positions.

    ``positions`` is None where none are kept.
    """

    ranks: Ints
    documents: Ints
    positions: Ints | None


@dataclass(frozen=True, slots=True)
class Postings:
    """The postings of some terms, in ascending order of term rank.

    Term i, of rank ``ranks[i]``, stands in ``document_frequency[i]`` documents; ``documents`` and
    ``frequencies`` hold the postings of all terms end to end, ``positions`` those of all postings;
    they are empty where none are kept.
    """

    ranks: Ints
    document_frequency: Ints
    documents: Ints
    frequencies: Ints
    positions: Ints


def part_bounds(counts: Ints, most: int | None = None) -> Ints:
    """Where to cut the range of ranks so that each part has about ``most`` occurrences.

    ``counts[r]`` are the occurrences of rank r. The first rank of each part, ascending from 0 on;
    no rank is cut, so a frequent term may make a larger part.
    """
    before = np.cumsum(counts) - counts
    total = int(counts.sum())
    most = max(PART if most is None else most, total // _MOST_PARTS + 1)
    first = np.flatnonzero(np.diff(before // most, prepend=-1))
    bounds: Ints = first if first.size else np.zeros(1, dtype=np.int64)
    return bounds


def invert(
    occurrences: Iterable[Occurrences], bounds: Ints, folder: Path, storage: Storage = DISK
) -> Iterator[Postings]:
    """Group occurrences by term; one part of the term space comes behind the other.

    ``bounds`` are the first rank of each part, ascending from 0 on. Files are made in ``folder``
    and removed again.
    """
    if bounds.size == 1:
        yield _grouped(list(occurrences))
        return
    files: list[_PartFile] = []
    try:
        for number in range(bounds.size):
            path = folder / f"part.{number:04}"
            files.append(_PartFile(path, storage))  # those made are let go of
        for some in occurrences:
            parts = np.searchsorted(bounds, some.ranks, side="right") - 1
            order = stable_order(parts)
            edges = np.searchsorted(parts[order], np.arange(bounds.size + 1))
            for number in np.flatnonzero(np.diff(edges)).tolist():
                files[number].add(_taken(some, order[edges[number] : edges[number + 1]]))
        close_all(files)
    except BaseException:
        let_go(files)
        raise
    for file in files:
        yield _grouped(list(file.read()))
        file.remove()


def stable_order(keys: Ints) -> Ints:
    """The stable order of non-negative integers, as indexes.

    Where key and index fit in 63 bits together, they are packed and sorted as one number, which
    NumPy does several times faster than an indirect stable sort.
    """
    if keys.size == 0:
        return np.empty(0, dtype=np.int64)
    index_bits = int(keys.size - 1).bit_length()
    if int(keys.max()).bit_length() + index_bits > 63:
        return np.argsort(keys, kind="stable")
    packed = keys.astype(np.int64) << index_bits
    packed |= np.arange(keys.size)
    packed.sort()
    packed &= (1 << index_bits) - 1
    return packed


class _PartFile:
    """Occurrences of one range of terms, block behind block in a file."""

    def __init__(self, path: Path, storage: Storage) -> None:
        self._path, self._storage = path, storage
        self._sizes: list[int] = []
        self._types: list[np.dtype[Any]] = []
        self._file = storage.create(path)

    def add(self, some: Occurrences) -> None:
        columns = [some.ranks, some.documents]
        if some.positions is not None:
            columns.append(some.positions)
        self._types = [column.dtype for column in columns]
        self._sizes.append(some.ranks.size)
        for column in columns:
            self._file.write(column.tobytes())

    def close(self) -> None:
        self._file.close()

    def read(self) -> Iterator[Occurrences]:
        with self._path.open("rb") as file:
            for size in self._sizes:
                columns = [self._column(file.read(size * t.itemsize), t, size) for t in self._types]
                yield Occurrences(columns[0], columns[1], columns[2] if columns[2:] else None)

    def _column(self, data: bytes, dtype: np.dtype[Any], size: int) -> Ints:
        if len(data) != size * dtype.itemsize:
            raise OSError(f"{self._path} is shorter than what was written to it")
        return np.frombuffer(data, dtype=dtype)

    def remove(self) -> None:
        self._storage.remove(self._path)


def _taken(some: Occurrences, chosen: Ints) -> Occurrences:
    positions = None if some.positions is None else some.positions[chosen]
    return Occurrences(some.ranks[chosen], some.documents[chosen], positions)


def _grouped(blocks: list[Occurrences]) -> Postings:
    if not blocks:
        none = np.empty(0, dtype=np.int64)
        return Postings(none, none, none, none, none)
    ranks = np.concatenate([some.ranks for some in blocks])
    documents = np.concatenate([some.documents for some in blocks])
    positions = np.concatenate(
        [np.empty(0, np.uint32) if some.positions is None else some.positions for some in blocks]
    )
    blocks.clear()
    order = stable_order(ranks)
    ranks, documents = ranks[order], documents[order]
    if positions.size:
        positions = positions[order]
    new_term = np.ones(ranks.size, dtype=np.bool_)
    new_term[1:] = ranks[1:] != ranks[:-1]
    new_posting = new_term.copy()
    new_posting[1:] |= documents[1:] != documents[:-1]
    first = np.flatnonzero(new_posting)
    term_first = np.flatnonzero(new_term[first])
    return Postings(
        ranks=ranks[first[term_first]],
        document_frequency=np.diff(np.append(term_first, first.size)),
        documents=documents[first],
        frequencies=np.diff(np.append(first, ranks.size)),
        positions=positions,
    )
