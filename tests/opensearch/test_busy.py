"""A server that has more to do than it takes: what it rejects is sent again, until all is there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cluster import Cluster
from searchapp.config import Settings
from searchapp.engines import opensearch_bulk
from searchapp.engines.opensearch_bulk import BulkSender, put
from searchapp.engines.opensearch_client import Cluster as Client

DOCUMENTS = 600


@pytest.fixture
def narrow(opensearch_installed: None) -> Iterator[Cluster]:
    """One node that writes one thing at a time, and lets one more wait."""
    settings = {"node.processors": 1, "thread_pool.write.queue_size": 1}
    with Cluster(nodes=1, settings=settings) as cluster:
        yield cluster


def test_rejected_documents_arrive_in_the_end(
    narrow: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow.request("PUT", "/x", {"settings": {"number_of_shards": 4, "number_of_replicas": 0}})
    monkeypatch.setattr(opensearch_bulk, "_DOCUMENTS_MAX", 20)
    monkeypatch.setattr(opensearch_bulk, "_IN_FLIGHT", 16)
    pauses: list[float] = []
    client = Client(Settings(opensearch_hosts=narrow.urls[0]))
    sending = BulkSender(client, "x", 60, pauses.append)
    for number in range(DOCUMENTS):
        sending.add(put(f"tin {number}", 1, {"text": "sông Hồng " * 50}))
    sending.finish()
    narrow.request("POST", "/x/_refresh")
    assert narrow.request("GET", "/x/_count")["count"] == DOCUMENTS
    pools = narrow.request("GET", "/_nodes/stats/thread_pool")["nodes"].values()
    assert sum(one["thread_pool"]["write"]["rejected"] for one in pools) > 0
    assert pauses, "it waited before it sent them again"
