"""Answers that are asked for again."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from searchapp.config import Settings
from searchapp.engines.whoosh_reader import WhooshSearcher
from searchapp.ingest.build import build
from searchapp.query.filters import Sort
from searchapp.search.remembered import Remembered
from searchapp.search.service import SearchService


def test_the_one_asked_for_longest_ago_is_forgotten() -> None:
    kept: Remembered[str] = Remembered(2)
    kept.put(1, "a")
    kept.put(2, "b")
    assert kept.get(1) == "a"
    kept.put(3, "c")
    assert [kept.get(key) for key in (1, 2, 3)] == ["a", None, "c"]


def test_nothing_is_kept_where_nothing_may_be() -> None:
    kept: Remembered[str] = Remembered(0)
    kept.put(1, "a")
    assert kept.get(1) is None


def test_threads_share_it() -> None:
    kept: Remembered[int] = Remembered(8)
    start = threading.Barrier(8)

    def work(seed: int) -> bool:
        start.wait(20)
        good = True
        for number in range(2000):
            key = (seed * number) % 16
            kept.put(key, key + 1)
            found = kept.get((key + 3) % 16)
            good &= found is None or found == (key + 3) % 16 + 1
        return good

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(work, range(1, 9)))
    assert len(kept._values) == 8


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "hue.txt").write_text("Huế\nSông Hương ở Huế.", encoding="utf-8")
    build([tmp_path / "docs"], Settings(index_dir=tmp_path / "index", jobs=1))
    return tmp_path


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often the engine was asked for hits."""
    counted: list[int] = []
    whole = WhooshSearcher.search

    def search(self: WhooshSearcher, query: object, limit: int, *given: object, **more: object):
        if limit:
            counted.append(limit)
        return whole(self, query, limit, *given, **more)

    monkeypatch.setattr(WhooshSearcher, "search", search)
    return counted


def test_the_same_question_is_answered_from_memory(home: Path, searched: list[int]) -> None:
    service = SearchService(Settings(index_dir=home / "index"))
    first = service.search("sông hương")
    again = service.search("sông hương")
    assert len(searched) == 1
    assert replace(again, took_ms=first.took_ms) == first


@pytest.mark.parametrize(
    "wish",
    [
        {"page": 2},
        {"size": 3},
        {"sort": Sort.NEWEST},
        {"verbatim": True},
        {"explain": True},
        {"facet_size": 2},
        {"filters": ["source:*"]},
        {"published_from": "2020"},
    ],
    ids=str,
)
def test_another_wish_is_another_question(
    home: Path, searched: list[int], wish: dict[str, object]
) -> None:
    service = SearchService(Settings(index_dir=home / "index"))
    service.search("sông hương")
    service.search("sông hương", **wish)
    assert len(searched) == 2


def test_a_rebuild_is_seen_at_once(home: Path) -> None:
    service = SearchService(Settings(index_dir=home / "index"))
    assert service.search("sông hương").total == 1
    (home / "docs" / "more.txt").write_text("Sông Hương\nSông Hương chảy.", encoding="utf-8")
    build([home / "docs"], Settings(index_dir=home / "index", jobs=1))
    assert service.search("sông hương").total == 2


def test_a_partial_answer_is_not_kept(
    home: Path, searched: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    service = SearchService(Settings(index_dir=home / "index"))
    monkeypatch.setattr("searchapp.search.service.is_spent", lambda: True)
    assert service.search("sông hương").partial
    service.search("sông hương")
    assert len(searched) == 2
