"""Databases and standard input on the command line, and what an update makes of them."""

from __future__ import annotations

import io
import sqlite3
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from searchapp.cli.main import commands
from searchapp.errors import InputError, SearchappError
from searchapp.generations import Generations

PASSWORD = "rất-bí-mật"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    with sqlite3.connect("a.db") as database:
        database.execute("create table bai (ma integer, tua text, noi_dung text)")
        database.execute(
            "insert into bai values (1, 'Hà Nội', 'mùa thu'), (2, 'Huế', 'sông Hương')"
        )
    database.close()
    return tmp_path


INDEX = ("index", "sqlite:///a.db", "--query", "SELECT * FROM bai")
NAMES = ("--map", "id=ma,title=tua,text=noi_dung")


def run(*arguments: str, given: bytes | None = None) -> str:
    done = CliRunner().invoke(commands, [*arguments], input=given, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def error(*arguments: str) -> SearchappError:
    done = CliRunner().invoke(commands, [*arguments])
    assert isinstance(done.exception, SearchappError), done.output
    return done.exception


def execute(statement: str) -> None:
    with sqlite3.connect("a.db") as database:
        database.execute(statement)
    database.close()


def test_a_database_is_indexed_and_asked_again(home: Path) -> None:
    assert "Indexed 2 documents" in run(*INDEX, *NAMES)
    assert "Nothing has changed: 2 documents" in run("update")
    execute("insert into bai values (3, 'Đà Nẵng', 'biển xanh')")
    execute("update bai set noi_dung = 'mùa đông' where ma = 1")
    execute("delete from bai where ma = 2")
    assert "1 added, 1 changed, 1 removed; 2 documents" in run("update")
    assert "Đà Nẵng" in run("search", "biển xanh")


def test_a_database_and_files_stand_in_one_index(home: Path) -> None:
    (home / "docs").mkdir()
    (home / "docs" / "a.csv").write_text(
        "ma,tua,noi_dung\nx,Sa Pa,ruộng bậc thang", encoding="utf-8"
    )
    assert "Indexed 3 documents" in run(*INDEX, "docs", *NAMES)
    (home / "docs" / "a.csv").write_text("ma,tua,noi_dung\nx,Sa Pa,núi cao", encoding="utf-8")
    execute("delete from bai where ma = 2")
    # Where a path is named, the database is left alone.
    assert "0 added, 1 changed, 0 removed; 3 documents" in run("update", "docs")
    assert "0 added, 0 changed, 1 removed; 2 documents" in run("update", "sqlite:///a.db")


def test_a_password_is_nowhere(home: Path) -> None:
    url = f"postgresql://u:{PASSWORD}@127.0.0.1:1/x"
    assert PASSWORD not in str(error("index", url, "--query", "SELECT 1 AS id, '' AS text"))
    run(*INDEX, *NAMES)
    assert PASSWORD not in str(error("update", url))
    for path in (home / "index").rglob("*"):
        assert path.is_dir() or PASSWORD.encode() not in path.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("index", "sqlite:///a.db"), "--query"),
        (("index", "a.db", "--query", "SELECT 1"), "--query is for a database"),
        (("index", "sqlite:///no.db", "--query", "SELECT 1"), "there is no database"),
        ((*INDEX, "--map", "id=ma,text=không_có"), "không_có"),
        (("update", "-"), "index it anew"),
        (("update", "sqlite:///a.db"), "no index"),
    ],
)
def test_what_is_wrong_is_said(home: Path, arguments: tuple[str, ...], said: str) -> None:
    found = error(*arguments)
    assert said in str(found)
    assert found.exit_code == 2
    assert "\n" not in str(found)
    assert not (home / "index" / "current").exists()


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ('{"id": "1", "title": "Hà Nội"}\n{"id": "2", "title": "Huế"}\n', 2),
        ("Hà Nội\nmùa thu", 1),
        ("<html><title>Hà Nội</title><body><p>mùa thu</p></body></html>", 1),
    ],
)
def test_standard_input_is_recognised_and_stays(home: Path, given: str, count: int) -> None:
    assert f"Indexed {count} documents" in run("index", "-", given=given.encode())
    assert Generations(home / "index").current().manifest.sources == ["standard input"]
    assert f"Nothing has changed: {count} documents" in run("update")
    (home / "docs").mkdir()
    (home / "docs" / "a.txt").write_text("Sa Pa", encoding="utf-8")
    assert f"1 added, 0 changed, 0 removed; {count + 1} documents" in run("update", "docs")
    assert "Hà Nội" in run("search", "ha noi")


def test_empty_standard_input_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    with pytest.raises(InputError, match="standard input is empty"):
        CliRunner().invoke(commands, ["index", "-"], catch_exceptions=False)
