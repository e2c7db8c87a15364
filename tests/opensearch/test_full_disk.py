"""Disks that are nearly full: OpenSearch takes no more documents, and goes on answering."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from load import ALIAS, COUNT, QUESTION, Load, ask, assert_told_to_come_back, write

from cluster import Cluster
from searchapp.config import Settings
from searchapp.errors import UnavailableError
from searchapp.generations import Generations
from searchapp.ingest.build import build

_DISK = "cluster.routing.allocation.disk"
_WATERMARKS = tuple(f"{_DISK}.watermark.{name}" for name in ("low", "high", "flood_stage"))
_GAUGE = "muc-nuoc"
_PATIENCE_S = 60.0


@pytest.fixture
def full_disks(nodes: Cluster, settings: Settings) -> Iterator[None]:
    """More free space is asked for than any disk has."""
    nodes.request("PUT", f"/{_GAUGE}")
    wanted = dict.fromkeys(_WATERMARKS, "900000gb")
    nodes.request(
        "PUT", "/_cluster/settings", {"transient": {f"{_DISK}.threshold_enabled": True, **wanted}}
    )
    until = time.monotonic() + _PATIENCE_S
    while not is_blocked(nodes):
        assert time.monotonic() < until
        time.sleep(0.5)
    yield
    empty_disks(nodes)
    nodes.request("DELETE", f"/{_GAUGE}")


def is_blocked(nodes: Cluster) -> bool:
    """Whether the cluster has noticed: indexes that take no documents anyway it does not mark."""
    found = nodes.request("GET", f"/{_GAUGE}/_settings?flat_settings=true")
    return "index.blocks.read_only_allow_delete" in found[_GAUGE]["settings"]


def empty_disks(nodes: Cluster) -> None:
    names = (*_WATERMARKS, f"{_DISK}.threshold_enabled")
    nodes.request("PUT", "/_cluster/settings", {"transient": dict.fromkeys(names)})
    nodes.request("PUT", "/_all/_settings", {"index.blocks.read_only_allow_delete": None})


@pytest.mark.usefixtures("full_disks")
def test_nothing_is_written_and_everything_is_found(nodes: Cluster, settings: Settings) -> None:
    client = Load(settings).client()
    refused = write(client, "quá nhiều")
    assert_told_to_come_back(refused)
    assert "disk" in refused.answer["detail"]
    found = ask(client, QUESTION).answer
    assert (found["total"], found["partial"]) == (COUNT, False)
    assert ask(client, "/readyz").answer["status"] == "ready"

    live = Generations(settings.index_dir).current_name()
    with pytest.raises(UnavailableError, match="disk"):
        build([settings.index_dir.parent / "records.jsonl"], settings)
    assert Generations(settings.index_dir).current_name() == live
    assert ask(client, f"{QUESTION}&limit=7").answer["total"] == COUNT

    empty_disks(nodes)
    until = time.monotonic() + _PATIENCE_S
    while (written := write(client, "vừa đủ")).status != 200:
        assert_told_to_come_back(written)  # the cluster looks at its disks now and then
        assert time.monotonic() < until
        time.sleep(0.5)
    assert ask(client, f"{QUESTION}&limit=8").answer["total"] == COUNT + 1
    left = nodes.request("GET", f"/{ALIAS}-*/_settings")
    assert len(left) <= 2, "the live one, and the one before: nothing of what failed"
