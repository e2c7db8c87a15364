"""docs/engines.md says of each engine what is so."""

from __future__ import annotations

from pathlib import Path

from engine_cases import TOPICS
from engine_helpers import refusal
from engine_table import case_queries, table
from memory_engine import LESS

from searchapp.analysis.analyzer import Analyzer
from searchapp.engines.registry import NAMES

DOCUMENT = Path(__file__).parents[2] / "docs" / "engines.md"


def test_the_table_is_what_engines_declare(analyzer: Analyzer) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert table(analyzer) in text, "print it anew: python tests/engines/engine_table.py"
    assert all(f"`{name}`" in text for name in NAMES)


def test_the_number_of_cases_is_theirs(analyzer: Analyzer) -> None:
    queries = list(case_queries(analyzer))
    assert len(queries) == sum(len(content["cases"]) for content in TOPICS.values())
    assert f"{len(queries)} cases" in DOCUMENT.read_text(encoding="utf-8")
    assert any(refusal(query, LESS) for query in queries)
