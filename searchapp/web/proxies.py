"""Who really calls, and by which address, where a proxy stands in front."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from werkzeug.middleware.proxy_fix import ProxyFix

from searchapp.setting_forms import Proxies

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_FORWARDED_FOR = "HTTP_X_FORWARDED_FOR"
_FROM_THE_NEAREST = {"x_proto": 1, "x_host": 1, "x_port": 1, "x_prefix": 1}


class ForwardedHeaders:
    """WSGI middleware: takes ``X-Forwarded-For``, ``-Proto``, ``-Host``, ``-Port`` and ``-Prefix``
    from trusted proxies, and from nobody else.

    Proxies append the address of their caller, so the caller is the last address that is not a
    trusted proxy's; what stands before it anybody may have written.
    """

    def __init__(self, app: WSGIApplication, trusted: Proxies) -> None:
        self._app = app
        self._trusted = trusted
        self._behind = cache(lambda hops: ProxyFix(app, x_for=hops, **_FROM_THE_NEAREST))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, as the application does for the caller that was found."""
        if not self._trusted.trusts(environ.get("REMOTE_ADDR", "")):
            return self._app(environ, start_response)
        return self._behind(self._hops(environ.get(_FORWARDED_FOR, "")))(environ, start_response)

    def _hops(self, forwarded_for: str) -> int:
        """Which address from the end is the caller's, from 1 on."""
        addresses = [one.strip() for one in forwarded_for.split(",")]
        for place, address in enumerate(reversed(addresses), start=1):
            if not address or not self._trusted.trusts(address):
                return place
        return len(addresses)
