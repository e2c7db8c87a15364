"""A disk that fails at any operation: the first failure is what one hears, and no file stays open.

ResourceWarnings are errors in these tests: a file that nobody closed is one.
"""

from __future__ import annotations

import errno
import gc
import random
from pathlib import Path

import pytest
from engine_helpers import analyzed, gather_language
from faulty_storage import Fault, FaultyStorage

from searchapp.analysis.analyzer import Analyzer
from searchapp.documents import Document
from searchapp.engines import inversion, whoosh_writer
from searchapp.engines.base import AnalyzedBatch, Engine
from searchapp.engines.whoosh import WhooshEngine
from searchapp.external import keycounts
from searchapp.language import counts, phrases
from searchapp.storage import Storage

MOMENTS = 80
CODES = {"error": errno.EIO, "full": errno.ENOSPC, "short": errno.ENOSPC}


@pytest.fixture
def local_engine() -> Engine:
    """The engine that writes every file through the storage."""
    return WhooshEngine()


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every kind of spool is used by a few documents."""
    monkeypatch.setattr(inversion, "PART", 40)
    monkeypatch.setattr(keycounts, "PENDING_KEYS", 20)
    for module in (whoosh_writer, counts, phrases):
        monkeypatch.setattr(module, "RUN_NAMES", 12)


@pytest.fixture(scope="module")
def made(analyzer: Analyzer) -> list[AnalyzedBatch]:
    documents = [
        Document(
            id="a", title="Hà Nội", text="Ủy ban nhân dân (UBND) họp bên hồ Gươm", tags=("hồ",)
        ),
        Document(id="b", title="Huế", text="Sông Hương nước chảy lững lờ, sông Hương"),
        Document(id="a", title="Đà Nẵng", text="Thành phố bên sông Hàn, biển xanh", source="báo"),
    ]
    return [analyzed(documents[:2], analyzer), analyzed(documents[2:], analyzer)]


def write_engine(engine: Engine, folder: Path, made: list[AnalyzedBatch], disk: Storage) -> None:
    writer = engine.create(folder, disk)
    try:
        for batch in made:
            writer.add(batch)
        writer.commit()
    except BaseException:
        writer.abandon()
        raise


def write_language(folder: Path, made: list[AnalyzedBatch], disk: Storage) -> None:
    spool = folder / "spool"
    disk.make_folder(spool)
    gather_language(folder, spool, made, disk)
    disk.remove_folder(spool)


@pytest.mark.parametrize("kind", CODES)
@pytest.mark.parametrize("what", ["engine", "language"])
def test_a_failure_is_said_once_and_leaves_no_file_open(
    local_engine: Engine, tmp_path: Path, made: list[AnalyzedBatch], what: str, kind: str
) -> None:
    def write(folder: Path, disk: Storage) -> None:
        if what == "engine":
            write_engine(local_engine, folder, made, disk)
        else:
            write_language(folder, made, disk)

    (tmp_path / "whole").mkdir()
    counting = FaultyStorage(tmp_path / "whole")
    write(tmp_path / "whole", counting)
    count = len(counting.operations)
    everything = {path.name for path in (tmp_path / "whole").iterdir()}
    written = {o.partition(" ")[2] for o in counting.operations if o.startswith("create")}
    assert everything <= written | {"_MAIN_1.toc"}, "nothing passes the storage by"
    drawn = random.Random(what)
    wrong, failed = [], 0
    for at in sorted({0, 1, count - 1, *drawn.sample(range(count), min(count, MOMENTS))}):
        folder = tmp_path / f"at {at}"
        folder.mkdir()
        disk = FaultyStorage(folder, Fault(kind, at))
        try:
            write(folder, disk)
        except OSError as error:
            failed += 1
            if error.errno != CODES[kind]:
                wrong.append((counting.operations[at], error))
    gc.collect()
    assert wrong == []
    assert failed > MOMENTS // 2
