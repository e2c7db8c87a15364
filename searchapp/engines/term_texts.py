"""The terms of texts as strings with spaces between them, for engines that part them there."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.analysis.analyzer import BatchTerms
from searchapp.analysis.base import View, pair_term

Array = npt.NDArray[Any]


def view_texts(
    terms: BatchTerms, form: Callable[[str], str], short_chars: int
) -> Iterator[dict[View, str]]:
    """Of each text its terms in every view.

    ``form`` is how the engine writes a term; one of at most ``short_chars`` it leaves as it is.
    """
    exact, folded, words = (
        np.array([form(term) for term in names], dtype=object)
        for names in (terms.exact_terms, terms.folded_terms, terms.word_terms)
    )
    are_short = max(map(len, terms.folded_terms), default=0) < short_chars // 2
    unformed = folded if are_short else np.array(terms.folded_terms, dtype=object)
    for first, last, first_word, last_word in zip(
        terms.syllable_bounds[:-1].tolist(),
        terms.syllable_bounds[1:].tolist(),
        terms.word_bounds[:-1].tolist(),
        terms.word_bounds[1:].tolist(),
        strict=True,
    ):
        syllables = terms.syllables[first:last]
        pairs = itertools.starmap(pair_term, itertools.pairwise(unformed[syllables].tolist()))
        yield {
            View.WORDS: " ".join(words[terms.words[first_word:last_word]].tolist()),
            View.EXACT: " ".join(exact[syllables].tolist()),
            View.FOLDED: " ".join(folded[syllables].tolist()),
            View.PAIRS: " ".join(pairs if are_short else map(form, pairs)),
        }
