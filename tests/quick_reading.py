"""Reading files in the tests' own process, for tests of what comes behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from searchapp.ingest.base import SourceFile
from searchapp.ingest.reading import read_file
from searchapp.ingest.reading_pool import FileReading
from searchapp.ingest.reading_worker import Parcel
from searchapp.ingest.stamps import stamp_of


class ReadingHere:
    """Stands for `ReadingPool`: starting a process for each of some thousand builds takes long."""

    def __init__(self, files: Sequence[SourceFile], _: int) -> None:
        self.files = files

    def __enter__(self) -> ReadingHere:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __iter__(self) -> Iterator[FileReading]:
        for file in self.files:
            stamp = stamp_of(file.path)
            yield FileReading(file, iter([Parcel(tuple(read_file(file)), stamp.size)]), stamp)
