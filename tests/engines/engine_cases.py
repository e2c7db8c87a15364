"""The cases in cases/: documents, queries, and what is to be found, by topic.

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

from searchapp.analysis.analyzer import Analyzer
from searchapp.documents import Document
from searchapp.engines.base import Searcher
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
NOTHING = Query(Or(()), ())


def documents_of(topic: str) -> list[Document]:
    return [
        Document(**{**values, "tags": tuple(values.get("tags", ()))})
        for values in TOPICS[topic]["documents"]
    ]


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
