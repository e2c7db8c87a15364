"""An updated index is the index that a full rebuild makes: document for document, score for score.

Histories of additions, changes, renames, moves and deletions are drawn at random, and after each
step of a history the updated index is held against one built anew from what lies there.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from quick_reading import ReadingHere

from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.pyvi_model import SegmentationModel
from searchapp.config import Settings
from searchapp.generations import Generations
from searchapp.ingest import analysis_pool, making
from searchapp.ingest import build as build_module
from searchapp.ingest.build import build, update
from searchapp.ingest.report import Report
from searchapp.search.service import SearchService

HISTORIES = 200
STEPS = 4
SYLLABLES = (  # noqa: SIM905  # a list of them is a page long
    "xây dựng đảng nhà nước sông núi biển trời mưa nắng học sinh thầy cô bạn bè đường sắt hoà bình"
    " Hà Nội Huế Đà Nẵng kinh tế xã hội y tế UBND phường quận năm 2024 nông thôn mới làng nghề"
).split()
QUERIES = ("xây dựng", "ha noi", '"nông thôn mới"', "đường sát", "kinh te xa hoi", "sông OR núi")


class History:
    """A folder that changes at random; one seed gives one history."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.drawn = random.Random(seed)
        self.count = 0
        (folder / "sâu" / "hơn").mkdir(parents=True)
        for _ in range(self.drawn.randint(2, 5)):
            self.add()

    def text(self) -> str:
        return " ".join(self.drawn.choices(SYLLABLES, k=self.drawn.randint(3, 40)))

    def records(self) -> str:
        rows = [
            {"id": f"r{self.drawn.randint(0, 9)}", "title": self.text()[:40], "text": self.text()}
            for _ in range(self.drawn.randint(1, 6))
        ]
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)

    def write(self, path: Path) -> None:
        content = self.records() if path.suffix == ".jsonl" else self.text()
        path.write_text(content, encoding="utf-8")

    def files(self) -> list[Path]:
        return sorted(path for path in self.folder.rglob("*") if path.is_file())

    def place(self) -> Path:
        self.count += 1
        folder = self.drawn.choice([".", "sâu", "sâu/hơn"])
        return self.folder / folder / f"f{self.count}{self.drawn.choice(['.txt', '.jsonl', '.md'])}"

    def add(self) -> None:
        self.write(self.place())

    def change(self) -> None:
        self.write(self.drawn.choice(self.files()))

    def touch(self) -> None:
        os.utime(self.drawn.choice(self.files()))

    def change_unseen(self) -> None:
        """Same size, same time of change: only the time of the inode and the content tell."""
        path = self.drawn.choice(self.files())
        before, raw = path.stat(), path.read_bytes()
        path.write_bytes(raw.replace(b"n", b"m"))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    def append(self) -> None:
        path = self.drawn.choice(self.files())
        more = self.records() if path.suffix == ".jsonl" else "\n" + self.text()
        path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")

    def rename(self) -> None:
        path = self.drawn.choice(self.files())
        path.rename(self.place().with_suffix(path.suffix))

    def copy(self) -> None:
        path = self.drawn.choice(self.files())
        shutil.copy2(path, self.place().with_suffix(path.suffix))

    def delete(self) -> None:
        if len(self.files()) > 1:
            self.drawn.choice(self.files()).unlink()

    def step(self) -> None:
        doings: list[Callable[[], None]] = [
            *(self.add, self.change, self.touch, self.change_unseen),
            *(self.append, self.rename, self.copy, self.delete),
        ]
        for _ in range(self.drawn.randint(0, 3)):
            self.drawn.choice(doings)()


def picture(index_dir: Path) -> dict[str, object]:
    """All that an index answers with: its documents, and what queries find, with scores."""
    service = SearchService(Settings(index_dir=index_dir, jobs=1))
    live = service._index.get()
    found: dict[str, object] = {"documents": list(live.searcher.documents())}
    for query in QUERIES:
        answer = service.search(query, size=100, facet_size=20)
        found[query] = (
            [(hit.document.id, hit.score, hit.snippets) for hit in answer.hits],
            answer.suggestion,
            answer.facets,
        )
    found["completions"] = [live.completions.complete(text, 10) for text in ("xa", "ha n", "đư")]
    return found


def files(index_dir: Path) -> dict[str, bytes]:
    """What searching reads, byte for byte; a segment's name is drawn by chance."""
    folder = Generations(index_dir).current().folder
    return {
        re.sub(r"MAIN_\w{16}", "MAIN", path.relative_to(folder).as_posix()): path.read_bytes()
        for name in ("engine", "language")
        for path in (folder / name).iterdir()
        if path.suffix != ".toc"
    }


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, analyzer: Analyzer, model: SegmentationModel) -> None:
    """Read in this process, with one analyzer: starting another 600 times takes minutes."""
    monkeypatch.setattr(analysis_pool, "Analyzer", lambda _: analyzer)
    monkeypatch.setattr(build_module, "load_pyvi_model", lambda: model)
    monkeypatch.setattr(making, "ReadingPool", ReadingHere)


@pytest.mark.parametrize("block", range(10))
def test_an_update_is_a_rebuild(tmp_path: Path, quick: None, block: int) -> None:
    for seed in range(block, HISTORIES, 10):
        home = tmp_path / str(seed)
        history = History(home / "docs", seed)
        settings = Settings(index_dir=home / "index", jobs=1, keep_generations=0)
        build([home / "docs"], settings)
        for _ in range(STEPS):
            history.step()
        update([], settings)
        build([home / "docs"], Settings(index_dir=home / "anew", jobs=1))
        assert files(home / "index") == files(home / "anew"), f"history {seed}"
        if seed % 10 == block:
            assert picture(home / "index") == picture(home / "anew"), f"history {seed}"
        shutil.rmtree(home)


# -- what is read, and what is said --------------------------------------------------------------


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    for name, text in (("a.txt", "Hà Nội\nmùa thu"), ("b.txt", "Huế\nsông Hương")):
        (tmp_path / "docs" / name).write_text(text, encoding="utf-8")
    return tmp_path / "docs"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(index_dir=tmp_path / "index", jobs=1)


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.indexed, report.added, report.changed, report.removed


def found(settings: Settings, query: str) -> list[str]:
    return [hit.document.id for hit in SearchService(settings).search(query).hits]


def test_nothing_changed_makes_no_generation(docs: Path, settings: Settings) -> None:
    build([docs], settings)
    live = Generations(settings.index_dir).current_name()
    report = update([], settings)
    assert report.generation is None
    assert report.indexed == 2
    assert Generations(settings.index_dir).current_name() == live


def test_new_changed_and_deleted_are_counted(docs: Path, settings: Settings) -> None:
    build([docs], settings)
    (docs / "a.txt").write_text("Hà Nội\nmùa xuân", encoding="utf-8")
    (docs / "b.txt").unlink()
    (docs / "c.txt").write_text("Đà Nẵng\nbiển xanh", encoding="utf-8")
    assert counts(update([], settings)) == (2, 1, 1, 1)
    assert found(settings, "mùa xuân") == ["docs/a.txt"]
    assert found(settings, "biển xanh") == ["docs/c.txt"]
    assert found(settings, "sông Hương") == []


def test_a_line_that_changed_is_one_document_that_changed(docs: Path, settings: Settings) -> None:
    rows = [{"id": str(n), "title": f"Tựa {n}", "text": "mùa thu"} for n in range(50)]
    write_rows(docs / "r.jsonl", rows)
    build([docs], settings)
    rows[20]["text"] = "mùa xuân"
    write_rows(docs / "r.jsonl", rows)
    assert counts(update([], settings)) == (52, 0, 1, 0)
    assert found(settings, '"mùa xuân"') == ["20"]


def write_rows(path: Path, rows: list[dict[str, str]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_only_what_changed_is_read_and_analysed(
    docs: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    build([docs], settings)
    (docs / "c.txt").write_text("Đà Nẵng\nbiển xanh", encoding="utf-8")
    read: list[str] = []
    analysed: list[str] = []
    real_pool, real_terms = making.ReadingPool, analysis_pool._terms

    def pool(files, jobs):
        read.extend(file.id for file in files)
        return real_pool(files, jobs)

    def terms(analyzer, texts):
        analysed.extend(text for some in texts.values() for text in some)
        return real_terms(analyzer, texts)

    monkeypatch.setattr(making, "ReadingPool", pool)
    monkeypatch.setattr(analysis_pool, "_terms", terms)
    update([], settings)
    assert read == ["docs/c.txt"]
    assert analysed == ["Đà Nẵng", "biển xanh"]


def test_a_moved_file_is_not_analysed_again(
    docs: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    build([docs], settings)
    (docs / "a.txt").rename(docs / "z.txt")

    def refuse(*_: object) -> None:
        raise AssertionError("a text was analysed again")

    monkeypatch.setattr(analysis_pool, "_terms", refuse)
    assert counts(update([], settings)) == (2, 1, 0, 1)
    assert found(settings, "mùa thu") == ["docs/z.txt"]


def test_a_path_beside_is_added_and_the_others_left_alone(docs: Path, settings: Settings) -> None:
    build([docs], settings)
    more = docs.parent / "more"
    more.mkdir()
    (more / "c.txt").write_text("Đà Nẵng\nbiển xanh", encoding="utf-8")
    (docs / "a.txt").unlink()
    assert counts(update([more], settings)) == (3, 1, 0, 0)
    assert Generations(settings.index_dir).current().manifest.sources == [str(docs), str(more)]
    assert counts(update([], settings)) == (2, 0, 0, 1)


def test_a_path_inside_is_looked_at(docs: Path, settings: Settings) -> None:
    build([docs], settings)
    (docs / "a.txt").unlink()
    assert counts(update([docs / "a.txt"], settings)) == (1, 0, 0, 1)


def test_problems_of_unchanged_files_stay_in_the_report(docs: Path, settings: Settings) -> None:
    (docs / "bad.jsonl").write_text("{nothing\n", encoding="utf-8")
    assert build([docs], settings).skipped == 1
    assert update([], settings).skipped == 1
    (docs / "c.txt").write_text("Đà Nẵng", encoding="utf-8")
    report = update([], settings)
    assert (report.skipped, report.indexed) == (1, 3)


def test_an_unreadable_file_loses_its_document_and_gets_it_back(
    docs: Path, settings: Settings
) -> None:
    build([docs], settings)
    (docs / "a.txt").write_bytes(b"\x00\x01")
    assert counts(update([], settings)) == (1, 0, 0, 1)
    (docs / "a.txt").write_text("Hà Nội\nmùa thu", encoding="utf-8")
    assert counts(update([], settings)) == (2, 1, 0, 0)


def test_the_index_moves_with_its_folder_names(
    docs: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Sources named from one folder are found again from another."""
    monkeypatch.chdir(tmp_path)
    build([Path("docs")], settings)
    (docs / "c.txt").write_text("Đà Nẵng", encoding="utf-8")
    monkeypatch.chdir("/")
    update([], settings)
    documents = SearchService(settings)._index.get().searcher.documents()
    assert [document.path for document in documents] == ["docs/a.txt", "docs/b.txt", "docs/c.txt"]


def test_chunks_are_shared_between_generations(docs: Path, settings: Settings) -> None:
    drawn = np.random.default_rng(1)
    rows = [
        {"id": str(n), "title": f"Tựa {n}", "text": " ".join(drawn.choice(SYLLABLES, 400))}
        for n in range(2000)
    ]
    write_rows(docs / "r.jsonl", rows)
    build([docs], settings)
    before = Generations(settings.index_dir).current()
    (docs / "z.txt").write_text("Đà Nẵng", encoding="utf-8")
    update([], settings)
    after = Generations(settings.index_dir).current()
    inodes = [
        {path.stat().st_ino for path in generation.store_folder.glob("chunk-*")}
        for generation in (before, after)
    ]
    assert len(inodes[0] & inodes[1]) >= len(inodes[0]) - 1 > 3
