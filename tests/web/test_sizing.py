from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from searchapp.config import Settings
from searchapp.generations import Generations
from searchapp.web import sizing
from searchapp.web.sizing import Size, available_cores, size_for

CORES = len(os.sched_getaffinity(0))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("max 100000\n", CORES),
        ("50000 100000\n", 1),
        ("100000 100000\n", 1),
        ("9000000 100000\n", CORES),
        ("", CORES),
    ],
)
def test_cores_are_those_of_the_containers_quota(tmp_path: Path, text: str, expected: int) -> None:
    (tmp_path / "cpu.max").write_text(text, encoding="ascii")
    assert available_cores(tmp_path / "cpu.max") == expected
    assert available_cores(tmp_path / "none") == CORES


def test_half_a_core_more_is_worth_a_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)))
    (tmp_path / "cpu.max").write_text("250000 100000\n", encoding="ascii")
    assert available_cores(tmp_path / "cpu.max") == 3


@pytest.mark.parametrize(("engine", "threads"), [("whoosh", 2), ("tantivy", 2), ("opensearch", 16)])
def test_threads_are_as_the_live_index_needs(
    index_dir: Path, monkeypatch: pytest.MonkeyPatch, engine: str, threads: int
) -> None:
    live = Generations(index_dir).current()
    manifest = replace(live.manifest, engine=engine)
    monkeypatch.setattr(Generations, "current", lambda self: replace(live, manifest=manifest))
    monkeypatch.setattr(sizing, "available_cores", lambda: 6)
    # What new indexes are built for says nothing of the live one.
    assert size_for(Settings(index_dir=index_dir, engine="other")) == Size(6, threads)


def test_what_is_set_is_taken(index_dir: Path) -> None:
    settings = Settings(index_dir=index_dir, serve_workers=3, serve_threads=9)
    assert size_for(settings) == Size(3, 9)


def test_without_an_index_it_is_the_engine_to_be(tmp_path: Path) -> None:
    assert size_for(Settings(index_dir=tmp_path, engine="opensearch")).threads == 16
