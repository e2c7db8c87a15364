from __future__ import annotations

import pytest
from releases import PROJECT, Built, build


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(PROJECT, tmp_path_factory.mktemp("dist"))
