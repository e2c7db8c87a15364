"""Who may write: those who send the token that the settings name (RFC 6750)."""

from __future__ import annotations

import hmac
from typing import Any

from flask import request
from werkzeug.exceptions import Forbidden, Unauthorized

from searchapp.config import Settings


class _UnprovenError(Unauthorized):
    """A 401 that says how to prove who one is; Werkzeug's own leaves out the quotation marks."""

    def __init__(self, detail: str, error: str = "") -> None:
        super().__init__(detail)
        self._how = 'Bearer realm="searchapp"' + (error and f', error="{error}"')

    def get_headers(self, *args: Any, **kwargs: Any) -> list[tuple[str, str]]:
        return [*super().get_headers(*args, **kwargs), ("WWW-Authenticate", self._how)]


def check_token(settings: Settings) -> None:
    """Return if this request may write.

    Raises Forbidden where nobody may, Unauthorized without the token. Reads nothing of the body.
    """
    if settings.write_token is None:
        raise Forbidden(
            "documents can't be written here: no token is set; whoever runs the service turns"
            " writing on with SEARCHAPP_WRITE_TOKEN, then send it as Authorization: Bearer"
        )
    sent = request.authorization
    if sent is None or sent.type != "bearer" or not sent.token:
        raise _UnprovenError("the token is missing; send it as Authorization: Bearer and the token")
    if not hmac.compare_digest(sent.token.encode(), settings.write_token.encode()):
        raise _UnprovenError(
            "the token is not the one that this service takes; ask who runs it", "invalid_token"
        )
