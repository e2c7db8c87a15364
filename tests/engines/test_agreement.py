"""Random queries over random documents: every engine agrees with the one in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from drawing import Drawing, drawn_corpus
from engine_helpers import (
    CLOSE,
    analyzed,
    assert_same_ranking,
    build_index,
    counted,
    near_patterns,
    refusal,
)
from memory_engine import MemorySearcher, truth_of

from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.base import Field, View
from searchapp.documents import Document
from searchapp.engines.base import Capabilities, Engine, Expansion, Found, Searcher
from searchapp.errors import QueryError
from searchapp.query.filters import Column, Sort
from searchapp.query.nodes import And, Near, Not, Or, Phrase, Query, Scored, Term

QUERIES, QUERIES_OF_SERVERS = 25, 8
ALL = 1_000
# How many documents, and how long the longest is. Few of them: servers are slow to make an index.
CORPORA = {"one": (1, 8), "few": (7, 9), "many": (60, 12), "long": (30, 150)}


@dataclass(frozen=True)
class Compared:
    """One corpus in an engine, and the truth about it."""

    documents: list[Document]
    searcher: Searcher
    truth: MemorySearcher
    capabilities: Capabilities


@pytest.fixture(scope="module", params=CORPORA)
def compared(
    request: pytest.FixtureRequest,
    any_engine: Engine,
    analyzer: Analyzer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Compared]:
    documents = drawn_corpus(len(request.param), *CORPORA[request.param])
    folder = tmp_path_factory.mktemp(request.param)
    searcher = build_index(any_engine, folder, documents, analyzer, batch=20)
    truth = truth_of(documents, analyzer, exact=any_engine.capabilities.exact_scores)
    yield Compared(documents, searcher, truth, any_engine.capabilities)
    searcher.close()


@pytest.mark.parametrize("seed", range(12))
def test_random_queries(compared: Compared, seed: int) -> None:
    drawing = Drawing(seed, [document.id for document in compared.documents])
    inside = compared.capabilities.self_contained
    for _ in range(QUERIES if inside else QUERIES_OF_SERVERS):
        query = drawing.query()
        if refusal(query, compared.capabilities):
            with pytest.raises(QueryError):
                compared.searcher.search(query, 5)
            query = without_near(query)
        if not refusal(query, compared.capabilities):
            assert_agrees(compared, query)


def without_near(query: Query) -> Query:
    """A query with another condition in place of one that was refused."""
    scores = tuple(one for one in query.score if not isinstance(one.node, Near))
    return replace(query, match=Not(Or(())), score=scores, first=None)


def assert_agrees(compared: Compared, query: Query) -> None:
    searcher, truth = compared.searcher, compared.truth
    found = searcher.search(query, ALL, facet_values=2)
    expected = truth.ranked(query)
    assert found.facets == truth.search(query, 0, facet_values=2).facets
    assert searcher.search(query, 0) == Found(len(expected), ())
    ids = [hit.document.id for hit in found.hits]
    assert Counter(ids) == Counter(name for name, _ in expected)
    assert [hit.document for hit in found.hits] == [truth.document(name) for name in ids]
    if compared.capabilities.exact_scores:
        scores = dict(expected)
        assert all(abs(hit.score - scores[hit.document.id]) < CLOSE for hit in found.hits)
    if query.sort is Sort.RELEVANCE:
        # What scores a near is of an engine's own making; nobody asks for it but these tests.
        if compared.capabilities.exact_scores or not any(map(is_near, query.score)):
            assert_same_ranking(found, expected, ALL, exact=compared.capabilities.exact_scores)
        assert_in_order(found, truth, query)
    else:
        assert ids == [name for name, _ in expected]
    page = searcher.search(query, 3, 2)
    assert (page.total, page.hits) == (found.total, found.hits[2:5])
    for hit in found.hits[:2]:
        # Other libraries add up in single precision, and ``first`` takes some digits of that.
        apart = CLOSE if compared.capabilities.exact_scores else 1e-5 * max(1.0, hit.score)
        parts = searcher.explain(query, hit.document.id)
        assert abs(sum(part.weight * part.value for part in parts) - hit.score) < apart


def is_near(scored: Scored) -> bool:
    return isinstance(scored.node, Near)


def assert_in_order(found: Found, truth: MemorySearcher, query: Query) -> None:
    """What comes first does, then by falling score, then by id."""
    first = set() if query.first is None else truth.found_by(query.first)
    order = [(hit.document.id not in first, -hit.score, hit.document.id) for hit in found.hits]
    assert order == sorted(order)


# -- what is looked up --------------------------------------------------------------------------


def test_documents(compared: Compared) -> None:
    searcher, truth = compared.searcher, compared.truth
    assert searcher.document_count == truth.document_count
    assert list(searcher.documents()) == list(truth.documents())
    for document in compared.documents:
        assert searcher.document(document.id) == truth.document(document.id)
    assert searcher.document("không có") is None
    assert searcher.is_complete()


@pytest.mark.parametrize("view", View)
def test_document_frequencies(compared: Compared, view: View) -> None:
    terms = {
        term
        for views in compared.truth.texts.terms.values()
        for (_, of_view), terms in views.items()
        if of_view is view
        for term in terms
    }
    for term in sorted(terms | {"zzz", ""}):
        expected = compared.truth.document_frequency(view, term)
        assert compared.searcher.document_frequency(view, term) == expected


@pytest.mark.parametrize("column", Column)
def test_values(compared: Compared, column: Column) -> None:
    searcher, truth = compared.searcher, compared.truth
    assert list(searcher.values(column)) == list(truth.values(column))
    assert searcher.column_summary(column) == truth.column_summary(column)
    assert searcher.published_span() == truth.published_span()


@pytest.mark.parametrize("view", [View.EXACT, View.FOLDED])
@pytest.mark.parametrize("most", [100, 2])
def test_expansions(compared: Compared, view: View, most: int) -> None:
    searcher, truth = compared.searcher, compared.truth
    for prefixes in ({"h"}, {"x", "đ", "d"}, {""}, {"hong", "hồng"}, {"zz"}):
        found = searcher.beginning_with(view, prefixes, most)
        assert_same_expansion(compared, found, truth.beginning_with(view, prefixes, ALL), most)
    for term in ("hông", "xay", "ahu", "lu", "zzzz"):
        for edits in (1, 2):
            found = searcher.resembling(view, term, edits, most)
            expected = truth.resembling(view, term, edits, ALL)
            assert_same_expansion(compared, found, expected, most)


def assert_same_expansion(
    compared: Compared, found: Expansion, expected: Expansion, most: int
) -> None:
    """The same terms; where title and body are one text, others may be the most frequent."""
    assert found.total == expected.total
    assert len(found.terms) == len(set(found.terms)) == min(most, expected.total)
    assert set(found.terms) <= set(expected.terms)
    if compared.capabilities.field_alone == frozenset(Field):
        assert found.terms == expected.terms[:most]


# -- wholeness ----------------------------------------------------------------------------------


def test_an_index_is_as_its_documents(compared: Compared, analyzer: Analyzer) -> None:
    assert list(compared.searcher.check()) == []
    assert list(compared.searcher.check_against([analyzed(compared.documents, analyzer)])) == []


def test_an_index_is_not_as_other_documents(compared: Compared, analyzer: Analyzer) -> None:
    *others, last = compared.documents
    changed = replace(last, text=f"{last.text} thêm")
    for documents in ([*others, changed], [*compared.documents, replace(last, id="thêm")]):
        assert list(compared.searcher.check_against([analyzed(documents, analyzer)]))


# -- what can't be done -------------------------------------------------------------------------


@pytest.mark.parametrize("field", Field)
def test_a_field_alone_is_searched_or_refused(compared: Compared, field: Field) -> None:
    query = Query(Term(View.EXACT, "xây", field), (), None)
    if field in compared.capabilities.field_alone:
        assert_agrees(compared, query)
    else:
        with pytest.raises(QueryError, match=r"body|text"):
            compared.searcher.search(query, 5)


def test_too_many_ways_to_stand_near_are_refused(compared: Compared) -> None:
    wide = Near(View.EXACT, ("xây", "dựng", "hà", "nội", "sông", "hồng"), 6)
    assert near_patterns(wide) == 720 * 462
    query = Query(And((wide, Not(Phrase(View.EXACT, ("xây", "dựng"))))), ())
    if compared.capabilities.near_patterns_max is None:
        assert_agrees(compared, query)
    else:
        with pytest.raises(QueryError, match="6 words with up to 6 others"):
            compared.searcher.search(query, 5)


def test_patterns_are_counted_as_a_pattern_search_makes_them() -> None:
    assert near_patterns(Near(View.EXACT, ("a", "b"), 0)) == 2
    assert near_patterns(Near(View.EXACT, ("a", "b"), 2)) == 6  # two orders, gaps of 0, 1 or 2
    assert near_patterns(Near(View.EXACT, ("a", "a"), 2)) == 3
    assert near_patterns(Near(View.EXACT, ("a", "a", "b"), 1)) == 9  # (0, 0), (0, 1), (1, 0)
    assert near_patterns(Near(View.EXACT, ("a",), 9)) == 1
    assert len(list(counted(Not(Or((Term(View.EXACT, "a"), And(()))))))) == 1


# -- nothing at all -----------------------------------------------------------------------------


def test_an_index_of_nothing(any_engine: Engine, folder: Path) -> None:
    any_engine.create(folder).commit()
    searcher = any_engine.open(folder)
    assert searcher.document_count == 0
    assert searcher.search(Query(And(()), ()), 5, facet_values=3).total == 0
    assert list(searcher.documents()) == []
    assert searcher.published_span() is None
    assert searcher.values(Column.TAG) in ((), [])
    assert searcher.beginning_with(View.EXACT, {"a"}, 5) == Expansion((), 0)
    assert searcher.document_frequency(View.EXACT, "a") == 0
    searcher.close()
