"""Batches of terms taken apart and put together again, text by text.

What was analysed once is used again when other texts beside it have changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.analysis.analyzer import BatchTerms

Array = npt.NDArray[Any]


def assemble(parts: Sequence[BatchTerms], rows: Sequence[tuple[int, int]]) -> BatchTerms:
    """The terms of chosen texts, in the order chosen.

    A row names a text: the index of its part, and its index in that part. Terms that none of the
    texts holds are left out, and the tables are ascending: the result depends on the texts alone.
    """
    chosen = np.array(rows, dtype=np.int64).reshape(-1, 2)
    exact_terms, syllables, syllable_bounds = _column(
        [(part.exact_terms, part.syllables, part.syllable_bounds) for part in parts], chosen
    )
    word_terms, words, word_bounds = _column(
        [(part.word_terms, part.words, part.word_bounds) for part in parts], chosen
    )
    folded = {
        exact: folded
        for part in parts
        for exact, folded in zip(part.exact_terms, part.folded_terms, strict=True)
    }
    return BatchTerms(
        exact_terms=exact_terms,
        folded_terms=[folded[term] for term in exact_terms],
        word_terms=word_terms,
        syllables=syllables,
        syllable_bounds=syllable_bounds,
        words=words,
        word_bounds=word_bounds,
    )


def _column(
    parts: Sequence[tuple[list[str], Array, Array]], chosen: Array
) -> tuple[list[str], Array, Array]:
    """The terms used, ascending, the codes of the chosen texts, and where each text begins."""
    numbers: dict[str, int] = {}
    codes = [
        np.array([numbers.setdefault(term, len(numbers)) for term in terms], dtype=np.int32)[held]
        for terms, held, _ in parts
    ]
    begins = np.cumsum([0, *(held.size for held in codes)])
    starts = [bounds[:-1] + begin for (*_, bounds), begin in zip(parts, begins, strict=False)]
    sizes = [np.diff(bounds) for *_, bounds in parts]
    firsts = np.cumsum([0, *(size.size for size in sizes)])
    texts = firsts[chosen[:, 0]] + chosen[:, 1]
    lengths = np.concatenate(sizes)[texts]
    bounds = np.concatenate(([0], np.cumsum(lengths)))
    places = np.repeat(np.concatenate(starts)[texts] - bounds[:-1], lengths)
    taken = np.concatenate(codes)[places + np.arange(bounds[-1])]
    used, taken = np.unique(taken, return_inverse=True)
    names = list(numbers)
    held_names = [names[number] for number in used.tolist()]
    order = sorted(range(len(held_names)), key=held_names.__getitem__)
    ranks = np.empty(len(order), dtype=np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    return [held_names[i] for i in order], ranks[taken], bounds
