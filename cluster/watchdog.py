"""Ends a node when the process that started it is gone, however it went.

Run as a script, with the ids of the two processes: the starter's, the node's. A signal at the
parent's death (prctl) would not do: the kernel sends it when the thread that forked ends.
"""

from __future__ import annotations

import os
import select
import signal
import sys


def watch(starter: int, node: int) -> None:
    """Return when the node is gone; kill it when the starter is gone before."""
    watched = os.pidfd_open(node)
    try:
        starting = os.pidfd_open(starter)
    except ProcessLookupError:
        signal.pidfd_send_signal(watched, signal.SIGKILL)
        return
    poll = select.poll()
    poll.register(watched, select.POLLIN)
    poll.register(starting, select.POLLIN)
    if watched not in dict(poll.poll()):
        signal.pidfd_send_signal(watched, signal.SIGKILL)


if __name__ == "__main__":
    try:
        watch(int(sys.argv[1]), int(sys.argv[2]))
    except ProcessLookupError:
        sys.exit(0)  # the node was gone already
