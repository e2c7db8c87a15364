"""The road from files to a live index: read, analyse, write, switch."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path

from searchapp.analysis.analyzer import ANALYZER_VERSION
from searchapp.analysis.base import Field
from searchapp.analysis.pyvi_model import load_pyvi_model
from searchapp.config import Settings
from searchapp.documents import Document
from searchapp.engines.registry import get_engine
from searchapp.errors import InputError, SearchappError
from searchapp.generations import Building, Generation, Generations
from searchapp.ingest.analysis_pool import analyze_all
from searchapp.ingest.base import Problem, SourceFile, printable
from searchapp.ingest.files import Collection, collect
from searchapp.ingest.limits import Limits
from searchapp.ingest.mapping import FieldMap
from searchapp.ingest.reading import read_file
from searchapp.language.completion_builder import CompletionBuilder
from searchapp.language.counts import CorpusCounts
from searchapp.language.synonyms import AbbreviationMiner
from searchapp.storage import DISK


@dataclass(slots=True)
class Report:
    """What a build did: counts of documents, and the lines that were said about the rest."""

    indexed: int = 0
    skipped: int = 0
    replaced: int = 0
    warnings: int = 0
    other_files: int = 0
    build_s: float = 0.0
    generation: Generation | None = None


@dataclass(frozen=True, slots=True)
class Listener:
    """Who wants to know how a build goes; each is called in the building thread."""

    problem: Callable[[Problem], None] = lambda _: None
    document: Callable[[SourceFile, Document], None] = lambda *_: None
    started: Callable[[Collection], None] = lambda _: None
    writing: Callable[[], None] = lambda: None


@dataclass(slots=True)
class _Reading:
    """Reads documents, drops what was read twice, and counts."""

    listener: Listener
    report: Report
    seen: dict[str, str] = field(default_factory=dict)

    def documents(self, files: Sequence[SourceFile]) -> Iterator[Document]:
        for file, item in ((one, item) for one in files for item in read_file(one)):
            if isinstance(item, Problem):
                self.tell(item)
                continue
            where = item.path or item.id
            if item.id in self.seen:
                self.report.replaced += 1
                self.listener.problem(
                    Problem(
                        where,
                        f"id {item.id!r} was already in {self.seen[item.id]}; the later one wins",
                        kept=True,
                    )
                )
            self.seen[item.id] = where
            self.listener.document(file, item)
            yield item

    def tell(self, problem: Problem) -> None:
        """Count a problem, and pass it on."""
        if problem.kept:
            self.report.warnings += 1
        else:
            self.report.skipped += 1
        self.listener.problem(problem)


def build(
    paths: Sequence[Path],
    settings: Settings,
    listener: Listener | None = None,
    fields: FieldMap | None = None,
) -> Report:
    """Build a new generation from files and folders and make it live.

    ``fields`` are foreign names in records and tables.

    Raises InputError if there is nothing to index, LockedError if another build is running; the
    live index is untouched unless all went well.
    """
    listener = listener or Listener()
    begun = time.monotonic()
    engine = get_engine(settings.engine)
    collection = collect(paths, fields or FieldMap(), Limits.of(settings))
    model = load_pyvi_model()
    report = Report(other_files=collection.other_files)
    reading = _Reading(listener, report)
    generations = Generations(settings.index_dir)
    jobs = settings.jobs or os.cpu_count() or 1
    with generations.lock(), _discarded_on_failure(generations) as building:
        listener.started(collection)
        for problem in collection.unreadable:
            reading.tell(problem)
        writer = engine.create(building.engine_folder)
        spool = building.language_folder / "spool"
        DISK.make_folder(spool)
        counts, miner, completions = (
            CorpusCounts(spool),
            AbbreviationMiner(),
            CompletionBuilder(spool),
        )
        try:
            for batch in analyze_all(reading.documents(collection.files), model, jobs):
                writer.add(batch)
                completions.add_titles(document.title for document in batch.documents)
                completions.add_texts(batch.fields[Field.BODY])
                for field, terms in batch.fields.items():
                    counts.add(terms)
                    for document in batch.documents:
                        miner.add(document.title if field is Field.TITLE else document.text)
            report.indexed = len(reading.seen)
            if not report.indexed:
                named = ", ".join(map(str, paths))
                raise InputError(f"none of the documents in {named} could be read")
            listener.writing()
            writer.commit()
        except BaseException:
            writer.abandon()
            raise
        counts.write(building.language_folder)
        completions.write(building.language_folder)
        miner.write(building.language_folder)
        DISK.remove_folder(spool)
        building.model_file.write_text(model.dumps(), encoding="utf-8")
        report.build_s = time.monotonic() - begun
        report.generation = generations.publish(
            building,
            engine=engine.name,
            analyzer_version=ANALYZER_VERSION,
            pyvi_version=model.pyvi_version,
            document_count=report.indexed,
            sources=[printable(path) for path in paths],
            build_s=report.build_s,
            keep=settings.keep_generations,
        )
    return report


@contextlib.contextmanager
def _discarded_on_failure(generations: Generations) -> Iterator[Building]:
    """A generation that is removed again if its building fails."""
    try:
        building = generations.begin()
    except OSError as error:
        raise SearchappError(f"the index can't be written: {error}") from error
    try:
        yield building
    except BrokenProcessPool as error:
        generations.discard(building)
        raise SearchappError(
            "a process that analyses text was ended from outside, perhaps for want of memory; "
            "try again with fewer: --jobs 1"
        ) from error
    except OSError as error:
        generations.discard(building)
        raise SearchappError(f"the index can't be written: {error}") from error
    except BaseException:
        generations.discard(building)
        raise
