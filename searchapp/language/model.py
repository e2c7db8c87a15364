"""How likely a syllable is after another in this corpus."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.analysis.terms import folded_term
from searchapp.language.counts import (
    COUNTS_FILE,
    FOLDED_FILE,
    FOLDED_OF_FILE,
    MARKED_COUNTS_FILE,
    PAIR_COUNTS_FILE,
    PAIRS_FILE,
    SYLLABLES_FILE,
)

Array = npt.NDArray[Any]

UNKNOWN = -1

_UNSEEN = 0.5  # the count of a syllable that the corpus does not have


class LanguageModel:
    """Bigrams over syllables as they are written, marks and all; read-only, safe to share."""

    def __init__(self, folder: Path) -> None:
        text = (folder / SYLLABLES_FILE).read_text(encoding="utf-8")
        self.syllables = text.split("\n") if text else []
        self._folder = folder
        self.counts: Array = np.load(folder / COUNTS_FILE).astype(np.float64)
        self._total = float(self.counts.sum()) or 1.0
        self._pairs = np.load(folder / PAIRS_FILE, mmap_mode="r")
        self._pair_counts = np.load(folder / PAIR_COUNTS_FILE, mmap_mode="r")
        self._marked_counts = np.load(folder / MARKED_COUNTS_FILE)
        size = max(len(self.syllables), 1)
        self._followers = np.bincount(self._pairs // size, minlength=size).astype(np.float64)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Each syllable's number; the more frequent have the lower ones."""
        return {syllable: number for number, syllable in enumerate(self.syllables)}

    @cached_property
    def _folded(self) -> tuple[dict[str, int], Array, Array]:
        """Folded forms by number n, whose syllables are ``order[edges[n]:edges[n+1]]``."""
        text = (self._folder / FOLDED_FILE).read_text(encoding="utf-8")
        names = text.split("\n") if text else []
        folded_of = np.load(self._folder / FOLDED_OF_FILE)
        order = np.argsort(folded_of, kind="stable").astype(np.int32)
        edges = np.searchsorted(folded_of[order], np.arange(len(names) + 1)).astype(np.int32)
        return {name: number for number, name in enumerate(names)}, order, edges

    def forms(self, folded: str) -> list[int]:
        """The syllables that fold to ``folded``, by falling count."""
        numbers, order, edges = self._folded
        number = numbers.get(folded)
        if number is None:
            return []
        found: list[int] = order[edges[number] : edges[number + 1]].tolist()
        return found

    def folded_among(self, words: AbstractSet[str]) -> set[str]:
        """Those of ``words`` that syllables of the corpus fold to."""
        return self._folded[0].keys() & words

    def count(self, syllable: str) -> int:
        """How often a syllable stands in the corpus."""
        number = self.numbers.get(syllable)
        return 0 if number is None else int(self.counts[number])

    def is_own_form(self, syllable: str, share: float) -> bool:
        """Whether a syllable makes up at least ``share`` of all that folds as it does.

        Texts typed without marks do not count: there every syllable is its own form.
        """
        forms = self.forms(folded_term(syllable))
        number = self.numbers.get(syllable)
        own = 0.0 if number is None else float(self._marked_counts[number])
        together = float(self._marked_counts[forms].sum()) if forms else 0.0
        return own >= share * together if own else not together

    def log_unigram(self, numbers: Array) -> Array:
        """The natural logarithm of the share of each syllable; `UNKNOWN` is one never seen."""
        return np.log(np.where(numbers >= 0, self.counts[numbers], _UNSEEN) / self._total)

    def pair_counts(self, first: Array, second: Array) -> Array:
        """How often ``second`` follows ``first``; the arrays are broadcast against each other."""
        keys = first * len(self.syllables) + second
        counts = np.zeros(keys.shape)
        if self._pairs.size:
            at = np.minimum(np.searchsorted(self._pairs, keys), self._pairs.size - 1)
            hit = (first >= 0) & (second >= 0) & (self._pairs[at] == keys)
            counts[hit] = self._pair_counts[at[hit]]
        return counts

    def log_bigram(self, first: Array, second: Array) -> Array:
        """Ln P(second | first) for all pairs: a matrix, a row for each of ``first``.

        Smoothed after Witten and Bell (1991): with T the number of different syllables seen after
        the first one, (count of the pair + T * P(second)) / (count of the first + T).
        """
        alone = np.exp(self.log_unigram(second))[None, :]
        together = self.pair_counts(first[:, None], second[None, :])
        seen = first >= 0
        before = np.where(seen, self.counts[first], 0.0)[:, None]
        followers = np.where(seen, self._followers[first], 0.0)[:, None] + 1.0
        return np.log((together + followers * alone) / (before + followers))
