"""What engines are told when the live index changes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from searchapp import backups, switching
from searchapp.config import Settings
from searchapp.engines.registry import get_engine
from searchapp.errors import UnavailableError
from searchapp.generations import Generations
from searchapp.ingest.build import build

Told = tuple[str, str | None, list[str]]


class Listening:
    """An engine that only notes what it is told."""

    def __init__(self, name: str, told: list[Told], error: Exception | None = None) -> None:
        self.name, self.told, self.error = name, told, error

    def switched(self, home: Path, live: Path | None, kept: Sequence[Path]) -> None:
        if self.error is not None:
            raise self.error
        shown = None if live is None else live.parent.name
        self.told.append((self.name, shown, [folder.parent.name for folder in kept]))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "a.txt").write_text("Hà Nội\nmùa thu", encoding="utf-8")
    return Settings(index_dir=tmp_path / "index", jobs=1)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Told]:
    heard: list[Told] = []
    monkeypatch.setattr(switching, "get_engine", lambda name, _: Listening(name, heard))
    return heard


def make(settings: Settings) -> str:
    report = build([settings.index_dir.parent / "a.txt"], settings)
    assert report.generation is not None
    return report.generation.name


def test_a_build_tells_its_engine_what_is_live_and_what_is_kept(
    settings: Settings, told: list[Told]
) -> None:
    first, second, third = make(settings), make(settings), make(settings)
    assert told == [("whoosh", first, []), ("whoosh", second, [first]), ("whoosh", third, [second])]


def test_going_back_tells_it_too(settings: Settings, told: list[Told]) -> None:
    first, second = make(settings), make(settings)
    backups.roll_back(Generations(settings.index_dir), settings)
    assert told[-1] == ("whoosh", first, [second])


def test_restoring_tells_it_too(settings: Settings, told: list[Told], tmp_path: Path) -> None:
    first = make(settings)
    generations = Generations(settings.index_dir)
    backups.backup(generations, tmp_path / "b.tar")
    restored = backups.restore(generations, tmp_path / "b.tar", settings)
    assert told[-1] == ("whoosh", restored.name, [first])


@pytest.mark.parametrize("away", ["elsewhere", "whoosh"])
def test_a_server_that_is_away_is_told_the_next_time(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    away: str,
) -> None:
    make(settings)
    generations = Generations(settings.index_dir)
    (live,) = generations.whole()
    told: list[Told] = []

    def engine(name: str, _: Settings) -> object:
        return Listening(name, told, UnavailableError("is away") if name == away else None)

    monkeypatch.setattr(switching, "get_engine", engine)
    gone = type(live)("gone", live.folder, _with_engine(live.manifest, "elsewhere"))
    switching.tell_engines(generations, live, settings, [gone])
    assert {name for name, *_ in told} == {"elsewhere", "whoosh"} - {away}
    assert f"the engine {away} is told later which index is live: is away" in caplog.text


def test_a_build_whose_server_can_not_be_told_is_live_and_stays(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make(settings)
    away = Listening("whoosh", [], UnavailableError("is away"))
    monkeypatch.setattr(switching, "get_engine", lambda *_: away)
    second = make(settings)
    generations = Generations(settings.index_dir)
    assert generations.current().name == second
    assert generations.current().damage() == []
    assert [one.name for one in generations.earlier()] == [first]


def _with_engine(manifest, engine: str):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    return replace(manifest, engine=engine)


def test_engines_that_keep_all_in_a_folder_have_nothing_to_do(tmp_path: Path) -> None:
    get_engine("whoosh").switched(tmp_path, None, [])
    assert list(tmp_path.iterdir()) == []
