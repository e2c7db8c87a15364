"""A steady load of searches and writes, and what became of each."""

from __future__ import annotations

import itertools
import threading
import time
from dataclasses import dataclass
from typing import Any, Self

from flask.testing import FlaskClient

from cluster import Cluster, ClusterError
from searchapp.config import Settings
from searchapp.web import create_app

TOKEN = "mot-bi-mat-that-dai-0123456789"
ALIAS = "su-co"
COUNT = 60
LIMIT_S = 5
"""The time limit that the service is given for OpenSearch."""
QUESTION = "/api/v1/search?q=sông+hồng"
_PATIENCE_S = 120.0
_RECOVERY_S = 45.0
_PAUSE_S = 0.02


@dataclass(frozen=True, slots=True)
class Request:
    """A request and its answer; times in seconds of `time.monotonic`."""

    begun: float
    ended: float
    status: int
    headers: dict[str, str]
    answer: dict[str, Any]
    written: str | None = None


class Load:
    """Searches and writes, one after the other each, while the `with` lasts."""

    def __init__(self, settings: Settings) -> None:
        self._app = create_app(settings)
        self.searches: list[Request] = []
        self.writes: list[Request] = []
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._search),
            threading.Thread(target=self._write),
        ]

    def client(self) -> FlaskClient:
        return self._app.test_client()

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _search(self) -> None:
        client = self.client()
        # Never the same one twice: nothing is answered from a memory of answers.
        for number in itertools.cycle(range(1, 51)):
            if self._stopped.wait(_PAUSE_S):
                return
            self.searches.append(ask(client, f"{QUESTION}&limit={number}"))

    def _write(self) -> None:
        client = self.client()
        for number in itertools.count():
            if self._stopped.is_set():
                return
            self.writes.append(write(client, f"w{number}"))

    @property
    def acknowledged(self) -> list[str]:
        return [one.written for one in self.writes if one.status == 200 and one.written]

    def wait_for(self, *, writes: int = 0, searches: int = 0) -> None:
        """Wait until so many more writes are acknowledged, and searches answered."""
        until = time.monotonic() + _PATIENCE_S
        writes += len(self.acknowledged)
        searches += len(self._answered)
        while len(self.acknowledged) < writes or len(self._answered) < searches:
            assert time.monotonic() < until, f"{self.searches[-1:]}\n{self.writes[-5:]}"
            time.sleep(_PAUSE_S)

    @property
    def _answered(self) -> list[Request]:
        return [one for one in list(self.searches) if one.status == 200]


def ask(client: FlaskClient, path: str) -> Request:
    begun = time.monotonic()
    response = client.get(path)
    answer = response.get_json()
    return Request(begun, time.monotonic(), response.status_code, dict(response.headers), answer)


def write(client: FlaskClient, name: str) -> Request:
    begun = time.monotonic()
    response = client.post(
        "/api/v1/documents",
        json={"id": name, "title": "Viết thêm", "text": f"Tin mới về sông Hồng: {name}"},
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    answer = response.get_json()
    headers = dict(response.headers)
    return Request(begun, time.monotonic(), response.status_code, headers, answer, name)


def bring_back(nodes: Cluster) -> None:
    """Start the nodes that are gone, and wait until each has what it should have."""
    for node in nodes.nodes:
        if not node.running:
            node.start()
    # Seen once in a while: a node has a copy whole and its "started" gets lost, for 15 minutes.
    for help_on in (begin_recoveries_anew, start_anew_where_recoveries_stand_still):
        try:
            nodes.wait("yellow", timeout_s=_RECOVERY_S)
            break
        except ClusterError:
            help_on(nodes)
    else:
        nodes.wait("yellow")
    # Copies that could not be placed several times, while nodes came and went, are not tried again
    # unless one asks for it.
    nodes.request("POST", "/_cluster/reroute?retry_failed=true", node=len(nodes.nodes) - 1)
    nodes.wait("green")


def begin_recoveries_anew(nodes: Cluster) -> None:
    """Cancel the recoveries of copies that are under way."""
    commands = [
        {"cancel": {"index": one["index"], "shard": int(one["shard"]), "node": one["node"]}}
        for one in recoveries(nodes)
    ]
    nodes.request("POST", "/_cluster/reroute", {"commands": commands}, node=len(nodes.nodes) - 1)


def start_anew_where_recoveries_stand_still(nodes: Cluster) -> None:
    """End the nodes that have copies under way, all but the last one, and start them."""
    names = {one["node"] for one in recoveries(nodes)}
    for node in nodes.nodes[:-1]:
        if node.name in names:
            node.kill()
            node.start()


def recoveries(nodes: Cluster) -> list[dict[str, str]]:
    """The copies that are under way, as `_cat/shards` tells them."""
    shards = nodes.request("GET", "/_cat/shards?format=json", node=len(nodes.nodes) - 1)
    return [one for one in shards if one["state"] == "INITIALIZING" and one["prirep"] == "r"]


def assert_told_to_come_back(request: Request) -> None:
    """It failed as it should: a problem document that says why and when to try again."""
    assert request.status == 503, request
    assert request.headers["Content-Type"] == "application/problem+json"
    assert request.headers["Retry-After"] == "5"
    assert "OpenSearch" in request.answer["detail"]
