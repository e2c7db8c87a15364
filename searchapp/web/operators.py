"""Who may see the operator's page: those who send the operator's token, as a password.

A browser asks for it by itself (HTTP Basic, RFC 7617), so that the page needs neither a form to log
in nor a cookie; programs may send it as a bearer token.
"""

from __future__ import annotations

import hmac
from typing import Any

from flask import request
from werkzeug.exceptions import NotFound, Unauthorized

from searchapp.config import Settings


class _UnknownOperatorError(Unauthorized):
    """A 401 that has a browser ask for name and password."""

    def get_headers(self, *args: Any, **kwargs: Any) -> list[tuple[str, str]]:
        how = 'Basic realm="searchapp operator", charset="UTF-8"'
        return [*super().get_headers(*args, **kwargs), ("WWW-Authenticate", how)]


def require_operator(settings: Settings) -> None:
    """Return if this request comes from an operator.

    Raises NotFound where no token is set, Unauthorized without it. The user name may be any.
    """
    if settings.operator_token is None:
        raise NotFound
    sent = request.authorization
    given = ""
    if sent is not None:
        given = (sent.password if sent.type == "basic" else sent.token) or ""
    if not hmac.compare_digest(given.encode(), settings.operator_token.encode()):
        raise _UnknownOperatorError("the operator's token is missing, or another one was sent")
