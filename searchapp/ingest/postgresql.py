"""PostgreSQL, through psycopg: rows by a cursor that the server keeps.

Optional: ``pip install 'searchapp[postgresql]'``. What the address doesn't tell (a password, a
port), libpq finds where it always does: PGPASSWORD, PGSERVICE, ~/.pgpass.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import unquote

from searchapp.errors import InputError

_BATCH_ROWS = 500
_CONNECT_S = 15
_SECRETS = (
    re.compile(r"^[a-z]+://[^:/@?#]*:(.*)@", re.DOTALL),
    re.compile(r"[?&](?:ssl)?password=([^&#]*)"),
)


@contextlib.contextmanager
def opened(
    url: str, query: str, shown: str
) -> Iterator[tuple[Sequence[str], Iterator[Sequence[Any]]]]:
    """The names of the columns that a query gives, and its rows. Raises InputError."""
    try:
        import psycopg
        from psycopg.conninfo import conninfo_to_dict
    except ImportError as error:
        raise InputError(
            "PostgreSQL needs psycopg; install it with: pip install 'searchapp[postgresql]'"
        ) from error
    try:
        conninfo_to_dict(url)
    except psycopg.Error:
        # What it says quotes the piece that it stumbled over, which may be of the password.
        raise InputError(
            f"{shown} is no address of PostgreSQL; write what is special in a name or a password"
            " as %40 for @, %2F for /, %20 for a space"
        ) from None
    try:
        with psycopg.connect(
            url, connect_timeout=_CONNECT_S, application_name="searchapp"
        ) as connection:
            connection.read_only = True
            with connection.cursor(name="searchapp") as cursor:
                cursor.itersize = _BATCH_ROWS
                cursor.execute(query.strip().rstrip(";").encode())
                names = [column.name for column in cursor.description or ()]
                yield names, iter(cursor)
    except (psycopg.Error, UnicodeError) as error:
        raise InputError(f"{shown}: {_without_secrets(str(error), url)}") from None
        # "from None": the cause's text may hold the password.


def _without_secrets(message: str, url: str) -> str:
    """A message in one line, in which nothing stands that is secret in the address."""
    for pattern in _SECRETS:
        for secret in pattern.findall(url):
            for form in sorted({secret, unquote(secret)}, key=len, reverse=True):
                if form:
                    message = message.replace(form, "…")
    return " ".join(message.split())
