"""Shares of small counts, with how far they can be trusted."""

from __future__ import annotations

import math
from dataclasses import dataclass

_Z = 1.959964  # of a 95% interval


@dataclass(frozen=True, slots=True)
class Share:
    """``count`` of ``of``."""

    count: int
    of: int

    @property
    def value(self) -> float | None:
        """The share, from 0 to 1; None of nothing."""
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's score interval at 95%, which holds for small counts, too; None of nothing.

        E. B. Wilson, Probable inference, the law of succession, and statistical inference,
        Journal of the American Statistical Association 22 (1927).
        """
        if not self.of:
            return None
        n, p = self.of, min(1.0, self.count / self.of)
        middle = p + _Z**2 / (2 * n)
        half = _Z * math.sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
        scale = 1 + _Z**2 / n
        return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)
