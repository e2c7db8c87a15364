"""Being told to end, by `kill` or by a system that shuts down: as with Ctrl+C, what is begun is put
away first, and a build leaves what the next one can go on with.
"""

from __future__ import annotations

import atexit
import os
import signal
from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


def interrupt_when_told_to_end() -> None:
    """Raise KeyboardInterrupt at SIGTERM and SIGHUP; the process still ends by that signal.

    Whoever started the process sees by which one. A signal that is ignored (`nohup`) stays so, and
    commands that have ways of their own to end put them in place of this one.
    """
    told: list[int] = []

    def interrupt(number: int, frame: FrameType | None) -> None:
        del frame
        told.append(number)
        for one in _SIGNALS:
            signal.signal(one, signal.SIG_DFL)  # told again, it ends at once
        raise KeyboardInterrupt

    def end() -> None:
        if told:
            os.kill(os.getpid(), told[0])

    atexit.register(end)  # before all others: it comes last
    for one in _SIGNALS:
        if signal.getsignal(one) is signal.SIG_DFL:
            signal.signal(one, interrupt)
