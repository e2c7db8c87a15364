"""Parsers that hang, eat memory or crash cost their file, and nothing else."""

from __future__ import annotations

import os
import textwrap
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from searchapp.config import Settings
from searchapp.documents import Document
from searchapp.ingest.base import Item, Problem, SourceFile
from searchapp.ingest.build import build
from searchapp.ingest.files import collect
from searchapp.ingest.limits import Limits
from searchapp.ingest.mapping import FieldMap
from searchapp.ingest.reading_pool import ReadingPool
from searchapp.search.service import SearchService

READER = """
import ctypes, os, signal, sys, time
from searchapp.documents import Document
from searchapp.ingest.formats import Format

def read(file):
    words = file.path.read_text(encoding="utf-8").split()
    for number, word in enumerate(words):
        if word == "hang":
            while True:
                pass
        if word == "sleep":
            time.sleep(1000)
        if word == "doze":
            time.sleep(0.6)
        if word == "hang-in-c":
            ctypes.pythonapi.PyGILState_Ensure.restype = ctypes.c_int
            ctypes.PyDLL(None).sleep(1000)  # holds the interpreter's lock
        if word == "eat":
            eaten = []
            while True:
                eaten.append(bytes(10_000_000))
        if word == "crash":
            ctypes.string_at(0)
        if word == "leave":
            os._exit(7)
        if word == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if word == "raise":
            raise KeyError("lạ")
        if word == "recurse":
            def deeper():
                return deeper() + 1
            deeper()
        if word == "print":
            print("xin chào" * 1000)
            sys.stderr.write("lỗi")
            os.write(1, b"C\\n")
        yield Document(id=f"{file.id}:{number}", title=word, text=word)

FORMAT = Format("words", (".words",), read)
"""


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for files of a format of another package, whose reader does as it is told."""
    package = tmp_path / "package"
    info = package / "words_reader-1.dist-info"
    info.mkdir(parents=True)
    (package / "words_reader.py").write_text(textwrap.dedent(READER), encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: words-reader\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[searchapp.readers]\nwords = words_reader:FORMAT\n")
    monkeypatch.syspath_prepend(str(package))
    from searchapp.ingest import formats

    formats.formats.cache_clear()

    (tmp_path / "docs").mkdir()
    yield tmp_path / "docs"
    formats.formats.cache_clear()


def read(folder: Path, limits: Limits, jobs: int = 2, **others: Limits) -> dict[str, list[Item]]:
    """What comes of each file; ``others`` are limits of single ones, by the names' stems."""
    files = collect([folder], FieldMap(), limits).files
    return read_files(
        [replace(file, limits=others.get(file.path.stem, limits)) for file in files], jobs
    )


def read_files(files: Sequence[SourceFile], jobs: int = 2) -> dict[str, list[Item]]:
    with ReadingPool(files, jobs) as pool:
        return {
            reading.file.path.name: [item for one in reading.parcels for item in one.items]
            for reading in pool
        }


QUICK = Limits(seconds=1, memory_bytes=150_000_000)
PATIENT = replace(QUICK, seconds=60)


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("hang", "took over 1 s to read and was given up; file_timeout_s allows more"),
        ("sleep", "took over 1 s"),
        ("hang-in-c", "took over 1 s"),
        ("eat", "needs more than 150 MB of memory"),
        ("crash", "its reader broke down (exit status -11)"),
        ("leave", "its reader broke down (exit status 7)"),
        ("killed", "its reader was killed"),
        ("raise", "can't be read (KeyError: 'lạ')"),
        ("recurse", "nested too deeply"),
    ],
)
def test_a_bad_file_costs_itself_alone(words: Path, word: str, reason: str) -> None:
    for name in ("a", "b", "c", "d"):
        (words / f"{name}.words").write_text(f"một hai {name}", encoding="utf-8")
    (words / "bad.words").write_text(f"một {word} ba", encoding="utf-8")
    hangs = "took over" in reason
    found = read(words, PATIENT, bad=QUICK if hangs else PATIENT)
    assert list(found) == ["a.words", "b.words", "bad.words", "c.words", "d.words"]
    bad = found.pop("bad.words")
    assert [item.title for item in bad if isinstance(item, Document)] in (["một"], [])
    (problem,) = (item for item in bad if isinstance(item, Problem))
    assert reason in problem.reason
    assert "\n" not in problem.reason
    for items in found.values():
        assert [type(item) for item in items] == [Document] * 3


def test_time_counts_to_the_next_document(words: Path) -> None:
    """A long file is no bad one."""
    (words / "a.words").write_text("doze " * 10, encoding="utf-8")
    found = read(words, Limits(seconds=5))
    assert [type(item) for item in found["a.words"]] == [Document] * 10


def test_a_slow_consumer_is_waited_for(words: Path) -> None:
    for name in "ab":
        (words / f"{name}.words").write_text("một " * 50_000, encoding="utf-8")
    files = collect([words], FieldMap(), Limits(seconds=3)).files
    with ReadingPool(files, 2) as pool:
        for reading in pool:
            time.sleep(3.5)
            items = [item for parcel in reading.parcels for item in parcel.items]
            assert len(items) == 50_000
            assert reading.stamp is not None


def test_many_files_come_in_order_and_processes_are_replaced(
    words: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1200):
        (words / f"{number:04}.words").write_text(f"số {number}", encoding="utf-8")
    found = read(words, Limits())
    assert list(found) == [f"{number:04}.words" for number in range(1200)]
    assert all(len(items) == 2 for items in found.values())


def test_what_readers_print_is_not_seen(words: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (words / "a.words").write_text("print", encoding="utf-8")
    assert len(read(words, PATIENT)["a.words"]) == 1
    assert capfd.readouterr() == ("", "")


def test_nothing_is_left_in_the_temporary_folder(words: Path) -> None:
    (words / "a.words").write_text("một", encoding="utf-8")
    pool = ReadingPool(collect([words]).files, 1)
    folder = Path(pool._folder.name)
    with pool:
        for reading in pool:
            list(reading.parcels)
        assert folder.exists()
    assert not folder.exists()


def test_a_pool_without_files() -> None:
    with ReadingPool([], 2) as pool:
        assert list(pool) == []


def test_a_build_goes_on(words: Path, tmp_path: Path) -> None:
    (words / "a.words").write_text("hang", encoding="utf-8")
    (words / "b.words").write_text("hai", encoding="utf-8")
    settings = Settings(index_dir=tmp_path / "index", jobs=2, file_timeout_s=5)
    report = build([words], settings)
    assert report.indexed == 1
    assert report.skipped == 1
    assert SearchService(settings).search("hai").total == 1


def test_a_pipe_that_nobody_writes_to_is_given_up(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("Hà Nội", encoding="utf-8")
    first, second = collect([tmp_path], FieldMap(), PATIENT).files
    # Those that are there when files are looked for are left out.
    (tmp_path / "a.txt").unlink()
    os.mkfifo(tmp_path / "a.txt")
    found = read_files([replace(first, limits=QUICK), second])
    (problem,) = found["a.txt"]
    assert isinstance(problem, Problem)
    assert [type(item) for item in found["b.txt"]] == [Document]
