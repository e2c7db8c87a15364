"""Every way to read a query."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from searchapp.analysis.syllable import is_syllable
from searchapp.analysis.terms import folded_term
from searchapp.language.candidates import candidates
from searchapp.language.lattice import Arc
from searchapp.language.model import UNKNOWN, LanguageModel
from searchapp.language.spaces import in_pieces, run_together
from searchapp.language.words import Word, words_of

_MAX_RUNS = 8  # words that may be several, in one query


def readings(query: str, model: LanguageModel) -> list[Arc]:
    """Every way to read each word of a query, as it was typed first.

    Words may have lost the spaces inside, or have got some: then an arc leaves from within a word,
    or spans several. What is a syllable stays one: *hoa* is not *ho a*.
    """
    words = words_of(query)
    unmarked = not any(word.marked for word in words)
    usual = _usual(words, model)
    arcs, runs = [], []
    for word, fits in zip(words, usual, strict=True):
        arcs.append(Arc(word.start, word.end, candidates(word, unmarked, model, usual=fits)))
        if (not fits or len(words) == 1) and not _is_known_syllable(word, model):
            runs.append(word)
    for word in runs[:_MAX_RUNS]:
        arcs += run_together(word, unmarked, model)
    arcs += in_pieces(query, words, usual, unmarked, model)
    return arcs


def _is_known_syllable(word: Word, model: LanguageModel) -> bool:
    return is_syllable(word.surface) and bool(model.forms(folded_term(word.surface)))


def _usual(words: Sequence[Word], model: LanguageModel) -> list[bool]:
    """For each word: the corpus has it, beside the same neighbours. Then it is no slip."""
    numbers = np.array([model.numbers.get(word.term, UNKNOWN) for word in words])
    seen = model.pair_counts(numbers[:-1], numbers[1:]) > 0
    before, after = np.append(True, seen), np.append(seen, True)
    usual: list[bool] = ((numbers != UNKNOWN) & before & after).tolist()
    return usual
