"""Index folders and backups that mean harm: nothing in them is run, and nothing leaves its place.

The pickles here make a folder when they are opened; `PROOF` shows that they would.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from searchapp import backups
from searchapp.config import Settings
from searchapp.errors import IndexRefusedError, InputError, SearchappError
from searchapp.generation_files import Generation
from searchapp.generations import Generations
from searchapp.ingest.build import build, update
from searchapp.ingest.migrating import migrate
from searchapp.manifest import MANIFEST_FILES, manifest_sum
from searchapp.search.service import SearchService
from searchapp.verification import verify


class Touch:
    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self) -> object:
        return os.mkdir, (self.path,)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A backup of a small index."""
    home = tmp_path_factory.mktemp("built")
    (home / "docs").mkdir()
    (home / "docs" / "a.txt").write_text("Hà Nội mùa thu", encoding="utf-8")
    settings = Settings(index_dir=home / "index", jobs=1)
    build([home / "docs"], settings)
    backups.backup(Generations(home / "index"), home / "b.tar")
    return (home / "b.tar").read_bytes()


@pytest.fixture
def settings(tmp_path: Path, built: bytes) -> Settings:
    """Of an index that is whole."""
    (tmp_path / "b.tar").write_bytes(built)
    settings = Settings(index_dir=tmp_path / "index", jobs=1)
    backups.restore(Generations(settings.index_dir), tmp_path / "b.tar", settings)
    return settings


@pytest.fixture
def evil(tmp_path: Path) -> bytes:
    """A pickle that makes the folder ``touched``."""
    data = pickle.dumps(Touch(tmp_path / "touched"))
    pickle.loads(data)
    (tmp_path / "touched").rmdir()
    return data


def live(settings: Settings) -> Generation:
    return Generations(settings.index_dir).current()


def toc_with(toc: bytes, pickled: bytes) -> bytes:
    """A table of contents of Whoosh whose schema is a pickle of one's own."""
    start = toc.index(b"\x80")
    # Before it stands its length, in Whoosh's variable width.
    old_length = varint(toc[start - 2 : start])
    return toc[: start - 2] + packed(len(pickled)) + pickled + toc[start + old_length :]


def varint(data: bytes) -> int:
    return (data[0] & 0x7F) | data[1] << 7


def packed(number: int) -> bytes:
    return bytes([number & 0x7F | 0x80, number >> 7])


READERS: dict[str, Callable[[Settings], object]] = {
    "search": lambda settings: SearchService(settings).search("hà nội", 1),
    "verify": lambda settings: verify(live(settings), settings, deep=True),
    "migrate": lambda settings: migrate("tantivy", settings),
    "update": lambda settings: update([], settings),
    "backup": lambda settings: backups.backup(
        Generations(settings.index_dir), settings.index_dir.parent / "again.tar"
    ),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("change", ["replaced", "added", "appended"])
def test_a_pickle_that_no_manifest_vouches_for_is_not_opened(
    settings: Settings, tmp_path: Path, evil: bytes, reader: str, change: str
) -> None:
    toc = next(live(settings).engine_folder.glob("*.toc"))
    data = toc_with(toc.read_bytes(), evil)
    if change == "replaced":
        toc.write_bytes(data)
    elif change == "added":  # Whoosh takes the table of the highest number
        toc.with_name("_MAIN_2.toc").write_bytes(data)
    else:
        with next(live(settings).engine_folder.glob("*_stored.col")).open("ab") as file:
            file.write(evil)
    if reader == "search" or (reader == "backup" and change != "added"):
        with pytest.raises(SearchappError, match=r"does not belong|damaged"):
            READERS[reader](settings)
    else:
        # What does not open these files goes by what it was made of; `verify` tells.
        found = READERS[reader](settings)
        assert found
    assert not (tmp_path / "touched").exists()


def forged(built: bytes, change: Callable[[dict[str, bytes]], None], **manifest: Any) -> bytes:
    """A backup that was changed by who knows how its checksums are made."""
    with tarfile.open(fileobj=io.BytesIO(built)) as tar:
        files = {info.name: tar.extractfile(info).read() for info in tar}
    head = json.loads(files.pop(MANIFEST_FILES[0]))
    files.pop(MANIFEST_FILES[1])
    change(files)
    head["files"] = {
        name: [len(data), hashlib.sha256(data).hexdigest()] for name, data in files.items()
    }
    head |= manifest
    first = {
        MANIFEST_FILES[0]: json.dumps(head).encode(),
        MANIFEST_FILES[1]: manifest_sum(head).encode(),
    }
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as tar:
        for name, data in {**first, **files}.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return target.getvalue()


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # Whoosh leaves it open
@pytest.mark.parametrize("reader", ["search", "verify"])
def test_a_forged_backup_runs_nothing(
    settings: Settings, tmp_path: Path, built: bytes, evil: bytes, reader: str
) -> None:
    def change(files: dict[str, bytes]) -> None:
        (toc,) = (name for name in files if name.endswith(".toc"))
        files[toc] = toc_with(files[toc], evil)

    (tmp_path / "forged.tar").write_bytes(forged(built, change))
    backups.restore(Generations(settings.index_dir), tmp_path / "forged.tar", settings)
    assert live(settings).damage() == [], "its manifest vouches for all of it"
    with pytest.raises(IndexRefusedError, match="which no index needs"):
        READERS[reader](settings)
    assert not (tmp_path / "touched").exists()


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "engine/../../../evil",
        "/tmp/searchapp-evil",
        "engine//evil",
        "./evil",
        "a/..",
        "",
    ],
)
def test_a_forged_backup_writes_nowhere_else(
    settings: Settings, tmp_path: Path, built: bytes, name: str
) -> None:
    def change(files: dict[str, bytes]) -> None:
        files[name] = b"x"

    (tmp_path / "forged.tar").write_bytes(forged(built, change))
    before = live(settings).name
    with pytest.raises(IndexRefusedError, match="manifest"):
        backups.restore(Generations(settings.index_dir), tmp_path / "forged.tar", settings)
    assert live(settings).name == before
    assert not list(tmp_path.rglob("*evil*"))
    assert not Path("/tmp/searchapp-evil").exists()


KINDS = {
    "link": tarfile.SYMTYPE,
    "hard link": tarfile.LNKTYPE,
    "device": tarfile.CHRTYPE,
    "pipe": tarfile.FIFOTYPE,
    "folder": tarfile.DIRTYPE,
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_backup_holds_plain_files(
    settings: Settings, tmp_path: Path, built: bytes, kind: str
) -> None:
    (tmp_path / "forged.tar").write_bytes(built)
    with tarfile.open(tmp_path / "forged.tar", "a") as tar:
        info = tarfile.TarInfo("engine/evil")
        info.type, info.linkname = KINDS[kind], "/etc/passwd"
        tar.addfile(info)
    with pytest.raises(IndexRefusedError, match="plain files"):
        backups.restore(Generations(settings.index_dir), tmp_path / "forged.tar", settings)
    assert not list(tmp_path.rglob("*evil*"))


def test_a_file_that_is_larger_than_its_manifest_says_is_not_written(
    settings: Settings, tmp_path: Path, built: bytes
) -> None:
    data = forged(built, lambda files: files.update({"engine/z": b"x" * 5000}))
    head = forged(built, lambda files: files.update({"engine/z": b"x"}))
    with tarfile.open(fileobj=io.BytesIO(head)) as tar:
        end = [info.offset_data for info in tar][2]
    (tmp_path / "forged.tar").write_bytes(head[:end] + data[end:])
    with pytest.raises((IndexRefusedError, InputError)):
        backups.restore(Generations(settings.index_dir), tmp_path / "forged.tar", settings)


def test_arrays_hold_no_objects(
    settings: Settings, tmp_path: Path, built: bytes, evil: bytes
) -> None:
    """An array of objects is a pickle to NumPy; it is asked to read none."""
    import numpy as np

    array = io.BytesIO()
    np.save(array, np.array([Touch(tmp_path / "touched")], dtype=object), allow_pickle=True)

    def change(files: dict[str, bytes]) -> None:
        for name in [name for name in files if name.endswith(".npy")]:
            files[name] = array.getvalue()

    (tmp_path / "forged.tar").write_bytes(forged(built, change))
    backups.restore(Generations(settings.index_dir), tmp_path / "forged.tar", settings)
    with pytest.raises(ValueError, match="allow_pickle"):
        SearchService(settings).search("hà nội", 1)
    assert not (tmp_path / "touched").exists()


@pytest.mark.parametrize("name", ["../docs", "/etc", "a/b", "..", ".", "a\0b", "x" * 65, "a\nb"])
def test_current_names_no_folder_elsewhere(settings: Settings, name: str) -> None:
    (settings.index_dir / "current").write_text(name)
    with pytest.raises(IndexRefusedError, match="names no index"):
        live(settings)
    assert Generations(settings.index_dir).named(name) is None
