from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from clusters import FreshCluster

from cluster import Cluster, ClusterError

PROJECT = Path(__file__).parents[2]


def test_three_nodes_join_and_answer_alike(opensearch: Cluster) -> None:
    assert opensearch.wait("green", nodes=3)["number_of_nodes"] == 3
    for node in range(3):
        found = opensearch.request("GET", "/_cat/nodes?format=json", node=node)
        assert {row["name"] for row in found} == {"node-1", "node-2", "node-3"}
        assert {row["ip"] for row in found} == {"127.0.0.1"}


def test_it_has_what_the_engine_needs(opensearch: Cluster) -> None:
    """Own terms by white space, positions, scores by function, aggregations page by page."""
    request = opensearch.request
    body = {"type": "text", "analyzer": "whitespace"}
    properties = {"body": body, "year": {"type": "integer"}}
    request("PUT", "/features", {"mappings": {"properties": properties}})
    request("PUT", "/features/_doc/a?version=7&version_type=external", {"body": "xây dựng đảng"})
    request(
        "PUT", "/features/_doc/b?refresh=true", {"body": "đảng và nhà_nước xây cầu", "year": 2024}
    )
    interval = {"match": {"query": "xây dựng", "ordered": True, "max_gaps": 0}}
    query = {"function_score": {"query": {"intervals": {"body": interval}}, "weight": 2}}
    sources = [{"year": {"terms": {"field": "year"}}}]
    aggregations = {"years": {"composite": {"sources": sources}}}
    point = request("POST", "/features/_search/point_in_time?keep_alive=1m")
    found = request(
        "POST",
        "/_search",
        {"pit": {"id": point["pit_id"]}, "query": query, "aggs": aggregations},
    )
    assert [hit["_id"] for hit in found["hits"]["hits"]] == ["a"]
    assert request("GET", "/features/_doc/a")["_version"] == 7
    years = request("POST", "/features/_search", {"size": 0, "aggs": aggregations})
    assert years["aggregations"]["years"]["buckets"] == [{"key": {"year": 2024}, "doc_count": 1}]
    request("PUT", "/features/_block/write")
    request("PUT", "/features/_clone/copied")
    assert request("GET", "/copied/_count")["count"] == 2
    request("POST", "/_aliases", {"actions": [{"add": {"index": "copied", "alias": "live"}}]})
    assert request("GET", "/live/_count")["count"] == 2
    request("DELETE", "/_search/point_in_time", {"pit_id": [point["pit_id"]]})
    request("DELETE", "/features,copied")


def test_a_killed_node_is_survived_and_comes_back_with_its_data(
    fresh_cluster: FreshCluster,
) -> None:
    cluster = fresh_cluster(
        settings={
            "index.number_of_replicas": 1,
            "index.number_of_shards": 3,
            "index.unassigned.node_left.delayed_timeout": "0",
        }
    )
    cluster.request("PUT", "/poems/_doc/kieu?refresh=true", {"title": "Truyện Kiều"})
    assert cluster.wait("green")["active_shards"] == 6
    first = cluster.nodes[0]
    before = first.pid
    first.kill()
    assert first.pid is None
    assert cluster.wait("green", nodes=2)["active_shards"] == 6  # the other two made new replicas
    identity = cluster.request("GET", "/_nodes/_local", node=1)["nodes"]
    assert cluster.request("GET", "/poems/_doc/kieu", node=1)["_source"]["title"] == "Truyện Kiều"
    first.start()
    assert cluster.wait("green", nodes=3)["number_of_nodes"] == 3
    assert first.pid not in (before, None)
    assert cluster.request("GET", "/poems/_doc/kieu")["_source"]["title"] == "Truyện Kiều"
    assert cluster.request("GET", "/_nodes/node-2")["nodes"].keys() == identity.keys()

    os.kill(first.pid, signal.SIGKILL)  # behind the cluster's back
    os.waitid(os.P_PID, first.pid, os.WEXITED | os.WNOWAIT)
    with pytest.raises(ClusterError, match="node-1 ended with status -9"):
        cluster.wait()


def test_a_restarted_node_keeps_its_identity_and_a_paused_one_wakes(
    fresh_cluster: FreshCluster,
) -> None:
    cluster = fresh_cluster(1, settings={"index.number_of_replicas": 0})
    (node,) = cluster.nodes
    cluster.request("PUT", "/poems/_doc/kieu", {"title": "Truyện Kiều"})
    (identity,) = cluster.request("GET", "/_nodes")["nodes"]
    node.pause()
    assert node.running
    with pytest.raises(ClusterError, match="not green after"):
        cluster.wait("green", timeout_s=0.2)
    node.resume()
    cluster.wait("green")
    node.restart()
    cluster.wait("green")
    assert list(cluster.request("GET", "/_nodes")["nodes"]) == [identity]
    assert cluster.request("GET", "/poems/_doc/kieu")["_source"]["title"] == "Truyện Kiều"
    folder = cluster.folder
    cluster.stop()
    assert not folder.exists()


def test_a_taken_port_is_named(opensearch: Cluster, tmp_path: Path) -> None:
    taken = opensearch.nodes[1].http_port
    with (
        pytest.raises(ClusterError, match=rf"127\.0\.0\.1:{taken} is taken"),
        Cluster(1, folder=tmp_path, http_ports=[taken]),
    ):
        pass
    assert not any(tmp_path.iterdir())


def test_a_node_that_cannot_start_shows_the_end_of_its_log(fresh_cluster: FreshCluster) -> None:
    with pytest.raises(ClusterError, match=r"unknown setting \[no\.such\.setting\]"):
        fresh_cluster(1, settings={"no.such.setting": True})


def test_the_nodes_end_with_their_starter(opensearch_installed: None, tmp_path: Path) -> None:
    code = f"""
import signal
from pathlib import Path
from cluster import Cluster
node = Cluster(1, folder=Path({str(tmp_path)!r})).nodes[0]
node.start()
print(node.pid, flush=True)
signal.pause()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    ) as starter:
        assert starter.stdout is not None
        node = os.pidfd_open(int(starter.stdout.readline()))
        try:
            starter.kill()
            starter.wait()
            assert select.select([node], [], [], 30)[0] == [node]
        finally:
            os.close(node)
