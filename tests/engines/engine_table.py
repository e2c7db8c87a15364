"""The table of docs/engines.md: what each engine does, as it declares it itself.

``python tests/engines/engine_table.py`` prints it.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine_cases import TOPICS, documents_of, query_of
from engine_helpers import refusal
from memory_engine import truth_of

from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.base import Field
from searchapp.analysis.pyvi_model import load_pyvi_model
from searchapp.engines.base import Capabilities
from searchapp.engines.registry import NAMES, get_engine
from searchapp.query.nodes import Query


def table(analyzer: Analyzer) -> str:
    """A row for what an engine may do or not, a column for each engine."""
    able = [get_engine(name).capabilities for name in NAMES]
    queries = list(case_queries(analyzer))
    refused = [_refused(queries, one) for one in able]
    rows = [
        ["", *NAMES],
        ["---"] * (len(NAMES) + 1),
        ["scores", *map(_scores, able)],
        ["words asked for in one field alone", *map(_fields, able)],
        ['`"words near each other"~5`', *map(_near, able)],
        ["an index lies", *("in its folder" if a.self_contained else "on a server" for a in able)],
        [
            "cases that it answers as all do",
            *(str(len(queries) - _refused(queries, a)) for a in able),
        ],
        ["cases that it refuses, with a reason", *map(str, refused)],
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def case_queries(analyzer: Analyzer) -> Iterator[Query]:
    """What the cases ask engines for."""
    for topic, content in TOPICS.items():
        searcher = truth_of(documents_of(topic), analyzer)
        for case in content["cases"]:
            yield query_of(case, searcher, analyzer)


def _scores(able: Capabilities) -> str:
    return "BM25F, as documented" if able.exact_scores else "its own BM25, title and text as one"


def _fields(able: Capabilities) -> str:
    return " or ".join(field for field in Field if field in able.field_alone) or "none"


def _near(able: Capabilities) -> str:
    most = able.near_patterns_max
    return "any number" if most is None else f"as far as they stand in {most:,} ways at most"


def _refused(queries: list[Query], able: Capabilities) -> int:
    return sum(refusal(query, able) is not None for query in queries)


if __name__ == "__main__":
    print(table(Analyzer(load_pyvi_model())), end="")  # noqa: T201
