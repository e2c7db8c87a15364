"""PostgreSQL, asked for real: rows to documents, and what a server refuses."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from sql_rows import IN_URL, PASSWORD, assert_secret, rows

from searchapp.errors import InputError
from searchapp.ingest.sql import SqlSource, read_query


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
        rows(server.replace(*change), "SELECT 1 AS id")
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
        rows(url, "SELECT 1 AS id")
    assert_secret(str(caught.value))
    assert caught.value.__cause__ is None
