"""Who may call over HTTP: where reading needs a token, each request proves the scope ``read``.

The SDK's own way wants an OAuth server that issues tokens, says ``invalid_token`` to who sent none,
and has no answer where tokens can't be looked up. Ours are the tokens of `searchapp tokens`, and
the answers those of the web API (docs/tokens.md), with the challenges of RFC 6750.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from searchapp.errors import TokensFileError
from searchapp.tokens import Scope, TokensFile

REALM = "searchapp"
_BEARER = b"bearer "
_CODE = -32_000  # of JSON-RPC: an error of the server's own kind
_log = logging.getLogger(__name__)

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]
App = Callable[[_Message, _Receive, _Send], Awaitable[None]]
"""An application as ASGI has it."""


@dataclass(frozen=True, slots=True)
class _Refusal:
    """``error`` is a code of RFC 6750, empty where no token was sent and for faults of ours."""

    status: int
    error: str
    detail: str

    @property
    def challenge(self) -> str:
        how = f'Bearer realm="{REALM}"'
        how += f', error="{self.error}"' if self.error else ""
        return how + (f', scope="{Scope.READ}"' if self.status == 403 else "")


class RequireReading:
    """ASGI middleware: nothing is answered without a valid token of the scope ``read``.

    The file of tokens is looked at anew for each request: they come and go while this runs.
    """

    def __init__(self, app: App, tokens: TokensFile) -> None:
        self._app = app
        self._tokens = tokens

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "http":
            refusal = self._refusal(scope["headers"])
            if refusal is not None:
                await _answer(refusal, send)
                return
        elif scope["type"] != "lifespan":
            return  # a WebSocket: there is nothing for it here, and it would bring no token
        await self._app(scope, receive, send)

    def _refusal(self, headers: list[tuple[bytes, bytes]]) -> _Refusal | None:
        try:
            if not self._tokens.allows(Scope.READ):
                return _Refusal(
                    403,
                    "",
                    "nobody may read here: no token has the scope read; whoever runs the service"
                    " makes one with: searchapp tokens create NAME --scope read",
                )
            sent = _sent(headers)
            if sent is None:
                return _Refusal(
                    401, "", "the token is missing; send it as Authorization: Bearer and the token"
                )
            found = self._tokens.find(sent)
        except TokensFileError as error:
            _log.error("%s", error)  # its message says all
            return _Refusal(500, "", "the tokens can't be read; the log says why")
        if found is None:
            # Those that were revoked, expired or never were are answered alike.
            detail = "the token is not one that this service takes; ask who runs it"
            return _Refusal(401, "invalid_token", detail)
        if Scope.READ not in found.scopes:
            detail = "the token lacks the scope read; ask who runs the service for one that has it"
            return _Refusal(403, "insufficient_scope", detail)
        return None


def _sent(headers: list[tuple[bytes, bytes]]) -> str | None:
    """The token of a request; None without one. Several headers are no proof of anything."""
    given = [value for name, value in headers if name.lower() == b"authorization"]
    if len(given) != 1 or not given[0].lower().startswith(_BEARER):
        return None
    return given[0][len(_BEARER) :].strip().decode("latin-1") or None


async def _answer(refusal: _Refusal, send: _Send) -> None:
    # As an error of the protocol: so clients show what is wrong, where they read no headers.
    said = {"jsonrpc": "2.0", "id": None, "error": {"code": _CODE, "message": refusal.detail}}
    body = json.dumps(said).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    if refusal.status in (401, 403):
        headers.append((b"www-authenticate", refusal.challenge.encode()))
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
