"""A build that was interrupted goes on where it was, and gives what it would have given."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from searchapp.config import Settings
from searchapp.errors import UnavailableError
from searchapp.generations import Generations
from searchapp.ingest import analysis_pool, batching, making
from searchapp.ingest.build import build
from searchapp.search.service import SearchService

COUNT = 300


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(batching, "_USUAL_DOCUMENTS", 10)
    (tmp_path / "docs").mkdir()
    rows = [{"id": f"r{n}", "title": f"Tựa {n}", "text": f"mùa thu {n}"} for n in range(COUNT)]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "docs" / "b.jsonl").write_text(text, encoding="utf-8")
    for n in range(50):
        (tmp_path / "docs" / f"a{n:02}.txt").write_text(f"Bài {n}\nmùa đông", encoding="utf-8")
    return tmp_path


def settings(home: Path) -> Settings:
    return Settings(index_dir=home / "index", jobs=1)


def interrupt(home: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, after: int) -> int:
    """A build that ends after some batches; how many texts it had analysed."""
    real, batches, texts = analysis_pool._terms, 0, 0

    def terms(analyzer, given):
        nonlocal batches, texts
        batches += 1
        if batches > after:
            raise error
        texts += sum(map(len, given.values()))
        return real(analyzer, given)

    with monkeypatch.context() as patch:
        patch.setattr(analysis_pool, "_terms", terms)
        with pytest.raises(type(error)):
            build([home / "docs"], settings(home))
    return texts


def go_on(home: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, list[str]]:
    """The next build: how many texts it analysed, and which files it read."""
    real_terms, real_pool = analysis_pool._terms, making.ReadingPool
    texts, files = 0, []

    def terms(analyzer, given):
        nonlocal texts
        texts += sum(map(len, given.values()))
        return real_terms(analyzer, given)

    def pool(given, jobs):
        files.extend(file.path.name for file in given)
        return real_pool(given, jobs)

    with monkeypatch.context() as patch:
        patch.setattr(analysis_pool, "_terms", terms)
        patch.setattr(making, "ReadingPool", pool)
        build([home / "docs"], settings(home))
    return texts, files


def documents(home: Path) -> list[str]:
    searcher = SearchService(settings(home))._index.get().searcher
    return [document.id for document in searcher.documents()]


def folders(home: Path) -> int:
    return sum(path.is_dir() for path in (home / "index").iterdir())


def test_it_goes_on_where_it_was(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = interrupt(home, monkeypatch, KeyboardInterrupt(), after=20)
    assert done > 2 * 50, "it was interrupted in the middle of the long file"
    texts, files = go_on(home, monkeypatch)
    assert texts == 2 * (COUNT + 50) - done
    assert files == ["b.jsonl"], "files that were finished are not read again"
    assert len(documents(home)) == COUNT + 50
    assert folders(home) == 1, "what it went on from is gone"


def test_a_server_that_was_away_is_no_reason_to_begin_anew(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = interrupt(home, monkeypatch, UnavailableError("OpenSearch is away"), after=20)
    texts, _ = go_on(home, monkeypatch)
    assert texts == 2 * (COUNT + 50) - done
    assert len(documents(home)) == COUNT + 50


def test_it_may_be_interrupted_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = interrupt(home, monkeypatch, KeyboardInterrupt(), after=10)
    second = interrupt(home, monkeypatch, KeyboardInterrupt(), after=10)
    assert folders(home) <= 2
    texts, _ = go_on(home, monkeypatch)
    assert texts == 2 * (COUNT + 50) - first - second
    assert len(documents(home)) == COUNT + 50


def test_what_changed_meanwhile_is_read_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupt(home, monkeypatch, KeyboardInterrupt(), after=20)
    (home / "docs" / "a00.txt").write_text("Bài không\nmùa xuân", encoding="utf-8")
    (home / "docs" / "a01.txt").unlink()
    _, files = go_on(home, monkeypatch)
    assert files == ["a00.txt", "b.jsonl"]
    found = documents(home)
    assert "docs/a01.txt" not in found
    assert len(found) == COUNT + 49


@pytest.mark.parametrize("how", ["cut off", "flipped", "gone", "no journal", "half a line"])
def test_what_was_left_is_not_trusted_blindly(
    home: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    interrupt(home, monkeypatch, KeyboardInterrupt(), after=20)
    (store,) = (home / "index").glob("*/store")
    chunk, journal = store / "chunk-000003", store / "journal.jsonl"
    data = chunk.read_bytes()
    if how == "cut off":
        chunk.write_bytes(data[:-1])
    elif how == "flipped":
        chunk.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    elif how == "gone":
        chunk.unlink()
    elif how == "no journal":
        journal.unlink()
    else:
        journal.write_bytes(journal.read_bytes()[:-40])
    go_on(home, monkeypatch)
    assert len(documents(home)) == COUNT + 50
    assert Generations(home / "index").current().damage() == []
    assert folders(home) == 1
    titles = [hit.document.title for hit in SearchService(settings(home)).search("Bài").hits]
    assert titles


def test_a_fault_leaves_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is worth going on with is kept: after an error it may be what failed."""
    interrupt(home, monkeypatch, ZeroDivisionError(), after=20)
    assert folders(home) == 0
