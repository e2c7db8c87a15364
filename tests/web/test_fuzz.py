"""The API fuzzed from its own description: good and bad parameters, thousands of requests."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import given as _given
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from searchapp.config import Settings
from searchapp.web import create_app

REQUESTS_EACH = 430  # a mode and operation; eight operations, those without parameters need few
LEAST_REQUESTS = 3_000
LONGEST_S = 2.0

load_all_checks()
_took: dict[str, list[float]] = {}  # seconds of each request, by operation


@pytest.fixture(scope="module")
def description(seeds_index: Path):
    app = create_app(Settings(index_dir=seeds_index))
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    schema.config.generation.update(modes=list(GenerationMode))
    return schema


OPERATIONS = {
    "/api/v1/search": REQUESTS_EACH * 3,
    "/api/v1/suggest": REQUESTS_EACH,
    "/api/v1/documents/{id}": REQUESTS_EACH,
    "/api/v1/documents/{id}/related": REQUESTS_EACH,
    "/api/v1/analyze": REQUESTS_EACH,
    "/api/v1/stats": 20,
    "/healthz": 10,
    "/readyz": 10,
}


@pytest.mark.parametrize("path", OPERATIONS)
def test_every_answer_is_as_described(description, path: str) -> None:
    operation = description[path]["GET"]
    strategy = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    if OPERATIONS[path] >= REQUESTS_EACH:
        strategy |= operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)

    took = _took[path] = []

    @settings(
        max_examples=OPERATIONS[path],
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @_given(strategy)
    def fuzz(case) -> None:
        begun = time.perf_counter()
        response = case.call(headers={"Accept-Encoding": "identity"})  # WSGI: nothing unpacks
        took.append(time.perf_counter() - begun)
        assert response.status_code < 500 or path == "/readyz"
        case.validate_response(
            response,
            checks=[
                status_code_conformance,
                content_type_conformance,
                response_headers_conformance,
                response_schema_conformance,
            ],
        )

    fuzz()
    assert max(took) < LONGEST_S


def test_thousands_were_asked() -> None:
    if set(_took) != set(OPERATIONS):
        pytest.skip("only some operations were asked in this run")
    assert sum(map(len, _took.values())) >= LEAST_REQUESTS
