"""What the children of an `AtLeast` tell, in whole units: every engine finds the same documents.

Engines can count clauses that hold, or add up whole weights; sums of floats differ in the last bit
from one to the other, and some engines can't add weights up at all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from searchapp.engines.bm25 import idf

UNITS = 4
"""What the most telling child counts. With 4 nDCG and recall are those of the unrounded sums; a
word that tells less than an eighth of what the rarest does counts nothing.
"""


def child_units(document_frequencies: Sequence[int], document_count: int) -> list[int]:
    """What each child counts, by how many documents it finds; 0 to `UNITS`, in their order."""
    tells = [idf(frequency, document_count) for frequency in document_frequencies]
    most = max(tells, default=0.0)
    return [math.floor(UNITS * tell / most + 0.5) for tell in tells]


def least_units(units: Sequence[int], share: float) -> int:
    """How many units a document has to reach; at least one."""
    # A little less: a share such as 0.3 is no whole number of 64ths.
    return max(math.ceil(share * sum(units) - 1e-9), 1)
