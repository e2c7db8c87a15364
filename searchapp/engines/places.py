"""Arithmetic on places where terms stand: words near each other, found with whole arrays.

A place is a document and a position in it, in one number: ``document << 32 | position``. Arrays of
places ascend. So the place behind another is one more, and two places lie in one document if they
agree above the lower 32 bits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_POSITION_BITS = 32

NOWHERE = np.empty(0, dtype=np.intp), np.empty(0)
"""What `by_document` makes of no places."""


def places(documents: Array, frequencies: Array, positions: Array) -> Array:
    """The places of a term: its documents, how often it is in each, and where, end to end."""
    repeated = np.repeat(documents.astype(np.int64), frequencies)
    found: Array = (repeated << _POSITION_BITS) + positions
    return found


def by_document(found: Array) -> tuple[Array, Array]:
    """The documents of places, ascending, and how many places lie in each."""
    documents, frequencies = np.unique(found >> _POSITION_BITS, return_counts=True)
    return documents.astype(np.intp), frequencies.astype(np.float64)


def ends_of_stretches(of_terms: Mapping[str, Array], terms: tuple[str, ...], slop: int) -> Array:
    """The last places of stretches that hold all terms, with at most ``slop`` places between.

    For each place of a term as the first of a stretch, the stretch ends with the last of the terms
    to come: its shortest end there is. Stretches with one end count once.
    """
    starts = np.sort(np.concatenate(list(of_terms.values())))
    ends = starts.copy()
    whole = np.ones(starts.size, dtype=np.bool_)
    for term, of_term in of_terms.items():
        # A term asked for several times has to come as often.
        at = np.searchsorted(of_term, starts) + terms.count(term) - 1
        whole &= at < of_term.size
        ends = np.maximum(ends, of_term[np.minimum(at, of_term.size - 1)])
    whole &= ends >> _POSITION_BITS == starts >> _POSITION_BITS
    whole &= ends - starts + 1 - len(terms) <= slop
    return np.unique(ends[whole])
