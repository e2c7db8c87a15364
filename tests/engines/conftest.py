from __future__ import annotations

import random
from pathlib import Path

import pytest

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


@pytest.fixture(params=NAMES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """Every engine in turn."""
    return get_engine(request.param)


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
