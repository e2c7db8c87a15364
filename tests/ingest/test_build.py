"""The road from files to a live index, seen from its ends."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pytest

from searchapp.analysis.analyzer import ANALYZER_VERSION
from searchapp.analysis.pyvi_model import SegmentationModel
from searchapp.config import Settings
from searchapp.documents import Document
from searchapp.engines.base import AnalyzedBatch
from searchapp.errors import InputError, SearchappError
from searchapp.generations import Generations
from searchapp.ingest import analysis_pool, batching, making
from searchapp.ingest.analysis_pool import AnalysisPool
from searchapp.ingest.base import Problem
from searchapp.ingest.batching import Planned, PlannedBatch, batched
from searchapp.ingest.build import build
from searchapp.ingest.chunks import text_digest
from searchapp.ingest.report import Listener
from searchapp.search.service import SearchService
from searchapp.storage import Storage


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(index_dir=tmp_path / "index", jobs=1)


def records(path: Path, *rows: dict[str, object]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def found(settings: Settings, query: str) -> list[str]:
    return [hit.document.id for hit in SearchService(settings).search(query).hits]


def test_a_build_reports_and_is_live(tmp_path: Path, settings: Settings) -> None:
    docs = tmp_path / "docs"
    records(docs / "a.jsonl", {"id": "1", "title": "Hà Nội"}, {"title": "không có id"})
    (docs / "b.png").write_bytes(b"\x89PNG")
    report = build([docs], settings)
    assert (report.indexed, report.skipped, report.other_files) == (1, 1, 1)
    assert (report.replaced, report.warnings) == (0, 0)
    assert report.generation is not None
    manifest = Generations(settings.index_dir).current().manifest
    assert manifest.built == report.generation.manifest.built
    assert (manifest.engine, manifest.document_count) == ("whoosh", 1)
    assert manifest.analyzer_version == ANALYZER_VERSION
    assert manifest.sources == [str(docs)]
    assert found(settings, "ha noi") == ["1"]


def test_the_later_of_two_with_one_id_wins_with_a_warning(
    tmp_path: Path, settings: Settings
) -> None:
    first = records(tmp_path / "a.jsonl", {"id": "1", "title": "cũ"}, {"id": "1", "title": "giữa"})
    second = records(tmp_path / "b.jsonl", {"id": "2", "title": "hai"}, {"id": "1", "title": "mới"})
    problems: list[Problem] = []
    report = build([first, second], settings, Listener(problem=problems.append))
    assert (report.indexed, report.replaced, report.skipped) == (2, 2, 0)
    assert [p.kept for p in problems] == [True, True]
    assert "'1'" in problems[0].reason
    assert str(first) in problems[1].reason
    assert str(second) in str(problems[1])
    assert found(settings, "cũ") == found(settings, "giữa") == []
    assert found(settings, "mới") == ["1"]
    assert Generations(settings.index_dir).current().manifest.document_count == 2


def test_files_of_one_name_in_two_folders_are_two_documents(
    tmp_path: Path, settings: Settings
) -> None:
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(f"Hà Nội {name}", encoding="utf-8")
    assert build([tmp_path / "x", tmp_path / "y"], settings).indexed == 2
    assert sorted(found(settings, "hà nội")) == ["x/a.txt", "y/a.txt"]


@pytest.fixture
def live(tmp_path: Path, settings: Settings) -> str:
    """The name of a live generation that has to survive."""
    report = build([records(tmp_path / "live.jsonl", {"id": "1", "title": "Hà Nội"})], settings)
    assert report.generation is not None
    return report.generation.name


def assert_untouched(settings: Settings, live: str, begun: int = 0) -> None:
    assert Generations(settings.index_dir).current_name() == live
    folders = [p for p in settings.index_dir.iterdir() if p.is_dir()]
    assert len(folders) == 1 + begun
    assert [p.name for p in folders if (p / "manifest.json").exists()] == [live]
    assert found(settings, "hà nội") == ["1"]


@pytest.mark.parametrize("what", ["absent", "empty", "unreadable", "other kinds", "blank jsonl"])
def test_nothing_to_index_leaves_the_live_index(
    tmp_path: Path, settings: Settings, live: str, what: str
) -> None:
    folder = tmp_path / "new"
    if what != "absent":
        folder.mkdir()
    if what == "unreadable":
        (folder / "a.txt").write_bytes(b"ch\xe0o")
        records(folder / "b.jsonl", {"title": "không có id"})
        (folder / "c.md").symlink_to(folder / "gone")
    if what == "other kinds":
        (folder / "a.png").write_bytes(b"\x89PNG")
    if what == "blank jsonl":
        (folder / "a.jsonl").write_bytes(b"\n\n")
    with pytest.raises(InputError, match="new"):
        build([folder], settings)
    assert_untouched(settings, live)


def test_an_unknown_engine_leaves_the_live_index(
    tmp_path: Path, settings: Settings, live: str
) -> None:
    with pytest.raises(InputError, match="lucene"):
        build([tmp_path / "live.jsonl"], Settings(index_dir=settings.index_dir, engine="lucene"))
    assert_untouched(settings, live)


class _Fails:
    """An engine whose writer fails at one of its steps."""

    name = "whoosh"

    def __init__(self, step: str, error: BaseException) -> None:
        self.step, self.error, self.abandoned = step, error, False

    def create(self, folder: Path, storage: Storage, like: Path | None) -> _Fails:
        (folder / "half").write_bytes(b"x")
        return self

    def add(self, batch: AnalyzedBatch) -> None:
        if self.step == "add":
            raise self.error

    def commit(self) -> None:
        raise self.error

    def abandon(self) -> None:
        self.abandoned = True


@pytest.mark.parametrize("step", ["add", "commit"])
@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (OSError(28, "No space left on device"), SearchappError),
        (KeyboardInterrupt(), KeyboardInterrupt),
        (ZeroDivisionError(), ZeroDivisionError),
    ],
    ids=["disk full", "interrupted", "a fault"],
)
def test_a_failing_writer_leaves_the_live_index(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    settings: Settings,
    live: str,
    step: str,
    error: BaseException,
    raised: type[BaseException],
) -> None:
    engine = _Fails(step, error)
    with monkeypatch.context() as patch:
        patch.setattr(making, "get_engine", lambda *_: engine)
        with pytest.raises(raised):
            build([tmp_path / "live.jsonl"], settings)
    assert engine.abandoned
    assert_untouched(settings, live, begun=raised is KeyboardInterrupt)
    assert build([tmp_path / "live.jsonl"], settings).indexed == 1, "the lock is free again"
    assert not [
        p for p in settings.index_dir.glob("*/*") if not (p.parent / "manifest.json").exists()
    ]


def test_names_that_are_no_utf8_are_indexed(tmp_path: Path, settings: Settings) -> None:
    """Old archives bring such names; the folder's stands in the manifest."""
    folder = os.fsencode(tmp_path) + b"/ch\xe0o"
    os.mkdir(folder)  # noqa: PTH102  # a name that is no str
    with open(folder + b"/t\xeap.txt", "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write("Hà Nội")
    build([Path(os.fsdecode(folder))], settings)
    (name,) = found(settings, "hà nội")
    name.encode("utf-8")
    assert SearchService(settings).manifest().document_count == 1


# -- analysis on several cores ------------------------------------------------------------------


def documents(count: int) -> list[Document]:
    return [
        Document(id=f"{n}", title=f"Tựa {n}", text=f"Hà Nội số {n} mùa thu") for n in range(count)
    ]


def planned(documents: Iterable[Document]) -> Iterator[Planned]:
    return (Planned(document, text_digest(document)) for document in documents)


def by_fives(documents: Iterable[Document]) -> Iterator[PlannedBatch]:
    remaining = planned(documents)
    while batch := list(islice(remaining, 5)):
        yield PlannedBatch(batch)


def as_plain(batches: list[AnalyzedBatch]) -> list[object]:
    plain: list[object] = []
    for batch in batches:
        for terms in batch.fields.values():
            for index in range(len(batch.documents)):
                syllables = terms.syllables[slice(*terms.syllable_bounds[index : index + 2])]
                words = terms.words[slice(*terms.word_bounds[index : index + 2])]
                plain.append([terms.exact_terms[t] for t in syllables])
                plain.append([terms.folded_terms[t] for t in syllables])
                plain.append([terms.word_terms[t] for t in words])
    return plain


def analyzed(
    documents: Iterable[Document], model: SegmentationModel, jobs: int
) -> list[tuple[PlannedBatch, AnalyzedBatch]]:
    with AnalysisPool(model, jobs) as pool:
        return list(pool.analyze(by_fives(documents)))


def test_several_processes_give_what_one_gives_in_order(
    monkeypatch: pytest.MonkeyPatch, model
) -> None:
    monkeypatch.setattr(analysis_pool, "_ALONE_CHARS", 1)
    many = documents(203)
    alone, together = ([batch for _, batch in analyzed(many, model, jobs)] for jobs in (1, 2))
    for batches in (alone, together):
        assert [d for batch in batches for d in batch.documents] == many
    assert as_plain(together) == as_plain(alone)
    assert not multiprocessing.active_children()


def test_few_documents_start_no_process(monkeypatch: pytest.MonkeyPatch, model) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(analysis_pool, "ProcessPoolExecutor", refuse)
    assert len(analyzed(documents(20), model, 8)) == 4


def test_a_reader_that_fails_ends_the_processes(monkeypatch: pytest.MonkeyPatch, model) -> None:
    monkeypatch.setattr(analysis_pool, "_ALONE_CHARS", 1)

    def failing():
        yield from documents(100)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        analyzed(failing(), model, 2)
    assert not multiprocessing.active_children()


def files_of_generation(index_dir: Path) -> dict[str, bytes]:
    folder = Generations(index_dir).current().folder
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for part in ("engine", "language")
        for path in (folder / part).rglob("*")
        if path.is_file()
    }


def test_several_processes_write_what_one_writes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(analysis_pool, "_ALONE_CHARS", 1)
    rows = [{"id": one.id, "title": one.title, "text": one.text} for one in documents(203)]
    path = records(tmp_path / "documents.jsonl", *rows)
    written = []
    for jobs in (1, 2):
        index_dir = tmp_path / f"index of {jobs}"
        build([path], Settings(index_dir=index_dir, jobs=jobs))
        written.append(files_of_generation(index_dir))
    assert written[0] == written[1]
    assert "language/syllables.txt" in written[1]


def fail_as_a_full_disk_does() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_fails_beside_is_told(monkeypatch: pytest.MonkeyPatch, model, jobs: int) -> None:
    monkeypatch.setattr(analysis_pool, "_ALONE_CHARS", 1)
    with AnalysisPool(model, jobs) as pool:
        list(pool.analyze(by_fives(documents(20))))
        finish = pool.beside(fail_as_a_full_disk_does)
        with pytest.raises(OSError, match="No space left"):
            finish()


@pytest.mark.parametrize(
    ("chars", "most", "sizes"), [(10**6, 4, [4, 4, 2]), (60, 1000, [3, 3, 3, 1]), (1, 9, [1] * 10)]
)
def test_batches_have_a_largest_size(
    monkeypatch: pytest.MonkeyPatch, chars: int, most: int, sizes: list[int]
) -> None:
    monkeypatch.setattr(batching, "_MAX_CHARS", chars)
    monkeypatch.setattr(batching, "_MAX_DOCUMENTS", most)
    monkeypatch.setattr(batching, "_USUAL_CHARS", 10**12)
    monkeypatch.setattr(batching, "_USUAL_DOCUMENTS", 10**12)
    made = list(batched(planned(documents(10))))  # 26 characters each
    assert [len(batch.planned) for batch in made] == sizes
    assert [d for batch in made for d in batch.documents] == documents(10)
    assert list(batched([])) == []


def test_a_document_more_leaves_most_batches_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "_USUAL_DOCUMENTS", 20)
    many = documents(2000)
    before = {tuple(batch.documents) for batch in batched(planned(many))}
    more = [*many[:700], Document(id="mới", title="Mới", text="Một bài mới"), *many[700:]]
    after = {tuple(batch.documents) for batch in batched(planned(more))}
    assert len(before) > 50
    assert len(before - after) <= 2
