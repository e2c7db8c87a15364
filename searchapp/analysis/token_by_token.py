"""The segmentation of one text token by token: `segmentation.py` for a query.

A batch is decided with arrays; for a dozen syllables calling NumPy would take ten times as long as
adding up. The words are the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from searchapp.analysis.segmentation import is_joinable
from searchapp.analysis.weights import Weights

_REMEMBERED = 1 << 12  # tokens: about a megabyte


@dataclass(frozen=True, slots=True)
class _Token:
    own: float
    to_next: float
    to_previous: float
    gram: int
    is_joinable: bool
    is_title: bool


class TokenByToken:
    """Tells which tokens of a text go on with a word. Safe to share between threads."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._token = lru_cache(maxsize=_REMEMBERED)(self._look_up)

    def _look_up(self, token: str) -> _Token:
        weights, lower = self._weights, token.lower()
        scores = [float(array[0]) for array in weights.of_syllables([lower])]
        for shape, of_shape in weights.shapes:
            if shape(token):
                scores = [score + weight for score, weight in zip(scores, of_shape, strict=True)]
        own, to_next, to_previous = scores
        return _Token(
            own=weights.bias + own,
            to_next=to_next,
            to_previous=to_previous,
            gram=weights.grams.ids.get(lower, 0),
            is_joinable=is_joinable(token),
            is_title=token[0].istitle(),
        )

    def joined(self, texts: Iterable[str]) -> list[bool]:
        """For the tokens of a text, in order: whether each continues the word of the one before."""
        tokens = list(map(self._token, texts))
        inside = self._inside(tokens)
        return [False, *map(_joins, tokens, tokens[1:], inside[1:])][: len(tokens)]

    def _inside(self, tokens: list[_Token]) -> list[bool]:
        weights = self._weights
        differences: list[float] = []  # D of `segmentation.py`
        for x in self._sums(tokens):
            differences.append(x + weights.step(differences[-1]) if differences else x)
        labels: list[bool] = []  # from the last to the first
        for d in reversed(differences):
            if not labels:
                labels.append(d > 0.0)
            else:
                follows = labels[-1] == weights.window_follows
                labels.append(d > weights.high or (d > weights.low and follows))
        return labels[::-1]

    def _sums(self, tokens: list[_Token]) -> list[float]:
        """X of `segmentation.py`, added up in the same order."""
        weights = self._weights
        x = [token.own for token in tokens]
        for i, token in enumerate(tokens[:-1]):
            x[i + 1] += token.to_next
        for i, token in enumerate(tokens[1:]):
            x[i] += token.to_previous
        grams = [token.gram for token in tokens]
        pairs = [i for i in range(len(x) - 1) if weights.grams.has_pair(grams[i], grams[i + 1])]
        for i in pairs:
            x[i + 1] += weights.pair[0]
        for i in pairs:
            x[i] += weights.pair[1]
        for i in range(len(x) - 2):
            if weights.grams.has_triple(*grams[i : i + 3]):
                x[i + 2] += weights.triple[0]
                x[i] += weights.triple[1]
        return x


def _joins(before: _Token, token: _Token, inside: bool) -> bool:
    begins = token.is_title and not before.is_title
    return inside and token.is_joinable and before.is_joinable and not begins
