"""Under which names the service answers: an address in an answer is never one that a caller chose.

A browser can be led to any service that it reaches by a name that its owner points there (DNS
rebinding), and what is built from the header ``Host`` may be kept by a cache for others. Without
`allowed_hosts` the names are those that no stranger can own: addresses, localhost, and the name of
this machine.
"""

from __future__ import annotations

import ipaddress
import socket

from flask import Flask, request
from werkzeug.exceptions import BadRequest, SecurityError
from werkzeug.sansio.utils import host_is_trusted

from searchapp import setting_forms
from searchapp.config import Settings

_SHOWN_CHARS = 60
_LOCAL = ("localhost", ".localhost")
# Balancers and monitors ask by the address that they know; nothing is built from it there.
_ANY_HOST = ("/healthz", "/readyz")


def register(app: Flask, settings: Settings) -> None:
    """Refuse requests under other names."""
    named = setting_forms.hosts(settings.allowed_hosts.lower())
    own = [*_LOCAL, *filter(None, [socket.gethostname().lower()])]

    @app.before_request
    def check_host() -> None:
        if request.path in _ANY_HOST or "*" in named:
            return
        try:
            host = request.host.lower()
        except SecurityError:
            raise BadRequest("the header Host holds no name of a host") from None
        if named:
            good = host_is_trusted(host, named)
        else:
            good = _is_address(host) or host_is_trusted(host, own)
        if not good:
            raise BadRequest(
                f"this service does not answer to the name {host[:_SHOWN_CHARS]!r}; whoever runs it"
                " says which it has with SEARCHAPP_ALLOWED_HOSTS"
            )


def _is_address(host: str) -> bool:
    name, _, port = host.rpartition(":") if not host.endswith("]") else (host, "", "")
    if not port.isdigit():
        name = host
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True
