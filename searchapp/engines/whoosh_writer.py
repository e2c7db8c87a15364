"""Builds a Whoosh index from analysed documents, in bounded memory.

Stored documents are written as they come; their terms go to spool files as numbers. `commit` sorts
the spools field by field (`inversion.py`) and writes the postings (`whoosh_fields.py`). Equal
documents in equal order make equal files, however they were cut into batches.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh import fields

from searchapp.analysis.analyzer import BatchTerms
from searchapp.analysis.base import Field, View
from searchapp.documents import Document
from searchapp.engines.base import AnalyzedBatch
from searchapp.engines.columns_writer import ColumnsWriter
from searchapp.engines.document_ids import REPLACED, DocumentIds, id_postings, id_ranks
from searchapp.engines.inversion import Occurrences, Postings, invert, part_bounds
from searchapp.engines.spools import TermSpool
from searchapp.engines.vocabulary import write_vocabulary
from searchapp.engines.whoosh_codec import ArrayCodec
from searchapp.engines.whoosh_fields import FieldsWriter, StoredWriter
from searchapp.engines.whoosh_names import ID_RANKS_FILE, LENGTHS_FILE, field_name, length_row
from searchapp.engines.whoosh_storage import IndexStorage, new_segment, write_contents
from searchapp.external.arrays import save_array
from searchapp.external.files import let_go
from searchapp.external.memory import give_back
from searchapp.external.names import RUN_NAMES, Names, NameTable
from searchapp.storage import DISK, Storage

Array = npt.NDArray[Any]

POSITIONAL = (View.EXACT, View.FOLDED)
STORED = tuple(one.name for one in dataclasses.fields(Document))


def stored_values(document: Document) -> dict[str, Any]:
    """What is stored of a document: what it has."""
    return {name: value for name in STORED if (value := getattr(document, name))}


def schema() -> fields.Schema:
    """The Whoosh schema: stored values, and one field a view."""
    made = fields.Schema()
    for name in STORED:
        made.add(name, fields.ID(unique=True, stored=True) if name == "id" else fields.STORED)
    for field in Field:
        for view in View:
            made.add(field_name(field, view), fields.KEYWORD(stored=False, scorable=True))
    return made


class WhooshWriter:
    """The Writer of the Whoosh engine; see `searchapp.engines.base.Writer`."""

    def __init__(self, folder: Path, storage: Storage = DISK) -> None:
        self._folder, self._storage = folder, storage
        self._spool = spool = folder / "spool"
        self._files = IndexStorage(folder, spool, storage)
        self._syllables: dict[Field, TermSpool] = {}
        self._words: dict[Field, TermSpool] = {}
        try:
            storage.make_folder(spool)
            self._segment = new_segment(ArrayCodec())
            self._stored = StoredWriter(self._files, self._segment)
            self._fields = FieldsWriter(self._files, self._segment)
            for field in Field:
                self._syllables[field] = TermSpool(spool, f"{field}.syllables", storage)
                self._words[field] = TermSpool(spool, f"{field}.words", storage)
        except BaseException:
            self.abandon()
            raise
        self._ids = DocumentIds(spool, storage)
        self._columns = ColumnsWriter(spool, storage)
        self._exact_terms = NameTable(spool, "exact", storage)
        self._folded_terms = NameTable(spool, "folded", storage)
        self._word_terms = NameTable(spool, "words", storage)
        # The folded number of each exact number: those of the run being made, and of those ended.
        self._folded_now: list[Array] = []
        self._folded_of_exact: list[Array] = []

    def add(self, batch: AnalyzedBatch) -> None:
        """Take documents in, in order."""
        for document in batch.documents:
            self._stored.add(stored_values(document))
        self._ids.add([document.id for document in batch.documents])
        self._columns.add(batch.documents)
        if len(self._exact_terms) >= RUN_NAMES:
            self._end_syllables()
        if len(self._word_terms) >= RUN_NAMES:
            self._end_words()
        for field, terms in batch.fields.items():
            self._add_syllables(field, terms)
            _, numbers = self._word_terms.numbers_of(terms.word_terms, terms.words)
            self._words[field].add(numbers[terms.words], terms.word_bounds)

    def _add_syllables(self, field: Field, terms: BatchTerms) -> None:
        known = len(self._exact_terms)
        used, numbers = self._exact_terms.numbers_of(terms.exact_terms, terms.syllables)
        new = used[numbers[used] >= known]  # in the order of their numbers
        folded = self._folded_terms.numbers([terms.folded_terms[code] for code in new.tolist()])
        self._folded_now.append(folded)
        self._syllables[field].add(numbers[terms.syllables], terms.syllable_bounds)

    def _end_syllables(self) -> None:
        self._exact_terms.end_run()
        self._folded_terms.end_run()
        self._folded_of_exact.append(np.concatenate([np.empty(0, np.int32), *self._folded_now]))
        self._folded_now = []
        for spool in self._syllables.values():
            spool.end_run()

    def _end_words(self) -> None:
        self._word_terms.end_run()
        for spool in self._words.values():
            spool.end_run()

    def commit(self) -> None:
        """Write postings, lengths and Whoosh's table of contents."""
        self._end_syllables()
        self._end_words()
        for spool in (*self._syllables.values(), *self._words.values()):
            spool.close()
        self._stored.close()
        give_back()
        count = len(self._ids)
        lengths = np.zeros((2 * len(Field), count), dtype=np.int32)
        for field in Field:
            lengths[length_row(field, View.EXACT)] = self._syllables[field].lengths
            lengths[length_row(field, View.WORDS)] = self._words[field].lengths
        save_array(self._folder / LENGTHS_FILE, lengths, self._storage)
        ids, documents = self._ids.merged()
        ranks = id_ranks(documents, count)
        save_array(self._folder / ID_RANKS_FILE, ranks, self._storage)
        self._live: Array = ranks != REPLACED
        self._columns.write(self._folder, self._live, self._storage)
        self._fields.add("id", id_postings(documents), ids.pick, count, None)
        del ids, documents
        self._write_words()
        self._write_syllables()
        self._fields.close()
        write_contents(self._files, schema(), self._segment, count)
        self._storage.remove_folder(self._spool)

    def _write_words(self) -> None:
        names, ranks = self._word_terms.merged()
        self._write_view(View.WORDS, self._words, names, ranks)
        for spool in self._words.values():
            spool.remove()

    def _write_syllables(self) -> None:
        names, ranks = self._exact_terms.merged()
        frequencies = self._write_view(View.EXACT, self._syllables, names, ranks)
        write_vocabulary(self._folder, View.EXACT, names, frequencies, self._storage)
        names, ranks = self._folded_terms.merged()
        ranks = [
            of_run[folded] for of_run, folded in zip(ranks, self._folded_of_exact, strict=True)
        ]
        frequencies = self._write_view(View.FOLDED, self._syllables, names, ranks)
        write_vocabulary(self._folder, View.FOLDED, names, frequencies, self._storage)
        self._write_pairs(names, ranks)
        for spool in self._syllables.values():
            spool.remove()

    def _write_view(
        self, view: View, spools: Mapping[Field, TermSpool], names: Names, ranks: list[Array]
    ) -> Array:
        """Write a view of every field; of each term the documents, summed over fields.

        A document with a term in title and body counts twice.
        """
        frequencies = np.zeros(len(names), dtype=np.int64)
        positional = view in POSITIONAL

        def counted(parts: Iterator[Postings]) -> Iterator[Postings]:
            for part in parts:
                frequencies[part.ranks] += part.document_frequency
                yield part

        for field, spool in spools.items():
            bounds = part_bounds(spool.counts(ranks, len(names)))
            found = spool.occurrences(ranks, self._live, positions=positional)
            parts = counted(invert(found, bounds, self._spool, self._storage))
            longest = int(spool.lengths.max(initial=0)) if positional else None
            self._write_field(field, view, parts, names.pick, longest)
        return frequencies

    def _write_pairs(self, names: Names, ranks: list[Array]) -> None:
        # As bytes, "a_" sorts unlike "a": the first half of a pair is ranked with its underscore.
        with_sign = [name + b"_" for name in names]
        by_head = np.array(sorted(range(len(names)), key=with_sign.__getitem__), dtype=np.int64)
        del with_sign
        head_ranks = np.empty(len(names), dtype=np.int64)
        head_ranks[by_head] = np.arange(len(names))

        def terms(keys: Array) -> list[bytes]:
            heads, tails = np.divmod(keys, len(names))
            both = zip(names.pick(by_head[heads]), names.pick(tails), strict=True)
            return [head + b"_" + tail for head, tail in both]

        for field, spool in self._syllables.items():
            # Each occurrence but the last of a text is the head of one pair.
            counts = spool.counts(ranks, len(names))
            bounds = part_bounds(counts[by_head]) * len(names)
            found = (
                Occurrences(head_ranks[first] * len(names) + second, documents, None)
                for first, second, documents in spool.neighbours(ranks, self._live)
            )
            parts = invert(found, bounds, self._spool, self._storage)
            self._write_field(field, View.PAIRS, parts, terms, None)

    def _write_field(
        self,
        field: Field,
        view: View,
        parts: Iterator[Postings],
        terms: Callable[[Array], list[bytes]],
        longest: int | None,
    ) -> None:
        count = len(self._ids)
        self._fields.add(field_name(field, view), parts, terms, count, longest)

    def abandon(self) -> None:
        """Close every file; the folder is rubble."""
        let_go([*self._syllables.values(), *self._words.values()])
        self._files.let_go()
