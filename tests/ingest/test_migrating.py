"""Moving an index to another engine: the documents and their terms go along, files are not read."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from searchapp.backups import roll_back
from searchapp.cli.main import commands
from searchapp.config import Settings
from searchapp.documents import Document
from searchapp.engines.registry import NAMES
from searchapp.errors import IndexRefusedError, InputError, NoIndexError
from searchapp.generations import Generations
from searchapp.ingest.build import build, update
from searchapp.ingest.migrating import migrate
from searchapp.ingest.programs import delete_documents, put_documents
from searchapp.search.service import SearchService
from searchapp.verification import verify

HERE = [name for name in NAMES if name != "opensearch"]  # those that need no server


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "ha-noi.txt").write_text("Hà Nội\nMùa thu Hà Nội có hoa sữa", encoding="utf-8")
    (docs / "hue.txt").write_text("Huế\nSông Hương chảy qua Huế", encoding="utf-8")
    (docs / "da-nang.txt").write_text("Đà Nẵng\nCầu Rồng bắc qua sông Hàn", encoding="utf-8")
    made = Settings(index_dir=tmp_path / "index", jobs=1)
    build([docs], made)
    return made


def ids(settings: Settings, query: str) -> list[str]:
    return [hit.document.id for hit in SearchService(settings).search(query).hits]


@pytest.mark.parametrize("engine", HERE)
def test_everything_goes_along_without_the_files(settings: Settings, engine: str) -> None:
    put_documents([Document("can-tho", "Cần Thơ", "Chợ nổi Cái Răng trên sông")], settings)
    delete_documents(["docs/hue.txt"], settings)
    before = ids(settings, "sông")
    docs = settings.index_dir.parent / "docs"
    shutil.move(docs, docs.with_name("gone"))
    report = migrate(engine, settings)
    assert (report.indexed, report.posted) == (3, 1)
    current = Generations(settings.index_dir).current()
    assert current.manifest.engine == engine
    assert sorted(ids(settings, "sông")) == sorted(before) == ["can-tho", "docs/da-nang.txt"]
    assert verify(current, settings, deep=True) == []
    shutil.move(docs.with_name("gone"), docs)
    assert update([], settings).generation is None, "nothing has changed"
    assert ids(settings, "Huế") == [], "what was taken out stays out"


@pytest.mark.parametrize("engine", HERE)
def test_the_index_before_can_be_gone_back_to(settings: Settings, engine: str) -> None:
    before = Generations(settings.index_dir).current_name()
    migrate(engine, settings)
    roll_back(Generations(settings.index_dir), settings)
    assert Generations(settings.index_dir).current_name() == before
    assert ids(settings, "Huế") == ["docs/hue.txt"]


@pytest.mark.parametrize("engine", HERE)
def test_updates_and_writes_stay_with_the_engine(settings: Settings, engine: str) -> None:
    migrate(engine, settings)
    put_documents([Document("vinh", "Vinh", "thành phố bên sông Lam")], settings)
    assert Generations(settings.index_dir).current().manifest.engine == engine
    (settings.index_dir.parent / "docs" / "hue.txt").write_text("Huế\nCố đô", encoding="utf-8")
    update([], settings)
    assert Generations(settings.index_dir).current().manifest.engine == engine
    assert ids(settings, "cố đô") == ["docs/hue.txt"]


def test_nothing_is_moved_to_an_unknown_engine(settings: Settings) -> None:
    live = Generations(settings.index_dir).current_name()
    with pytest.raises(InputError, match=r"lucene.*whoosh"):
        migrate("lucene", settings)
    assert Generations(settings.index_dir).current_name() == live


def test_there_has_to_be_an_index(tmp_path: Path) -> None:
    with pytest.raises(NoIndexError):
        migrate("whoosh", Settings(index_dir=tmp_path / "none"))


def test_damage_is_not_moved_along(settings: Settings) -> None:
    current = Generations(settings.index_dir).current()
    (chunk,) = [p for p in current.store_folder.iterdir() if p.name != "journal.jsonl"]
    data = bytearray(chunk.read_bytes())
    data[len(data) // 2] ^= 1
    chunk.write_bytes(data)
    with pytest.raises(IndexRefusedError, match="update"):
        migrate("whoosh", settings)
    assert Generations(settings.index_dir).current_name() == current.name


def test_the_command_says_what_it_did(settings: Settings) -> None:
    where = ["--index-dir", str(settings.index_dir)]
    done = CliRunner().invoke(commands, ["migrate", "--to", "whoosh", *where])
    assert done.exit_code == 0
    assert "Moved 3 documents to whoosh" in done.stdout
    refused = CliRunner().invoke(commands, ["migrate", *where])
    assert refused.exit_code == 2
