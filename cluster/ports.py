"""Ports of 127.0.0.1 that nobody listens on."""

from __future__ import annotations

import random
import socket

# Below those that the kernel gives to outgoing connections (32768 and up): a node that is down for
# a while finds its port free when it comes back.
_RANGE = range(20_000, 32_000)


def is_free(port: int) -> bool:
    """Whether one can listen there now."""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """So many different free ports, by chance: clusters started at the same time rarely meet."""
    chosen: list[int] = []
    # From the system: a test that seeds `random` must not make two clusters choose alike.
    for port in random.SystemRandom().sample(_RANGE, len(_RANGE)):
        if is_free(port):
            chosen.append(port)
        if len(chosen) == count:
            break
    return chosen
