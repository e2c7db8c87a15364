"""Documents that programs add and delete, one call at a time.

This body rebuilds the whole index for each call, with the documents of the live one. What it says
is what matters: the web layer and its tests stand on it.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from searchapp.config import Settings
from searchapp.documents import Document
from searchapp.engines.registry import get_engine
from searchapp.errors import NoIndexError
from searchapp.generations import Generations
from searchapp.ingest.build import build


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
    changes: Iterable[Change],
    settings: Settings,
) -> Applied:
    changes = tuple(changes)
    generations = Generations(settings.index_dir)
    if any(change.result in ("created", "updated", "deleted") for change in changes):
        with tempfile.TemporaryDirectory() as folder:
            records = Path(folder) / "records.jsonl"
            with records.open("w", encoding="utf-8") as file:
                for document in after.values():
                    file.write(json.dumps(asdict(document)) + "\n")
            report = build([records], replace(settings, jobs=1))
        assert report.generation is not None
        return Applied(report.generation.name, len(after), changes)
    name = generations.current_name()
    if name is None:
        raise NoIndexError(settings.index_dir)
    return Applied(name, len(held), changes)
