"""Builds an index in OpenSearch from analysed documents.

Where the index before is in the cluster still, the new one begins as a copy of it (hard links, so
that it costs next to nothing), and only what differs is sent.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.analysis.base import Field, View
from searchapp.config import Settings
from searchapp.documents import Document
from searchapp.engines.base import AnalyzedBatch
from searchapp.engines.document_ids import REPLACED, DocumentIds, id_ranks
from searchapp.engines.opensearch_bulk import PATIENCE_S, BulkSender, put, take_out
from searchapp.engines.opensearch_client import Cluster
from searchapp.engines.opensearch_indexes import (
    Place,
    check_alias,
    delete,
    new_name,
    owner_of,
    uuid_of,
)
from searchapp.engines.opensearch_making import get_ready, make_copy, make_empty
from searchapp.engines.opensearch_mapping import (
    SHORT_CHARS,
    encode,
    key_of,
    source,
    term,
)
from searchapp.engines.term_texts import view_texts
from searchapp.engines.vocabulary_writer import VocabularyWriter
from searchapp.errors import SearchappError
from searchapp.external.arrays import save_array
from searchapp.lines import MappedLines, write_lines
from searchapp.storage import DISK, Storage

Array = npt.NDArray[Any]

VOCABULARIES = (View.EXACT, View.FOLDED, View.WORDS)
KEYS_FILE = "documents.txt"
DIGESTS_FILE = "documents.npy"


class OpenSearchWriter:
    """The Writer of the OpenSearch engine; see `searchapp.engines.base.Writer`."""

    def __init__(
        self,
        folder: Path,
        cluster: Cluster,
        settings: Settings,
        storage: Storage = DISK,
        like: Path | None = None,
    ) -> None:
        self._folder, self._cluster, self._storage = folder, cluster, storage
        self._settings = settings
        self._owner = owner_of(folder.parents[1], storage)
        self._spool = folder / "spool"
        storage.make_folder(self._spool)
        self._ids = DocumentIds(self._spool, storage)
        self._vocabulary = VocabularyWriter(self._spool, VOCABULARIES, storage)
        self._digests: list[Array] = []
        # Of all keys: what comes again is sent again, whatever was there before.
        self._seen: set[int] = set()
        # Versions ascend from document to document, and from build to build.
        self._version = time.time_ns() // 1000
        self._name = new_name(settings.opensearch_index)
        # Who changes an index can begin again at once; who makes one has much to lose, and waits
        # for a node that is started anew.
        self._patience_s = PATIENCE_S if like is None else cluster.timeout_s
        self._bulk = BulkSender(cluster, self._name, self._patience_s)
        try:
            check_alias(cluster, settings.opensearch_index, self._owner)
            self._before = self._begin(like)
        except BaseException:
            self.abandon()
            raise

    def _begin(self, like: Path | None) -> _Before | None:
        """Make the index: a copy of the one before, which is returned, or an empty one."""
        place = None if like is None else Place.load(like)
        if (
            like is not None
            and place is not None
            and self._is_usable(place)
            and make_copy(self._cluster, self._name, place.name, self._patience_s)
        ):
            return _Before(like)
        meta = {"searchapp_owner": self._owner}
        make_empty(self._cluster, self._name, self._settings, meta)
        return None

    def _is_usable(self, place: Place) -> bool:
        return (
            place.owner == self._owner
            and place.shards == self._settings.opensearch_shards
            and uuid_of(self._cluster, place.name) == place.uuid
        )

    def add(self, batch: AnalyzedBatch) -> None:
        """Take documents in; a later one takes the place of one with its id."""
        keys = [key_of(document.id) for document in batch.documents]
        self._ids.add(keys)
        self._vocabulary.add(batch.fields)
        digests = np.array([digest_of(document) for document in batch.documents], dtype=np.uint64)
        self._digests.append(digests)
        new = [
            row
            for row, (key, digest) in enumerate(zip(keys, digests.tolist(), strict=True))
            if self._is_new(key, digest)
        ]
        if not new:
            return
        titles, bodies = (
            list(view_texts(batch.fields[field], term, SHORT_CHARS))
            for field in (Field.TITLE, Field.BODY)
        )
        for row in new:
            sent = source(batch.documents[row], titles[row], bodies[row])
            self._bulk.add(put(keys[row], self._next_version(), sent))

    def _is_new(self, key: str, digest: int) -> bool:
        came_before = hash(key) in self._seen
        self._seen.add(hash(key))
        return came_before or self._before is None or self._before.digest(key) != digest

    def _next_version(self) -> int:
        self._version += 1
        return self._version

    def commit(self) -> None:
        """Send the rest, take out what is gone, and make the index ready to be searched."""
        names, documents = self._ids.merged()
        live = id_ranks(documents, len(self._ids)) != REPLACED
        if self._before is not None:
            for key in self._before.without(iter(names)):
                self._bulk.add(take_out(key.decode(), self._next_version()))
        self._bulk.finish()
        get_ready(self._cluster, self._name, self._settings, len(names), self._patience_s)
        self._vocabulary.write(self._folder, live)
        write_lines(self._folder / KEYS_FILE, names, self._storage)
        digests = np.concatenate([np.empty(0, np.uint64), *self._digests])[documents]
        save_array(self._folder / DIGESTS_FILE, digests, self._storage)
        uuid = uuid_of(self._cluster, self._name)
        if uuid is None:
            raise SearchappError(f"the index {self._name} vanished from OpenSearch")
        place = Place(self._name, uuid, self._owner, len(names), self._settings.opensearch_shards)
        place.write(self._folder, self._storage)
        self._storage.remove_folder(self._spool)

    def abandon(self) -> None:
        """Send nothing more and delete the index; where that fails, the next build does it."""
        self._vocabulary.close()
        self._bulk.stop()
        with contextlib.suppress(SearchappError):
            delete(self._cluster, self._name)


class _Before:
    """What the index before holds: the digests of its documents by their keys."""

    def __init__(self, folder: Path) -> None:
        self._keys = MappedLines(folder / KEYS_FILE)
        self._digests = np.load(folder / DIGESTS_FILE)

    def digest(self, key: str) -> int | None:
        name = key.encode()
        place = bisect_left(self._keys, name)
        if place == len(self._keys) or self._keys[place] != name:
            return None
        return int(self._digests[place])

    def without(self, names: Iterator[bytes]) -> Iterator[bytes]:
        """The keys that are not among ``names``; both ascend."""
        name = next(names, None)
        for key in self._keys:
            while name is not None and name < key:
                name = next(names, None)
            if name != key:
                yield key


def digest_of(document: Document) -> int:
    """64 bits of a digest of all that a document has."""
    whole = json.dumps(encode(document), sort_keys=True).encode()
    return int.from_bytes(hashlib.blake2b(whole, digest_size=8).digest())
