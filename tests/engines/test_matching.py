"""What is found, against plain loops: every tree of nodes over small random corpora."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from engine_helpers import CLOSE, assert_same_ranking, build_index, refusal
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from memory_engine import truth_of

from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.base import Field, View
from searchapp.documents import Document
from searchapp.engines import whoosh_scoring
from searchapp.engines.base import Engine
from searchapp.errors import QueryError
from searchapp.query.nodes import (
    And,
    AnyTerm,
    AtLeast,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Query,
    Scored,
    Term,
)

SYLLABLES = ["xây", "dựng", "xay", "đảng", "hà", "nội", "học", "sinh"]
FOLDED = ["xay", "dung", "dang", "ha", "noi", "hoc", "sinh"]

texts = st.lists(st.sampled_from(SYLLABLES), max_size=9).map(" ".join)
ids = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=6)
corpora = st.lists(
    st.builds(Document, id=ids, title=texts, text=texts),
    min_size=1,
    max_size=12,
    unique_by=lambda d: d.id,
)
some_field = st.none() | st.sampled_from(Field)
terms = st.one_of(
    st.builds(Term, st.just(View.EXACT), st.sampled_from(SYLLABLES), some_field),
    st.builds(Term, st.just(View.FOLDED), st.sampled_from(FOLDED), some_field),
    st.builds(Term, st.just(View.WORDS), st.sampled_from(["xây_dựng", "hà_nội", "học_sinh", "hà"])),
    st.builds(Term, st.just(View.PAIRS), st.sampled_from(["xay_dung", "ha_noi", "noi_hoc"])),
)
phrases = st.one_of(
    st.builds(
        Phrase,
        st.just(View.EXACT),
        st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=3).map(tuple),
        some_field,
    ),
    st.builds(
        Phrase,
        st.just(View.FOLDED),
        st.lists(st.sampled_from(FOLDED), min_size=1, max_size=3).map(tuple),
    ),
    st.builds(
        Near,
        st.just(View.EXACT),
        st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=3).map(tuple),
        st.integers(0, 4),
        some_field,
    ),
    st.builds(
        AnyTerm,
        st.just(View.EXACT),
        st.lists(st.sampled_from([*SYLLABLES, "zzz"]), max_size=4, unique=True).map(tuple),
        some_field,
    ),
)
nodes = st.recursive(
    terms | phrases,
    lambda inner: st.one_of(
        st.builds(And, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Not, inner),
        st.builds(
            AtLeast,
            st.lists(inner, max_size=4).map(tuple),
            st.sampled_from([0.0, 0.3, 0.5, 0.75, 1.0]),
        ),
    ),
    max_leaves=6,
)


@pytest.fixture(params=[16, 0.001], ids=["dense", "sparse"])
def postings(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """So small a corpus would only ever take the Whoosh engine's road for frequent terms."""
    monkeypatch.setattr(whoosh_scoring, "_DENSE_SHARE", request.param)


either_road = pytest.mark.usefixtures("postings")
one_fixture = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much]
)


@either_road
@settings(one_fixture, max_examples=60)
@given(
    corpus=corpora,
    wanted=st.lists(st.tuples(nodes, st.none() | nodes), min_size=1, max_size=8),
)
def test_finds_what_plain_loops_find(
    local_engine: Engine,
    analyzer: Analyzer,
    corpus: list[Document],
    wanted: list[tuple[Node, Node | None]],
) -> None:
    truth = truth_of(corpus, analyzer)
    with tempfile.TemporaryDirectory() as folder:
        searcher = build_index(local_engine, Path(folder), corpus, analyzer)
        for node, first in wanted:
            query = Query(node, (), first)
            if refusal(query, local_engine.capabilities):
                with pytest.raises(QueryError):
                    searcher.search(query, 3)
                continue
            expected = [name for name, _ in truth.ranked(query)]
            # No term scores: all are equal, so the order is that of ids, ``first`` ones before.
            for limit in (50, 3):
                found = searcher.search(query, limit)
                assert [hit.document.id for hit in found.hits] == expected[:limit]
                assert found.total == len(expected)
        searcher.close()


@either_road
@settings(one_fixture, max_examples=40)
@given(
    corpus=corpora,
    scored=st.lists(
        st.builds(Scored, phrases, st.sampled_from([0.5, 1.0, 2.0]))
        | terms.map(lambda term: Scored(term, 1.0)),
        max_size=5,
    ),
    first=st.none() | nodes,
)
def test_scores_terms_and_phrases_as_plain_loops_do(
    local_engine: Engine,
    analyzer: Analyzer,
    corpus: list[Document],
    scored: list[Scored],
    first: Node | None,
) -> None:
    query = Query(And(()), tuple(scored), first)
    exact = local_engine.capabilities.exact_scores
    assume(not refusal(query, local_engine.capabilities))  # asserted above
    expected = truth_of(corpus, analyzer, exact=exact).ranked(query)
    with tempfile.TemporaryDirectory() as folder:
        searcher = build_index(local_engine, Path(folder), corpus, analyzer)
        found = searcher.search(query, 50)
        if exact or not any(isinstance(one.node, AnyTerm | Near) for one in scored):
            assert_same_ranking(found, expected, 50, exact=exact)
        else:  # what stands for several terms weighs what the engine makes of it
            assert {hit.document.id for hit in found.hits} == {name for name, _ in expected}
        for hit in found.hits:
            parts = searcher.explain(query, hit.document.id)
            told = sum(p.weight * p.value for p in parts)
            assert told == pytest.approx(hit.score, rel=None if exact else 1e-5, abs=CLOSE)
            assert all(p.value > 0 for p in parts)
        assert searcher.explain(query, "there is none \ud800") == []
        searcher.close()


@either_road
@pytest.mark.parametrize(
    ("node", "expected"),
    [
        pytest.param(And(()), ["1", "2", "3"], id="and of nothing: all"),
        pytest.param(Or(()), [], id="or of nothing: none"),
        pytest.param(Not(And(())), [], id="not all: none"),
        pytest.param(Phrase(View.EXACT, ("hà", "nội")), ["1"], id="phrase in one field"),
        pytest.param(Phrase(View.EXACT, ("nội", "xưa")), [], id="no phrase from title into text"),
        pytest.param(Phrase(View.EXACT, ("nội", "hà")), ["2"], id="phrase in order"),
        pytest.param(Phrase(View.EXACT, ("xưa", "xưa")), ["3"], id="a word twice"),
        pytest.param(Phrase(View.EXACT, ("hà", "zzz")), [], id="phrase with an absent word"),
        pytest.param(Phrase(View.FOLDED, ("ha", "noi")), ["1", "3"], id="phrase without marks"),
        pytest.param(Term(View.EXACT, "Hà"), [], id="terms are taken as they are"),
        pytest.param(Term(View.EXACT, ""), [], id="empty term"),
        pytest.param(Term(View.EXACT, "h" * 5000), [], id="very long term"),
        pytest.param(Term(View.EXACT, "\ud800"), [], id="half a surrogate pair"),
    ],
)
def test_edges_of_matching(
    any_engine: Engine, folder: Path, analyzer: Analyzer, node: Node, expected: list[str]
) -> None:
    documents = [
        Document(id="3", title="ha noi", text="ngày xưa xưa"),
        Document(id="1", title="Hà Nội", text="xưa"),
        Document(id="2", title="", text="nội hà"),
    ]
    searcher = build_index(any_engine, folder, documents, analyzer)
    found = searcher.search(Query(node, ()), 10)
    assert [hit.document.id for hit in found.hits] == expected
    assert found.total == len(expected)


@settings(max_examples=25)
@given(
    corpus=st.lists(
        st.builds(
            Document,
            id=ids,
            title=st.text(st.characters(codec="utf-8"), max_size=12),
            text=st.text(st.characters(codec="utf-8"), max_size=30),
            url=st.none() | st.text(st.characters(codec="utf-8"), min_size=1, max_size=5),
            tags=st.lists(st.text(st.characters(codec="utf-8"), min_size=1), max_size=3).map(tuple),
            published=st.none() | st.just("2024-03"),
        ),
        min_size=1,
        max_size=6,
        unique_by=lambda d: d.id,
    )
)
def test_documents_come_back_as_they_went_in(
    local_engine: Engine, analyzer: Analyzer, corpus: list[Document]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        searcher = build_index(local_engine, Path(folder), corpus, analyzer)
        assert list(searcher.documents()) == sorted(corpus, key=lambda d: d.id)
        for document in corpus:
            assert searcher.document(document.id) == document
        assert searcher.document("there is none") is None
        assert list(searcher.check()) == []
        searcher.close()
