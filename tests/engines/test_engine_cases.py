"""Every engine, and the one in memory, finds what the cases say; see `engine_cases`."""

from __future__ import annotations

import json
from typing import Any

import pytest
from engine_cases import TOPICS, documents_of, query_of
from engine_helpers import build_index, refusal
from memory_engine import LESS

from searchapp.analysis.analyzer import Analyzer
from searchapp.engines.base import Engine, Found, Searcher
from searchapp.engines.registry import NAMES, get_engine
from searchapp.errors import InputError, QueryError
from searchapp.query.nodes import Query

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
