"""Who may do what: a request proves its scopes with a token (RFC 6750; RFC 7617 for browsers).

A view says what it needs with `require_scope`, or `open_to_all`; what says nothing needs the scope
``read`` where `read_access` asks for tokens, and nothing otherwise. It is checked before anything
of a request is looked at, and before it is told whether there is such an address.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import Forbidden, HTTPException, InternalServerError, Unauthorized

from searchapp.config import Settings
from searchapp.errors import TokensFileError
from searchapp.tokens import Scope, TokensFile
from searchapp.web.observing import see_token

REALM = "searchapp"
_API = "/api/"
_NEEDS = "_needed_scope"
_OPEN = "open"
_TYPED = ("GET", "HEAD")
"""What a browser may prove by a password: it sends one along whoever made it ask, so that a foreign
page could have it write."""

_View = TypeVar("_View", bound=Callable[..., Any])
_HOW = {
    Scope.READ: "nobody may read here: no token has the scope read; whoever runs the service makes"
    " one with: searchapp tokens create NAME --scope read",
    Scope.WRITE: "documents can't be written here: no token is set; whoever runs the service turns"
    " writing on with SEARCHAPP_WRITE_TOKEN or searchapp tokens create NAME --scope write, then"
    " send it as Authorization: Bearer",
    Scope.OPERATE: "this is for those who run the service, and no token has the scope operate; make"
    " one with: searchapp tokens create NAME --scope operate, or set SEARCHAPP_OPERATOR_TOKEN",
}


class _ChallengeMixin(HTTPException):
    """An error that says how to prove who one is; Werkzeug's own leaves out quotation marks."""

    def __init__(self, detail: str, error: str = "", scope: Scope | None = None) -> None:
        super().__init__(detail)
        if _speaks_bearer():
            self._how = f'Bearer realm="{REALM}"'
            self._how += f', error="{error}"' if error else ""
            self._how += f', scope="{scope}"' if scope else ""
        else:
            self._how = f'Basic realm="{REALM}", charset="UTF-8"'

    def get_headers(self, *args: Any, **kwargs: Any) -> list[tuple[str, str]]:
        return [*super().get_headers(*args, **kwargs), ("WWW-Authenticate", self._how)]


class _UnprovenError(_ChallengeMixin, Unauthorized):
    """A 401."""


class _NotAllowedError(_ChallengeMixin, Forbidden):
    """A 403."""


def require_scope(scope: Scope) -> Callable[[_View], _View]:
    """Let a view be asked with a token of this scope alone, whatever the settings say.

    It stands below the route: ``@blueprint.get("/metrics")``, then ``@require_scope(…)``.
    """

    def mark(view: _View) -> _View:
        setattr(view, _NEEDS, scope)
        return view

    return mark


def open_to_all(view: _View) -> _View:
    """Let a view be asked without a token, whatever the settings say."""
    setattr(view, _NEEDS, _OPEN)
    return view


def register(app: Flask, settings: Settings) -> None:
    """Have every request checked before its view is called."""
    tokens = app.extensions["searchapp.tokens"] = TokensFile.with_secrets(
        settings.tokens_path, settings.write_token, settings.operator_token
    )
    by_default = Scope.READ if settings.read_access == "token" else None

    @app.before_request
    def check() -> None:
        scope = needed_scope(app, by_default)
        if scope is not None:
            _check(tokens, scope)

    @app.after_request
    def keep_private(response: Response) -> Response:
        """What only some may see is kept by no cache between."""
        if needed_scope(app, by_default) is not None and not response.cache_control.no_store:
            response.cache_control.private = True
        return response


def needed_scope(app: Flask, by_default: Scope | None) -> Scope | None:
    """The scope that this request needs; None if it needs none."""
    if request.method == "OPTIONS":
        return None  # says which methods there are; browsers ask it without a token
    view = app.view_functions.get(request.endpoint or "")
    needed = getattr(view, _NEEDS, by_default)
    return None if needed == _OPEN else needed


def anyone_may(scope: Scope) -> bool:
    """Whether there is a valid token of a scope; False also where the file can't be trusted."""
    tokens: TokensFile = current_app.extensions["searchapp.tokens"]
    try:
        return tokens.allows(scope)
    except TokensFileError as error:
        current_app.logger.error("%s", error)
        return False


def _check(tokens: TokensFile, scope: Scope) -> None:
    """Return if this request has the scope.

    Raises Forbidden where nobody has it, or the token sent does not; Unauthorized without a valid
    token. One that was revoked, one that expired and one that never was are answered alike.
    """
    try:
        if not tokens.allows(scope):
            raise _NotAllowedError(_HOW[scope], scope=scope)
        sent = _sent()
        if sent is None:
            raise _UnprovenError(_what_is_missing())
        found = tokens.find(sent)
    except TokensFileError as error:
        current_app.logger.error("%s", error)
        raise InternalServerError("the tokens can't be read; the log says why") from error
    if found is None:
        raise _UnprovenError(
            "the token is not one that this service takes; ask who runs it", "invalid_token"
        )
    if scope is not Scope.READ:  # what was read, and by whom, is nobody's business
        see_token(found.name)
    if scope not in found.scopes:
        raise _NotAllowedError(
            f"the token lacks the scope {scope}; ask who runs the service for one that has it",
            "insufficient_scope",
            scope,
        )


def _sent() -> str | None:
    sent = request.authorization
    if sent is None:
        return None
    if sent.type == "bearer":
        return sent.token or None
    if sent.type == "basic" and request.method in _TYPED:
        return sent.password or None
    return None


def _speaks_bearer() -> bool:
    sent = request.authorization
    return request.path.startswith(_API) or (sent is not None and sent.type == "bearer")


def _what_is_missing() -> str:
    if _speaks_bearer():
        return "the token is missing; send it as Authorization: Bearer and the token"
    return "the token is missing; type it as the password, with any user name"
