"""The documents of an index to be, in order: those read now, and those known from before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from searchapp.documents import Document
from searchapp.ingest.base import Problem
from searchapp.ingest.batching import Known, Planned
from searchapp.ingest.chunks import content_digest, text_digest
from searchapp.ingest.planning import AnswerStamp, Step, without_runs
from searchapp.ingest.reading_pool import FileReading
from searchapp.ingest.report import Listener, Progress, Report
from searchapp.ingest.sql import SqlSource, read_query
from searchapp.ingest.store import Entry, Store

_TOLD_EVERY = 500  # rows of a database


@dataclass(slots=True)
class Deleted:
    """What programs took out and files still hold: by id, the contents that are left out.

    ``now`` are ids being taken out: whatever has one is left out, and noted. A file that says
    something new under such an id is indexed again.
    """

    contents: dict[str, list[str]] = field(default_factory=dict)
    now: frozenset[str] = frozenset()

    def has(self, document: Document) -> bool:
        """Whether a document is left out."""
        if document.id not in self.now and document.id not in self.contents:
            return False
        digest = content_digest(document)
        known = self.contents.setdefault(document.id, [])
        if document.id in self.now and digest not in known:
            known.append(digest)
        return digest in known


class Stream:
    """Goes through the steps of a plan; counts, and tells of problems."""

    def __init__(
        self,
        steps: Sequence[Step],
        readings: Iterator[FileReading],
        stores: Sequence[Store],
        live: Store | None,
        deleted: Deleted,
        listener: Listener,
    ) -> None:
        self._steps = steps
        self._readings = readings
        self._stores = stores
        self._live = live
        self._deleted = deleted
        self._listener = listener
        self._bytes = 0
        self._seen: dict[str, str] = {}
        self._before = {} if live is None else self._changing(live)
        self.report = Report()

    def __iter__(self) -> Iterator[Planned | Entry]:
        """Documents, and behind the last of each entry the entry."""
        for step in self._steps:
            if step.store is not None:
                yield from self._stored(step, step.store)
            elif step.file is not None:
                yield from self._read(step)
            elif step.query is not None:
                yield from self._queried(step, step.query)
            else:
                yield from self._given(step)
        self.report.indexed = len(self._seen)
        self.report.removed = len(self._before)

    def tell(self, problem: Problem) -> None:
        """Count a problem, and pass it on."""
        self.report.problems.append(problem)
        self._listener.problem(problem)

    def _stored(self, step: Step, store: Store) -> Iterator[Planned | Entry]:
        for document, (chunk, row) in store.documents(step.entry.runs):
            if self._is_taken(document, is_new=store is not self._live):
                known = Known(store, chunk, row)
                yield Planned(document, store.digest(chunk, row), known)
        self.report.problems += step.entry.problems
        yield without_runs(step.entry)

    def _read(self, step: Step) -> Iterator[Planned | Entry]:
        reading = next(self._readings)
        problems: list[Problem] = []
        begin = self._bytes
        for parcel in reading.parcels:
            for item in parcel.items:
                if isinstance(item, Problem):
                    problems.append(item)
                    self.tell(item)
                elif self._is_taken(item, is_new=True):
                    yield self._planned(item)
            self._bytes = max(self._bytes, begin + parcel.bytes_read)
            self._listener.progress(Progress(reading.file.name, len(self._seen), self._bytes))
        yield replace(step.entry, stamp=reading.stamp, problems=tuple(problems))

    def _queried(self, step: Step, source: SqlSource) -> Iterator[Planned | Entry]:
        problems: list[Problem] = []
        seen = AnswerStamp()
        for item in read_query(source):
            if isinstance(item, Problem):
                problems.append(item)
                self.tell(item)
                continue
            seen.add(item)
            if self._is_taken(item, is_new=True):
                yield self._planned(item)
            if seen.count % _TOLD_EVERY == 0:
                self._listener.progress(Progress(source.shown, len(self._seen), self._bytes))
        yield replace(step.entry, stamp=seen.stamp(), problems=tuple(problems))

    def _given(self, step: Step) -> Iterator[Planned | Entry]:
        for document in step.documents:
            if self._is_taken(document, is_new=True, is_posted=True):
                yield self._planned(document)
        yield step.entry

    def _planned(self, document: Document) -> Planned:
        digest = text_digest(document)
        for store in self._stores:
            place = store.find(digest)
            if place is not None:
                return Planned(document, digest, Known(store, *place))
        return Planned(document, digest)

    def _is_taken(self, document: Document, *, is_new: bool, is_posted: bool = False) -> bool:
        """Whether a document comes into the index; counts it if it does."""
        if not is_posted and self._deleted.has(document):
            return False
        if is_new:
            before = self._before.pop(document.id, None)
            if before is None:
                self.report.added += 1
            elif before != content_digest(document):
                self.report.changed += 1
        where = document.path or document.id
        earlier = self._seen.get(document.id)
        self._seen[document.id] = where
        # What a program puts is meant to stand in the place of what a file says.
        if earlier is not None and not is_posted:
            self.report.replaced += 1
            self.tell(
                Problem(
                    where,
                    f"id {document.id!r} was already in {earlier}; the later one wins",
                    kept=True,
                )
            )
        return True

    def _changing(self, live: Store) -> dict[str, str]:
        """The contents, by id, of what the live index has of entries that are not taken over."""
        kept = {step.entry.key for step in self._steps if step.store is live}
        return {
            document.id: content_digest(document)
            for entry in live.entries.values()
            if entry.key not in kept
            for document, _ in live.documents(entry.runs)
        }
