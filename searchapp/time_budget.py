"""How long an answer may take: all that is done within a budget looks at the same clock.

What can be left out of an answer is left out when the time is up (scores of further words,
marks, facets), and the answer is partial; what can't, raises OutOfTimeError. Nothing is
interrupted: whatever may take long asks in between.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from searchapp.errors import OutOfTimeError

_until: ContextVar[float] = ContextVar("until", default=math.inf)
"""When the time is up, by `time.monotonic`."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What is done here has this long; a budget around it that ends sooner goes on to count."""
    token = _until.set(min(time.monotonic() + seconds, _until.get()))
    try:
        yield
    finally:
        _until.reset(token)


def left_s() -> float:
    """How many seconds are left; infinite without a budget, negative once it is spent."""
    return _until.get() - time.monotonic()


def is_spent() -> bool:
    """Whether the time is up."""
    return left_s() <= 0


def check() -> None:
    """Raise OutOfTimeError if the time is up."""
    if is_spent():
        raise OutOfTimeError
