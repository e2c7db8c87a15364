"""Is one run better than another, or is it chance? A paired permutation test and a bootstrap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

ROUNDS = 10_000
_BATCH = 500  # rounds at once: 500 rounds of 2,600 queries are 10 MB


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs over the same queries; ``difference`` is ours less theirs, of a mean.

    ``low`` and ``high`` bound the 95% confidence interval of the difference, ``p_value`` is that of
    the two-sided test that there is none.
    """

    ours: float
    theirs: float
    difference: float
    low: float
    high: float
    p_value: float
    queries: int


def compare(
    ours: Sequence[float], theirs: Sequence[float], seed: int, rounds: int = ROUNDS
) -> Comparison:
    """Compare the scores of two runs, query by query; the same seed gives the same answer.

    The test flips the sign of each query's difference at random and counts how often the mean is
    as far from 0 as the one seen: Smucker, Allan and Carterette, CIKM 2007. The run itself counts
    as one of the rounds, so p is never 0. The interval is the percentile bootstrap over queries.
    """
    assert len(ours) == len(theirs) > 0
    mine, other = np.asarray(ours, dtype=np.float64), np.asarray(theirs, dtype=np.float64)
    differences = mine - other
    seen = float(differences.mean())
    rng = np.random.default_rng(abs(seed))
    count = len(differences)
    # Sums of the same numbers in another order differ in the last bits: equal is nearly equal.
    least = abs(seen) * count - 1e-9
    as_far = 0
    means = np.empty(rounds)
    for begin in range(0, rounds, _BATCH):
        size = min(_BATCH, rounds - begin)
        signs = rng.integers(0, 2, (size, count), dtype=np.int8) * 2.0 - 1.0
        as_far += int((np.abs(signs @ differences) >= least).sum())
        picked = rng.integers(0, count, (size, count))
        means[begin : begin + size] = differences[picked].mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return Comparison(
        ours=float(mine.mean()),
        theirs=float(other.mean()),
        difference=seen,
        low=float(low),
        high=float(high),
        p_value=(as_far + 1) / (rounds + 1),
        queries=count,
    )
