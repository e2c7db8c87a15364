from __future__ import annotations

from pathlib import Path

import pytest
from mcp_corpus import build_index

from searchapp.config import Settings
from searchapp.search.service import SearchService


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def index_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("assistants") / "index"
    build_index(found)
    return found


@pytest.fixture(scope="session")
def service(index_dir: Path) -> SearchService:
    return SearchService(Settings(index_dir=index_dir))
