"""Whoosh's files through the project's storage layer, and the table of contents of an index."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy.typing as npt
from whoosh.codec.whoosh3 import W3Segment
from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile
from whoosh.index import TOC

from searchapp.external.arrays import ArraySpool
from searchapp.external.files import Closable, let_go
from searchapp.storage import Storage

INDEX_NAME = "MAIN"  # Whoosh's own default
_GENERATION = 1
_SEGMENT = "0"  # one segment an index; drawn names would make equal indexes differ


class IndexStorage(FileStorage):  # type: ignore[misc]  # Whoosh has no types
    """A folder of an index in the making. It knows its open files, and can let go of them."""

    def __init__(self, folder: Path, spool_folder: Path, storage: Storage) -> None:
        super().__init__(str(folder))
        self._spool_folder, self._storage = spool_folder, storage
        self._files: list[Closable] = []

    def create_file(self, name: str, **_: Any) -> StructFile:
        """Open a new file for writing."""
        file = self._storage.create(Path(self.folder) / name)
        self._files.append(file)
        return StructFile(file, name=name)

    def spool(self, name: str, dtype: npt.DTypeLike) -> ArraySpool:
        """A new array that is only needed while the index is made."""
        made = ArraySpool(self._spool_folder / name, dtype, self._storage)
        self._files.append(made)
        return made

    def delete_file(self, name: str) -> None:
        """Remove a file."""
        self._storage.remove(Path(self.folder) / name)

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        """Give a file another name; with ``safe`` that name is free, or NameError is raised."""
        if safe and self.file_exists(newname):
            raise NameError(f"File {newname!r} exists")
        self._storage.replace(Path(self.folder) / oldname, Path(self.folder) / newname)

    def let_go(self) -> None:
        """Close every file that is open still; what they hold is rubble."""
        let_go(self._files)
        self._files = []


def new_segment(codec: Any) -> W3Segment:
    """The one segment of an index."""
    segment = W3Segment(codec, INDEX_NAME, segid=_SEGMENT)
    segment._fieldlengths = {}  # stock Whoosh asks for them; ours lie in a file of their own
    return segment


def write_contents(storage: IndexStorage, schema: Schema, segment: W3Segment, count: int) -> None:
    """Write Whoosh's table of contents for a segment of ``count`` documents."""
    segment.set_doc_count(count)
    TOC(schema, [segment], _GENERATION).write(storage, INDEX_NAME)
