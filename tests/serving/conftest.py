from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from searchapp.config import Settings
from searchapp.ingest.build import build


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an index/."""
    home = tmp_path_factory.mktemp("serving")
    rows = [{"id": f"{n}", "title": f"Hà Nội {n}", "text": "mùa thu " * 50} for n in range(60)]
    (home / "r.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    build([home / "r.jsonl"], Settings(index_dir=home / "index", jobs=1))
    return home


@pytest.fixture
def socket_path() -> Iterator[Path]:
    """Where a Unix socket may lie: pytest's own folders have names longer than one may have."""
    folder = Path(tempfile.mkdtemp(prefix="searchapp-"))
    yield folder / "web.sock"
    shutil.rmtree(folder)
