"""Builds a Whoosh index from analysed documents, in bounded memory.

Documents go to Whoosh's per-document files as they come; their terms go to spool files as numbers.
`commit` sorts the spools field by field (`inversion.py`) and writes the postings
(`whoosh_codec.py`).
"""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh import fields, index
from whoosh.writing import SegmentWriter

from searchapp.analysis.base import Field, View
from searchapp.documents import Document
from searchapp.engines.base import AnalyzedBatch
from searchapp.engines.columns import ColumnsWriter
from searchapp.engines.inversion import Postings, invert
from searchapp.engines.vocabulary import VIEWS, write_vocabulary
from searchapp.engines.whoosh_codec import ArrayCodec

Array = npt.NDArray[Any]

LENGTHS_FILE = "lengths.npy"
ID_RANKS_FILE = "id_ranks.npy"
REPLACED = -1
"""The rank of a document that a later one with its id replaced: it has no postings."""
STORED = tuple(one.name for one in dataclasses.fields(Document))
POSITIONAL = (View.EXACT, View.FOLDED)


def field_name(field: Field, view: View) -> str:
    """The Whoosh field that keeps a view of a field."""
    return f"{field}_{view}"


def length_row(field: Field, view: View) -> int:
    """The row of `LENGTHS_FILE` with the lengths that norm a view: in words, or in syllables."""
    return 2 * list(Field).index(field) + (view is View.WORDS)


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

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._spool = folder / "spool"
        self._spool.mkdir()
        self._index = index.create_in(str(folder), schema())
        self._writer = SegmentWriter(self._index, codec=ArrayCodec())
        self._count = 0
        self._numbers: dict[str, int] = {}
        self._live: Array = np.empty(0, dtype=np.bool_)
        self._columns = ColumnsWriter()
        self._frequencies: dict[View, Array] = {}
        self._exact = _Terms()
        self._folded = _Terms()
        self._folded_of_exact: list[int] = []
        self._words = _Terms()
        self._files = {
            (field, kind): (self._spool / f"{field}.{kind}").open("wb")
            for field in Field
            for kind in ("syllables", "words", "syllable_counts", "word_counts")
        }

    def add(self, batch: AnalyzedBatch) -> None:
        """Take documents in, in order."""
        per_document = self._writer.perdocwriter
        for document in batch.documents:
            per_document.start_doc(self._count)
            for name in STORED:
                value = getattr(document, name)
                if value:
                    per_document.add_field(name, None, value, None)
            per_document.finish_doc()
            self._columns.add(document)
            self._numbers[document.id] = self._count
            self._count += 1
        for field, terms in batch.fields.items():
            exact = self._exact.numbers(terms.exact_terms)
            new = len(self._exact.names) - len(self._folded_of_exact)
            if new:
                folded = dict(zip(terms.exact_terms, terms.folded_terms, strict=True))
                self._folded_of_exact += self._folded.numbers(
                    [folded[name] for name in self._exact.names[-new:]]
                ).tolist()
            words = self._words.numbers(terms.word_terms)
            for kind, values in (
                ("syllables", exact[terms.syllables]),
                ("words", words[terms.words]),
                ("syllable_counts", np.diff(terms.syllable_bounds)),
                ("word_counts", np.diff(terms.word_bounds)),
            ):
                self._files[field, kind].write(values.astype(np.int32).tobytes())

    def commit(self) -> None:
        """Write postings, lengths and Whoosh's table of contents."""
        self._close_spools()
        np.save(self._folder / LENGTHS_FILE, self._lengths())
        ids = list(self._numbers)
        order = sorted(range(len(ids)), key=ids.__getitem__)
        in_order = [self._numbers[ids[i]] for i in order]
        ranks = np.full(self._count, REPLACED, dtype=np.int32)
        ranks[in_order] = np.arange(len(order))
        np.save(self._folder / ID_RANKS_FILE, ranks)
        self._live = ranks != REPLACED
        self._columns.write(self._folder, self._live)

        writer = self._writer
        add_field = writer.fieldwriter.add_field
        count = self._count
        add_field("id", _id_postings([ids[i] for i in order], in_order), count, None)
        for field in Field:
            for view in View:
                longest = int(self._counts(field, view).max(initial=0))
                add_field(
                    field_name(field, view),
                    self._postings(field, view),
                    count,
                    longest if view in POSITIONAL else None,
                )
        for view in VIEWS:
            names, _ = self._term_names(view).sorted()
            write_vocabulary(self._folder, view, names, self._frequencies[view])
        writer.perdocwriter.close()
        writer.fieldwriter.close()
        segment = writer.get_segment()
        segment.set_doc_count(count)
        writer._commit_toc([segment])
        writer._finish()
        self._index.close()
        shutil.rmtree(self._spool)

    def abandon(self) -> None:
        """Close the files and let go of Whoosh's lock; the folder is rubble."""
        self._close_spools()
        # Whoosh finishes its files before it closes them. On a full disk that fails again; the
        # first failure is on its way to the caller, and the folder is thrown away.
        with contextlib.suppress(OSError):
            self._writer.cancel()
        self._index.close()

    def _close_spools(self) -> None:
        for file in self._files.values():
            file.close()

    def _term_names(self, view: View) -> _Terms:
        if view is View.WORDS:
            return self._words
        return self._exact if view is View.EXACT else self._folded

    def _read(self, field: Field, kind: str) -> Array:
        return np.fromfile(self._spool / f"{field}.{kind}", dtype=np.int32)

    def _counts(self, field: Field, view: View) -> Array:
        return self._read(field, "word_counts" if view is View.WORDS else "syllable_counts")

    def _lengths(self) -> Array:
        lengths = np.zeros((2 * len(Field), self._count), dtype=np.int32)
        for field in Field:
            for view in (View.EXACT, View.WORDS):
                lengths[length_row(field, view)] = self._counts(field, view)
        return lengths

    def _postings(self, field: Field, view: View) -> Iterator[tuple[list[bytes], Postings]]:
        counts = self._counts(field, view)
        documents = np.repeat(np.arange(counts.size, dtype=np.int32), counts)
        if view is View.WORDS:
            numbers = self._read(field, "words")
            positions = np.zeros(numbers.size, dtype=np.bool_)  # none are kept
        else:
            numbers = self._read(field, "syllables")
            positions = _places(counts)
        if not self._live.all():
            live = self._live[documents]
            numbers, documents, positions = numbers[live], documents[live], positions[live]
        if view in (View.FOLDED, View.PAIRS):
            numbers = np.array(self._folded_of_exact, dtype=np.int32)[numbers]
        if view is View.PAIRS:
            yield from self._pair_postings(numbers, documents)
            return
        names, ranks = self._term_names(view).sorted()
        # Summed over fields: a document with a term in title and body counts twice here.
        frequencies = self._frequencies.setdefault(view, np.zeros(len(names), dtype=np.int64))
        for part in invert(ranks[numbers], documents, positions):
            frequencies[part.ranks] += part.document_frequency
            yield [names[rank] for rank in part.ranks.tolist()], part

    def _pair_postings(
        self, folded: Array, documents: Array
    ) -> Iterator[tuple[list[bytes], Postings]]:
        # As bytes, "a_" sorts unlike "a": the first half of a pair is ranked with its underscore.
        heads, head_ranks = self._folded.sorted("_")
        tails, tail_ranks = self._folded.sorted()
        together = np.flatnonzero(documents[1:] == documents[:-1])
        keys = head_ranks[folded[together]].astype(np.int64) * len(tails)
        keys += tail_ranks[folded[together + 1]]
        for part in invert(keys, documents[together], np.empty(together.size, dtype=np.bool_)):
            first, second = np.divmod(part.ranks, len(tails))
            yield (
                [heads[a] + tails[b] for a, b in zip(first.tolist(), second.tolist(), strict=True)],
                part,
            )


class _Terms:
    """All terms of a view in one index, numbered in order of first use."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._numbers: dict[str, int] = {}

    def numbers(self, names: Iterable[str]) -> Array:
        """The numbers of terms; new ones are added."""
        known, all_names = self._numbers, self.names
        out = []
        for name in names:
            number = known.get(name)
            if number is None:
                number = known[name] = len(all_names)
                all_names.append(name)
            out.append(number)
        return np.array(out, dtype=np.int32)

    def sorted(self, ending: str = "") -> tuple[list[bytes], Array]:
        """The terms as bytes in ascending order, and the rank of each number."""
        encoded = [(name + ending).encode("utf-8") for name in self.names]
        order = sorted(range(len(encoded)), key=encoded.__getitem__)
        ranks = np.empty(len(order), dtype=np.int32)
        ranks[order] = np.arange(len(order), dtype=np.int32)
        return [encoded[i] for i in order], ranks


def _places(counts: Array) -> Array:
    """0, 1, 2, … within each document."""
    ends = np.cumsum(counts)
    places: Array = np.arange(ends[-1] if ends.size else 0) - np.repeat(ends - counts, counts)
    return places


def _id_postings(ids: list[str], numbers: list[int]) -> Iterator[tuple[list[bytes], Postings]]:
    """One posting an id; ``ids`` ascending, which for code points is the order of UTF-8 too."""
    ones = np.ones(len(ids), dtype=np.int64)
    yield (
        [document_id.encode("utf-8") for document_id in ids],
        Postings(
            ranks=np.arange(len(ids)),
            document_frequency=ones,
            documents=np.array(numbers, dtype=np.int64),
            frequencies=ones,
            positions=np.empty(0, dtype=np.int64),
        ),
    )
