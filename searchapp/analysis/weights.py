"""What pyvi's model adds up for a syllable, and the step from one syllable to the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt

from searchapp.analysis.grams import Grams
from searchapp.analysis.pyvi_model import SegmentationModel

Floats = npt.NDArray[np.float64]

_PLACES = (
    "",
    "-1:",
    "+1:",
)  # what a token adds to its own score, the next one's, the previous one's
_SHAPES = ("isupper", "istitle", "isdigit")  # the model has no neighbour's isdigit


class Weights:
    """The model's weights, each the score of *inside* minus that of *begin*.

    ``pair`` is for the second and the first syllable of a pair in pyvi's dictionary, ``triple`` for
    the third and the first of a triple. With D the difference of two best path scores: up to
    ``low`` both best predecessors are *begin*, above ``high`` both are *inside*.
    """

    def __init__(self, model: SegmentationModel) -> None:
        weight = model.attributes.get
        self.bias = weight("bias", 0.0)
        by_syllable = [_with_prefix(model.attributes, f"{p}word.lower():") for p in _PLACES]
        syllables = dict.fromkeys(chain.from_iterable(by_syllable))
        # Row 0 is for all that the model does not know.
        self._rows = {name: row for row, name in enumerate(syllables, start=1)}
        self._of_rows = [
            np.array([0.0, *(weights.get(name, 0.0) for name in syllables)])
            for weights in by_syllable
        ]
        self.shapes: list[tuple[Callable[[str], bool], list[float]]] = [
            (getattr(str, shape), [weight(f"{p}word.{shape}()", 0.0) for p in _PLACES])
            for shape in _SHAPES
        ]
        self.pair = weight("-1:word.bi_gram()", 0.0), weight("+1:word.bi_gram()", 0.0)
        self.triple = weight("-2:word.tri_gram()", 0.0), weight("+2:word.tri_gram()", 0.0)
        self.grams = Grams(model)
        (bb, bi), (ib, ii) = model.transitions
        self._bb, self._bi, self._ib, self._ii = bb, bi, ib, ii
        self.low, self.high = sorted((bb - ib, bi - ii))
        self.window_follows = bi - ii <= bb - ib
        """Whether a label between ``low`` and ``high`` is the next syllable's, or the other one."""

    def of_syllables(self, lowers: Sequence[str]) -> list[Floats]:
        """What syllables in lower case add, at each of the three places."""
        # crfsuite's names are C strings.
        names = [lower.partition("\0")[0] if "\0" in lower else lower for lower in lowers]
        rows = [self._rows.get(name, 0) for name in names]
        return [of_rows[rows] for of_rows in self._of_rows]

    def step(self, d: float) -> float:
        """G of `segmentation.py`."""
        return max(self._bi, d + self._ii) - max(self._bb, d + self._ib)

    def steps(self, d: Floats) -> Floats:
        """`step` of many."""
        both: Floats = np.maximum(self._bi, d + self._ii) - np.maximum(self._bb, d + self._ib)
        return both


def _with_prefix(attributes: dict[str, float], prefix: str) -> dict[str, float]:
    start = len(prefix)
    return {k[start:]: v for k, v in attributes.items() if k.startswith(prefix)}
