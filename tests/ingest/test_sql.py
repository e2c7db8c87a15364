"""Databases: rows to documents, what is told of wrong queries, and that passwords stay secret."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from searchapp.documents import Document
from searchapp.errors import InputError
from searchapp.ingest.base import Problem
from searchapp.ingest.mapping import FieldMap
from searchapp.ingest.sql import SqlSource, is_sql_url, read_query, without_password

PASSWORD = "bí mật/@:?#%41"
IN_URL = "b%C3%AD%20m%E1%BA%ADt%2F%40%3A%3F%23%2541"


def rows(url: str, query: str, names: str = "") -> tuple[list[Document], list[Problem]]:
    items = list(read_query(SqlSource(url, query, FieldMap.parse(names) if names else FieldMap())))
    return (
        [item for item in items if isinstance(item, Document)],
        [item for item in items if isinstance(item, Problem)],
    )


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    path = tmp_path / "báo cáo #1.db"
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE articles (id INTEGER, title, body, day, tags, n REAL, raw BLOB)")
        made.executemany(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (1, "Chợ nổi", "Ghe xuồng.", "2024-03-05 08:00:00", "chợ, sông", 1.5, "á".encode()),
                (2, "Hồ sen", None, None, None, None, None),
                (3, None, None, None, None, None, b"\xff"),
                (4, "Phở", "Nước", "hôm qua", None, None, b"\xff"),
            ],
        )
    made.close()
    return f"sqlite:///{path}"


# -- SQLite ---------------------------------------------------------------------------------------

QUERY = "SELECT id, title, body AS text, day AS published, tags FROM articles ORDER BY id"


@pytest.mark.parametrize("end", ["", ";", " ; "])
def test_a_row_is_a_document(sqlite: str, end: str) -> None:
    documents, problems = rows(sqlite, QUERY + end)
    first, second, last = documents
    assert (first.id, first.title, first.text) == ("1", "Chợ nổi", "Ghe xuồng.")
    assert (first.published, first.tags, first.path) == ("2024-03-05", ("chợ", "sông"), sqlite)
    assert (second.id, second.text, second.published) == ("2", "", None)
    assert last.id == "4"
    assert [(one.reason.partition(" has")[0], one.kept) for one in problems] == [
        ("record 3", False),
        ("record 4 published 'hôm qua' is no ISO 8601 date and was left out", True),
    ]


def test_foreign_names_of_columns(sqlite: str) -> None:
    (document,), _ = rows(sqlite, "SELECT * FROM articles WHERE id = 1", "text=body,published=day")
    assert (document.text, document.published) == ("Ghe xuồng.", "2024-03-05")


def test_bytes_are_text_where_they_are_utf8(sqlite: str) -> None:
    documents, (problem,) = rows(sqlite, "SELECT id, raw AS title FROM articles WHERE id IN (1, 4)")
    assert [one.title for one in documents] == ["á"]
    assert "type bytes" in problem.reason


def test_a_relative_path(sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(sqlite.removeprefix("sqlite:///"))
    monkeypatch.chdir(path.parent)
    assert len(rows("sqlite:///b%C3%A1o%20c%C3%A1o%20%231.db", QUERY)[0]) == 3


@pytest.mark.parametrize(
    ("query", "names", "reason"),
    [
        ("SELECT title FROM articles", "", "SELECT article_id AS id"),
        ("SELECT id, day FROM articles", "", "no column for title or text"),
        ("SELECT id, title FROM articles", "text=lạ", "'lạ', which no column has"),
        ("SELECT id, title, title FROM articles", "", "several columns named 'title'"),
        ("SELECT id, title FROM lạ", "", "no such table: lạ"),
        ("SELEC id", "", "syntax error"),
        ("DELETE FROM articles", "", "readonly"),
        ("CREATE TABLE x (y)", "", "readonly"),
        ("PRAGMA query_only = OFF", "", "has to be a SELECT"),
        ("SELECT 1; DELETE FROM articles", "", "one statement"),
        ("", "", "has to be a SELECT"),
    ],
)
def test_wrong_queries_are_told_in_a_line(sqlite: str, query: str, names: str, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        rows(sqlite, query, names)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(rows(sqlite, QUERY)[0]) == 3


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sqlite:///không-có.db", "there is no database không-có.db"),
        ("sqlite:///", "there is no database"),
        ("mysql://u:bímật@h/d", "mysql://u@h/d names no database that is read"),
    ],
)
def test_wrong_addresses_are_told(url: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        rows(url, QUERY)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("xin chào " * 99, encoding="utf-8")
    with pytest.raises(InputError, match="not a database"):
        rows(f"sqlite:///{tmp_path}/x.db", QUERY)


def test_rows_are_read_as_they_go(sqlite: str) -> None:
    query = (
        "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 20000)"
        " SELECT id, printf('%02000d', id) AS title FROM n"  # 40 MB
    )
    tracemalloc.start()
    try:
        assert sum(1 for _ in read_query(SqlSource(sqlite, query))) == 20_000
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_database_that_others_write_to(sqlite: str) -> None:
    path = sqlite.removeprefix("sqlite:///")
    other = sqlite3.connect(path)
    other.execute("PRAGMA journal_mode = WAL")
    other.execute("INSERT INTO articles (id, title) VALUES (9, 'Mới')")
    other.commit()
    assert rows(sqlite, QUERY)[0][-1].title == "Mới"
    other.close()


# -- addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:p@h:5432/d", "postgresql://u@h:5432/d"),
        ("postgres://u@h/d", "postgres://u@h/d"),
        ("postgresql:///d?host=/tmp", "postgresql:///d?host=/tmp"),
        ("postgresql://h:5432/d", "postgresql://h:5432/d"),
        ("postgresql://u:a@b/c?d#e@h/d", "postgresql://u@h/d"),
        ("postgresql://u:p@h/d?password=p&x=1", "postgresql://u@h/d?password=…&x=1"),
        ("postgresql://h/d?x=1&sslpassword=p", "postgresql://h/d?x=1&sslpassword=…"),
        ("postgresql://:p@h/d", "postgresql://@h/d"),
        ("sqlite:///a.db", "sqlite:///a.db"),
    ],
)
def test_what_is_shown_of_an_address(url: str, shown: str) -> None:
    assert without_password(url) == shown
    assert url == shown or url not in repr(SqlSource(url, "SELECT 1"))


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("postgresql://h/d", True),
        ("postgres://h/d", True),
        ("sqlite:///x", True),
        ("sqlite.db", False),
        ("sqlite", False),
        ("docs/postgresql:x", False),
        ("http://x", False),
    ],
)
def test_what_is_an_address(text: str, is_one: bool) -> None:
    assert is_sql_url(text) is is_one


def test_without_psycopg_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(InputError, match=r"pip install 'searchapp\[postgresql\]'"):
        rows("postgresql://u@h/d", QUERY)


# -- PostgreSQL -----------------------------------------------------------------------------------


def _program(name: str) -> str | None:
    found = shutil.which(name)
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return found or (str(versions[-1]) if versions else None)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address, with a password, of a server that was started for these tests."""
    initdb, postgres = _program("initdb"), _program("postgres")
    if initdb is None or postgres is None:
        pytest.skip("no server to start; install the system package postgresql")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # tmp_path is closed to the user it runs as
    as_user: dict[str, object] = {}
    if os.geteuid() == 0:  # which the server refuses to run as
        as_user = {"user": "nobody", "group": "nogroup", "extra_groups": []}
        shutil.chown(folder, "nobody", "nogroup")
    password_file = folder / "password"
    password_file.write_text(PASSWORD, encoding="utf-8")
    password_file.chmod(0o644)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    try:
        subprocess.run(
            [
                *(initdb, "-D", folder / "data", "-U", "na", "-E", "UTF8", "--locale=C", "-N"),
                *("--auth=scram-sha-256", f"--pwfile={password_file}"),
            ],
            check=True,
            capture_output=True,
            cwd=folder,
            **as_user,  # type: ignore[call-overload]
        )
        log = (folder / "log").open("wb")
        process = subprocess.Popen(
            [
                *(postgres, "-D", folder / "data", "-k", folder, "-p", str(port), "-F"),
                *("-c", "listen_addresses=127.0.0.1"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=log,
            cwd=folder,
            **as_user,  # type: ignore[call-overload]
        )
        try:
            yield _filled(f"postgresql://na:{IN_URL}@127.0.0.1:{port}/postgres", folder / "log")
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)
            log.close()
    finally:
        shutil.rmtree(folder)


def _filled(url: str, log: Path) -> str:
    import psycopg

    for _ in range(100):
        try:
            connection = psycopg.connect(url)
            break
        except psycopg.OperationalError:
            time.sleep(0.1)
    else:
        pytest.fail(f"the server did not start: {log.read_text(encoding='utf-8')}")
    with connection:
        connection.execute(
            "CREATE TABLE articles (id uuid, title text, body text, day timestamptz,"
            " tags text[], price numeric, meta jsonb)"
        )
        connection.execute("CREATE SEQUENCE numbers")
        connection.execute(
            "INSERT INTO articles VALUES ('00000000-0000-0000-0000-000000000001', 'Chợ nổi',"
            " 'Ghe xuồng.', '2024-03-05 08:00+07', '{chợ,sông}', 1.50,"
            ' \'{"author": {"name": "Lê Na"}}\'),'
            " ('00000000-0000-0000-0000-000000000002', 'Hồ sen', NULL, NULL, NULL, NULL, NULL)"
        )
    connection.close()
    return url


def test_rows_of_postgresql(server: str) -> None:
    documents, problems = rows(
        server,
        "SELECT id, title, body AS text, day AS published, tags, meta FROM articles ORDER BY id;",
        "author=meta.author.name",
    )
    assert problems == []
    first, second = documents
    assert (first.id, first.title) == ("00000000-0000-0000-0000-000000000001", "Chợ nổi")
    assert (first.published, first.tags) == ("2024-03-05", ("chợ", "sông"))
    assert (first.author, second.author, second.text) == ("Lê Na", None, "")
    assert first.path is not None
    assert IN_URL not in first.path


def test_a_numeric_id(server: str) -> None:
    (document,), _ = rows(server, "SELECT price AS id, title FROM articles WHERE price > 1")
    assert document.id == "1.50"


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("SELECT title FROM articles", "SELECT article_id AS id"),
        ("SELECT x FROM articles", 'column "x" does not exist'),
        ("SELEC", "syntax error"),
        ("DELETE FROM articles", "syntax error"),
        ("SELECT 1; DELETE FROM articles", "multiple commands"),
        ("WITH x AS (DELETE FROM articles RETURNING id) SELECT id FROM x", "data-modifying"),
        ("SELECT setval('x', 1) AS id, 'a' AS title", "does not exist"),
        ("SELECT nextval('numbers') AS id, 'a' AS title", "read-only transaction"),
        ("SELECT 1/0 AS id, 'a' AS title", "division by zero"),
        ("", "syntax error"),
    ],
)
def test_wrong_queries_of_postgresql(server: str, query: str, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        rows(server, query)
    assert reason in str(caught.value)
    assert_secret(str(caught.value))
    assert len(rows(server, "SELECT id, title FROM articles")[0]) == 2


def test_a_percent_sign_is_no_placeholder(server: str) -> None:
    assert len(rows(server, "SELECT id, title FROM articles WHERE title LIKE 'Ch%'")[0]) == 1


def test_rows_of_postgresql_are_read_as_they_go(server: str) -> None:
    query = "SELECT n AS id, repeat('x', 2000) AS title FROM generate_series(1, 20000) n"
    tracemalloc.start()
    try:
        assert sum(1 for _ in read_query(SqlSource(server, query))) == 20_000
        assert tracemalloc.get_traced_memory()[1] < 12_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("change", [("/postgres", "/none"), ("na:", "ai:"), (IN_URL, IN_URL + "x")])
def test_what_a_server_refuses(server: str, change: tuple[str, str]) -> None:
    with pytest.raises(InputError) as caught:
        rows(server.replace(*change), QUERY)
    assert_secret(str(caught.value))


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://na:{IN_URL}@127.0.0.1:1/d",
        f"postgresql://na:{PASSWORD}@127.0.0.1:1/d",
        f"postgresql://na:{IN_URL}@127.0.0.1:x/d",
        f"postgresql://127.0.0.1:1/d?password={IN_URL}",
        f"postgresql://na:%zz{IN_URL}@127.0.0.1:1/d",
        f"postgresql://127.0.0.1:1/d?sslpassword={IN_URL}&lạ=1",
    ],
)
def test_no_server_or_no_right_address(url: str) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(InputError) as caught:
        rows(url, QUERY)
    assert_secret(str(caught.value))
    assert caught.value.__cause__ is None


def assert_secret(message: str) -> None:
    assert "\n" not in message
    for secret in (PASSWORD, IN_URL, "bí mật", "m%E1%BA%ADt"):
        assert secret not in message
