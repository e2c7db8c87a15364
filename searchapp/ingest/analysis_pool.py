"""Analysis on every core: batches of documents out, batches of terms back, in order.

A bounded number of batches is under way at once, so a fast reader waits for slow analysis and
memory stays level.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain

from searchapp.analysis.analyzer import Analyzer, BatchTerms
from searchapp.analysis.assembly import assemble
from searchapp.analysis.base import Field
from searchapp.analysis.pyvi_model import SegmentationModel
from searchapp.apart import leave_signals_to_parent, signals_held_back
from searchapp.engines.base import AnalyzedBatch
from searchapp.external.memory import give_back
from searchapp.ingest.batching import PlannedBatch

_AHEAD_PER_JOB = 3  # batches under way for each process: one in work, some waiting
_ALONE_CHARS = 2_000_000  # so little is analysed here: starting processes would take longer

Terms = dict[Field, BatchTerms]

_analyzer: Analyzer | None = None  # of a worker process


class AnalysisPool:
    """Processes that analyse, started only where there is much to do; use it as a context manager.

    ``jobs`` of them work beside this one.
    """

    def __init__(self, model: SegmentationModel, jobs: int) -> None:
        self._model, self._jobs = model, jobs
        self._executor: ProcessPoolExecutor | None = None

    def __enter__(self) -> AnalysisPool:
        return self

    def __exit__(self, *_: object) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)

    def analyze(
        self, batches: Iterable[PlannedBatch]
    ) -> Iterator[tuple[PlannedBatch, AnalyzedBatch]]:
        """Analyse what is not known yet of some batches, in order."""
        remaining, first, chars = iter(batches), [], 0
        while chars < _ALONE_CHARS and (batch := next(remaining, None)) is not None:
            first.append(batch)
            chars += sum(map(len, chain.from_iterable(_unknown(batch).values())))
        if self._jobs <= 1 or chars < _ALONE_CHARS:
            analyzer = Analyzer(self._model)
            for batch in chain(first, remaining):
                texts = _unknown(batch)
                yield batch, _together(batch, _terms(analyzer, texts) if _any(texts) else None)
            return
        with signals_held_back():  # it starts the process that watches what processes share
            executor = self._executor = ProcessPoolExecutor(
                max_workers=self._jobs,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_start_worker,
                initargs=(self._model.dumps(),),
            )
        pending: deque[tuple[PlannedBatch, Future[Terms] | None]] = deque()
        for batch in chain(first, remaining):
            texts = _unknown(batch)
            with signals_held_back():  # it may start a process
                new = executor.submit(_analyze_texts, texts) if _any(texts) else None
            pending.append((batch, new))
            if len(pending) >= self._jobs * _AHEAD_PER_JOB:
                yield _finished(*pending.popleft())
        while pending:
            yield _finished(*pending.popleft())

    def beside(self, work: Callable[[], None]) -> Callable[[], None]:
        """Begin work in a process that has no text left to analyse; the call given waits for it.

        Where no process was started, that call does the work. It raises what the work raises.
        """
        if self._executor is None:
            return work
        return self._executor.submit(_do, work).result


def _unknown(batch: PlannedBatch) -> dict[Field, list[str]]:
    """The texts of a batch that were not analysed before."""
    documents = [one.document for one in batch.planned if one.known is None]
    return {Field.TITLE: [d.title for d in documents], Field.BODY: [d.text for d in documents]}


def _any(texts: dict[Field, list[str]]) -> bool:
    return bool(texts[Field.TITLE])


def _terms(analyzer: Analyzer, texts: dict[Field, list[str]]) -> Terms:
    return {field: analyzer.analyze_batch(raws) for field, raws in texts.items()}


def _finished(
    batch: PlannedBatch, future: Future[Terms] | None
) -> tuple[PlannedBatch, AnalyzedBatch]:
    return batch, _together(batch, None if future is None else future.result())


def _together(batch: PlannedBatch, new: Terms | None) -> AnalyzedBatch:
    """What is known of a batch and what is new, in its order."""
    if not batch.planned:
        return AnalyzedBatch([], {})
    if new is not None and all(one.known is None for one in batch.planned):
        return AnalyzedBatch(batch.documents, new)
    stored = batch.stored()
    if stored is not None:
        store, chunk = stored
        return store.batch(chunk)
    parts: list[Terms] = [] if new is None else [new]
    numbers: dict[tuple[int, int], int] = {}
    rows: list[tuple[int, int]] = []
    news = 0
    for one in batch.planned:
        if one.known is None:
            rows.append((0, news))
            news += 1
            continue
        key = (id(one.known.store), one.known.chunk)
        if key not in numbers:
            numbers[key] = len(parts)
            parts.append(one.known.store.batch(one.known.chunk).fields)
        rows.append((numbers[key], one.known.row))
    fields = {field: assemble([part[field] for part in parts], rows) for field in Field}
    return AnalyzedBatch(batch.documents, fields)


def _start_worker(model: str) -> None:
    global _analyzer  # noqa: PLW0603  # a worker process is made for one job: this is its state
    leave_signals_to_parent()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _analyzer = Analyzer(SegmentationModel.loads(model))


def _end_with_parent() -> None:
    """A killed parent closes no queue: without this its workers would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _analyze_texts(texts: dict[Field, list[str]]) -> Terms:
    assert _analyzer is not None
    return _terms(_analyzer, texts)


def _do(work: Callable[[], None]) -> None:
    global _analyzer  # noqa: PLW0603
    _analyzer = None  # there is no text left, and it is large
    give_back()
    work()
