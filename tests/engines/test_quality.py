"""Engines rank real questions as well as the Whoosh engine does, by nDCG@10."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest
from engine_helpers import analyzed

from searchapp.analysis.analyzer import Analyzer
from searchapp.documents import Document
from searchapp.engines.base import AnalyzedBatch, Engine, Searcher
from searchapp.engines.whoosh import WhooshEngine
from searchapp.evaluation.metrics import mean_scores, score_queries
from searchapp.evaluation.readers import Qrels, Query, read_qrels, read_queries
from searchapp.evaluation.variants import AS_TYPED, vary
from searchapp.language.counts import CorpusCounts
from searchapp.language.model import LanguageModel
from searchapp.search.planner import Planner

MOST_APART = 0.01
QUESTIONS = 300
SECTIONS = 2_000  # of Wikipedia, among which the 240 paragraphs of XQuAD are to be found
FAQ = 500
LEAST = {"xquad": 0.93, "health": 0.86}
"""What the Whoosh engine reaches at least, however the questions are typed."""


@dataclass(frozen=True)
class Task:
    """Analysed documents, questions on them, and what their language is like."""

    batch: AnalyzedBatch
    language: LanguageModel
    queries: list[Query]
    qrels: Qrels
    least: float


def documents_in(lines: Path, most: int | None = None) -> list[Document]:
    opened = gzip.open if lines.suffix == ".gz" else open
    with opened(lines, "rt", encoding="utf-8") as rows:
        read = [json.loads(row) for row in islice(rows, most)]
    return [Document(id=row["id"], title=row["title"], text=row["text"]) for row in read]


@pytest.fixture(scope="module", params=LEAST)
def task(
    request: pytest.FixtureRequest,
    analyzer: Analyzer,
    shared_data: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Task:
    if request.param == "xquad":
        folder = shared_data / "eval" / "xquad_vi"
        documents = documents_in(folder / "docs.jsonl")
        documents += documents_in(shared_data / "wiki.jsonl.gz", SECTIONS)
    else:
        folder = shared_data / "eval" / "health_faq"
        documents = documents_in(folder / "docs.jsonl", FAQ)
    known = {document.id for document in documents}
    qrels = {
        query: relevant
        for query, relevant in read_qrels(folder / "qrels.tsv").items()
        if relevant.keys() <= known
    }
    queries = [one for one in read_queries(folder / "queries.jsonl") if one.id in qrels]
    queries = queries[:: max(len(queries) // QUESTIONS, 1)]
    batch = analyzed(documents, analyzer)
    counts = CorpusCounts()
    for terms in batch.fields.values():
        counts.add(terms)
    language = tmp_path_factory.mktemp("language")
    counts.write(language)
    asked = {query.id: qrels[query.id] for query in queries}
    return Task(batch, LanguageModel(language), queries, asked, LEAST[request.param])


def built(engine: Engine, folder: Path, task: Task) -> Searcher:
    writer = engine.create(folder)
    writer.add(task.batch)
    writer.commit()
    return engine.open(folder)


@pytest.fixture(scope="module")
def usual(task: Task, tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    """The Whoosh engine's index."""
    return built(WhooshEngine(), tmp_path_factory.mktemp("usual"), task)


@pytest.fixture(scope="module")
def searcher(engine: Engine, task: Task, tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    """An index of the engine in turn."""
    return built(engine, tmp_path_factory.mktemp("quality"), task)


def quality(searcher: Searcher, task: Task, analyzer: Analyzer, variant: str) -> float:
    """The mean nDCG@10 of the questions, planned as the service does."""
    planner = Planner(analyzer, task.language, corpus=searcher)
    run = {}
    for query in task.queries:
        planned = planner.plan(vary(query.text, variant, 7, query.id)).query
        hits = searcher.search(planned, 10).hits
        run[query.id] = [(hit.document.id, hit.score) for hit in hits]
    return mean_scores(score_queries(task.qrels, run))["nDCG@10"]


@pytest.mark.parametrize("variant", [AS_TYPED, "no-marks"])
def test_real_questions(
    searcher: Searcher, usual: Searcher, task: Task, analyzer: Analyzer, variant: str
) -> None:
    expected = quality(usual, task, analyzer, variant)
    assert expected > task.least
    assert abs(quality(searcher, task, analyzer, variant) - expected) <= MOST_APART
