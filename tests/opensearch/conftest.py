"""Three nodes that tests may break: each test gets them whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from load import ALIAS, COUNT, LIMIT_S, TOKEN, bring_back

from cluster import Cluster
from searchapp.config import Settings
from searchapp.ingest.build import build

# Who hangs is found out sooner than by default (after 3 times 10 s), so that tests wait less.
_CHECKS = {
    f"cluster.fault_detection.{whose}_check.{name}": value
    for whose in ("leader", "follower")
    for name, value in (("interval", "1s"), ("timeout", "3s"), ("retry_count", 2))
}


@pytest.fixture(scope="module")
def machines(opensearch_installed: None) -> Iterator[Cluster]:
    with Cluster(settings={**_CHECKS, "cluster.info.update.interval": "10s"}) as cluster:
        yield cluster


@pytest.fixture
def nodes(machines: Cluster) -> Cluster:
    """All three run, and each has what it should have."""
    bring_back(machines)
    return machines


@pytest.fixture
def settings(nodes: Cluster, tmp_path: Path) -> Iterator[Settings]:
    """Of an index with two shards, each on two of the nodes, of `COUNT` documents."""
    made = Settings(
        index_dir=tmp_path / "index",
        engine="opensearch",
        jobs=1,
        write_token=TOKEN,
        opensearch_hosts=",".join(nodes.urls),
        opensearch_index=ALIAS,
        opensearch_shards=2,
        opensearch_replicas=1,
        opensearch_timeout_s=LIMIT_S,
        answers_remembered=0,
    )
    records = [
        {"id": f"d{n}", "title": f"Bản tin {n}", "text": f"Nước sông Hồng dâng cao, tin số {n}"}
        for n in range(COUNT)
    ]
    source = tmp_path / "records.jsonl"
    source.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
    build([source], made)
    nodes.wait("green")
    yield made
    left = next(number for number, node in enumerate(nodes.nodes) if node.running)
    nodes.request("DELETE", f"/{ALIAS}-*", node=left)
