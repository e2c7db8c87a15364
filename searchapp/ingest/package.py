"""Documents that are ZIP files inside: DOCX, ODT, EPUB. Each member is opened within limits."""

from __future__ import annotations

import contextlib
import zipfile
import zlib
from collections.abc import Iterator
from types import TracebackType
from typing import IO

from searchapp.ingest.base import SourceFile, UnreadableError

_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError)
_MANY_MEMBERS = 100_000


class Package:
    """The members of a document that is a ZIP file.

    ``kind`` is what the document is called in messages. Raises UnreadableError for what is no whole
    ZIP file; as a context manager it closes the file.
    """

    def __init__(self, file: SourceFile, kind: str) -> None:
        self._kind = kind
        self._limit = file.limits.file_bytes
        self._left = file.limits.file_bytes
        try:
            self._zip = zipfile.ZipFile(file.path)
        except _DAMAGED as error:
            raise UnreadableError(
                f"is damaged or no {kind} file ({error}); open and save it again, or copy it anew"
            ) from error
        self._members = {info.filename: info for info in self._zip.infolist()}
        if len(self._members) > _MANY_MEMBERS:
            self._zip.close()
            raise UnreadableError(f"packs over {_MANY_MEMBERS} files, which no {kind} file does")

    def __enter__(self) -> Package:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._zip.close()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all members, in their order in the file."""
        return tuple(self._members)

    def __contains__(self, name: str) -> bool:
        return name in self._members

    @contextlib.contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """A member, unpacked as it is read. All that are opened together hold to the size limit.

        Raises UnreadableError if it is missing, damaged, locked by a password, or too large by
        what it declares; zipfile itself stops at the declared size.
        """
        info = self._members.get(name)
        if info is None:
            raise UnreadableError(f"has no {name}: it is no {self._kind} file, or is damaged")
        if info.flag_bits & 1:
            raise UnreadableError("is locked with a password; save it without one")
        self._left -= info.file_size
        if self._left < 0:
            raise UnreadableError(
                f"unpacks to more than {self._limit // 1_000_000} MB; file_max_mb allows more"
            )
        try:
            with self._zip.open(info) as member:
                yield member
        except _DAMAGED as error:
            raise UnreadableError(
                f"is damaged ({name}: {error}); open and save it again, or copy it anew"
            ) from error

    def read(self, name: str) -> bytes:
        """A whole member; raises as `open` does."""
        with self.open(name) as member:
            return member.read()
