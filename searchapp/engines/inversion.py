"""From terms in document order to postings in term order, with arrays.

An *occurrence* is a term at a place in a document. Occurrences arrive in order of document and
position; a stable sort by term gives the postings of every term in one go.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[Any]

_PART = 1 << 24  # occurrences sorted at a time: some 600 MB at the peak


@dataclass(frozen=True, slots=True)
class Postings:
    """The postings of some terms, in ascending order of term rank.

    Term i, of rank ``ranks[i]``, stands in ``document_frequency[i]`` documents; ``documents`` and
    ``frequencies`` hold the postings of all terms end to end, ``positions`` those of all postings.
    """

    ranks: Ints
    document_frequency: Ints
    documents: Ints
    frequencies: Ints
    positions: Ints


def invert(ranks: Ints, documents: Ints, positions: Ints) -> Iterator[Postings]:
    """Group occurrences by term; parts of the term space come one after another.

    The three arrays are parallel: term rank, document number and position of each occurrence, in
    order of document and position.
    """
    for low, high in _parts(ranks):
        chosen = np.flatnonzero((ranks >= low) & (ranks < high))
        order = chosen[stable_order(ranks[chosen])]
        yield _group(ranks[order], documents[order], positions[order])


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


def _parts(ranks: Ints) -> Iterator[tuple[int, int]]:
    """Ranges of ranks with at most about `_PART` occurrences each."""
    top = int(ranks.max(initial=-1)) + 1
    if ranks.size <= _PART:
        yield 0, top
        return
    edges = np.quantile(ranks, np.linspace(0, 1, ranks.size // _PART + 2), method="lower")
    bounds = sorted({0, *edges[1:-1].astype(int).tolist(), top})
    yield from pairwise(bounds)


def _group(ranks: Ints, documents: Ints, positions: Ints) -> Postings:
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
