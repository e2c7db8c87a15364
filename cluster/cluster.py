"""Nodes that form one cluster."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import urllib3

from cluster import distribution, ports
from cluster.errors import ClusterError
from cluster.node import HOST, QUICK, Node

_SETTINGS = {
    "cluster.name": "searchapp",
    # A disk that is nearly full is no reason to place no shards on it here.
    "cluster.routing.allocation.disk.threshold_enabled": False,
}
_WAIT_S = 0.1


class Cluster:
    """So many nodes, each a JVM that listens on 127.0.0.1 only; stopped at the end of `with`.

    `http_ports`: one a node; free ones by default. The transport's ports are chosen if they are, or
    else lie 100 above. `folder` is kept, data and all; the temporary default is removed.
    `settings` go into each node's opensearch.yml, those that begin with `index.` into a template
    for every index that no composable template matches.
    """

    def __init__(
        self,
        nodes: int = 3,
        *,
        folder: Path | None = None,
        http_ports: Sequence[int] | None = None,
        heap_mb: int = 512,
        settings: Mapping[str, object] | None = None,
        jvm: Sequence[str] = QUICK,
        start_timeout_s: float = 120.0,
    ) -> None:
        self._temporary = folder is None
        self.folder = Path(tempfile.mkdtemp(prefix="cluster-")) if folder is None else folder
        self._heap_mb, self._jvm, self._start_timeout_s = heap_mb, jvm, start_timeout_s
        given = _SETTINGS | dict(settings or {})
        self._index_settings = {k: v for k, v in given.items() if k.startswith("index.")}
        self._node_settings = {k: v for k, v in given.items() if not k.startswith("index.")}
        self._http = urllib3.PoolManager(retries=False)
        free = ports.free_ports(2 * nodes) if http_ports is None else []
        chosen = free[:nodes] if http_ports is None else list(http_ports)
        transport = free[nodes:] or [port + 100 for port in chosen]
        names = [f"node-{number}" for number in range(1, nodes + 1)]
        self._node_settings["discovery.seed_hosts"] = [f"{HOST}:{port}" for port in transport]
        first = {"cluster.initial_cluster_manager_nodes": names}
        self.nodes = [
            self._node(name, http_port, transport_port, first)
            for name, http_port, transport_port in zip(names, chosen, transport, strict=True)
        ]

    def _node(
        self, name: str, http_port: int, transport_port: int, more: Mapping[str, object]
    ) -> Node:
        return Node(
            name,
            self.folder / name,
            http_port=http_port,
            transport_port=transport_port,
            settings={**self._node_settings, **more},
            heap_mb=self._heap_mb,
            jvm=self._jvm,
        )

    @property
    def urls(self) -> list[str]:
        """The nodes' addresses, of those that are down, too."""
        return [node.url for node in self.nodes]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start all nodes and wait until each has joined; on failure none is left.

        Raises MissingError without Java or OpenSearch, ClusterError if a port is taken, a node ends
        or time runs out.
        """
        distribution.java()
        distribution.opensearch_home()
        for node in self.nodes:
            for port in (node.http_port, node.transport_port):
                if not ports.is_free(port):
                    self.stop()
                    raise ClusterError(f"{HOST}:{port} is taken; choose other ports")
        try:
            for node in self.nodes:
                node.start()
            self.wait()
            if self._index_settings:
                template = {"index_patterns": ["*"], "settings": self._index_settings}
                self.request("PUT", "/_template/cluster-settings", template)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop all nodes, at the same time; remove the folder if it is a temporary one."""
        for node in self.nodes:
            node.ask_to_stop()
        for node in self.nodes:
            node.wait_stopped()
        self._http.clear()
        if self._temporary:
            shutil.rmtree(self.folder, ignore_errors=True)

    def check(self) -> None:
        """Raise ClusterError if a node ended that was neither stopped nor killed through here."""
        for node in self.nodes:
            node.check()

    def wait(
        self, status: str = "yellow", *, nodes: int | None = None, timeout_s: float | None = None
    ) -> dict[str, Any]:
        """The health, once it is this status or better with so many nodes (default: all running).

        Shards that initialise or move are waited for, too, and that each node that runs takes
        requests. A paused node counts as running. Raises
        ClusterError if a node ends or after `timeout_s` (default: the time limit of a start).
        """
        limit = self._start_timeout_s if timeout_s is None else timeout_s
        ends = time.monotonic() + limit
        health: dict[str, Any] | None = None
        while time.monotonic() < ends:
            self.check()
            wanted = sum(node.running for node in self.nodes) if nodes is None else nodes
            asked = f"wait_for_status={status}&wait_for_nodes={wanted}&timeout=1s"
            asked += "&wait_for_no_initializing_shards=true&wait_for_no_relocating_shards=true"
            health = self._health(asked) or health
            # A node joins a moment before it listens for requests.
            if (
                health is not None
                and not health["timed_out"]
                and all(node.listens() for node in self.nodes if node.running)
            ):
                return health
            time.sleep(_WAIT_S)
        raise ClusterError(self._late(status, limit, health))

    def _health(self, asked: str) -> dict[str, Any] | None:
        """What the first node says that answers within some seconds; None if none does."""
        for node in self.nodes:
            if not node.running:
                continue
            try:
                # 408 says that the time limit in `asked` has passed; it has a body like the others.
                said = self._http.request(
                    "GET", f"{node.url}/_cluster/health?{asked}", timeout=urllib3.Timeout(3.0)
                )
            except urllib3.exceptions.HTTPError:
                continue
            if said.status in (200, 408):
                found: dict[str, Any] = said.json()
                return found
        return None

    def _late(self, status: str, limit: float, health: dict[str, Any] | None) -> str:
        logs = "\n".join(f"{node.log}:\n{node.tail(10)}" for node in self.nodes)
        return (
            f"not {status} after {limit:.0f} s; the last health: {health}\n"
            f"{self._unassigned()}\n{logs}"
        )

    def _unassigned(self) -> str:
        """Why a shard is on no node, as the first node says that answers."""
        for number, node in enumerate(self.nodes):
            if node.running:
                try:
                    told = self.request("POST", "/_cluster/allocation/explain", {}, node=number)
                except (ClusterError, urllib3.exceptions.HTTPError):
                    continue
                return json.dumps(told)
        return "(no node says why)"

    def request(self, method: str, path: str, body: object = None, *, node: int = 0) -> Any:
        """The JSON that a node answers (by index in `nodes`); ClusterError above status 299."""
        said = self._http.request(
            method,
            f"{self.nodes[node].url}{path}",
            body=None if body is None else json.dumps(body),
            headers={"Content-Type": "application/json"},
            timeout=urllib3.Timeout(60.0),
        )
        if said.status > 299:
            raise ClusterError(f"{method} {path}: {said.status} {said.data.decode()[:2000]}")
        return said.json()
