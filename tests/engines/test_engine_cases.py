"""The same cases, kept as data in cases.json, on every engine.

``ids`` are all documents found, in order; ``first`` those that lead; ``set`` all, in any order.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from bm25f_model import build_index

from searchapp.analysis.analyzer import Analyzer
from searchapp.documents import Document
from searchapp.engines.base import Searcher
from searchapp.engines.registry import NAMES, get_engine
from searchapp.errors import InputError
from searchapp.search.planner import plan

CASES = json.loads((Path(__file__).parent / "cases.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module", params=NAMES)
def searcher(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, analyzer: Analyzer
) -> Searcher:
    documents = [Document(**values) for values in CASES["documents"]]
    return build_index(
        get_engine(request.param), tmp_path_factory.mktemp("cases"), documents, analyzer
    )


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["about"])
def test_case(searcher: Searcher, analyzer: Analyzer, case: dict[str, Any]) -> None:
    found = searcher.search(plan(case["query"], analyzer).query, 100)
    ids = [hit.document.id for hit in found.hits]
    assert found.total == len(ids)
    assert {"ids", "first", "set"} & case.keys()
    if "ids" in case:
        assert ids == case["ids"]
    if "first" in case:
        assert ids[: len(case["first"])] == case["first"]
    if "set" in case:
        assert sorted(ids) == sorted(case["set"])


@pytest.mark.parametrize("name", NAMES)
def test_an_engine_knows_its_name(name: str) -> None:
    assert get_engine(name).name == name


def test_an_unknown_engine_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(InputError, match=r"lucene.*whoosh") as caught:
        get_engine("lucene")
    assert caught.value.field == "engine"
