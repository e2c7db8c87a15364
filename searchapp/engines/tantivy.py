"""The Tantivy engine: its name, and how to create and open an index."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from searchapp.analysis.base import Field
from searchapp.engines.base import Capabilities
from searchapp.engines.tantivy_query import NEAR_PATTERNS_MAX
from searchapp.engines.tantivy_reader import TantivySearcher
from searchapp.engines.tantivy_writer import TantivyWriter
from searchapp.storage import DISK, Storage

_CAPABILITIES = Capabilities(
    exact_scores=False,
    field_alone=frozenset({Field.TITLE}),
    near_patterns_max=NEAR_PATTERNS_MAX,
)


@dataclass(frozen=True, slots=True)
class TantivyEngine:
    """One machine, millions of documents. ``threads`` write an index; 0 means one a core."""

    threads: int = 0
    capabilities: Capabilities = field(default=_CAPABILITIES)
    name: str = "tantivy"

    def create(
        self,
        folder: Path,
        storage: Storage = DISK,
        like: Path | None = None,  # noqa: ARG002  # an index is written faster than looked at
    ) -> TantivyWriter:
        """Start an index in an empty folder."""
        return TantivyWriter(folder, self.threads or os.cpu_count() or 1, storage)

    def open(self, folder: Path) -> TantivySearcher:
        """Open a built index for reading."""
        return TantivySearcher(folder)

    def switched(self, home: Path, live: Path | None, kept: Sequence[Path]) -> None:
        """Nothing: all of an index lies in its folder."""
