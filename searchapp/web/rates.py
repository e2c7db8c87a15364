"""How often each client may ask: a meter for each, shared by all processes of a server.

The meter is the generic cell rate algorithm (ITU-T I.371, 1996) in its virtual scheduling form: one
number a client, the time at which it has used up what it asked for. The numbers lie in memory that
processes forked from this one share. Two clients may share a number, one pair in 65,536, and two
processes that count the same client in the same microsecond may count once: both err by a request.
"""

from __future__ import annotations

import ipaddress
import mmap
import secrets
import time
from hashlib import blake2b

_SLOTS = 1 << 16
_SLOT_BYTES = 8
_NETWORK_BITS = 64  # of an IPv6 address: what one customer gets


class RateLimiter:
    """Lets each client ask ``per_minute`` times a minute on average, ``burst`` times at once.

    Make it before processes fork. Safe to share between threads and processes.
    """

    def __init__(self, per_minute: int, burst: int) -> None:
        self._interval_s = 60.0 / per_minute
        self._tolerance_s = self._interval_s * (burst - 1)
        self._used_up = memoryview(mmap.mmap(-1, _SLOTS * _SLOT_BYTES)).cast("d")
        # Nobody outside can tell which clients share a number.
        self._key = secrets.token_bytes(16)

    def wait_s(self, address: str) -> float:
        """Count a request; 0 if it may be answered, else the seconds until the next one may."""
        slot = self._slot(address)
        now = time.monotonic()  # one clock for all processes of a machine
        used_up = max(self._used_up[slot], now)
        early = used_up - now - self._tolerance_s
        if early > 0:
            return early
        self._used_up[slot] = used_up + self._interval_s
        return 0.0

    def _slot(self, address: str) -> int:
        digest = blake2b(_client(address).encode(), key=self._key, digest_size=8).digest()
        return int.from_bytes(digest, "big") % _SLOTS


def is_local(address: str) -> bool:
    """Whether a request comes from this machine itself, or over a socket without addresses."""
    if not address:
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _client(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, _NETWORK_BITS), strict=False))
    return str(parsed)
