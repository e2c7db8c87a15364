"""The Whoosh engine: its name, and how to create and open an index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from searchapp.engines.base import Capabilities, Ranking
from searchapp.engines.whoosh_reader import WhooshSearcher
from searchapp.engines.whoosh_writer import WhooshWriter
from searchapp.storage import DISK, Storage


@dataclass(frozen=True, slots=True)
class WhooshEngine:
    """The default engine: nothing but pip, up to some 100,000 documents."""

    ranking: Ranking = field(default_factory=Ranking)
    capabilities: Capabilities = field(default_factory=Capabilities)
    name: str = "whoosh"

    def create(
        self,
        folder: Path,
        storage: Storage = DISK,
        like: Path | None = None,  # noqa: ARG002  # an index is written faster than looked at
    ) -> WhooshWriter:
        """Start an index in an empty folder."""
        return WhooshWriter(folder, storage)

    def open(self, folder: Path) -> WhooshSearcher:
        """Open a built index for reading."""
        return WhooshSearcher(folder, self.ranking)

    def switched(self, home: Path, live: Path | None, kept: Sequence[Path]) -> None:
        """Nothing: all of an index lies in its folder."""
