"""Nodes that were away for a while, and do not know an index yet: with a cluster that pretends."""

from __future__ import annotations

from typing import Any

import pytest

from searchapp.engines.opensearch_client import MissingError
from searchapp.engines.opensearch_indexes import Place, read_built
from searchapp.errors import IndexRefusedError, UnavailableError

PLACE = Place(name="x-1", uuid="u1", owner="o", documents=1, shards=1)


class Cluster:
    """Nodes that answer in turn; ``knows`` says which of them know the index."""

    def __init__(self, *knows: bool, uuid: str = "u1") -> None:
        self.knows, self.uuid, self.asked = knows, uuid, 0

    def read(self, method: str, path: str, body: Any = None, **_: Any) -> dict[str, Any]:
        knows = self.knows[self.asked % len(self.knows)]
        self.asked += 1
        if not knows:
            raise MissingError("OpenSearch: no such index [x-1]")
        if method == "GET":
            return {"x-1": {"settings": {"index.uuid": self.uuid}}}
        return {"answer": body}


def read(cluster: Cluster) -> dict[str, Any]:
    return read_built(cluster, PLACE, "/x-1/_search", {"size": 0})  # type: ignore[arg-type]


@pytest.mark.parametrize("knows", [(True,), (False, True), (False, False, True)])
def test_another_node_is_asked(knows: tuple[bool, ...]) -> None:
    assert read(Cluster(*knows)) == {"answer": {"size": 0}}


def test_what_one_node_in_many_knows_is_not_gone() -> None:
    with pytest.raises(UnavailableError, match="no such index"):
        read(Cluster(False, False, False, True))


@pytest.mark.parametrize("cluster", [Cluster(False), Cluster(False, False, False, True, uuid="u2")])
def test_what_nobody_knows_or_is_another_is_refused(cluster: Cluster) -> None:
    with pytest.raises(IndexRefusedError):
        read(cluster)
