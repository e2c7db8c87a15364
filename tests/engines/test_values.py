"""Filters, facets and orders against plain loops over random documents."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence
from datetime import date

import pytest
from engine_helpers import build_index
from memory_engine import MemorySearcher, truth_of
from memory_values import values_of

from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.base import View
from searchapp.analysis.collation import collation_key
from searchapp.documents import Document
from searchapp.engines.base import Engine, FacetValue, Searcher
from searchapp.query.filters import Column, Sort
from searchapp.query.nodes import (
    And,
    AtLeast,
    Filter,
    HasId,
    HasValue,
    Node,
    Not,
    Or,
    PublishedIn,
    Query,
    Scored,
    Term,
)

SOURCES = ["Báo Sông Hồng", "Báo sông hồng", "Đài Đất Mũi", "Tạp chí Ươm", None, None]
CATEGORIES = ["Giáo dục", "Y tế", "Ẩm thực", "Đời sống", "Văn hoá", None]
AUTHORS = ["Ân", "An", "Ấn", "Bình", None]
TAGS = ["lũ", "mưa", "nắng", "hạn hán", "đê"]
DATES = [None, "2022", "2023", "2023-02", "2023-12", "2023-02-28", "2024-02-29", "2024-03-05"]
WORDS = ["sông", "hồng", "đê", "lũ", "mưa", "nắng", "học", "trường"]
TITLES = ["Đê", "De", "Dê", "Dế mèn", "Bà ba", "Ba bà", "Ăn", "An", "", "Ân", "Ấn", "Sông"]


def drawn_documents(count: int) -> list[Document]:
    drawn = random.Random(4)
    return [
        Document(
            id=f"t{number:03}",
            title=drawn.choice(TITLES),
            text=" ".join(drawn.choices(WORDS, range(1, 9), k=drawn.randint(0, 12))),
            source=drawn.choice(SOURCES),
            category=drawn.choice(CATEGORIES),
            author=drawn.choice(AUTHORS),
            tags=tuple(drawn.sample(TAGS, drawn.randint(0, 3))),
            published=drawn.choice(DATES),
        )
        for number in drawn.sample(range(1000), count)
    ]


DOCUMENTS = drawn_documents(240)


@pytest.fixture(scope="module")
def searcher(
    any_engine: Engine, analyzer: Analyzer, tmp_path_factory: pytest.TempPathFactory
) -> Searcher:
    return build_index(any_engine, tmp_path_factory.mktemp("values"), DOCUMENTS, analyzer)


@pytest.fixture(scope="module")
def truth(analyzer: Analyzer) -> MemorySearcher:
    return truth_of(DOCUMENTS, analyzer)


def drawn_node(drawn: random.Random, depth: int = 0) -> Node:
    def several() -> tuple[Node, ...]:
        return tuple(drawn_node(drawn, depth + 1) for _ in range(drawn.randint(0, 3)))

    kinds: list[Callable[[], Node]] = [
        lambda: Term(View.EXACT, drawn.choice(WORDS)),
        lambda: Term(View.EXACT, drawn.choice(WORDS)),
        lambda: drawn_condition(drawn).node,
        lambda: HasId(drawn.choice(DOCUMENTS).id),
    ]
    if depth < 3:
        kinds += [
            lambda: And(several()),
            lambda: Or(several()),
            lambda: Not(drawn_node(drawn, depth + 1)),
            lambda: AtLeast(several(), drawn.choice([0.3, 0.7])),
        ]
    return drawn.choice(kinds)()


def drawn_condition(drawn: random.Random) -> Filter:
    if drawn.random() < 0.25:
        days = [date(2022, 1, 1), date(2023, 2, 1), date(2023, 12, 31), date(2024, 3, 5), None]
        return Filter(PublishedIn(drawn.choice(days), drawn.choice(days)))
    column = drawn.choice(list(Column))
    known = {value for document in DOCUMENTS for value in values_of(document, column)}
    pool = [*sorted(known), None, "không có"]
    return Filter(HasValue(column, tuple(drawn.sample(pool, drawn.randint(0, 3)))), column)


def drawn_filters(drawn: random.Random) -> tuple[Filter, ...]:
    by_column = {one.column: one for one in (drawn_condition(drawn) for _ in range(3))}
    return tuple(by_column.values())[: drawn.randint(0, 3)]


@pytest.mark.parametrize("seed", range(500))
def test_as_plain_loops_do(searcher: Searcher, truth: MemorySearcher, seed: int) -> None:
    drawn = random.Random(seed)
    sort = drawn.choice(list(Sort))
    score = tuple(Scored(Term(View.EXACT, w), 1.0) for w in drawn.sample(WORDS, 2))
    query = Query(drawn_node(drawn), score, None, drawn_filters(drawn), sort)
    expected = [name for name, _ in truth.ranked(query)]
    everything = len(DOCUMENTS)
    found = searcher.search(query, everything, facet_values=everything)
    assert found.total == len(expected)
    ids = [hit.document.id for hit in found.hits]
    if sort is Sort.RELEVANCE:
        # Scores may differ in the last bit, which can turn two documents around.
        scores = [hit.score for hit in found.hits]
        assert sorted(ids) == sorted(expected)
        assert all(a >= b - 1e-9 for a, b in itertools.pairwise(scores))
    else:
        assert ids == expected
        offset = drawn.randint(0, everything)
        page = searcher.search(query, 7, offset)
        assert [hit.document.id for hit in page.hits] == expected[offset : offset + 7]
    assert found.facets == truth.search(query, 0, facet_values=everything).facets
    for column in Column:
        assert_ordered(found.facets[column])


def assert_ordered(values: Sequence[FacetValue]) -> None:
    """By falling count, then as a dictionary has them; None is the last."""
    named = [(one.value, one.count) for one in values if one.value is not None]
    order = [(-count, collation_key(value), value) for value, count in named]
    assert order == sorted(order)
    assert len(named) == len(values) or [one.value for one in values].index(None) == len(named)


def test_a_facet_keeps_what_its_own_filter_names(searcher: Searcher) -> None:
    rare = "Ươm"
    chosen = Filter(HasValue(Column.SOURCE, ("Tạp chí Ươm",)), Column.SOURCE)
    found = searcher.search(Query(And(()), (), None, (chosen,)), 5, facet_values=1)
    values = [one.value for one in found.facets[Column.SOURCE]]
    assert len(values) == 3  # the most frequent one, the chosen one, and those without any
    assert any(rare in value for value in values if value)
    assert values[-1] is None
    assert {hit.document.source for hit in found.hits} == {"Tạp chí Ươm"}


def test_nothing_is_counted_unless_asked_for(searcher: Searcher) -> None:
    assert searcher.search(Query(And(()), ()), 5).facets == {}


def test_what_columns_hold(searcher: Searcher) -> None:
    assert list(searcher.values(Column.AUTHOR)) == ["An", "Ân", "Ấn", "Bình"]
    summary = searcher.column_summary(Column.AUTHOR)
    assert summary.values == 4
    assert summary.missing == sum(d.author is None for d in DOCUMENTS)
    assert searcher.published_span() == (date(2022, 1, 1), date(2024, 3, 5))


def test_prefixes_and_slips_expand_to_terms_that_are_there(searcher: Searcher) -> None:
    expansion = searcher.beginning_with(View.EXACT, {"h"}, 10)
    assert set(expansion.terms) == {"hồng", "học"}
    assert expansion.total == 2
    assert searcher.beginning_with(View.FOLDED, {"ho"}, 1).total == 2
    assert len(searcher.beginning_with(View.FOLDED, {"ho"}, 1).terms) == 1
    assert set(searcher.resembling(View.FOLDED, "mua", 1, 10).terms) == {"mua"}
    assert set(searcher.resembling(View.FOLDED, "nua", 1, 10).terms) == {"mua"}
    assert set(searcher.resembling(View.FOLDED, "hogn", 1, 10).terms) == {"hong"}
    assert searcher.resembling(View.EXACT, "zzzzzz", 2, 10).terms == ()
