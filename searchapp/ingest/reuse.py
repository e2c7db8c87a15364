"""What earlier builds leave to the next one: their stores, and what can't be read again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from searchapp.analysis.analyzer import ANALYZER_VERSION
from searchapp.analysis.pyvi_model import SegmentationModel
from searchapp.errors import IndexRefusedError, NoIndexError
from searchapp.generation_files import JOURNAL, Building
from searchapp.generations import Generations
from searchapp.ingest.base import Problem
from searchapp.ingest.planning import POSTED, STDIN, Step, without_runs
from searchapp.ingest.store import Entry, Store
from searchapp.manifest import size_and_hash


def live_store(generations: Generations) -> Store | None:
    """What the live generation was made of; None where there is none, or it can't be trusted."""
    try:
        current = generations.current()
    except (NoIndexError, IndexRefusedError):
        return None
    journal = current.store_folder / JOURNAL
    known = current.manifest.files.get(journal.relative_to(current.folder).as_posix())
    try:
        is_whole = known is not None and size_and_hash(journal) == tuple(known)
    except OSError:
        is_whole = False
    return Store.load(current.store_folder) if is_whole else None


def left_behind(generations: Generations) -> Iterator[Problem]:
    """That what programs put into the live index, if anything, is not taken over, and why."""
    try:
        reason = f"{generations.current().store_folder} is damaged or missing"
    except NoIndexError:
        return
    except IndexRefusedError as error:
        reason = str(error).partition(";")[0]
    yield Problem(
        str(generations.index_dir),
        f"what programs put into this index, if anything, is not in the new one: {reason}; send it"
        " again, or go back with searchapp rollback",
        kept=True,
    )


def is_usable(store: Store, model: SegmentationModel) -> bool:
    """Whether a store was analysed as this version would do it."""
    analysed = (store.head["analyzer_version"], store.head["pyvi_version"])
    return analysed == (ANALYZER_VERSION, model.pyvi_version)


def usable_rubble(building: Building, model: SegmentationModel) -> list[Store]:
    """What builds that died leave to this one, the fullest first."""
    found = filter(None, map(Store.load, building.rubble_stores))
    usable = [store for store in found if is_usable(store, model)]
    return sorted(usable, key=lambda store: store.document_count, reverse=True)


def stored_steps(live: Store, but: str | None = None) -> list[Step]:
    """Every source as the live index has it, but for the one with a key.

    Raises IndexRefusedError where that is damaged.
    """
    steps = [Step(entry, live) for entry in live.entries.values() if entry.key != but]
    for step in steps:
        if not live.is_sound(step.entry.runs):
            raise IndexRefusedError(
                f"{live.folder} is damaged", "bring it up to date with: searchapp update"
            )
    return steps


def given_steps(
    live: Store, model: SegmentationModel, keys: Sequence[str] = (STDIN, POSTED)
) -> list[Step]:
    """What can't be read again, as the last steps: standard input, and what programs put."""
    steps = []
    for entry in filter(None, map(live.entries.get, keys)):
        check_given(live, entry)
        if is_usable(live, model):
            steps.append(Step(entry, live))
        else:
            documents = (document for document, _ in live.documents(entry.runs))
            steps.append(Step(without_runs(entry), documents=documents))
    return steps


def check_given(live: Store, entry: Entry) -> None:
    """Raises IndexRefusedError where documents are damaged that nothing else has."""
    if not live.is_sound(entry.runs):
        what = "standard input" if entry.key == STDIN else "programs"
        raise IndexRefusedError(
            f"documents that came from {what} are damaged in {live.folder}",
            "go back to an earlier index with searchapp rollback, or restore a backup",
        )
