"""Texts of settings that have a form: the proxies that are trusted, a socket's mode, a port.

Each function gives what the text stands for, or raises ValueError with "should be …".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

UNIX = "unix"
NOBODY = "none"
_MAX_PORT = 65535


@dataclass(frozen=True, slots=True)
class Proxies:
    """Whose word on the caller is taken: ``networks``, and who comes by a Unix socket."""

    networks: tuple[IPv4Network | IPv6Network, ...]
    unix: bool

    def trusts(self, address: str) -> bool:
        """Whether a peer is one of them; the address of one on a Unix socket is empty."""
        if not address:
            return self.unix
        try:
            # Of an IPv4 caller on an IPv6 socket: "::ffff:192.0.2.1"
            found = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        mapped = getattr(found, "ipv4_mapped", None)
        found = found if mapped is None else mapped
        return any(found in network for network in self.networks)


def proxies(text: str) -> Proxies:
    """The proxies that a setting names: addresses, networks and the word unix, or none."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    networks = []
    for name in names:
        if name in (UNIX, NOBODY):
            continue
        try:
            networks.append(ip_network(name))
        except ValueError as error:
            raise ValueError(
                "should be addresses, networks such as 10.0.0.0/8, and unix, by commas; or none"
                f" ({error})"
            ) from None
    if NOBODY in names and len(names) > 1:
        raise ValueError("should be none alone, or those that are trusted")
    return Proxies(tuple(networks), UNIX in names)


def socket_mode(text: str) -> int:
    """Permissions from three octal digits."""
    if not re.fullmatch(r"0?[0-7]{3}", text):
        raise ValueError("should be three octal digits, such as 660")
    return int(text, 8)


def port(number: int) -> int:
    """A TCP port; 0 is any that is free."""
    if number > _MAX_PORT:
        raise ValueError(f"should be at most {_MAX_PORT}")
    return number
