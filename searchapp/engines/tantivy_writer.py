"""Builds a Tantivy index from analysed documents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tantivy

from searchapp.analysis.base import Field, View
from searchapp.documents import Document
from searchapp.engines.base import AnalyzedBatch
from searchapp.engines.tantivy_opening import as_os_error, create_index, open_index
from searchapp.engines.tantivy_schema import (
    GAPS,
    ID,
    SHORT_CHARS,
    add_values,
    indexed,
    text_field,
)
from searchapp.engines.term_texts import view_texts
from searchapp.engines.vocabulary import VIEWS, write_vocabulary
from searchapp.storage import DISK, Storage

Array = npt.NDArray[Any]

STATE_FILE = "searchapp.json"
HEAP_BYTES = 160_000_000
"""For all threads together; a segment is written when a thread's share is full."""
THREADS_MAX = 8  # each must have 15 MB
_RUBBLE = (".tantivy-writer.lock", "*.store.temp")
_PRIVATE = (".managed.json", "meta.json")


class TantivyWriter:
    """The Writer of the Tantivy engine; see `searchapp.engines.base.Writer`.

    Tantivy writes its files itself, in threads of its own; what it fails at is raised as OSError.
    """

    def __init__(self, folder: Path, threads: int, storage: Storage = DISK) -> None:
        self._folder, self._storage = folder, storage
        self._writer: tantivy.IndexWriter | None = None
        self._seen = _SeenHashes()
        self._replaced = 0
        self._initials: dict[View, set[str]] = {view: set() for view in VIEWS}
        with as_os_error():
            self._writer = create_index(folder).writer(HEAP_BYTES, min(threads, THREADS_MAX))

    def add(self, batch: AnalyzedBatch) -> None:
        """Take documents in; a later one takes the place of one with its id."""
        writer = self._open_writer()
        for terms in batch.fields.values():
            self._initials[View.EXACT].update(term[:1] for term in terms.exact_terms)
            self._initials[View.FOLDED].update(term[:1] for term in terms.folded_terms)
        # Where two ids share a hash, one is looked for in vain.
        hashes = np.array([hash(document.id) for document in batch.documents], dtype=np.int64)
        known = self._seen.add(hashes).tolist()
        titles, bodies = (
            view_texts(batch.fields[field], indexed, SHORT_CHARS)
            for field in (Field.TITLE, Field.BODY)
        )
        with as_os_error():
            for document, is_known, title, body in zip(
                batch.documents, known, titles, bodies, strict=True
            ):
                if is_known:
                    self._replaced += 1
                    writer.delete_documents_by_term(ID, indexed(document.id))
                writer.add_document(_entry(document, title, body))

    def _open_writer(self) -> tantivy.IndexWriter:
        if self._writer is None:
            raise OSError("the index is not being written any more")
        return self._writer

    def commit(self) -> None:
        """Write the last segments, wait for those being merged, and write the vocabularies."""
        writer = self._open_writer()
        with as_os_error():
            writer.commit()
            self._writer = None
            writer.wait_merging_threads()
            self._write_vocabularies()
        for pattern in _RUBBLE:
            for path in self._folder.glob(pattern):
                self._storage.remove(path)
        for name in _PRIVATE:
            self._write_again(self._folder / name)
        state = json.dumps({"replaced": self._replaced})
        self._storage.write_text(self._folder / STATE_FILE, state)

    def _write_again(self, path: Path) -> None:
        """Tantivy makes some files for the eyes of one user, who builds; another may search."""
        data = path.read_bytes()
        self._storage.remove(path)
        self._storage.write(path, data)

    def _write_vocabularies(self) -> None:
        searcher = open_index(self._folder).searcher()
        # Without a query the counts are faster, and have replaced documents in them.
        live = tantivy.Query.all_query() if self._replaced else None
        for view in VIEWS:
            field, terms = text_field(None, view), _Terms(searcher, live)
            initials = sorted(self._initials[view])
            parts = [terms.counts(field, initial) for initial in initials]
            counts = np.concatenate([np.empty(0, dtype=np.int64), *parts])
            names = (name for initial in initials for name in terms.names(field, initial))
            write_vocabulary(self._folder, view, names, counts, self._storage)

    def abandon(self) -> None:
        """Let go of the threads; the folder is rubble."""
        self._writer = None


class _Terms:
    """The terms of a field that begin with a character, in order; so never all are in memory."""

    def __init__(self, searcher: tantivy.Searcher, live: tantivy.Query | None) -> None:
        self._searcher, self._live = searcher, live

    def _found(self, field: str, initial: str) -> list[tuple[str, int]]:
        # They come by falling count.
        return sorted(self._searcher.terms_with_prefix(field, initial, filter_query=self._live))

    def names(self, field: str, initial: str) -> Iterator[bytes]:
        return (term.encode() for term, _ in self._found(field, initial))

    def counts(self, field: str, initial: str) -> Array:
        return np.array([count for _, count in self._found(field, initial)], dtype=np.int64)


class _SeenHashes:
    """A set of 64-bit numbers: sorted runs, each over twice as long as the next."""

    def __init__(self) -> None:
        self._runs: list[Array] = []

    def add(self, hashes: Array) -> npt.NDArray[np.bool_]:
        """Take numbers in; which of them were there, or came before in the same array."""
        numbers, firsts = np.unique(hashes, return_index=True)
        known = np.ones(hashes.size, dtype=np.bool_)
        known[firsts] = False
        for other in self._runs:
            places = np.minimum(np.searchsorted(other, hashes), other.size - 1)
            known |= other[places] == hashes
        new = numbers[~known[firsts]]
        if new.size:
            self._runs.append(new)
        while len(self._runs) > 1 and self._runs[-2].size <= 2 * self._runs[-1].size:
            self._runs.append(np.union1d(self._runs.pop(), self._runs.pop()))
        return known


def _entry(document: Document, title: dict[View, str], body: dict[View, str]) -> tantivy.Document:
    made = tantivy.Document()
    add_values(made, document)
    for view in View:
        if title[view]:
            made.add_text(text_field(Field.TITLE, view), title[view])
        both = GAPS[view].join(filter(None, (title[view], body[view])))
        if both:
            made.add_text(text_field(None, view), both)
    return made
