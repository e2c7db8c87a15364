"""The same cases, kept as data in cases/, on every engine and on the one in memory.

What a case asks: a ``query`` (so many ``times``, ``then`` something, ``quoted``) or what is
``related`` to a document; ``filters``, ``from``, ``to``, ``sort``, ``offset``, ``limit``,
``facet_size``. What it says: ``ids`` are the hits, in order; ``first`` those that lead; ``set``
all, in any order; ``total`` and ``facets`` what they say. ``needs`` names what not every engine can
do: one that declares so has to refuse it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from engine_helpers import build_index, refusal
from memory_engine import LESS

from searchapp.analysis.analyzer import Analyzer
from searchapp.documents import Document
from searchapp.engines.base import Engine, Found, Searcher
from searchapp.engines.registry import NAMES, get_engine
from searchapp.errors import InputError, QueryError
from searchapp.query.filters import Column, Sort
from searchapp.query.nodes import Or, Query
from searchapp.search.column_values import ColumnValues
from searchapp.search.filtering import parse_filters
from searchapp.search.planner import Planner
from searchapp.search.related import telling_query

TOPICS = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parent / "cases").glob("*.json"))
}
CASES = [
    pytest.param(topic, case, id=f"{topic}: {case['about']}")
    for topic, content in TOPICS.items()
    for case in content["cases"]
]
ASKS = {
    *("about", "query", "times", "then", "quoted", "related", "filters", "from", "to", "sort"),
    *("offset", "limit", "facet_size", "needs"),
}
SAYS = {"ids", "first", "set", "total", "facets"}
NOTHING = Query(Or(()), ())


def documents_of(topic: str) -> list[Document]:
    return [
        Document(**{**values, "tags": tuple(values.get("tags", ()))})
        for values in TOPICS[topic]["documents"]
    ]


@pytest.fixture(scope="module")
def searchers(
    any_engine: Engine, tmp_path_factory: pytest.TempPathFactory, analyzer: Analyzer
) -> dict[str, Searcher]:
    """An index of each topic's documents."""
    return {
        topic: build_index(
            any_engine, tmp_path_factory.mktemp("cases"), documents_of(topic), analyzer
        )
        for topic in TOPICS
    }


def query_of(case: dict[str, Any], searcher: Searcher, analyzer: Analyzer) -> Query:
    """What the engine is asked for: planned as the service does, without a language model."""
    if "related" in case:
        document = searcher.document(case["related"])
        assert document is not None
        return telling_query(document, analyzer, searcher) or NOTHING
    text = case["query"] * case.get("times", 1) + case.get("then", "")
    text = f'"{text}"' if case.get("quoted") else text

    @cache
    def values(column: Column) -> ColumnValues:
        return ColumnValues(searcher.values(column))

    planner = Planner(analyzer, corpus=searcher, values=values)
    filters = parse_filters(case.get("filters", ()), case.get("from"), case.get("to"))
    sort = Sort(case.get("sort", "relevance"))
    return replace(planner.plan(text).query, filters=filters, sort=sort)


def search(case: dict[str, Any], searcher: Searcher, query: Query) -> Found:
    limit, offset = case.get("limit", 100), case.get("offset", 0)
    return searcher.search(query, limit, offset, facet_values=case.get("facet_size", 0))


def assert_as_said(case: dict[str, Any], found: Found) -> None:
    ids = [hit.document.id for hit in found.hits]
    assert found.total == case.get("total", len(ids))
    if "ids" in case:
        assert ids == case["ids"]
    if "first" in case:
        assert ids[: len(case["first"])] == case["first"]
    if "set" in case:
        assert sorted(ids) == sorted(case["set"])
    facets = {
        column.value: [[one.value, one.count] for one in values]
        for column, values in found.facets.items()
    }
    assert facets == case.get("facets", {})


@pytest.mark.parametrize(("topic", "case"), CASES)
def test_case(
    any_engine: Engine,
    searchers: dict[str, Searcher],
    analyzer: Analyzer,
    topic: str,
    case: dict[str, Any],
) -> None:
    searcher = searchers[topic]
    query = query_of(case, searcher, analyzer)
    if refusal(query, any_engine.capabilities):
        with pytest.raises(QueryError, match="fewer words"):
            search(case, searcher, query)
    else:
        assert_as_said(case, search(case, searcher, query))


@pytest.mark.parametrize(("topic", "case"), CASES)
def test_a_case_says_what_it_needs_and_is_told_apart(topic: str, case: dict[str, Any]) -> None:
    assert case.keys() <= ASKS | SAYS
    assert case.keys() & SAYS
    assert ("query" in case) != ("related" in case)
    known = {document.id for document in documents_of(topic)}
    assert known.issuperset([*case.get("ids", ()), *case.get("first", ()), *case.get("set", ())])


def test_what_a_case_needs_is_what_some_engines_refuse(
    any_engine: Engine, searchers: dict[str, Searcher], analyzer: Analyzer
) -> None:
    for topic, content in TOPICS.items():
        for case in content["cases"]:
            query = query_of(case, searchers[topic], analyzer)
            assert ("needs" in case) == (refusal(query, LESS) is not None), case


def test_no_two_cases_ask_the_same_of_one_topic() -> None:
    for content in TOPICS.values():
        asked = [
            json.dumps({k: v for k, v in case.items() if k in ASKS - {"about"}}, sort_keys=True)
            for case in content["cases"]
        ]
        assert len(set(asked)) == len(asked)


@pytest.mark.parametrize("name", NAMES)
def test_an_engine_knows_its_name(name: str) -> None:
    assert get_engine(name).name == name


def test_an_unknown_engine_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(InputError, match=r"lucene.*whoosh") as caught:
        get_engine("lucene")
    assert caught.value.field == "engine"
