"""Analysis on every core: batches of documents out, batches of terms back, in order.

A bounded number of batches is under way at once, so a fast reader waits for slow analysis and
memory stays level.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice

from searchapp.analysis.analyzer import Analyzer, BatchTerms
from searchapp.analysis.base import Field
from searchapp.analysis.pyvi_model import SegmentationModel
from searchapp.documents import Document
from searchapp.engines.base import AnalyzedBatch

_BATCH_CHARS = 1_000_000
_BATCH_DOCUMENTS = 1_000
_AHEAD_PER_JOB = 3  # batches under way for each process: one in work, some waiting
_ALONE_BATCHES = 2  # so few batches are analysed here: starting processes would take longer

Terms = dict[Field, BatchTerms]

_analyzer: Analyzer | None = None  # of a worker process


def analyze_all(
    documents: Iterable[Document], model: SegmentationModel, jobs: int
) -> Iterator[AnalyzedBatch]:
    """Analyse documents in batches, in order, with ``jobs`` processes beside this one."""
    batches = batched(documents)
    first = list(islice(batches, _ALONE_BATCHES))
    if jobs <= 1 or len(first) < _ALONE_BATCHES:
        analyzer = Analyzer(model)
        for batch in (*first, *batches):
            yield AnalyzedBatch(batch, _terms(analyzer, _texts(batch)))
        return
    pending: deque[tuple[list[Document], Future[Terms]]] = deque()
    pool = ProcessPoolExecutor(
        max_workers=jobs,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start_worker,
        initargs=(model.dumps(),),
    )
    try:
        for batch in (*first, *batches):
            pending.append((batch, pool.submit(_analyze_texts, _texts(batch))))
            if len(pending) >= jobs * _AHEAD_PER_JOB:
                yield _finished(*pending.popleft())
        while pending:
            yield _finished(*pending.popleft())
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def batched(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Documents in batches of about a million characters, at most a thousand each."""
    batch: list[Document] = []
    size = 0
    for document in documents:
        batch.append(document)
        size += len(document.title) + len(document.text)
        if size >= _BATCH_CHARS or len(batch) >= _BATCH_DOCUMENTS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _texts(batch: Sequence[Document]) -> dict[Field, list[str]]:
    return {Field.TITLE: [d.title for d in batch], Field.BODY: [d.text for d in batch]}


def _terms(analyzer: Analyzer, texts: dict[Field, list[str]]) -> Terms:
    return {field: analyzer.analyze_batch(raws) for field, raws in texts.items()}


def _finished(batch: list[Document], future: Future[Terms]) -> AnalyzedBatch:
    return AnalyzedBatch(batch, future.result())


def _start_worker(model: str) -> None:
    global _analyzer  # noqa: PLW0603  # a worker process is made for one job: this is its state
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
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
