"""Who may write: those who send the token that the settings name (RFC 6750)."""

from __future__ import annotations

import hmac

from flask import request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from searchapp.config import Settings

_REALM = {"realm": "searchapp"}


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
        raise Unauthorized(
            "the token is missing; send it as Authorization: Bearer and the token",
            www_authenticate=WWWAuthenticate("bearer", dict(_REALM)),
        )
    if not hmac.compare_digest(sent.token.encode(), settings.write_token.encode()):
        raise Unauthorized(
            "the token is not the one that this service takes; ask who runs it",
            www_authenticate=WWWAuthenticate("bearer", {**_REALM, "error": "invalid_token"}),
        )
