"""A document that a later one with its id replaced leaves no trace."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine_helpers import build_index

from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.base import View
from searchapp.documents import Document
from searchapp.engines.base import Engine, Found, Searcher
from searchapp.query.nodes import And, Node, Not, Or, Phrase, Query, Scored, Term
from searchapp.search.planner import plan

OLD = Document(id="b", title="máy bay cũ kỹ", text="hàng không quốc tế " * 30)
OLDER = Document(id="b", title="tàu thủy", text="sân ga")
LAST = [
    Document(id="a", title="Hà Nội", text="Hà Nội mùa thu, hồ Gươm nước xanh."),
    Document(id="c", title="Huế", text="Sông Hương nước chảy lững lờ."),
    Document(id="b", title="Đà Nẵng", text="Thành phố bên sông Hàn, biển xanh."),
]


@pytest.fixture
def pair(any_engine: Engine, tmp_path: Path, analyzer: Analyzer) -> tuple[Searcher, Searcher]:
    """An index in which documents were replaced, and one that never had the old ones."""
    folders = [tmp_path / "replaced", tmp_path / "clean"]
    for folder in folders:
        folder.mkdir()
    # Batches of two: replaced within a batch, and from an earlier batch.
    replaced = build_index(any_engine, folders[0], [OLDER, OLD, *LAST], analyzer, batch=2)
    return replaced, build_index(any_engine, folders[1], LAST, analyzer, batch=2)


def assert_same_answers(engine: Engine, replaced: Found, clean: Found) -> None:
    """Where scores are an engine's own, what it replaced may still count in them."""
    if engine.capabilities.exact_scores:
        assert replaced == clean
        return
    assert replaced.total == clean.total
    found = [{hit.document.id: hit.document for hit in one.hits} for one in (replaced, clean)]
    assert found[0] == found[1]


@pytest.mark.parametrize("view", [View.EXACT, View.FOLDED, View.WORDS, View.PAIRS])
def test_its_words_are_gone(
    pair: tuple[Searcher, Searcher], analyzer: Analyzer, view: View
) -> None:
    for text in (OLD.title, OLDER.title, OLDER.text):
        seen = analyzer.analyze(text)
        of_view = {
            View.EXACT: [t.text for t in seen.exact],
            View.FOLDED: [t.text for t in seen.folded],
            View.WORDS: [t.text for t in seen.words],
            View.PAIRS: seen.pairs,
        }
        for term in of_view[view]:
            assert pair[0].search(Query(Term(view, term), ()), 10).total == 0
            assert pair[0].document_frequency(view, term) == 0


def test_it_is_not_counted(pair: tuple[Searcher, Searcher]) -> None:
    replaced, clean = pair
    assert replaced.document_count == clean.document_count == 3
    assert replaced.document("b") == LAST[2]
    assert list(replaced.documents()) == list(clean.documents())
    assert list(replaced.check()) == []


@pytest.mark.parametrize(
    "typed", ["nước xanh", "nuoc xanh", "sông biển Hà Nội", '"sông hương"', "song", "hồ"]
)
def test_scores_are_those_of_an_index_without_it(
    any_engine: Engine, pair: tuple[Searcher, Searcher], analyzer: Analyzer, typed: str
) -> None:
    query = plan(typed, analyzer).query
    answers = [searcher.search(query, 10) for searcher in pair]
    assert answers[0].total > 0
    assert_same_answers(any_engine, *answers)


@pytest.mark.parametrize(
    "node",
    [
        And(()),
        Not(Term(View.EXACT, "nước")),
        Not(Or(())),
        Not(Phrase(View.EXACT, ("sông", "hương"))),
        Or((Not(Term(View.EXACT, "cũ")), Term(View.EXACT, "nước"))),
    ],
    ids=["all", "not", "not none", "not phrase", "or not"],
)
def test_negation_does_not_bring_it_back(
    any_engine: Engine, pair: tuple[Searcher, Searcher], node: Node
) -> None:
    query = Query(node, (Scored(Term(View.EXACT, "nước"), 1.0),))
    answers = [searcher.search(query, 10) for searcher in pair]
    assert_same_answers(any_engine, *answers)
    assert answers[0].total == len(answers[0].hits) > 0
