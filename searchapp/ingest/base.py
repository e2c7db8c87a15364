"""What every reader gives: documents, and problems that name file, line and reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from searchapp.documents import Document
from searchapp.ingest.mapping import FieldMap


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read as it stands.

    ``line`` is 1-based, or None for a whole file; ``kept`` tells whether the document is indexed
    all the same.
    """

    path: str
    reason: str
    line: int | None = None
    kept: bool = False

    def __str__(self) -> str:
        where = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read and the id of the document in it, for formats that hold one.

    ``fields`` are the foreign names in it, for formats that hold records.
    """

    path: Path
    id: str
    fields: FieldMap = FieldMap()

    @property
    def shown(self) -> str:
        """The path for messages; bytes that are no UTF-8 are replaced."""
        return printable(self.path)


def printable(path: Path | str) -> str:
    """A path as text that can be written anywhere: file names may hold any bytes."""
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


Item = Document | Problem
Reader = Callable[[SourceFile], Iterator[Item]]
"""Reads one file. Raises OSError or DecodingError when the whole file can't be read."""
