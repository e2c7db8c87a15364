"""Memory that was let go of, back to the system."""

from __future__ import annotations

import ctypes
import sys


def give_back() -> None:
    """Have the C library return freed pages; nothing where it can't (musl, macOS).

    glibc keeps them for what comes next. After the batches of a build that is some 30 MB, which
    would count for nothing else while the index is written.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
