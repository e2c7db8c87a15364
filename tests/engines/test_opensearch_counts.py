"""Counts that threads share while they are learned, and forgotten when there are too many."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from searchapp.analysis.base import View
from searchapp.engines import opensearch_counts
from searchapp.engines.opensearch_counts import NodeCounts
from searchapp.engines.opensearch_query import Translator
from searchapp.query.nodes import AtLeast, Query, Term


@pytest.fixture
def often_interrupted() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("often_interrupted")
def test_threads_count_while_others_learn_and_forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opensearch_counts, "_KEPT", 20)

    def ask(body: dict[str, Any]) -> dict[str, Any]:
        """A node finds as many documents as the number in its term says."""
        filters = body["aggs"]["counts"]["filters"]["filters"]
        found = {name: {"doc_count": number_in(one)} for name, one in filters.items()}
        return {"aggregations": {"counts": {"buckets": found}}}

    counts = NodeCounts(ask, {})
    counts.translator = Translator(1_000, counts.count)

    def work(seed: int) -> bool:
        right = True
        for turn in range(200):
            terms = tuple(Term(View.EXACT, f"t{(seed + turn + n) % 61}") for n in range(5))
            counts.prefetch(Query(AtLeast(terms, 2), ()))
            right &= all(counts.count(term) == int(term.text[1:]) for term in terms)
        return right

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(work, range(8)))


def number_in(translated: object) -> int:
    """The number of the one term in a translated query."""
    text = str(translated)
    return int("".join(c for c in text.rpartition("t")[2] if c.isdigit())) if "'t" in text else 0
