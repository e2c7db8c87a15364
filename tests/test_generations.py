"""Generations: made beside the live one, checked, switched in one step."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from searchapp.config import Settings
from searchapp.errors import NoIndexError
from searchapp.generation_files import Building, Generation
from searchapp.generations import Generations
from searchapp.ingest.build import build
from searchapp.manifest import FORMAT
from searchapp.search.service import SearchService


def publish(generations: Generations, content: str = "x", keep: int = 1) -> Generation:
    """A generation of one small file: what lies in it is the engine's business."""
    building = generations.begin()
    (building.engine_folder / "data").write_text(content)
    building.model_file.write_text("{}")
    return publish_building(generations, building, keep)


def publish_building(generations: Generations, building: Building, keep: int = 1) -> Generation:
    return generations.publish(
        building,
        engine="whoosh",
        analyzer_version=1,
        pyvi_version="0.1.1",
        document_count=1,
        sources=["seeds"],
        build_s=0.5,
        keep=keep,
    )


def folders(index_dir: Path) -> list[str]:
    return sorted(p.name for p in index_dir.iterdir() if p.is_dir())


@pytest.fixture
def generations(tmp_path: Path) -> Generations:
    (tmp_path / "index").mkdir()
    return Generations(tmp_path / "index")


# -- publish, current, rollover ----------------------------------------------------------------


def test_there_is_none_at_first(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        assert Generations(folder).current_name() is None
        with pytest.raises(NoIndexError, match="searchapp index"):
            Generations(folder).current()


def test_the_published_one_is_current(generations: Generations) -> None:
    made = publish(generations)
    found = generations.current()
    assert found.name == made.name
    assert found.manifest.document_count == 1
    assert found.manifest.sources == ["seeds"]
    assert found.manifest.format == FORMAT
    assert sorted(found.manifest.files) == ["engine/data", "segmentation.json"]
    assert found.damage() == []


def test_a_building_is_not_current_before_it_is_published(generations: Generations) -> None:
    live = publish(generations)
    building = generations.begin()
    assert generations.current().name == live.name
    generations.discard(building)
    assert folders(generations.index_dir) == [live.name]


@pytest.mark.parametrize("keep", [0, 1, 3])
def test_rollover_keeps_as_many_as_it_is_told(generations: Generations, keep: int) -> None:
    names = [publish(generations, str(n), keep).name for n in range(5)]
    assert generations.current_name() == names[-1]
    kept = folders(generations.index_dir)
    assert len(kept) == keep + 1
    assert names[-1] in kept
    if keep:
        assert names[-2] in kept, "the one that was live a moment ago goes last"


@pytest.mark.parametrize("undo", [Generations.discard, Generations.leave])
def test_what_is_live_is_never_undone(generations: Generations, undo: Any) -> None:
    """Whatever fails after the switch."""
    building = generations.begin()
    (building.engine_folder / "data").write_text("x")
    live = publish_building(generations, building)
    undo(generations, building)
    assert generations.current().name == live.name
    assert (live.engine_folder / "data").read_text() == "x"


@pytest.mark.parametrize("current", ["", "../elsewhere\n"])
def test_what_is_not_live_is_undone_whatever_names_the_live_one(
    generations: Generations, current: str
) -> None:
    building = generations.begin()
    (generations.index_dir / "current").write_text(current)
    generations.discard(building)
    assert not building.folder.exists()


def test_rubble_of_a_dead_build_is_cleared_by_the_next(generations: Generations) -> None:
    live = publish(generations)
    dead = generations.begin()  # never published: its builder died
    (dead.engine_folder / "half").write_text("x")
    following = publish(generations, keep=5)  # not for want of room
    assert folders(generations.index_dir) == sorted([live.name, following.name])
    assert generations.current_name() == following.name
    assert not (generations.index_dir / "current.new").exists()


def test_a_build_that_died_before_the_switch_is_not_current(generations: Generations) -> None:
    """Whole, with a manifest, but never named: the live one stays, the next build clears it."""
    live = publish(generations, keep=1)
    whole = generations.index_dir / "29990101T000000000000-dead"
    shutil.copytree(live.folder, whole)
    (generations.index_dir / "current.new").write_text("29990101T000000000000-dead\n")
    assert generations.current_name() == live.name
    following = publish(generations, keep=1)
    assert folders(generations.index_dir) == sorted([live.name, following.name])
    assert not (generations.index_dir / "current.new").exists()


# -- the switch --------------------------------------------------------------------------------


@pytest.mark.parametrize("keep", [0, 1])
def test_readers_in_a_loop_always_see_a_whole_generation(
    generations: Generations, keep: int
) -> None:
    publish(generations)
    stop, wrong, seen = threading.Event(), [], set()

    def read() -> None:
        while not stop.is_set():
            try:
                name = generations.current_name()
                found = generations.current()
                if name is None or found.manifest.document_count != 1:
                    wrong.append(name)
                seen.add(found.name)
            except Exception as error:  # noqa: BLE001  # whatever a reader meets is wrong
                wrong.append(error)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    begun = time.monotonic()
    while time.monotonic() - begun < 2 or (len(seen) <= 5 and time.monotonic() - begun < 60):
        publish(generations, keep=keep)
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert len(seen) > 5


def test_what_somebody_else_put_there_stays(tmp_path: Path) -> None:
    """The index folder may be one with other things in it, or above what is indexed."""
    home = tmp_path / "home"
    for name in ("precious", "other", "20260301-notes"):
        (home / name).mkdir(parents=True)
        (home / name / "a.txt").write_text("Hà Nội", encoding="utf-8")
    (home / "precious" / "manifest.json").write_text("{}")
    (home / "link").symlink_to(home / "other")
    settings = Settings(index_dir=home, jobs=1, keep_generations=0)
    for _ in range(3):
        build([home / "other"], settings)
    kept = sorted(path.relative_to(home).as_posix() for path in home.rglob("a.txt"))
    assert {"precious/a.txt", "other/a.txt", "20260301-notes/a.txt"} <= set(kept)
    assert (home / "link").is_symlink()
    assert SearchService(settings).search("hà nội").total == 1
