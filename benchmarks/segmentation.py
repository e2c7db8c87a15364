"""Our word segmentation against pyvi's, from NFC text to words, in one process.

Both segment the same texts in turn (A B A B …); a ratio is the median over the pairs of pyvi's time
divided by ours. `ratio`: words as strings, text by text, with a Segmenter that has seen nothing
(making it is loading, not segmenting: see `ours_load_s`). `warm_ratio`: the same Segmenter over the
same texts again. `batch_ratio`: what an index build does, `Segmenter.label` over batches, a fresh
Segmenter too, which gives words as numbers and no strings.
"""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Iterator
from itertools import batched as _batched
from statistics import median
from typing import Any
