"""What programs put and take out, beside files that change."""

from __future__ import annotations

import os
import pickle
import signal
from pathlib import Path

import pytest

from searchapp.apart import run_apart
from searchapp.config import Settings
from searchapp.documents import Document
from searchapp.errors import (
    IndexRefusedError,
    InputError,
    LockedError,
    NoIndexError,
    NotFoundError,
    SearchappError,
)
from searchapp.generations import Generations
from searchapp.ingest.build import build, update
from searchapp.ingest.programs import Applied, delete_documents, put_documents
from searchapp.search.service import SearchService


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(index_dir=tmp_path / "index", jobs=1, write_wait_s=0)


@pytest.fixture
def docs(tmp_path: Path, settings: Settings) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.txt").write_text("Hà Nội\nmùa thu", encoding="utf-8")
    (tmp_path / "docs" / "b.txt").write_text("Huế\nsông Hương", encoding="utf-8")
    build([tmp_path / "docs"], settings)
    return tmp_path / "docs"


def document(document_id: str, title: str = "Đà Nẵng", text: str = "biển xanh") -> Document:
    return Document(id=document_id, title=title, text=text)


def found(settings: Settings, query: str) -> list[str]:
    return [hit.document.id for hit in SearchService(settings).search(query).hits]


def results(applied: Applied) -> list[tuple[str, str]]:
    return [(change.id, change.result) for change in applied.changes]


def test_the_first_document_makes_an_index(settings: Settings) -> None:
    applied = put_documents([document("x")], settings)
    assert results(applied) == [("x", "created")]
    assert applied.documents == 1
    assert applied.generation == Generations(settings.index_dir).current_name()
    assert found(settings, "biển xanh") == ["x"]


def test_putting_is_idempotent(docs: Path, settings: Settings) -> None:
    first = put_documents([document("x"), document("y")], settings)
    assert results(first) == [("x", "created"), ("y", "created")]
    again = put_documents([document("y"), document("x")], settings)
    assert results(again) == [("y", "unchanged"), ("x", "unchanged")]
    assert again.generation == first.generation
    third = put_documents([document("x", text="núi cao"), document("z")], settings)
    assert results(third) == [("x", "updated"), ("z", "created")]
    assert third.documents == 5
    assert found(settings, "núi cao") == ["x"]
    assert found(settings, "mùa thu") == ["docs/a.txt"]


def test_taking_out_is_idempotent(docs: Path, settings: Settings) -> None:
    put_documents([document("x")], settings)
    first = delete_documents(["x", "y"], settings)
    assert results(first) == [("x", "deleted"), ("y", "absent")]
    again = delete_documents(["x", "y"], settings)
    assert results(again) == [("x", "absent"), ("y", "absent")]
    assert again.generation == first.generation
    assert found(settings, "biển xanh") == []


def test_the_last_document_may_go(settings: Settings) -> None:
    put_documents([document("x")], settings)
    assert delete_documents(["x"], settings).documents == 0
    assert found(settings, "biển xanh") == []
    assert put_documents([document("x")], settings).documents == 1


def test_there_has_to_be_an_index_to_take_out_of(settings: Settings) -> None:
    with pytest.raises(NoIndexError):
        delete_documents(["x"], settings)


def test_what_is_put_survives_updates_and_rebuilds(docs: Path, settings: Settings) -> None:
    put_documents([document("x")], settings)
    (docs / "c.txt").write_text("Sa Pa\nruộng bậc thang", encoding="utf-8")
    assert update([], settings).indexed == 4
    assert found(settings, "biển xanh") == ["x"]
    report = build([docs], settings)
    assert (report.indexed, report.posted) == (4, 1)
    assert found(settings, "biển xanh") == ["x"]
    assert build([docs], settings, keep_posted=False).indexed == 3
    assert found(settings, "biển xanh") == []


def test_what_is_put_stands_before_what_a_file_says(docs: Path, settings: Settings) -> None:
    assert results(put_documents([document("docs/a.txt")], settings)) == [("docs/a.txt", "updated")]
    assert found(settings, "mùa thu") == []
    assert found(settings, "biển xanh") == ["docs/a.txt"]
    (docs / "a.txt").write_text("Hà Nội\nmùa đông", encoding="utf-8")
    update([], settings)
    assert found(settings, "mùa đông") == []


def test_what_was_taken_out_stays_out_until_the_file_changes(
    docs: Path, settings: Settings
) -> None:
    assert results(delete_documents(["docs/a.txt"], settings)) == [("docs/a.txt", "deleted")]
    (docs / "c.txt").write_text("Sa Pa\nruộng bậc thang", encoding="utf-8")
    update([], settings)
    assert found(settings, "mùa thu") == []
    build([docs], settings)
    assert found(settings, "mùa thu") == []
    (docs / "a.txt").write_text("Hà Nội\nmùa thu vàng", encoding="utf-8")
    update([], settings)
    assert found(settings, "mùa thu") == ["docs/a.txt"]


def test_what_was_taken_out_can_be_put_again(docs: Path, settings: Settings) -> None:
    delete_documents(["docs/a.txt"], settings)
    put_documents([document("docs/a.txt")], settings)
    assert found(settings, "biển xanh") == ["docs/a.txt"]
    delete_documents(["docs/a.txt"], settings)
    assert found(settings, "mùa thu") == []
    assert found(settings, "biển xanh") == []


def test_many_stay_in_order_and_whole(settings: Settings) -> None:
    ids = [f"{n:03}" for n in range(60)]
    for start in (20, 0, 40):
        put_documents(
            [document(one, text=f"số {one}") for one in ids[start : start + 20]], settings
        )
    delete_documents(ids[10:50], settings)
    searcher = SearchService(settings)._index.get().searcher
    assert [one.id for one in searcher.documents()] == [*ids[:10], *ids[50:]]


def test_a_build_that_runs_is_told(docs: Path, settings: Settings) -> None:
    with Generations(settings.index_dir).lock(), pytest.raises(LockedError):
        put_documents([document("x")], settings)


# -- in a process of its own ---------------------------------------------------------------------


def test_the_work_is_done_apart(settings: Settings) -> None:
    applied = run_apart(put_documents, [document("x")], settings)
    assert results(applied) == [("x", "created")]
    assert found(settings, "biển xanh") == ["x"]


def test_errors_come_back_as_they_were(settings: Settings) -> None:
    with pytest.raises(NoIndexError) as here:
        delete_documents(["x"], settings)
    with pytest.raises(NoIndexError) as apart:
        run_apart(delete_documents, ["x"], settings)
    assert str(apart.value) == str(here.value)


def test_a_process_that_is_killed_is_told() -> None:
    with pytest.raises(SearchappError, match="ended from outside"):
        run_apart(os.kill, 0, signal.SIGKILL)  # 0 is its own group, which it leads


@pytest.mark.parametrize(
    "error",
    [
        InputError("no", "field"),
        NoIndexError(Path("somewhere")),
        IndexRefusedError("damaged"),
        NotFoundError("x"),
        LockedError("taken"),
    ],
)
def test_errors_can_be_sent(error: SearchappError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)
