"""A number for all postings of a document, whatever order they come in.

Each occurrence of a term at a place is a number of 64 bits, drawn by hashing; a document's checksum
is their sum. So an index, which has occurrences by term, and analysed documents, which have them
one behind the other, give the same sums, each in one pass. A posting that is missing, too many or
elsewhere changes a sum, but for one case in 2^64.

The hash is Python's own, which is drawn anew in each process: checksums are never kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.analysis.analyzer import BatchTerms
from searchapp.analysis.base import View

Array = npt.NDArray[Any]
Sums = npt.NDArray[np.uint64]

_ODD = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def mixed(hashes: Sums, others: Array) -> Sums:
    """One number from two: the finalizer of SplitMix64 (Steele, Lea, Flood 2014)."""
    found = hashes ^ ((others.astype(np.uint64) + np.uint64(1)) * _ODD)
    found = (found ^ (found >> np.uint64(30))) * _FIRST
    found = (found ^ (found >> np.uint64(27))) * _SECOND
    last: Sums = found ^ (found >> np.uint64(31))
    return last


def term_hashes(terms: Iterable[bytes]) -> Sums:
    """The hashes of terms."""
    return np.array([hash(term) for term in terms], dtype=np.int64).view(np.uint64)


def pair_hashes(pairs: list[bytes]) -> Sums:
    """The hashes of pairs of folded syllables, as `add_batch` makes them of the two."""
    halves = [pair.partition(b"_") for pair in pairs]
    return mixed(term_hashes(head for head, _, _ in halves), term_hashes(t for _, _, t in halves))


def batch_sums(terms: BatchTerms) -> dict[View, Sums]:
    """The checksum of each document of a batch in one field, for each view."""
    exact = term_hashes(term.encode("utf-8") for term in terms.exact_terms)[terms.syllables]
    folded = term_hashes(term.encode("utf-8") for term in terms.folded_terms)[terms.syllables]
    words = term_hashes(term.encode("utf-8") for term in terms.word_terms)[terms.words]
    lengths = np.diff(terms.syllable_bounds)
    documents = np.repeat(np.arange(lengths.size), lengths)
    of_words = np.repeat(np.arange(lengths.size), np.diff(terms.word_bounds))
    places = np.arange(terms.syllables.size) - np.repeat(terms.syllable_bounds[:-1], lengths)
    together = documents[1:] == documents[:-1]
    pairs = mixed(folded[:-1], folded[1:])[together]
    return {
        View.WORDS: _sums(lengths.size, of_words, placeless(words)),
        View.EXACT: _sums(lengths.size, documents, mixed(exact, places)),
        View.FOLDED: _sums(lengths.size, documents, mixed(folded, places)),
        View.PAIRS: _sums(lengths.size, documents[1:][together], placeless(pairs)),
    }


def placeless(hashes: Sums) -> Sums:
    """The numbers of occurrences whose place is not kept."""
    return mixed(hashes, np.zeros(1, dtype=np.uint64))


def _sums(count: int, documents: Array, values: Sums) -> Sums:
    sums = np.zeros(count, dtype=np.uint64)
    np.add.at(sums, documents, values)
    return sums
