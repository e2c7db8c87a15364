"""Backups, restoring them, and going back: whole or not at all."""

from __future__ import annotations

import io
import random
import tarfile
from pathlib import Path

import pytest

from searchapp import backups
from searchapp.config import Settings
from searchapp.errors import IndexRefusedError, InputError, NoIndexError, SearchappError
from searchapp.generations import Generations
from searchapp.ingest.build import build, update
from searchapp.search.service import SearchService


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    write(tmp_path, "a", "Hà Nội mùa thu")
    build([tmp_path / "docs"], settings(tmp_path))
    return tmp_path


def write(home: Path, name: str, text: str) -> None:
    (home / "docs" / f"{name}.txt").write_text(text, encoding="utf-8")


def settings(home: Path, keep: int = 1) -> Settings:
    return Settings(index_dir=home / "index", jobs=1, keep_generations=keep)


def generations(home: Path) -> Generations:
    return Generations(home / "index")


def texts(home: Path) -> list[str]:
    index = SearchService(settings(home))._index.get()
    return sorted(document.title for document in index.searcher.documents())


def test_a_backup_comes_back(home: Path) -> None:
    backups.backup(generations(home), home / "b.tar")
    write(home, "b", "Huế")
    update([], settings(home))
    assert texts(home) == ["Huế", "Hà Nội mùa thu"]
    backups.restore(generations(home), home / "b.tar", Settings())
    assert texts(home) == ["Hà Nội mùa thu"]
    assert generations(home).current().damage() == []
    backups.roll_back(generations(home), Settings())
    assert texts(home) == ["Huế", "Hà Nội mùa thu"]
    report = update([], settings(home))
    assert (report.generation, report.indexed) == (None, 2), "what it was made of came along"


def test_a_backup_is_restored_where_nothing_is(home: Path, tmp_path: Path) -> None:
    backups.backup(generations(home), home / "b.tar")
    other = tmp_path / "other"
    backups.restore(Generations(other / "index"), home / "b.tar", Settings(keep_generations=0))
    assert texts(other) == ["Hà Nội mùa thu"]


def test_a_damaged_index_is_not_backed_up(home: Path) -> None:
    path = next(generations(home).current().engine_folder.glob("*.pst"))
    data = bytearray(path.read_bytes())
    data[0] ^= 1
    path.write_bytes(data)
    with pytest.raises(IndexRefusedError, match=path.name):
        backups.backup(generations(home), home / "b.tar")
    assert not list(home.glob("b.tar*"))


def test_a_flipped_bit_in_a_backup_is_found(home: Path) -> None:
    backups.backup(generations(home), home / "b.tar")
    whole = (home / "b.tar").read_bytes()
    live = generations(home).current_name()
    drawn = random.Random(6)
    refused = 0
    for _ in range(60):
        data = bytearray(whole)
        data[drawn.randrange(len(data))] ^= 1 << drawn.randrange(8)
        (home / "b.tar").write_bytes(data)
        try:
            backups.restore(generations(home), home / "b.tar", Settings())
        except (InputError, IndexRefusedError):
            refused += 1
            assert generations(home).current_name() == live
        else:
            # Padding and times say nothing: what was restored is what was backed up.
            assert texts(home) == ["Hà Nội mùa thu"]
            assert generations(home).current().damage() == []
            live = generations(home).current_name()
    assert refused > 20
    assert len(generations(home).earlier()) <= 1, "nothing half made is left"


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_a_backup_that_is_cut_off_is_refused(home: Path, share: float) -> None:
    backups.backup(generations(home), home / "b.tar")
    whole = (home / "b.tar").read_bytes()
    end = whole.rstrip(b"\0")
    (home / "b.tar").write_bytes(end[: int(len(end) * share)])
    live = generations(home).current_name()
    with pytest.raises(SearchappError, match=r"backup|damaged"):
        backups.restore(generations(home), home / "b.tar", Settings())
    assert generations(home).current_name() == live
    assert [p.name for p in (home / "index").iterdir() if p.is_dir()] == [live]


def test_a_file_that_does_not_belong_is_not_unpacked(home: Path) -> None:
    backups.backup(generations(home), home / "b.tar")
    with tarfile.open(home / "b.tar", "a") as tar:
        info = tarfile.TarInfo("../../evil")
        info.size = 1
        tar.addfile(info, io.BytesIO(b"x"))
    with pytest.raises(IndexRefusedError, match="does not belong"):
        backups.restore(generations(home), home / "b.tar", Settings())
    assert not list(home.rglob("evil"))


@pytest.mark.parametrize("what", ["absent", "folder", "text"])
def test_what_is_no_backup_is_refused(home: Path, what: str) -> None:
    source = home / "b.tar"
    if what == "folder":
        source.mkdir()
    elif what == "text":
        source.write_text("xin chào", encoding="utf-8")
    with pytest.raises(InputError, match=r"b\.tar"):
        backups.restore(generations(home), source, Settings())


def test_there_has_to_be_an_index(tmp_path: Path) -> None:
    with pytest.raises(NoIndexError):
        backups.backup(Generations(tmp_path / "index"), tmp_path / "b.tar")
    with pytest.raises(InputError, match="no earlier index"):
        backups.roll_back(Generations(tmp_path / "index"), Settings())


def test_a_target_that_cannot_be_written(home: Path) -> None:
    with pytest.raises(InputError, match="folder"):
        backups.backup(generations(home), home)
    with pytest.raises(InputError, match="can't be written"):
        backups.backup(generations(home), home / "no" / "b.tar")


def test_going_back_goes_one_further_each_time(home: Path) -> None:
    for number in range(3):
        write(home, f"b{number}", f"Huế {number}")
        update([], settings(home, keep=5))
    for left in (3, 2, 1):
        backups.roll_back(generations(home), Settings())
        assert len(texts(home)) == left
    with pytest.raises(InputError, match="no earlier"):
        backups.roll_back(generations(home), Settings())
    youngest = generations(home).earlier()[0].name
    backups.roll_back(generations(home), Settings(), youngest)
    assert len(texts(home)) == 4
    with pytest.raises(InputError, match="named nothing"):
        backups.roll_back(generations(home), Settings(), "nothing")


def test_nothing_damaged_is_gone_back_to(home: Path) -> None:
    before = generations(home).current()
    write(home, "b", "Huế")
    update([], settings(home))
    next(before.engine_folder.glob("*.pst")).write_bytes(b"")
    with pytest.raises(IndexRefusedError, match="pst"):
        backups.roll_back(generations(home), Settings())
    assert len(texts(home)) == 2
