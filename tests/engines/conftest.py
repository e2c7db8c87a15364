from __future__ import annotations

import random
from pathlib import Path

import pytest
from memory_engine import LESS, LIBRARIES, MemoryEngine

from cluster import Cluster
from searchapp.config import Settings
from searchapp.documents import Document
from searchapp.engines.base import Engine
from searchapp.engines.registry import NAMES, get_engine

SYLLABLES = [
    "xây",
    "dựng",
    "đảng",
    "nhà",
    "nước",
    "việt",
    "nam",
    "hà",
    "nội",
    "sông",
    "hồng",
    "núi",
    "biển",
    "học",
    "sinh",
    "trường",
    "đại",
    "kinh",
    "tế",
    "xã",
    "hội",
    "công",
    "ty",
    "giao",
    "thông",
    "y",
    "bác",
    "sĩ",
    "bệnh",
    "viện",
    "thuốc",
    "duong",
    "đường",
    "dương",
    "mưa",
    "nắng",
    "gió",
    "cà",
    "phê",
    "bánh",
    "mì",
]


# Engines that need a server: the fixture, of the scope of the session, that gives the settings.
SETTINGS_FIXTURES = {"opensearch": "opensearch_settings"}


def named_engine(name: str, request: pytest.FixtureRequest) -> Engine:
    """An engine of the product, with what it needs."""
    fixture = SETTINGS_FIXTURES.get(name)
    return get_engine(name, request.getfixturevalue(fixture) if fixture else None)


@pytest.fixture(scope="session")
def opensearch_settings(opensearch: Cluster) -> Settings:
    """Three nodes, and indexes that lie on two of them."""
    return Settings(
        opensearch_hosts=",".join(node.url for node in opensearch.nodes),
        opensearch_index="contract",
        opensearch_shards=2,
        opensearch_replicas=0,
        opensearch_timeout_s=30,
    )


@pytest.fixture(scope="session", params=NAMES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """Every engine of the product in turn."""
    return named_engine(request.param, request)


@pytest.fixture(scope="session", params=[name for name in NAMES if name not in SETTINGS_FIXTURES])
def local_engine(request: pytest.FixtureRequest) -> Engine:
    """Every engine that makes an index in a moment, for tests that make dozens of them."""
    return named_engine(request.param, request)


@pytest.fixture(scope="session", params=[*NAMES, "memory", "memory, less able"])
def any_engine(request: pytest.FixtureRequest) -> Engine:
    """Every engine, and the one in memory: as able as can be, and as others are."""
    match request.param:
        case "memory":
            return MemoryEngine()
        case "memory, less able":
            return MemoryEngine(LIBRARIES, LESS)
    return named_engine(request.param, request)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for one index."""
    made = tmp_path / "engine"
    made.mkdir()
    return made


@pytest.fixture(scope="session")
def random_documents() -> list[Document]:
    """300 documents of drawn syllables, the frequent ones far more often; ids in no order."""
    drawn = random.Random(20261122)
    weights = [1 / rank for rank in range(1, len(SYLLABLES) + 1)]

    def text(most: int) -> str:
        return " ".join(drawn.choices(SYLLABLES, weights, k=drawn.randint(0, most)))

    ids = [f"tài liệu {number:03}" for number in range(300)]
    drawn.shuffle(ids)
    return [Document(id=name, title=text(5), text=text(60)) for name in ids]
