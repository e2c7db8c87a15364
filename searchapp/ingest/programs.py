"""Documents that programs add and delete, one call at a time.

This body rebuilds the whole index for each call, with the documents of the live one. What it says
is what matters: the web layer and its tests stand on it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from searchapp.analysis.analyzer import ANALYZER_VERSION
from searchapp.analysis.base import Field
from searchapp.analysis.pyvi_model import load_pyvi_model
from searchapp.config import Settings
from searchapp.documents import Document
from searchapp.engines.registry import get_engine
from searchapp.errors import NoIndexError
from searchapp.generations import Generation, Generations
from searchapp.ingest.analysis_pool import analyze_all
from searchapp.language.completion_builder import CompletionBuilder
from searchapp.language.counts import CorpusCounts
from searchapp.language.synonyms import ABBREVIATIONS_FILE


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one document: created, updated, unchanged, deleted or absent."""

    id: str
    result: str


@dataclass(frozen=True, slots=True)
class Applied:
    """The live generation after a call, how many documents it holds, and each change in order."""

    generation: str
    documents: int
    changes: tuple[Change, ...]


def put_documents(documents: Sequence[Document], settings: Settings) -> Applied:
    """Create or replace documents: all or none, searchable on return.

    Raises LockedError if another build runs, SearchappError if the index can't be written.
    """
    held = _held(settings)
    after = dict(held)
    changes = []
    for document in documents:
        known = held.get(document.id)
        same = known is not None and replace(known, path=None) == replace(document, path=None)
        result = "created" if known is None else "unchanged" if same else "updated"
        changes.append(Change(document.id, result))
        after[document.id] = document
    return _apply(held, after, changes, settings)


def delete_documents(ids: Sequence[str], settings: Settings) -> Applied:
    """Delete documents by id: all or none, gone on return; raises as `put_documents` does."""
    held = _held(settings)
    changes = [Change(one, "deleted" if one in held else "absent") for one in ids]
    after = {one: document for one, document in held.items() if one not in set(ids)}
    return _apply(held, after, changes, settings)


def _held(settings: Settings) -> dict[str, Document]:
    try:
        generation = Generations(settings.index_dir).current()
    except NoIndexError:
        return {}
    engine = get_engine(generation.manifest.engine)
    with closing(engine.open(generation.engine_folder)) as searcher:
        return {document.id: document for document in searcher.documents()}


def _apply(
    held: Mapping[str, Document],
    after: Mapping[str, Document],
    changes: Sequence[Change],
    settings: Settings,
) -> Applied:
    generations = Generations(settings.index_dir)
    name = generations.current_name()
    if any(change.result in ("created", "updated", "deleted") for change in changes):
        name = _rebuild(list(after.values()), generations, settings).name
        return Applied(name, len(after), tuple(changes))
    if name is None:
        raise NoIndexError(settings.index_dir)
    return Applied(name, len(held), tuple(changes))


def _rebuild(
    documents: Sequence[Document], generations: Generations, settings: Settings
) -> Generation:
    begun = time.monotonic()
    engine, model = get_engine(settings.engine), load_pyvi_model()
    with generations.lock():
        building = generations.begin()
        writer = engine.create(building.engine_folder)
        counts, completions = CorpusCounts(), CompletionBuilder()
        for batch in analyze_all(iter(documents), model, 1):
            writer.add(batch)
            completions.add_titles(document.title for document in batch.documents)
            completions.add_texts(batch.fields[Field.BODY])
            for terms in batch.fields.values():
                counts.add(terms)
        writer.commit()
        counts.write(building.language_folder)
        completions.write(building.language_folder)
        (building.language_folder / ABBREVIATIONS_FILE).touch()
        building.model_file.write_text(model.dumps(), encoding="utf-8")
        return generations.publish(
            building,
            engine=engine.name,
            analyzer_version=ANALYZER_VERSION,
            pyvi_version=model.pyvi_version,
            document_count=len(documents),
            sources=[],
            build_s=time.monotonic() - begun,
            keep=settings.keep_generations,
        )
