"""What is damaged, foreign or half there is found and refused, and a build mends it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from searchapp.config import Settings
from searchapp.errors import IndexRefusedError
from searchapp.generations import Generations
from searchapp.ingest.build import build
from searchapp.manifest import FORMAT, manifest_sum
from searchapp.search.service import SearchService

MANIFEST = ("manifest.json", "manifest.json.sha256")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real index; tests work on copies."""
    home = tmp_path_factory.mktemp("built")
    (home / "docs").mkdir()
    (home / "docs" / "a.txt").write_text("Hà Nội\nMùa thu ở Hà Nội.", encoding="utf-8")
    about = {"source": "Báo", "category": "Du lịch", "author": "Lê Na", "tags": ["sông"]}
    record = {"id": "b", "title": "Huế", "text": "Sông Hương.", "published": "2024", **about}
    (home / "docs" / "b.jsonl").write_text(json.dumps(record), encoding="utf-8")
    build([home / "docs"], Settings(index_dir=home / "index", jobs=1))
    return home / "index"


@pytest.fixture
def copy(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path / "index")
    return tmp_path / "index"


def engine_files() -> list[str]:
    """The files of a generation, as pytest needs them before there is one: by their endings."""
    return [
        "segmentation.json",
        *(f"engine/*{end}" for end in (".trm", ".pst", ".frq", ".pos", "._stored.col", ".toc")),
        *(
            f"language/completion{name}"
            for name in (
                "s.txt",
                "s.txt.ends.npy",
                "_keys.txt",
                "_keys.txt.ends.npy",
                "_syllables.txt",
                "_syllables.txt.ends.npy",
                "_counts.npy",
                "_pointers.npy",
                "_weights.npy",
            )
        ),
        "engine/lengths.npy",
        *(f"engine/column_{name}.npy" for name in ("source", "category", "author", "tag", "year")),
        *(f"engine/column_{name}.txt" for name in ("source", "category", "author", "tag", "year")),
        *(
            f"engine/column_{name}.txt.ends.npy"
            for name in ("source", "category", "author", "tag", "year")
        ),
        "engine/published_days.npy",
        "engine/title_ranks.npy",
        *(f"engine/terms_{view}.txt" for view in ("exact", "folded")),
        *(f"engine/terms_{view}.txt.ends.npy" for view in ("exact", "folded")),
        *(f"engine/terms_{view}_counts.npy" for view in ("exact", "folded")),
        "engine/id_ranks.npy",
        *(f"language/{name}.npy" for name in ("counts", "marked_counts", "folded_of")),
        *(f"language/{name}.npy" for name in ("pairs", "pair_counts")),
        "language/syllables.txt",
        "language/folded.txt",
    ]


STORE = ["store/journal.jsonl", "store/chunk-000000"]


def test_the_list_of_files_below_is_complete(built: Path) -> None:
    generation = Generations(built).current()
    listed = {
        path.relative_to(generation.folder).as_posix()
        for pattern in (*engine_files(), *STORE, *MANIFEST)
        for path in generation.folder.glob(pattern)
    }
    there = {
        p.relative_to(generation.folder).as_posix()
        for p in generation.folder.rglob("*")
        if p.is_file() and p.stat().st_size
    }
    assert there <= listed
    recorded = set(generation.manifest.files)
    assert {n for n in there if n not in MANIFEST} <= recorded


def the_file(index_dir: Path, pattern: str) -> Path:
    (found,) = Generations(index_dir).current().folder.glob(pattern)
    return found


def assert_refused(index_dir: Path) -> str:
    with pytest.raises(IndexRefusedError, match="searchapp index") as caught:
        SearchService(Settings(index_dir=index_dir)).search("hà nội")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def flip_first(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[0] ^= 0x10
    path.write_bytes(data)


def flip_middle(path: Path) -> None:
    data = bytearray(path.read_bytes())
    # In JSON a flipped white space may mean the same: take the middle's next letter or digit.
    at = next(
        n
        for n in range(len(data) // 2, len(data))
        if chr(data[n]).isalnum() or data[n] > 127 or not path.suffix.startswith(".json")
    )
    data[at] ^= 0x01
    path.write_bytes(data)


def flip_last(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 0x40
    path.write_bytes(data)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def lengthen(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\x00")


def remove(path: Path) -> None:
    path.unlink()


HARM = [flip_first, flip_middle, flip_last, truncate, empty, lengthen, remove]


@pytest.mark.parametrize("harm", HARM, ids=lambda harm: harm.__name__)
@pytest.mark.parametrize("pattern", engine_files())
def test_a_harmed_file_is_found_and_refused(copy: Path, pattern: str, harm) -> None:
    path = the_file(copy, pattern)
    harm(path)
    (line,) = Generations(copy).current().damage()
    assert str(path) in line
    assert ("missing" if harm is remove else "damaged") in line
    assert str(path) in assert_refused(copy)


@pytest.mark.parametrize("harm", HARM, ids=lambda harm: harm.__name__)
@pytest.mark.parametrize("name", MANIFEST)
def test_a_harmed_manifest_is_refused(copy: Path, name: str, harm) -> None:
    harm(the_file(copy, name))
    assert_refused(copy)


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe", b"a\x00b", b"no-such-generation\n", b"x" * 300, b"..", b"/", b"lock"],
    ids=["no UTF-8", "NUL", "unknown", "too long", "parent", "root", "a file"],
)
def test_a_harmed_name_of_the_live_one_is_refused(copy: Path, content: bytes) -> None:
    (copy / "current").write_bytes(content)
    assert_refused(copy)


def test_several_harmed_files_are_counted(copy: Path) -> None:
    flip_last(the_file(copy, "engine/*.trm"))
    remove(the_file(copy, "engine/lengths.npy"))
    assert len(Generations(copy).current().damage()) == 2
    assert "1 more" in assert_refused(copy)


def test_a_file_that_nobody_wrote_is_found(copy: Path) -> None:
    """As `Generation.damage` says: missing, changed or unknown."""
    strange = Generations(copy).current().engine_folder / "strange.seg"
    strange.write_bytes(b"x")
    (line,) = Generations(copy).current().damage()
    assert str(strange) in line


def rewrite_manifest(index_dir: Path, **changes: object) -> None:
    """A manifest as another version would have written it, its checksum included."""
    path = the_file(index_dir, "manifest.json")
    data = json.loads(path.read_text(encoding="utf-8")) | changes
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    path.with_name("manifest.json.sha256").write_text(manifest_sum(data))


def test_a_rewritten_manifest_is_taken(copy: Path) -> None:
    """The helper above makes a manifest that is accepted: the refusals below are for cause."""
    rewrite_manifest(copy, built="2026-01-01T00:00:00+00:00")
    assert SearchService(Settings(index_dir=copy)).search("hà nội").total == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"analyzer_version": 0}, "analyzer version 0"),
        ({"analyzer_version": 99}, "analyzer version 99"),
        ({"format": FORMAT + 1}, f"format {FORMAT + 1}"),
        ({"engine": "an-engine-of-tomorrow"}, "an-engine-of-tomorrow"),
        ({"a_key_of_tomorrow": 1}, "manifest"),
    ],
    ids=["older analyzer", "newer analyzer", "other format", "other engine", "other key"],
)
def test_another_versions_index_is_refused(copy: Path, changes: dict, said: str) -> None:
    rewrite_manifest(copy, **changes)
    assert said in assert_refused(copy)


def test_a_build_mends_a_damaged_index(copy: Path, tmp_path: Path) -> None:
    for path in [the_file(copy, name) for name in MANIFEST]:
        empty(path)
    (tmp_path / "c.txt").write_text("Đà Nẵng", encoding="utf-8")
    build([tmp_path / "c.txt"], Settings(index_dir=copy, jobs=1))
    assert SearchService(Settings(index_dir=copy)).search("đà nẵng").total == 1
