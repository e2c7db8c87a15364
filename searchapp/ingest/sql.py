"""Rows of a database as documents: a query against SQLite or PostgreSQL, read as it goes.

Nothing is ever written: the connection itself is read-only. Passwords are in no message and in no
manifest.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from searchapp.errors import InputError
from searchapp.ingest.base import Item
from searchapp.ingest.mapping import FieldMap
from searchapp.ingest.records import record_items

_POSTGRESQL = ("postgresql", "postgres")
_SCHEMES = (*_POSTGRESQL, "sqlite")
_PASSWORD = re.compile(r"^([a-z]+://[^:/@?#]*):.*@", re.DOTALL)
_PASSWORD_PARAMETER = re.compile(r"([?&](?:ssl)?password=)[^&#]*")

Rows = tuple[Sequence[str], Iterator[Sequence[Any]]]
"""The names of the columns, and the rows."""


@dataclass(frozen=True, slots=True)
class SqlSource:
    """A query against a database; ``fields`` are foreign names of its columns.

    ``url`` is ``sqlite:///file.db`` (``sqlite:////folder/file.db`` for a whole path) or
    ``postgresql://user@host/name``. It may hold a password: show `shown` instead.
    """

    url: str = field(repr=False)
    query: str
    fields: FieldMap = FieldMap()

    @property
    def shown(self) -> str:
        """The address for messages and the manifest."""
        return without_password(self.url)


def is_sql_url(text: str) -> bool:
    """Whether an argument names a database and not a file."""
    return text.partition("://")[0] in _SCHEMES and "://" in text


def without_password(url: str) -> str:
    """The address of a database without what is secret in it.

    In doubt too much is left out: an address that is no right one may hold a password anywhere.
    """
    return _PASSWORD_PARAMETER.sub(r"\1…", _PASSWORD.sub(r"\1@", url))


def read_query(source: SqlSource) -> Iterator[Item]:
    """A document for each row, in the order of the query. Memory doesn't grow with their number.

    Raises InputError if the database can't be reached, the query is wrong, or its columns are not
    those of documents.
    """
    with _opened(source) as (names, rows):
        _check(names, source.fields)
        for number, row in enumerate(rows, start=1):
            values = source.fields.fields_of(dict(zip(names, map(_plain, row), strict=True)))
            yield from record_items(values, source.shown, number)


@contextlib.contextmanager
def _opened(source: SqlSource) -> Iterator[Rows]:
    scheme = source.url.partition("://")[0]
    if scheme == "sqlite":
        with _sqlite(source) as opened:
            yield opened
    elif scheme in _POSTGRESQL:
        from searchapp.ingest import postgresql

        with postgresql.opened(source.url, source.query, source.shown) as opened:
            yield opened
    else:
        raise InputError(
            f"{source.shown} names no database that is read; there are sqlite:///file.db and"
            " postgresql://user@host/name"
        )


@contextlib.contextmanager
def _sqlite(source: SqlSource) -> Iterator[Rows]:
    told = source.url.removeprefix("sqlite://").removeprefix("/")
    path = Path(told) if Path(told).is_file() else Path(unquote(told))
    if not path.is_file():
        raise InputError(
            f"there is no database {path}; a whole path takes four slashes: sqlite:////folder/x.db"
        )
    try:
        # Not immutable: another program may be writing, and its locks are to be respected.
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        with contextlib.closing(connection):
            connection.execute("PRAGMA query_only = ON")
            connection.text_factory = _decoded
            cursor = connection.execute(source.query)
            if cursor.description is None:
                raise InputError("--query has to be a SELECT: it gives no rows")
            yield [column[0] for column in cursor.description], cursor
    except sqlite3.Error as error:
        raise InputError(f"{source.shown}: {one_line(error)}") from error
    except sqlite3.Warning as error:  # several statements, in Python 3.11
        raise InputError(f"{source.shown}: {one_line(error)}") from error


def _decoded(data: bytes) -> str:
    """SQLite takes any bytes for text."""
    return data.decode("utf-8", "replace")


def one_line(error: Exception) -> str:
    """What a database said, in one line."""
    return " ".join(str(error).split()) or type(error).__name__


def _check(names: Sequence[str], fields: FieldMap) -> None:
    columns = ", ".join(map(repr, names))
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"--query gives several columns named {twice[0]!r}; name them with AS")
    missing = [name for name in fields.names.values() if name.partition(".")[0] not in names]
    missing = [name for name in missing if name not in names]
    if missing:
        raise InputError(f"--map names {missing[0]!r}, which no column has; columns are {columns}")
    if fields.name_of("id") not in names:
        raise InputError(
            f"--query gives no column {fields.name_of('id')!r}, and the place of a row is no"
            f" lasting id; select one, as in SELECT article_id AS id; columns are {columns}"
        )
    if not {fields.name_of("title"), fields.name_of("text")} & set(names):
        raise InputError(
            "--query gives no column for title or text; name one as in SELECT body AS text;"
            f" columns are {columns}"
        )


def _plain(value: Any) -> Any:
    """A value of a database as records have them."""
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, memoryview | bytes):
        try:
            return bytes(value).decode("utf-8")
        except UnicodeDecodeError:
            return value  # told as of a type that is no text
    if isinstance(value, Mapping):
        return dict(value)
    return value
