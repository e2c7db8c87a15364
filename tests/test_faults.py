"""A disk that fails at any step of any change: the old index or the new one answers, whole.

And `verify` calls it whole, and the next build mends what is left.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from faulty_storage import Fault, FaultyStorage, PowerCutError, put_away
from quick_reading import ReadingHere

from searchapp import backups
from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.pyvi_model import SegmentationModel
from searchapp.config import Settings
from searchapp.documents import Document
from searchapp.errors import SearchappError
from searchapp.generations import Generations
from searchapp.ingest import analysis_pool, making, programs
from searchapp.ingest import build as build_module
from searchapp.ingest.build import build, update
from searchapp.ingest.programs import delete_documents, put_documents
from searchapp.search.service import SearchService
from searchapp.verification import verify

MOMENTS = 6  # of each change and each fault, drawn evenly; and all around the switch
KINDS = ("error", "full", "short", "dark")


@dataclass(frozen=True)
class Change:
    """A change of an index, and the titles that are there afterwards."""

    name: str
    make: Callable[[Path, Generations, Settings], object]
    after: frozenset[str]


OLD = frozenset(("Hà Nội", "Huế", "Đà Nẵng"))


def _edit(docs: Path) -> None:
    (docs / "a.txt").write_text("Sa Pa\nruộng bậc thang", encoding="utf-8")
    (docs / "b.txt").unlink()


def _update(home: Path, generations: Generations, settings: Settings) -> object:
    _edit(home / "docs")
    return update([], settings, generations=generations)


def _build(home: Path, generations: Generations, settings: Settings) -> object:
    _edit(home / "docs")
    return build([home / "docs"], settings, generations=generations)


CHANGES = [
    Change("build", _build, frozenset(("Sa Pa", "Đà Nẵng"))),
    Change("update", _update, frozenset(("Sa Pa", "Đà Nẵng"))),
    Change(
        "put",
        lambda _, generations, settings: put_documents(
            [Document(id="x", title="Cần Thơ", text="chợ nổi")], settings, generations
        ),
        OLD | {"Cần Thơ"},
    ),
    Change(
        "delete",
        lambda _, generations, settings: delete_documents(["put"], settings, generations),
        OLD - {"Đà Nẵng"},
    ),
    Change(
        "restore",
        lambda home, generations, _: backups.restore(generations, home / "other.tar", Settings()),
        frozenset(("Hà Nội", "Huế")),
    ),
    Change(
        "rollback",
        lambda _, generations, __: backups.roll_back(generations, Settings()),
        frozenset(("Hà Nội", "Huế")),
    ),
]


ENGINES = ("whoosh", "tantivy")  # those whose index lies in its folder


@pytest.fixture(scope="module", params=ENGINES)
def ready(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two files and what a program put, a generation before it, and its backup."""
    home = tmp_path_factory.mktemp(request.param)
    settings = Settings(index_dir=home / "index", jobs=1, engine=request.param)
    (home / "docs").mkdir()
    (home / "docs" / "a.txt").write_text("Hà Nội\nmùa thu", encoding="utf-8")
    (home / "docs" / "b.txt").write_text("Huế\nsông Hương", encoding="utf-8")
    build([home / "docs"], settings)
    backups.backup(Generations(home / "index"), home / "other.tar")
    put_documents([Document(id="put", title="Đà Nẵng", text="biển xanh")], settings)
    return home


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, analyzer: Analyzer, model: SegmentationModel) -> None:
    monkeypatch.setattr(analysis_pool, "Analyzer", lambda _: analyzer)
    for module in (build_module, programs):
        monkeypatch.setattr(module, "load_pyvi_model", lambda: model)
    monkeypatch.setattr(making, "ReadingPool", ReadingHere)


def fresh(ready: Path, home: Path) -> Settings:
    """A copy of what is ready, in a place of its own that has the same name each time."""
    if home.exists():
        put_away(home)
    shutil.copytree(ready, home)
    for journal in home.rglob("journal.jsonl"):  # it names the folder that was indexed
        assert str(ready) in journal.read_text(encoding="ascii")
    engine = ready.name.rstrip("0123456789")
    return Settings(index_dir=home / "index", jobs=1, engine=engine)


def titles(index_dir: Path) -> frozenset[str]:
    index = SearchService(Settings(index_dir=index_dir))._index.get()
    found = [document.title for document in index.searcher.documents()]
    assert len(found) == len(set(found))
    return frozenset(found)


def moments(operations: list[str], drawn: random.Random) -> list[int]:
    """Moments drawn over all operations, and each around the switch."""
    switch = max(at for at, what in enumerate(operations) if what == "replace current")
    around = set(range(max(switch - 3, 0), min(switch + 3, len(operations))))
    return sorted(around | set(drawn.sample(range(len(operations)), min(MOMENTS, len(operations)))))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_no_fault_leaves_anything_but_the_old_or_the_new(
    ready: Path, monkeypatch: pytest.MonkeyPatch, change: Change, kind: str
) -> None:
    home = ready.parent / "work"
    ready_docs = ready / "docs"
    drawn = random.Random(f"{change.name} {kind}")
    saved = {path.name: path.read_bytes() for path in ready_docs.iterdir()}
    settings = fresh(ready, home)
    counting = FaultyStorage(home / "index")
    change.make(ready, Generations(home / "index", counting), settings)
    put_back(ready_docs, saved)
    assert titles(home / "index") == change.after
    outcomes = set()
    found = moments(counting.operations, drawn)
    # What is around an engine's own files is the same for each.
    for at in found if settings.engine == ENGINES[0] else found[::3]:
        settings = fresh(ready, home)
        storage = FaultyStorage(home / "index", Fault(kind, at))
        where = f"{change.name}, {kind} at {at}: {counting.operations[at]}"
        try:
            change.make(ready, Generations(home / "index", storage), settings)
        except (SearchappError, OSError, PowerCutError):
            pass
        finally:
            put_back(ready_docs, saved)
        if kind == "dark":
            storage.forget(drawn)
        found = titles(home / "index")
        assert found in (OLD, change.after), where
        assert verify(Generations(home / "index").current()) == [], where
        outcomes.add(found == OLD)
        if kind == "dark" or at % 3 == 0:  # what errors leave is less than what the dark does
            continue_build(ready_docs, home, where)
    assert True in outcomes, "no fault came before the switch"


def continue_build(docs: Path, home: Path, where: str) -> None:
    """The next build mends what is left."""
    build([docs], Settings(index_dir=home / "index", jobs=1))
    assert titles(home / "index") >= {"Hà Nội", "Huế"}, where
    folders = [path for path in (home / "index").iterdir() if path.is_dir()]
    assert all((path / "manifest.json").exists() for path in folders), where


def put_back(docs: Path, saved: dict[str, bytes]) -> None:
    for name, data in saved.items():
        (docs / name).write_bytes(data)
