"""What every reader gives: documents, and problems that name file, line and reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from searchapp.documents import Document
from searchapp.ingest.limits import Limits
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


@dataclass(slots=True)
class Budget:
    """What may still be unpacked out of one file and all that is packed in it, however deep.

    The one thing here that changes: it is carried from file to file, so that an archive in an
    archive is paid from the same purse.
    """

    bytes_left: int
    files_left: int
    exceeded: str | None = None
    """What was too much, for a person; nothing more is unpacked then."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read and the id of the document in it, for formats that hold one.

    ``fields`` are the foreign names in it, for formats that hold records. ``name`` is what it is
    called, which for what was packed in another file is not the name of ``path``; ``depth`` counts
    the files around it; ``budget`` is None for what is not packed.
    """

    path: Path
    id: str
    fields: FieldMap = FieldMap()
    limits: Limits = field(default=Limits())
    name: str = ""
    depth: int = 0
    budget: Budget | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", printable(self.path))

    @property
    def shown(self) -> str:
        """The name for messages; bytes that are no UTF-8 are replaced."""
        return self.name

    def inside(self, path: Path, member: str) -> SourceFile:
        """A file that was packed in this one under the name ``member``, and lies in ``path``."""
        return replace(
            self,
            path=path,
            id=f"{self.id}/{member}",
            name=f"{self.name}/{member}",
            depth=self.depth + 1,
        )


class UnreadableError(ValueError):
    """The whole file can't be read; the message says why and how to mend it, for a person."""


def printable(path: Path | str) -> str:
    """A path as text that can be written anywhere: file names may hold any bytes."""
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


Item = Document | Problem
Reader = Callable[[SourceFile], Iterator[Item]]
"""Reads one file. Raises OSError or UnreadableError when the whole file can't be read.

What else it raises is told as a defect of the file, so that no file ends a build. It holds to
``file.limits``; time and memory are watched from outside.
"""


def with_notes(
    document: Document, notes: Iterable[str], path: str, line: int | None = None
) -> Iterator[Item]:
    """A document behind what is to be known of it: what was left out of it, or converted in it."""
    for note in notes:
        yield Problem(path, note, line, kept=True)
    yield document
