"""What engines do when the time for a question is up."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from engine_helpers import build_index

from searchapp import time_budget
from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.base import View
from searchapp.documents import Document
from searchapp.engines.aside import Aside
from searchapp.engines.base import Engine, Searcher
from searchapp.engines.registry import get_engine
from searchapp.engines.weighed_postings import PostingCache
from searchapp.errors import OutOfTimeError
from searchapp.query.nodes import AnyTerm, Near, Or, Query, Scored, Term
from searchapp.time_budget import check, within

MARKED = [Term(View.EXACT, text) for text in ("sông", "hồng", "nhà", "nước")]
QUERY = Query(
    Or((*MARKED, AnyTerm(View.FOLDED, ("hoc", "sinh", "duong")))),
    (*(Scored(term, 1.0) for term in MARKED), Scored(Near(View.EXACT, ("hà", "nội"), 3), 2.0)),
)


class SteppingTime:
    """A clock that goes on by one second each time that somebody looks at it."""

    def __init__(self) -> None:
        self._now = 0.0

    def monotonic(self) -> float:
        self._now += 1.0
        return self._now


@pytest.fixture(scope="module")
def searchers(
    random_documents: list[Document], analyzer: Analyzer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Searcher]]:
    opened = {}
    for name in ("whoosh", "tantivy"):
        folder = tmp_path_factory.mktemp(name)
        opened[name] = build_index(get_engine(name, None), folder, random_documents, analyzer)
    yield opened
    for one in opened.values():
        one.close()


def test_an_engine_without_time_refuses(
    engine: Engine, folder: Path, random_documents: list[Document], analyzer: Analyzer
) -> None:
    searcher = build_index(engine, folder, random_documents[:20], analyzer)
    try:
        with within(0), pytest.raises(OutOfTimeError):
            searcher.search(QUERY, 10)
        assert searcher.search(QUERY, 10).hits, "and goes on to answer those who have time"
    finally:
        searcher.close()


def test_wherever_the_time_ends_what_is_said_is_true(
    searchers: dict[str, Searcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused, then partial, then whole; what is found is right all along."""
    searcher = searchers["whoosh"]
    whole = searcher.search(QUERY, 1000, facet_values=5)
    found = {hit.document.id for hit in whole.hits}
    monkeypatch.setattr(time_budget, "time", SteppingTime())
    seen = []
    for seconds in range(1, 60):
        monkeypatch.setattr(searcher._scorer, "_cache", PostingCache(1 << 20))
        try:
            with within(seconds):
                answer = searcher.search(QUERY, 1000, facet_values=5)
        except OutOfTimeError:
            seen.append("refused")
            continue
        seen.append("partial" if answer.partial else "whole")
        assert {hit.document.id for hit in answer.hits} == found
        assert answer.total == whole.total
        if not answer.partial:
            assert answer == whole
            break
    assert list(dict.fromkeys(seen)) == ["refused", "partial", "whole"]


def test_facets_may_be_missing(
    searchers: dict[str, Searcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    searcher = searchers["tantivy"]
    whole = searcher.search(QUERY, 10, facet_values=5)

    def late(*_: object) -> None:
        raise OutOfTimeError

    monkeypatch.setattr(searcher._columns, "facets", late)
    answer = searcher.search(QUERY, 10, facet_values=5)
    assert answer == replace(whole, facets={}, partial=True)


def test_nobody_waits_for_what_can_not_be_interrupted() -> None:
    aside, go_on, ended = Aside(), threading.Event(), threading.Event()

    def work() -> None:
        go_on.wait(20)
        ended.set()

    begun = time.monotonic()
    with within(2), pytest.raises(OutOfTimeError):
        aside.run(work)
    assert time.monotonic() - begun < 15
    assert not ended.is_set()
    with within(20):
        assert aside.run(lambda: 7) == 7, "others are served meanwhile"
    go_on.set()
    assert ended.wait(20)
    aside.close()


def test_work_aside_knows_the_budget_and_its_errors_come_back() -> None:
    aside = Aside()
    assert aside.run(lambda: 1) == 1
    with within(30):
        assert aside.run(time_budget.left_s) < 30

        def fails() -> None:
            raise TimeoutError("its own")

        with pytest.raises(TimeoutError, match="its own"):
            aside.run(fails)
        check()
    aside.close()
