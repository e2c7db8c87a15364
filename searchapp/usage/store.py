"""The file that searches and clicks are kept in: SQLite, written by several processes at once.

Times are hours, from the ids of searches. Lists of results are kept once each: a query asked again
shows the same one until the index changes. What is deleted is overwritten, too.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from searchapp.errors import InputError
from searchapp.usage.masking import masked
from searchapp.usage.records import (
    QUERY_MAX_CHARS,
    SHOWN_MAX,
    Click,
    Search,
    first_id,
    hour_of,
    normal_form,
)

FORMAT = 1
"""Changes whenever the tables do; a log of another format is left alone."""
_BUSY_S = 5.0
_DAY_S = 24 * 3600
_TABLES = """
CREATE TABLE searches (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, query TEXT NOT NULL, form TEXT NOT NULL,
  before TEXT, filters TEXT NOT NULL, sort TEXT NOT NULL, page INTEGER NOT NULL,
  size INTEGER NOT NULL, total INTEGER NOT NULL, list INTEGER NOT NULL, shown INTEGER NOT NULL,
  suggestion TEXT, corrected TEXT, verbatim INTEGER NOT NULL, generation TEXT NOT NULL,
  took_ms REAL NOT NULL);
CREATE TABLE lists (id INTEGER PRIMARY KEY, documents TEXT NOT NULL);
CREATE TABLE clicks (
  search INTEGER NOT NULL, rank INTEGER NOT NULL, document TEXT NOT NULL,
  PRIMARY KEY (search, rank)) WITHOUT ROWID;
CREATE TABLE losses (hour INTEGER PRIMARY KEY, count INTEGER NOT NULL);
"""

_INSERT = (
    "INSERT OR IGNORE INTO searches VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_VIEWS = """
-- A query asked anew: not the same one with other filters, in another order or on another page.
CREATE TEMP VIEW asked AS SELECT * FROM searches
  WHERE kind = 'page' AND page = 1 AND (before IS NULL OR before <> form);
-- Pages with hits, with the best rank that was clicked; null where nothing was.
CREATE TEMP VIEW opened AS SELECT *, (page - 1) * size + 1 AS first_rank,
  (SELECT min(rank) FROM clicks WHERE search = id) AS best
  FROM searches WHERE kind = 'page' AND shown > 0;
"""


class ForeignLogError(Exception):
    """A file that is no log of this version; ``str(error)`` says so in a line."""


class Store:
    """A log opened for writing, by one thread. Every method raises sqlite3.Error or OSError."""

    def __init__(self, file: Path) -> None:
        """Open a log, or begin one that only its owner reads. Raises ForeignLogError, too."""
        # SQLite gives the files beside it (-wal, -shm) the rights of this one.
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
        self._connection = sqlite3.connect(
            file, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
        )
        try:
            self._begin_in_turn(file)
        except BaseException:
            self._connection.close()
            raise

    def _begin_in_turn(self, file: Path) -> None:
        """Begin, after others that begin just now: SQLite does not wait for them at every step."""
        until = time.monotonic() + _BUSY_S
        while True:
            try:
                self._begin(file)
            except sqlite3.OperationalError as error:
                is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                if not is_busy or time.monotonic() > until:
                    raise
                time.sleep(0.01)
            else:
                return

    def _begin(self, file: Path) -> None:
        run = self._connection.execute
        (version,) = run("PRAGMA user_version").fetchone()
        if version not in (0, FORMAT):
            raise ForeignLogError(_foreign(file, version))
        run("PRAGMA auto_vacuum = INCREMENTAL")
        run("PRAGMA journal_mode = WAL")  # those who read never wait for those who write
        run("PRAGMA synchronous = NORMAL")  # a power cut costs the last records and no more
        run("PRAGMA secure_delete = ON")
        run("BEGIN IMMEDIATE")
        with self._connection:
            (version,) = run("PRAGMA user_version").fetchone()
            if version == 0:
                for statement in filter(None, map(str.strip, _TABLES.split(";"))):
                    run(statement)
                run(f"PRAGMA user_version = {FORMAT}")

    def write(self, entries: Iterable[Search | Click], lost: int, now: float) -> None:
        """Write records, and how many were lost since the last time, all or nothing.

        A record that is there already stays as it is.
        """
        run = self._connection.execute
        run("BEGIN IMMEDIATE")
        with self._connection:
            for entry in entries:
                if isinstance(entry, Click):
                    run(
                        "INSERT OR IGNORE INTO clicks VALUES (?, ?, ?)",
                        (entry.search, entry.rank, clean(entry.document)),
                    )
                else:
                    number, documents = _list(entry.shown[:SHOWN_MAX])
                    run("INSERT OR IGNORE INTO lists VALUES (?, ?)", (number, documents))
                    row = _row(entry, number)
                    run(_INSERT, row)
            if lost:
                run(
                    "INSERT INTO losses VALUES (?, ?)"
                    " ON CONFLICT (hour) DO UPDATE SET count = count + excluded.count",
                    (hour_of(first_id(now)), lost),
                )

    def forget(self, days: int, now: float) -> None:
        """Delete what is older than so many days, in hours as the ids have them."""
        least = first_id(now - days * _DAY_S)
        run = self._connection.execute
        run("BEGIN IMMEDIATE")
        with self._connection:
            deleted = run("DELETE FROM searches WHERE id < ?", (least,)).rowcount
            run("DELETE FROM clicks WHERE search < ?", (least,))
            run("DELETE FROM losses WHERE hour < ?", (hour_of(least),))
            if deleted:
                run("DELETE FROM lists WHERE id NOT IN (SELECT list FROM searches)")
        if deleted:
            run("PRAGMA incremental_vacuum").fetchall()
            run("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()  # what is deleted leaves there, too

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def open_to_read(file: Path) -> closing[sqlite3.Connection]:
    """A log for reading, to be closed; writers are not held up. Raises InputError.

    It has the views ``asked`` and ``opened``.
    """
    if not file.is_file():
        raise InputError(
            f"there is no usage log at {file}; it begins with the first search of a service that"
            " has the setting usage_log on"
        )
    try:
        connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error as error:
        raise InputError(f"{file}: can't be read: {error}") from error
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    except sqlite3.Error as error:
        connection.close()
        raise InputError(f"{file}: can't be read as a usage log: {error}") from error
    if version != FORMAT:
        connection.close()
        raise InputError(_foreign(file, version))
    connection.executescript(_VIEWS)
    return closing(connection)


def clean(text: str) -> str:
    """Text that can be written as UTF-8: half characters become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def kept_query(text: str) -> str:
    """What is kept of a query: nothing that looks personal, and no more than its beginning."""
    return clean(masked(text)[:QUERY_MAX_CHARS])


def _kept_form(text: str | None) -> str | None:
    return None if text is None else normal_form(kept_query(text))


def _row(search: Search, list_number: int) -> tuple[object, ...]:
    query = kept_query(search.query)
    return (
        search.id,
        search.kind,
        query,
        normal_form(query),
        _kept_form(search.before),
        json.dumps([kept_query(one) for one in search.filters], ensure_ascii=False),
        search.sort,
        search.page,
        search.size,
        search.total,
        list_number,
        len(search.shown),
        _kept_form(search.suggestion),
        _kept_form(search.corrected),
        search.verbatim,
        search.generation,
        search.took_ms,
    )


def _list(shown: tuple[str, ...]) -> tuple[int, str]:
    """A number that a list of documents always has, and the list as it is kept."""
    documents = json.dumps([clean(one) for one in shown], ensure_ascii=False)
    digest = hashlib.blake2b(documents.encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True), documents


def _foreign(file: Path, version: int) -> str:
    return (
        f"{file} is a usage log of format {version}, this is format {FORMAT}; move it away, and"
        " another is begun"
    )
