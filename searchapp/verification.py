"""Whether a generation is whole: every byte, every posting, every number."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np

from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.assembly import assemble
from searchapp.analysis.base import Field
from searchapp.analysis.pyvi_model import SegmentationModel
from searchapp.config import Settings
from searchapp.engines.base import AnalyzedBatch
from searchapp.engines.registry import get_engine
from searchapp.generation_files import Generation
from searchapp.ingest.store import Store

_SAMPLE = 2_000  # documents analysed again: some seconds
_ARRAYS = ("syllables", "syllable_bounds", "words", "word_bounds")


def verify(
    generation: Generation, settings: Settings | None = None, *, deep: bool = False
) -> list[str]:
    """One line for each thing that is wrong with a generation; empty if it is whole.

    Everything is read: the checksum of each file, each document and posting of the engine's index
    against the analysed documents that it was made of, and the counts. ``deep`` also analyses a
    sample of the documents again, and holds the terms against those that are stored.
    """
    found = generation.damage()
    if found:  # only files that match are opened
        return found
    manifest = generation.manifest
    store = Store.load(generation.store_folder)
    if store is None:
        return [f"{generation.store_folder} holds no store"]
    searcher = get_engine(manifest.engine, settings).open(generation.engine_folder)
    try:
        found += searcher.check()
        found += searcher.check_against(store.batches())
        if searcher.document_count != manifest.document_count:
            found.append(
                f"{generation.folder} holds {searcher.document_count} documents,"
                f" its manifest says {manifest.document_count}"
            )
    finally:
        searcher.close()
    if deep:
        model = SegmentationModel.loads(generation.model_file.read_text(encoding="utf-8"))
        found += _analyse_again(store, Analyzer(model))
    return found


def _analyse_again(store: Store, analyzer: Analyzer) -> Iterator[str]:
    drawn = random.Random(store.document_count)  # noqa: S311  # a sample, and the same each time
    share = min(_SAMPLE / max(store.document_count, 1), 1.0)
    for batch in store.batches():
        rows = [row for row in range(len(batch.documents)) if drawn.random() < share]
        if rows:
            yield from _differing(batch, rows, analyzer)


def _differing(batch: AnalyzedBatch, rows: list[int], analyzer: Analyzer) -> Iterator[str]:
    documents = [batch.documents[row] for row in rows]
    texts = {Field.TITLE: [d.title for d in documents], Field.BODY: [d.text for d in documents]}
    for field, raws in texts.items():
        stored = assemble([batch.fields[field]], [(0, row) for row in rows])
        again = assemble([analyzer.analyze_batch(raws)], [(0, row) for row in range(len(rows))])
        same_terms = (stored.exact_terms, stored.folded_terms, stored.word_terms) == (
            again.exact_terms,
            again.folded_terms,
            again.word_terms,
        )
        same_places = all(
            np.array_equal(getattr(stored, name), getattr(again, name)) for name in _ARRAYS
        )
        if not (same_terms and same_places):
            ids = f"{documents[0].id!r} to {documents[-1].id!r}"
            yield f"the stored terms of a {field} among documents {ids} are not those of its text"
