"""Nodes that are killed or hang, while people search and programs write."""

from __future__ import annotations

from load import (
    COUNT,
    LIMIT_S,
    QUESTION,
    Load,
    Request,
    ask,
    assert_told_to_come_back,
    bring_back,
    write,
)

from cluster import Cluster
from cluster.node import Node
from searchapp.config import Settings

PARTIAL = "Một phần chỉ mục không trả lời kịp"
DOWN = "Tạm thời không tìm được"


def manager(nodes: Cluster) -> Node:
    """The node that manages the cluster: its loss costs most."""
    (told,) = nodes.request("GET", "/_cat/cluster_manager?format=json")
    return next(node for node in nodes.nodes if node.name == told["node"])


def assert_nothing_is_lost(load: Load) -> None:
    client = load.client()
    for name in load.acknowledged:
        assert client.get(f"/api/v1/documents/{name}").status_code == 200, name
    found = ask(client, f"{QUESTION}&limit=100").answer
    assert found["partial"] is False
    # A write may have come to pass whose acknowledgement was lost.
    assert COUNT + len(load.acknowledged) <= found["total"] <= COUNT + len(load.writes)


def assert_failed_for_one_time_limit_at_most(searches: list[Request]) -> None:
    """From the first that failed, or missed a part, to the last; each was told so in time."""
    failed = [one for one in searches if one.status != 200 or one.answer["partial"]]
    for one in failed:
        assert one.ended - one.begun < 3 * LIMIT_S, "the limit, on a machine that is busy"
        if one.status != 200:
            assert_told_to_come_back(one)
    if failed:
        assert failed[-1].begun - failed[0].begun < 4 * LIMIT_S


def test_a_node_that_is_killed_costs_no_acknowledged_write(
    nodes: Cluster, settings: Settings
) -> None:
    with Load(settings) as load:
        load.wait_for(writes=2, searches=20)
        manager(nodes).kill()
        load.wait_for(writes=3, searches=100)
    assert_failed_for_one_time_limit_at_most(load.searches)
    for one in load.writes:
        if one.status != 200:
            assert_told_to_come_back(one)
    assert ask(load.client(), "/readyz").answer["status"] == "ready", "there are copies of all"
    assert_nothing_is_lost(load)


def test_of_three_nodes_one_is_left_and_then_all_come_back(
    nodes: Cluster, settings: Settings
) -> None:
    load = Load(settings)
    with load:
        load.wait_for(writes=1)
    client = load.client()
    lost = nodes.nodes[:2]
    for node in lost:
        node.kill()

    for number in range(20):
        before, ready, after = (
            ask(client, f"{QUESTION}&limit={2 * number + 1}"),
            ask(client, "/readyz"),
            ask(client, f"{QUESTION}&limit={2 * number + 2}"),
        )
        for one in (before, after):
            if one.status != 200:
                assert_told_to_come_back(one)
        if told(before) == told(after):  # or it changed just now
            assert ready.answer["status"] == told(before)
        assert (ready.status == 503) is (ready.answer["status"] == "unavailable")
    page = client.get("/search?q=sông+hồng&lang=vi").get_data(as_text=True)
    words = {"partial": PARTIAL, "unavailable": DOWN}
    for status, text in words.items():
        assert (text in page) is (told(after) == status)
    assert client.get("/healthz").status_code == 200
    assert_told_to_come_back(write(client, "giữa lúc ấy"))
    assert ask(client, "/healthz").status == 200

    bring_back(nodes)
    assert ask(client, "/readyz").answer["status"] == "ready"
    assert_nothing_is_lost(load)
    assert write(client, "sau đó").status == 200
    assert client.get("/api/v1/documents/sau đó").status_code == 200


def told(search: Request) -> str:
    """What `/readyz` should say where a search was answered like this."""
    if search.status != 200:
        return "unavailable"
    return "partial" if search.answer["partial"] else "ready"


def test_a_node_that_hangs_is_done_without(nodes: Cluster, settings: Settings) -> None:
    hangs = next(node for node in nodes.nodes if node is not manager(nodes))
    with Load(settings) as load:
        load.wait_for(writes=1, searches=20)
        hangs.pause()
        try:
            load.wait_for(writes=1, searches=100)
        finally:
            hangs.resume()
        load.wait_for(writes=2, searches=50)
    assert_failed_for_one_time_limit_at_most(load.searches)
    for one in load.writes:
        if one.status != 200:
            assert_told_to_come_back(one)
    nodes.wait("green")
    assert_nothing_is_lost(load)
