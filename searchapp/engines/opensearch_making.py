"""Makes an index in OpenSearch and gets it ready, while nodes may come and go.

An index is filled as one copy and copied at the end, which is cheaper than writing every copy. So
a node that goes in between takes its part of the index along: that is found out and said, nothing
of it is live, and the index before answers on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from searchapp.config import Settings
from searchapp.engines.opensearch_client import Cluster, MissingError, types_of
from searchapp.engines.opensearch_indexes import delete
from searchapp.engines.opensearch_mapping import index_body
from searchapp.errors import SearchappError, UnavailableError

_SLOW_S = 300.0  # for what takes as long as the index is large
_PAUSE_S = 0.5
_COPYING_S_MAX = 3600.0
_DELAY = "index.unassigned.node_left.delayed_timeout"
# A copy whose node has gone is made anew on another at once, while the index is not ready.
_FILLING = {
    "index.number_of_replicas": 0,
    "index.refresh_interval": "-1",
    _DELAY: "0s",
}


def make_empty(cluster: Cluster, name: str, settings: Settings, meta: dict[str, Any]) -> None:
    """Make an index without documents. Raises UnavailableError, SearchappError."""
    body = index_body(settings.opensearch_shards, meta)
    body["settings"] |= _FILLING
    _make(cluster, f"/{name}", body)


def make_copy(cluster: Cluster, name: str, source: str, patience_s: float) -> bool:
    """Make an index with what another holds, by hard links; whether it could be done.

    It can't where a shard has no room beside its copy, for one: nothing of it is left then.
    """
    try:
        body = {"settings": {"index.blocks.write": None, **_FILLING}}
        _make(cluster, f"/{source}/_clone/{name}", body)
        wait_for_shards(cluster, name, "yellow", patience_s)
    except UnavailableError:
        raise
    except SearchappError:
        delete(cluster, name)
        return False
    return True


def _make(cluster: Cluster, path: str, body: dict[str, Any]) -> None:
    """Ask for a new index. Its name is nobody else's: where it is there already, an attempt before
    this one was heard, and only its answer was lost.
    """
    asked = {"timeout": _in_s(cluster), "cluster_manager_timeout": _in_s(cluster)}
    try:
        cluster.read("PUT", path, body, timeout_s=3 * cluster.timeout_s, **asked)
    except SearchappError as error:
        if "resource_already_exists_exception" not in types_of(
            getattr(error.__cause__, "info", None)
        ):
            raise


def _in_s(cluster: Cluster) -> str:
    return f"{cluster.timeout_s:g}s"


def get_ready(
    cluster: Cluster, name: str, settings: Settings, expected: int, patience_s: float
) -> None:
    """Copy the shards, let nobody write to them any more, and count the documents.

    Raises UnavailableError if a part of the index went with its node, SearchappError if there are
    not as many documents as expected.
    """
    wait_for_shards(cluster, name, "yellow", patience_s)
    for what in ("_flush", "_refresh"):
        _ask(cluster, patience_s, "POST", f"/{name}/{what}", timeout_s=_SLOW_S)
    ready = {
        "index.number_of_replicas": settings.opensearch_replicas,
        "index.refresh_interval": f"{settings.opensearch_refresh_s}s",
        "index.blocks.write": True,
    }
    _set(cluster, name, ready, patience_s)
    # One node has no place for copies: that is not waited for, and no failure.
    nodes = cluster.health(name)["number_of_data_nodes"]
    wanted = "green" if nodes > settings.opensearch_replicas else "yellow"
    wait_for_shards(cluster, name, wanted, patience_s)
    _set(cluster, name, {_DELAY: None}, patience_s)
    counted = _ask(cluster, patience_s, "GET", f"/{name}/_count")
    if counted["_shards"]["failed"]:
        raise UnavailableError(f"a part of the index {name} in OpenSearch does not answer")
    if counted["count"] != expected:
        raise SearchappError(
            f"the index {name} in OpenSearch has {counted['count']} documents, not {expected};"
            " does another program write to it?"
        )


def _set(cluster: Cluster, name: str, values: dict[str, Any], patience_s: float) -> None:
    asked = {"timeout": _in_s(cluster), "cluster_manager_timeout": _in_s(cluster)}
    path = f"/{name}/_settings"
    _ask(cluster, patience_s, "PUT", path, values, timeout_s=3 * cluster.timeout_s, **asked)


def _ask(
    cluster: Cluster, patience_s: float, method: str, path: str, body: Any = None, **named: Any
) -> Any:
    """Ask something of the new index; a node that was away for a while may not know it yet."""
    until = time.monotonic() + patience_s
    while True:
        try:
            return cluster.read(method, path, body, **named)
        except MissingError:
            if time.monotonic() > until:
                raise
        time.sleep(_PAUSE_S)


def wait_for_shards(
    cluster: Cluster,
    name: str,
    wanted: str,
    patience_s: float,
    monotonic: Callable[[], float] = time.monotonic,
) -> None:
    """Wait for every shard ("yellow"), or every copy of each ("green"), as long as some are made.

    Where for ``patience_s`` seconds none is, copies are done without: the cluster makes them as
    soon as it can. Raises UnavailableError if it is a shard that is missing.
    """
    begun = last = monotonic()
    while True:
        health = cluster.health(
            name,
            wait_for_status=wanted,
            wait_for_no_initializing_shards="true",
            timeout="1s",
        )
        if not health["timed_out"]:
            return
        now = monotonic()
        if health["initializing_shards"] and now - begun < _COPYING_S_MAX:
            last = now
        elif now - last >= patience_s:
            if health["status"] == "red":
                raise UnavailableError(
                    f"a part of the new index {name} is on no node of OpenSearch"
                    f" ({_why_missing(cluster, name)}); nothing was changed, try again"
                )
            return


def _why_missing(cluster: Cluster, name: str) -> str:
    """Why a shard is on no node, in OpenSearch's words; the first reason of the first shard."""
    shards = cluster.health(name, level="shards").get("indices", {}).get(name, {"shards": {}})
    missing = [int(n) for n, one in shards["shards"].items() if not one["primary_active"]]
    if not missing:
        return "its node has gone"
    asked = {"index": name, "shard": min(missing), "primary": True}
    told = cluster.read("POST", "/_cluster/allocation/explain", asked)
    deciders = [
        decider
        for node in told.get("node_allocation_decisions", ())
        for decider in node.get("deciders", ())
    ]
    reasons = [one["explanation"] for one in deciders if one["decision"] == "NO"]
    # Where disks are full that is what counts; a copy has to lie beside its source, besides.
    reasons.sort(key=lambda reason: "disk" not in reason)
    return str(reasons[0] if reasons else told.get("allocate_explanation", "its node has gone"))
