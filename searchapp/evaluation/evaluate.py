"""From queries and judgements to the measures of one variant over the live index."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from searchapp.evaluation.metrics import Scores, mean_scores, score_queries
from searchapp.evaluation.ranking import rank
from searchapp.evaluation.readers import Qrels, Query
from searchapp.evaluation.runs import Run
from searchapp.evaluation.variants import vary
from searchapp.search.service import SearchService


@dataclass(frozen=True, slots=True)
class Task:
    """What can be scored, and what was left out on either side."""

    queries: tuple[Query, ...]
    qrels: Qrels
    without_qrels: tuple[Query, ...]
    without_query: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One variant measured; times are in milliseconds a query, texts as they were searched."""

    variant: str
    means: Scores
    per_query: dict[str, Scores]
    texts: dict[str, str]
    run: Run
    cut: int
    p50_ms: float
    p95_ms: float


def match(queries: Sequence[Query], qrels: Qrels) -> Task:
    """Keep the queries with a relevant document, and the judgements of these.

    ``without_qrels`` of the result are the other queries, ``without_query`` the ids that only the
    judgements name.
    """
    judged = {q for q, documents in qrels.items() if any(r > 0 for r in documents.values())}
    kept = tuple(query for query in queries if query.id in judged)
    known = {query.id for query in queries}
    return Task(
        queries=kept,
        qrels={query.id: qrels[query.id] for query in kept},
        without_qrels=tuple(query for query in queries if query.id not in judged),
        without_query=tuple(query_id for query_id in qrels if query_id not in known),
    )


def evaluate(
    service: SearchService,
    task: Task,
    variant: str,
    *,
    seed: int,
    limit: int,
    after_query: Callable[[], object] = lambda: None,
) -> Outcome:
    """Search every query of the task as ``variant`` types it, ``limit`` documents each.

    Raises NoIndexError or IndexRefusedError.
    """
    service.manifest()  # opened before the clock runs
    most = service.settings.query_max_chars
    run: dict[str, list[tuple[str, float]]] = {}
    texts: dict[str, str] = {}
    times_ms: list[float] = []
    cut = 0
    for query in task.queries:
        typed = vary(query.text, variant, seed, query.id)
        text = cut_at_word(typed, most)
        cut += text is not typed
        begun = time.perf_counter()
        run[query.id] = rank(service, text, limit)
        times_ms.append((time.perf_counter() - begun) * 1000)
        texts[query.id] = text
        after_query()
    scores = score_queries(task.qrels, run)
    times_ms.sort()
    return Outcome(
        variant=variant,
        means=mean_scores(scores),
        per_query=scores,
        texts=texts,
        run=run,
        cut=cut,
        p50_ms=statistics.median(times_ms),
        p95_ms=times_ms[min(len(times_ms) - 1, len(times_ms) * 95 // 100)],
    )


def cut_at_word(text: str, most: int) -> str:
    """The text itself if it has at most ``most`` code points, else its whole words within them."""
    if len(text) <= most:
        return text
    begin = text[: most + 1]
    words = begin.rsplit(maxsplit=1)
    if len(words) == 2 and not begin[-1].isspace():
        return words[0]
    return begin[:most].rstrip()
