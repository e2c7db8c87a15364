"""How much a term tells, for every engine and for all that ask one."""

from __future__ import annotations

import math


def idf(document_frequency: int, document_count: int) -> float:
    """BM25's inverse document frequency: ln(1 + (N - df + 0.5) / (df + 0.5))."""
    return math.log1p((document_count - document_frequency + 0.5) / (document_frequency + 0.5))
