"""From a plan to a live generation: analyse, write, check, switch; all of it or nothing."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from typing import Any

from searchapp.analysis.analyzer import ANALYZER_VERSION
from searchapp.analysis.pyvi_model import SegmentationModel
from searchapp.config import Settings
from searchapp.engines.base import AnalyzedBatch, Engine
from searchapp.engines.registry import get_engine
from searchapp.errors import (
    IndexRefusedError,
    InputError,
    NoIndexError,
    SearchappError,
    UnavailableError,
)
from searchapp.generation_files import Building
from searchapp.generations import Generations
from searchapp.ingest.analysis_pool import AnalysisPool
from searchapp.ingest.batching import PlannedBatch, batched
from searchapp.ingest.files import Collection
from searchapp.ingest.planning import POSTED, Sources, Step
from searchapp.ingest.reading_pool import ReadingPool
from searchapp.ingest.report import Listener, Report, Work
from searchapp.ingest.store import Run, Store, StoreWriter
from searchapp.ingest.stream import Deleted, Stream
from searchapp.language.gathering import LanguageBuilder
from searchapp.switching import tell_engines


def make_generation(
    generations: Generations,
    building: Building,
    sources: Sources,
    steps: Sequence[Step],
    *,
    settings: Settings,
    model: SegmentationModel,
    stores: Sequence[Store],
    live: Store | None,
    deleted: Deleted,
    listener: Listener,
    collection: Collection | None = None,
) -> Report:
    """Make a generation of what a plan says, and switch to it. Needs the lock.

    ``stores`` are looked through for texts that were analysed before; ``live`` is what the report
    compares with. Where files were looked for, ``collection`` is what was found; without a document
    from anywhere that raises InputError.
    """
    begun = time.monotonic()
    jobs = settings.jobs or os.cpu_count() or 1
    engine = get_engine(settings.engine, settings)
    files = [step.file for step in steps if step.file is not None]
    stored = sum(step.store is not None for step in steps)
    listener.started(Work(len(files), sum(_size(file.path) for file in files), stored))
    head = {
        **sources.head(),
        "analyzer_version": ANALYZER_VERSION,
        "pyvi_version": model.pyvi_version,
    }
    with ReadingPool(files, jobs) as readers, AnalysisPool(model, jobs) as analysts:
        stream = Stream(steps, iter(readers), stores, live, deleted, listener)
        output = _Output(engine, building, head, generations)
        try:
            for problem in () if collection is None else collection.unreadable:
                stream.tell(problem)
            for planned, batch in analysts.analyze(batched(stream)):
                output.add(planned, batch)
            if not stream.report.indexed and collection is not None:
                named = ", ".join(sources.shown)
                raise InputError(f"none of the documents in {named} could be read")
            listener.writing()
            output.commit(deleted.contents, analysts)
        except BaseException:
            output.abandon()
            raise
    generations.storage.write_text(building.model_file, model.dumps())
    report = stream.report
    report.posted = output.posted
    report.other_files = 0 if collection is None else collection.other_files
    report.build_s = time.monotonic() - begun
    before = generations.whole()
    report.generation = generations.publish(
        building,
        engine=engine.name,
        analyzer_version=ANALYZER_VERSION,
        pyvi_version=model.pyvi_version,
        document_count=report.indexed,
        sources=sources.shown,
        build_s=report.build_s,
        keep=settings.keep_generations,
    )
    tell_engines(generations, report.generation, settings, before)
    return report


class _Output:
    """Everything that is made of analysed batches: the store, the engine's index, the language."""

    def __init__(
        self, engine: Engine, building: Building, head: Mapping[str, Any], generations: Generations
    ) -> None:
        storage = generations.storage
        self._language = LanguageBuilder(building.language_folder, storage)
        self._runs: list[Run] = []  # of the entry that goes on
        self.posted = 0
        self._store = StoreWriter(building.store_folder, head, storage)
        try:
            like = _live_engine_folder(generations, engine.name, head)
            self._engine = engine.create(building.engine_folder, storage, like)
        except BaseException:
            self._store.close()
            raise

    def add(self, planned: PlannedBatch, batch: AnalyzedBatch) -> None:
        """Take a batch in, in order."""
        if batch.documents:
            self._engine.add(batch)
            self._language.add(batch.documents, batch.fields)
        self._keep(planned, batch)

    def _keep(self, planned: PlannedBatch, batch: AnalyzedBatch) -> None:
        chunk = -1
        if batch.documents:
            stored = planned.stored()
            if stored is not None:
                chunk = self._store.link(*stored)
            else:
                chunk = self._store.add(batch, [one.digest for one in planned.planned])
        begin = 0
        for end, entry in planned.finished:
            self._extend(chunk, begin, end)
            self._store.finish(replace(entry, runs=tuple(self._runs)))
            if entry.key == POSTED:
                self.posted = sum(run.count for run in self._runs)
            self._runs, begin = [], end
        self._extend(chunk, begin, len(batch.documents))

    def _extend(self, chunk: int, begin: int, end: int) -> None:
        if end > begin:
            self._runs.append(Run(chunk, begin, end - begin))

    def commit(self, deleted: Mapping[str, Sequence[str]], analysts: AnalysisPool) -> None:
        """Write what was gathered: the language's files beside the engine's."""
        finish_language = analysts.beside(self._language.write)
        del self._language
        self._engine.commit()
        finish_language()
        self._store.note_deleted(deleted)
        self._store.close()

    def abandon(self) -> None:
        """Let go of every file; what lies in the folders is rubble."""
        self._store.close()
        self._engine.abandon()


@contextlib.contextmanager
def new_building(generations: Generations) -> Iterator[Building]:
    """A generation that is removed again if its building fails.

    What can be used again stays where it was only interrupted.
    """
    try:
        building = generations.begin()
    except OSError as error:
        raise SearchappError(f"the index can't be written: {error}") from error
    try:
        yield building
    except KeyboardInterrupt:
        generations.leave(building)
        raise
    except UnavailableError:
        generations.leave(building)  # the server comes back, and what was analysed is of use then
        raise
    except BrokenProcessPool as error:
        generations.leave(building)
        raise SearchappError(
            "a process that analyses text was ended from outside, perhaps for want of memory;"
            " the next build goes on from here, perhaps with fewer processes: --jobs 1"
        ) from error
    except OSError as error:
        generations.discard(building)
        raise SearchappError(f"the index can't be written: {error}") from error
    except BaseException:
        generations.discard(building)
        raise


def _live_engine_folder(
    generations: Generations, engine_name: str, head: Mapping[str, Any]
) -> Path | None:
    """Where the live index lies, if it is one of this engine over the same terms."""
    try:
        live = generations.current()
    except (NoIndexError, IndexRefusedError):
        return None
    manifest = live.manifest
    analysed = (head["analyzer_version"], head["pyvi_version"])
    is_like = (manifest.analyzer_version, manifest.pyvi_version) == analysed
    return live.engine_folder if is_like and manifest.engine == engine_name else None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # reading it says why
