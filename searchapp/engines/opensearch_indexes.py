"""The indexes of one index folder in a cluster: their names, their alias, and which can go."""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from searchapp.engines.opensearch_client import Cluster, MissingError
from searchapp.errors import IndexRefusedError, SearchappError, UnavailableError
from searchapp.storage import DISK, Storage

PLACE_FILE = "index.json"
_OWNER_FILE = "opensearch-owner"
_NODES_ASKED = 3  # until nobody is thought to know an index
_MEND = "build it there from what the index keeps: searchapp migrate --to opensearch"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an index is in a cluster; ``uuid`` is the cluster's own for it."""

    name: str
    uuid: str
    owner: str
    documents: int
    shards: int
    replaced: int = 0

    @classmethod
    def load(cls, folder: Path) -> Place | None:
        """What the engine's part of a generation says; None if it is of another engine."""
        try:
            return cls(**json.loads((folder / PLACE_FILE).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None

    def write(self, folder: Path, storage: Storage) -> None:
        """Write it into the engine's part of a generation."""
        storage.write_text(folder / PLACE_FILE, json.dumps(asdict(self), indent=1))


def owner_of(home: Path, storage: Storage = DISK) -> str:
    """The name by which indexes made for an index folder are known; drawn when first asked for."""
    path = home / _OWNER_FILE
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        drawn = secrets.token_hex(8)
        storage.write_text(path, drawn + "\n")
        return drawn


def new_name(alias: str) -> str:
    """A name that no index has."""
    return f"{alias}-{datetime.now(UTC):%Y%m%dt%H%M%S%f}-{secrets.token_hex(2)}"


def uuid_of(cluster: Cluster, name: str) -> str | None:
    """The cluster's own name for an index; None if it is not there."""
    path = f"/{name}/_settings/index.uuid"
    # Any node knows the indexes that there were a moment ago. Only where it does not know this one
    # is the managing node asked: there may be none while too many nodes are away.
    for local in ("true", "false"):
        with contextlib.suppress(MissingError):
            found = cluster.read("GET", path, flat_settings="true", local=local)
            uuid: str = found[name]["settings"]["index.uuid"]
            return uuid
    return None


def check_place(cluster: Cluster, place: Place) -> None:
    """Raises IndexRefusedError if the index is not (any more) the one that was built."""
    uuid = uuid_of(cluster, place.name)
    if uuid is None:
        raise IndexRefusedError(f"the index {place.name} is not in OpenSearch any more", _MEND)
    if uuid != place.uuid:
        raise IndexRefusedError(f"the index {place.name} in OpenSearch is another one", _MEND)


def read_built(
    cluster: Cluster, place: Place, path: str, body: dict[str, Any], **parameters: Any
) -> dict[str, Any]:
    """Ask something of an index that was built.

    Raises IndexRefusedError if it is gone, and what `Cluster.read` raises.
    """
    for _ in range(_NODES_ASKED):
        try:
            answer: dict[str, Any] = cluster.read("POST", path, body, **parameters)
            return answer
        except MissingError as error:
            # A node that was away does not know it yet; the next request goes to another one.
            missing = error
    check_place(cluster, place)
    raise UnavailableError(str(missing)) from missing


def owners(cluster: Cluster, alias: str) -> dict[str, str | None]:
    """Whose the indexes are whose names begin with the alias; None for somebody else's."""
    found: dict[str, Any] = cluster.read("GET", f"/{alias}-*/_mapping")
    return {
        name: one["mappings"].get("_meta", {}).get("searchapp_owner") for name, one in found.items()
    }


def check_alias(cluster: Cluster, alias: str, owner: str) -> None:
    """Raises SearchappError if the alias is in use for something else."""
    try:
        pointed = cluster.read("GET", f"/_alias/{alias}")
    except MissingError:
        return
    known = owners(cluster, alias)
    for name in pointed:
        if known.get(name) != owner:
            raise SearchappError(
                f"the name {alias!r} in OpenSearch is that of {name}, which another index folder"
                " made; set SEARCHAPP_OPENSEARCH_INDEX to a name of its own"
            )


def switch(cluster: Cluster, alias: str, owner: str, live: str | None, kept: Iterable[str]) -> None:
    """Move the alias to the live index, in one step, and delete what is not needed any more."""
    own = {name for name, whose in owners(cluster, alias).items() if whose == owner}
    actions: list[dict[str, Any]] = [
        {"remove": {"index": name, "alias": alias, "must_exist": False}}
        for name in sorted(own - {live})
    ]
    if live is not None:
        actions.append({"add": {"index": live, "alias": alias}})
    if actions:
        cluster.read("POST", "/_aliases", {"actions": actions})
    for name in sorted(own - {live, *kept}):
        delete(cluster, name)


def delete(cluster: Cluster, name: str) -> None:
    """Delete an index, if it is there."""
    try:
        cluster.read("DELETE", f"/{name}")
    except MissingError:
        return
