"""How long a new index is waited for while nodes come and go: with a cluster that only pretends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from searchapp.engines.opensearch_making import wait_for_shards
from searchapp.errors import UnavailableError


class Cluster:
    """Answers one health after the other; the last one again and again. Each takes a second."""

    def __init__(self, *healths: dict[str, Any], explained: dict[str, Any] | None = None) -> None:
        self.healths = list(healths)
        self.explained = explained or {}
        self.asked = 0

    def health(self, index: str, **parameters: Any) -> dict[str, Any]:
        if parameters.get("level") == "shards":
            return {
                "indices": {
                    index: {
                        "shards": {"0": {"primary_active": True}, "1": {"primary_active": False}}
                    }
                }
            }
        self.asked += 1
        return self.healths[min(self.asked, len(self.healths)) - 1]

    def read(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        assert (path, body["shard"]) == ("/_cluster/allocation/explain", 1), (
            "the one that is missing"
        )
        return self.explained

    def monotonic(self) -> float:
        return float(self.asked)


def health(status: str, initializing: int = 0, done: bool = False) -> dict[str, Any]:
    return {"status": status, "initializing_shards": initializing, "timed_out": not done}


def wait(cluster: Cluster, wanted: str = "green") -> None:
    wait_for_shards(cluster, "x", wanted, 5, cluster.monotonic)  # type: ignore[arg-type]


def test_what_is_there_is_not_waited_for() -> None:
    cluster = Cluster(health("green", done=True))
    wait(cluster)
    assert cluster.asked == 1


def test_copies_are_waited_for_as_long_as_some_are_made() -> None:
    copying = [health("yellow", 2)] * 50
    cluster = Cluster(*copying, health("green", done=True))
    wait(cluster)
    assert cluster.asked == 51


def test_copies_that_have_no_place_are_done_without() -> None:
    cluster = Cluster(health("yellow"))
    wait(cluster)
    assert 5 <= cluster.asked <= 7


def test_patience_begins_anew_when_copying_does() -> None:
    seen = [health("yellow")] * 4 + [health("yellow", 1)] + [health("yellow")] * 4
    cluster = Cluster(*seen, health("green", done=True))
    wait(cluster)
    assert cluster.asked == 10


def test_copying_that_never_ends_is_given_up() -> None:
    cluster = Cluster(health("yellow", 1))
    wait(cluster)
    assert 3600 <= cluster.asked <= 3610


DISK = (
    "the node is above the low watermark, having less than the minimum required free space on disk"
)


def decisions(*deciders: tuple[str, str]) -> dict[str, Any]:
    told = [{"decision": decision, "explanation": text} for decision, text in deciders]
    return {"node_allocation_decisions": [{"deciders": told}], "allocate_explanation": "can't"}


@pytest.mark.parametrize(
    ("explained", "reason"),
    [
        (decisions(("YES", "fine"), ("NO", "no copy here"), ("NO", DISK)), DISK),
        (decisions(("NO", "no copy here")), "no copy here"),
        ({"allocate_explanation": "the node has left"}, "the node has left"),
        ({}, "its node has gone"),
    ],
)
def test_a_missing_shard_is_a_failure_with_its_reason(
    explained: dict[str, Any], reason: str
) -> None:
    cluster = Cluster(health("red"), explained=explained)
    with pytest.raises(UnavailableError, match="nothing was changed, try again") as raised:
        wait(cluster, "yellow")
    assert f"({reason})" in str(raised.value)


def test_a_node_that_comes_back_in_time_is_waited_for() -> None:
    seen: Iterator[dict[str, Any]] = iter([health("red")] * 4)
    wait(Cluster(*seen, health("yellow", done=True)), "yellow")
