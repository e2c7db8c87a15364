"""Databases: rows to documents, what is told of wrong queries, and that passwords stay secret."""

from __future__ import annotations

import sqlite3
import sys
import tracemalloc
from pathlib import Path

import pytest
from sql_rows import rows

from searchapp.errors import InputError
from searchapp.ingest.sql import SqlSource, is_sql_url, read_query, without_password


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
