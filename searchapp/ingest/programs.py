"""What programs put into an index and take out of it, beside what files say.

A document that a program put stands in the place of one with its id that a file holds. One that a
program took out stays out, also where a file still holds it, until the file says something else
under its id or a program puts it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from searchapp.analysis.pyvi_model import SegmentationModel, load_pyvi_model
from searchapp.config import Settings
from searchapp.documents import Document
from searchapp.engines.base import Searcher
from searchapp.engines.registry import get_engine
from searchapp.errors import IndexRefusedError, NoIndexError
from searchapp.generation_files import Generation
from searchapp.generations import Generations
from searchapp.ingest.chunks import content_digest
from searchapp.ingest.making import make_generation, new_building
from searchapp.ingest.planning import POSTED, Sources, Step
from searchapp.ingest.report import Listener
from searchapp.ingest.reuse import check_given, is_usable, live_store, stored_steps
from searchapp.ingest.store import Entry, Store
from searchapp.ingest.stream import Deleted

_PUT = "put by a program"
"""The path of such a document."""
_UPDATE = "bring it up to date with: searchapp update"


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a document.

    ``result`` is created, updated or unchanged for what was put; deleted or absent for what was
    taken out.
    """

    id: str
    result: str


@dataclass(frozen=True, slots=True)
class Applied:
    """The live generation afterwards, how many documents it holds, and each change, in order."""

    generation: str
    documents: int
    changes: tuple[Change, ...]


def put_documents(
    documents: Sequence[Document], settings: Settings, generations: Generations | None = None
) -> Applied:
    """Put documents into the index, in one step; an index is made where there is none.

    Raises LockedError if another build runs for longer than ``write_wait_s``, IndexRefusedError if
    the index can't be trusted.
    """
    named = [replace(document, path=_PUT) for document in documents]
    return _apply({document.id: document for document in named}, settings, generations)


def delete_documents(
    ids: Sequence[str], settings: Settings, generations: Generations | None = None
) -> Applied:
    """Take documents out of the index, in one step.

    Raises NoIndexError, and what `put_documents` raises.
    """
    return _apply(dict.fromkeys(ids), settings, generations)


def _apply(
    wanted: Mapping[str, Document | None], settings: Settings, generations: Generations | None
) -> Applied:
    """Bring the index to hold each document wanted, and none of the ids that None is wanted of."""
    generations = generations or Generations(settings.index_dir)
    with generations.lock(settings.write_wait_s):
        current: Generation | None
        try:
            current = generations.current()
        except NoIndexError:
            if not any(wanted.values()):
                raise
            current = None
        if current is not None:
            settings = replace(settings, engine=current.manifest.engine)
        model = load_pyvi_model()
        live, changes = _compare(wanted, current, generations, model, settings)
        if current is not None and not any(map(_changes_something, changes)):
            return Applied(current.name, current.manifest.document_count, changes)
        with new_building(generations) as building:
            report = make_generation(
                generations,
                building,
                Sources() if live is None else Sources.of(live.head),
                _steps(live, wanted),
                settings=settings,
                model=model,
                stores=[] if live is None else [live],
                live=live,
                deleted=_deleted(live, wanted),
                listener=Listener(),
            )
    assert report.generation is not None
    return Applied(report.generation.name, report.indexed, changes)


def _changes_something(change: Change) -> bool:
    return change.result not in ("unchanged", "absent")


def _compare(
    wanted: Mapping[str, Document | None],
    current: Generation | None,
    generations: Generations,
    model: SegmentationModel,
    settings: Settings,
) -> tuple[Store | None, tuple[Change, ...]]:
    if current is None:
        return None, tuple(Change(one, "created") for one in wanted)
    live = live_store(generations)
    if live is None or not is_usable(live, model):
        raise IndexRefusedError(
            f"{current.folder} was made by another version or is damaged", _UPDATE
        )
    searcher = get_engine(settings.engine, settings).open(current.engine_folder)
    try:
        return live, tuple(_change(one, document, searcher) for one, document in wanted.items())
    finally:
        searcher.close()


def _change(document_id: str, document: Document | None, searcher: Searcher) -> Change:
    there = searcher.document(document_id)
    if document is None:
        return Change(document_id, "absent" if there is None else "deleted")
    if there is None:
        return Change(document_id, "created")
    # The path as well: what a file holds becomes the program's.
    is_same = content_digest(there) == content_digest(document) and there.path == document.path
    return Change(document_id, "unchanged" if is_same else "updated")


def _steps(live: Store | None, wanted: Mapping[str, Document | None]) -> list[Step]:
    """Everything as the live index has it, but for what programs put."""
    if live is None:
        return [Step(Entry(POSTED, "", "", None), documents=_merged((), wanted))]
    files = stored_steps(live, but=POSTED)
    entry = live.entries.get(POSTED)
    if entry is not None:
        check_given(live, entry)
    before = () if entry is None else (document for document, _ in live.documents(entry.runs))
    return [*files, Step(Entry(POSTED, "", "", None), documents=_merged(before, wanted))]


def _merged(
    before: Iterable[Document], wanted: Mapping[str, Document | None]
) -> Iterator[Document]:
    """What programs put before and now, ascending by id; the documents before are, too."""
    new = sorted(
        (document for document in wanted.values() if document is not None),
        key=lambda document: document.id,
    )
    at = 0
    for document in before:
        while at < len(new) and new[at].id < document.id:
            yield new[at]
            at += 1
        if document.id not in wanted:
            yield document
    yield from new[at:]


def _deleted(live: Store | None, wanted: Mapping[str, Document | None]) -> Deleted:
    contents = {} if live is None else dict(live.deleted)
    for document_id, document in wanted.items():
        if document is not None:
            contents.pop(document_id, None)
    return Deleted(
        {document_id: list(known) for document_id, known in contents.items()},
        frozenset(document_id for document_id, document in wanted.items() if document is None),
    )
