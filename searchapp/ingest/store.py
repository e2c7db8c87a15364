"""What a generation was made of: its analysed documents, and which file each came from.

::

    store/
      journal.jsonl      a line for the whole, then one for each chunk and each file, as they come
      chunk-000000       see `chunks.py`

The journal is written while the build goes on, so that a build that died leaves the beginning of
one: each chunk it names is used again if its bytes still have the checksum that stands there. In a
finished generation it is the catalogue that an update compares the files with.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from searchapp.documents import Document
from searchapp.engines.base import AnalyzedBatch
from searchapp.generation_files import JOURNAL
from searchapp.ingest.base import Problem
from searchapp.ingest.chunks import DIGEST_BYTES, decode, encode
from searchapp.ingest.stamps import Stamp
from searchapp.storage import Storage

_CHUNKS_HELD = 4


@dataclass(frozen=True, slots=True)
class Run:
    """Documents of one chunk, one behind the other: ``count`` from ``first`` on."""

    chunk: int
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that was read whole: a file, a query, standard input, or what programs put.

    ``key`` names it and ``id`` is the beginning of its documents' ids; ``read_with`` is what its
    reading depended on beside its bytes.
    """

    key: str
    id: str
    read_with: str
    stamp: Stamp | None
    problems: tuple[Problem, ...] = ()
    runs: tuple[Run, ...] = ()


class DamagedChunkError(Exception):
    """A chunk is gone, or not as it was written."""


@dataclass(frozen=True, slots=True)
class _Chunk:
    size: int
    sha256: str
    digests: bytes

    @property
    def document_count(self) -> int:
        return len(self.digests) // DIGEST_BYTES


class Store:
    """A store on disk, read-only. Not safe to share between threads.

    ``head`` is what the journal says of the whole; ``entries`` those that were finished, in order;
    ``deleted`` has, by id, the contents that programs took out and files still hold.
    """

    def __init__(self, folder: Path, journal: bytes) -> None:
        self.folder = folder
        self.head: dict[str, Any] = {}
        self.entries: dict[str, Entry] = {}
        self.deleted: dict[str, list[str]] = {}
        self._chunks: dict[int, _Chunk] = {}
        self._held: OrderedDict[int, AnalyzedBatch] = OrderedDict()
        for line in journal.split(b"\n")[:-1]:  # behind the last break is what was being written
            try:
                self._take(json.loads(line))
            except (ValueError, KeyError, TypeError):
                break  # a power cut: nothing behind it can be trusted

    def _take(self, values: dict[str, Any]) -> None:
        if "head" in values:
            self.head = values["head"]
        elif "chunk" in values:
            number, size, sha256, digests = values["chunk"]
            self._chunks[number] = _Chunk(size, sha256, base64.b64decode(digests))
        elif "deleted" in values:
            self.deleted = values["deleted"]
        else:
            entry = _entry_of(values["entry"])
            self.entries[entry.key] = entry

    @classmethod
    def load(cls, folder: Path) -> Store | None:
        """The store in a folder; None where there is none."""
        try:
            journal = (folder / JOURNAL).read_bytes()
        except OSError:
            return None
        store = cls(folder, journal)
        return store if store.head else None

    @property
    def document_count(self) -> int:
        """How many documents the chunks hold."""
        return sum(chunk.document_count for chunk in self._chunks.values())

    def whole_chunk(self, number: int) -> Run:
        """All documents of a chunk."""
        return Run(number, 0, self._chunks[number].document_count)

    def batch(self, number: int) -> AnalyzedBatch:
        """A chunk's documents and terms. Raises DamagedChunkError."""
        if number in self._held:
            self._held.move_to_end(number)
            return self._held[number]
        batch = self._held[number] = decode(self._bytes(number))
        if len(self._held) > _CHUNKS_HELD:
            self._held.popitem(last=False)
        return batch

    def _bytes(self, number: int) -> bytes:
        """The bytes of a chunk, as they were written. Raises DamagedChunkError."""
        path = chunk_path(self.folder, number)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise DamagedChunkError(str(path)) from error
        if number not in self._chunks or _sha256(data) != self._chunks[number].sha256:
            raise DamagedChunkError(str(path))
        return data

    def batches(self) -> Iterator[AnalyzedBatch]:
        """Every chunk, in order. Raises DamagedChunkError."""
        return map(self.batch, sorted(self._chunks))

    def documents(self, runs: Iterable[Run]) -> Iterator[tuple[Document, tuple[int, int]]]:
        """The documents of some runs, each with its chunk and its row there.

        Raises DamagedChunkError.
        """
        for run in runs:
            for row in range(run.first, run.first + run.count):
                yield self.batch(run.chunk).documents[row], (run.chunk, row)

    def digest(self, chunk: int, row: int) -> bytes:
        """The digest of a text."""
        return self._chunks[chunk].digests[row * DIGEST_BYTES : (row + 1) * DIGEST_BYTES]

    def is_sound(self, runs: Iterable[Run]) -> bool:
        """Whether the chunks of some runs are as they were written."""
        return self._sound.issuperset(run.chunk for run in runs)

    @cached_property
    def _sound(self) -> frozenset[int]:
        sound = set()
        for number in self._chunks:
            with contextlib.suppress(DamagedChunkError):
                self._bytes(number)
                sound.add(number)
        return frozenset(sound)

    def find(self, digest: bytes) -> tuple[int, int] | None:
        """A text of this digest: its chunk, and its row there."""
        return self._places.get(digest)

    @cached_property
    def _places(self) -> dict[bytes, tuple[int, int]]:
        found: dict[bytes, tuple[int, int]] = {}
        for number in self._sound:
            for row in range(self._chunks[number].document_count):
                found[self.digest(number, row)] = number, row
        return found


class StoreWriter:
    """Writes a store in a new folder, chunk by chunk."""

    def __init__(self, folder: Path, head: Mapping[str, Any], storage: Storage) -> None:
        storage.make_folder(folder)
        self._folder = folder
        self._storage = storage
        self._count = 0
        self._journal: BinaryIO = storage.create(folder / JOURNAL)
        self._say({"head": head})

    def add(self, batch: AnalyzedBatch, digests: Sequence[bytes]) -> int:
        """Write a chunk, with the digest of each text in it; gives its number."""
        data = encode(batch)
        number = self._next()
        self._storage.write(chunk_path(self._folder, number), data)
        self._journal_chunk(number, _Chunk(len(data), _sha256(data), b"".join(digests)))
        return number

    def link(self, store: Store, chunk: int) -> int:
        """Take over a whole chunk of another store; gives its number here."""
        number = self._next()
        self._storage.link(chunk_path(store.folder, chunk), chunk_path(self._folder, number))
        self._journal_chunk(number, store._chunks[chunk])
        return number

    def finish(self, entry: Entry) -> None:
        """Note that something was read whole, and that its documents are in chunks before."""
        self._say({"entry": asdict(entry)})

    def note_deleted(self, deleted: Mapping[str, Sequence[str]]) -> None:
        """Note which contents of which ids are to be left out, whatever files hold them."""
        self._say({"deleted": deleted})

    def close(self) -> None:
        """Close the journal."""
        self._journal.close()

    def _next(self) -> int:
        self._count += 1
        return self._count - 1

    def _journal_chunk(self, number: int, chunk: _Chunk) -> None:
        digests = base64.b64encode(chunk.digests).decode()
        self._say({"chunk": [number, chunk.size, chunk.sha256, digests]})

    def _say(self, values: Mapping[str, Any]) -> None:
        # ASCII: names of files may hold bytes that are no UTF-8.
        self._journal.write(json.dumps(values, ensure_ascii=True).encode("ascii") + b"\n")
        self._journal.flush()


def chunk_path(folder: Path, number: int) -> Path:
    """Where a chunk lies in a store's folder."""
    return folder / f"chunk-{number:06}"


def _entry_of(values: dict[str, Any]) -> Entry:
    stamp = values["stamp"]
    return Entry(
        key=values["key"],
        id=values["id"],
        read_with=values["read_with"],
        stamp=None if stamp is None else Stamp(**stamp),
        problems=tuple(Problem(**problem) for problem in values["problems"]),
        runs=tuple(Run(**run) for run in values["runs"]),
    )


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
