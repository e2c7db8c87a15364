from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from collector import Collector
from flask import Flask
from flask.testing import FlaskClient
from hostile import HOSTILE, ODD_IDS
from writers import TOKEN, FakePrograms, app_with

from searchapp.config import Settings
from searchapp.ingest import programs
from searchapp.ingest.build import build
from searchapp.web import create_app, writing

SEEDS = Path(__file__).parents[2] / "seeds"


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write in this process; `tests/ingest/test_programs.py` tries it in one apart."""
    monkeypatch.setattr(writing, "run_apart", lambda function, *given: function(*given))


@pytest.fixture(scope="session")
def index_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("web")
    records = [
        {
            "id": "hostile",
            "title": f"Hà Nội {HOSTILE}",
            "text": f"Mùa thu {HOSTILE} Hà Nội",
            "source": HOSTILE,
            "category": HOSTILE,
            "author": HOSTILE,
            "tags": [HOSTILE],
            "url": "javascript:alert(1)",
            "published": "2024-03-05",
        },
        {
            "id": "hue",
            "title": "Huế",
            "text": "Thành phố Huế có sông Hương.\n\nCầu Trường Tiền.",
            "url": "https://vi.example/hue?a=1&b=2",
        },
        {"id": "no-title", "text": "Một đoạn không tựa về kỳ lân."},
        {"id": "no-text", "title": "Chỉ có tựa về rồng"},
        *({"id": name, "title": f"Mã lạ {n}", "text": name} for n, name in enumerate(ODD_IDS)),
        *({"id": f"n{n:02}", "title": f"Bản tin {n}", "text": "thời tiết"} for n in range(35)),
    ]
    path = home / "records.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")
    build([path], Settings(index_dir=home / "index", jobs=1))
    return home / "index"


@pytest.fixture(scope="session")
def seeds_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample corpus, indexed."""
    target = tmp_path_factory.mktemp("seeds") / "index"
    build([SEEDS], Settings(index_dir=target, jobs=1))
    return target


@pytest.fixture(scope="session")
def seeds_client(seeds_index: Path) -> FlaskClient:
    """Of the application over the sample corpus."""
    app = create_app(Settings(index_dir=seeds_index, answers_remembered=0))
    app.testing = True
    return app.test_client()


@pytest.fixture(scope="session")
def app(index_dir: Path) -> Flask:
    # It remembers nothing: some tests have the engine do otherwise than it did.
    app = create_app(Settings(index_dir=index_dir, answers_remembered=0))
    app.testing = True
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def empty_client(tmp_path: Path) -> FlaskClient:
    """Of an application without an index."""
    return create_app(Settings(index_dir=tmp_path / "none")).test_client()


@pytest.fixture
def fake_programs(monkeypatch: pytest.MonkeyPatch) -> FakePrograms:
    """What the web layer writes to, without an index."""
    fake = FakePrograms()
    monkeypatch.setattr(programs, "put_documents", fake.put_documents)
    monkeypatch.setattr(programs, "delete_documents", fake.delete_documents)
    return fake


@pytest.fixture
def writer(fake_programs: FakePrograms, tmp_path: Path) -> FlaskClient:
    """Of an application that may be written to; nothing behind it is real."""
    return app_with(index_dir=tmp_path / "none", write_token=TOKEN)


@pytest.fixture
def real(tmp_path: Path) -> Iterator[FlaskClient]:
    """Of an application over an index that is not there yet."""
    client = app_with(index_dir=tmp_path / "index", jobs=1, write_token=TOKEN, write_wait_s=0)
    yield client
    followed = client.application.extensions["searchapp"]._index
    for live in filter(None, (followed._live, followed._earlier)):
        live.searcher.close()  # else its files are closed whenever garbage is collected


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.05,))
        thread.start()
        yield made
        made.shutdown()
        thread.join()
