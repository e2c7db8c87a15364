"""The OpenSearch engine: its name, and how to create, open and keep indexes in a cluster."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from searchapp.analysis.base import Field
from searchapp.config import Settings
from searchapp.engines.base import Capabilities
from searchapp.engines.opensearch_client import Cluster
from searchapp.engines.opensearch_indexes import Place, owner_of, switch
from searchapp.engines.opensearch_reader import OpenSearchSearcher
from searchapp.engines.opensearch_writer import OpenSearchWriter
from searchapp.storage import DISK, Storage


class OpenSearchEngine:
    """Several machines: shards, copies of them, and no answer lost with a node."""

    name = "opensearch"
    capabilities = Capabilities(
        exact_scores=False, field_alone=frozenset({Field.TITLE}), self_contained=False
    )

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._cluster = _cluster(settings)

    def create(
        self, folder: Path, storage: Storage = DISK, like: Path | None = None
    ) -> OpenSearchWriter:
        """Start an index; one that is like it is copied in the cluster and changed."""
        return OpenSearchWriter(folder, self._cluster, self._settings, storage, like)

    def open(self, folder: Path) -> OpenSearchSearcher:
        """Open a built index for reading."""
        return OpenSearchSearcher(folder, self._cluster)

    def switched(self, home: Path, live: Path | None, kept: Sequence[Path]) -> None:
        """Move the alias to the live index, and delete those that are not needed any more."""
        place = None if live is None else Place.load(live)
        others = [other.name for other in map(Place.load, kept) if other is not None]
        switch(
            self._cluster,
            self._settings.opensearch_index,
            owner_of(home),
            None if place is None else place.name,
            others,
        )


@lru_cache(4)
def _cluster(settings: Settings) -> Cluster:
    """One set of connections for all indexes of a process."""
    return Cluster(settings)
