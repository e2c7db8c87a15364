"""The API fuzzed from its own description: good and bad requests, thousands of them."""

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
from writers import TOKEN, FakePrograms

from searchapp.config import Settings
from searchapp.ingest import programs
from searchapp.web import create_app

REQUESTS_EACH = 430  # an operation that reads; those without parameters need few
LEAST_REQUESTS = 3_000
LONGEST_S = 2.0  # of the processor

load_all_checks()
_took: dict[tuple[str, str], list[float]] = {}  # seconds of each request, by operation


@pytest.fixture(scope="module")
def description(seeds_index: Path):
    # Writing changes nothing that the other operations read: a stand-in takes it.
    app = create_app(Settings(index_dir=seeds_index, write_token=TOKEN, write_max_documents=3))
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    schema.config.generation.update(modes=list(GenerationMode))
    return schema


@pytest.fixture(autouse=True)
def stand_in(monkeypatch: pytest.MonkeyPatch) -> FakePrograms:
    fake = FakePrograms()
    monkeypatch.setattr(programs, "put_documents", fake.put_documents)
    monkeypatch.setattr(programs, "delete_documents", fake.delete_documents)
    return fake


REQUESTS_WRITING = 200
OPERATIONS = {
    ("GET", "/api/v1/search"): REQUESTS_EACH * 3,
    ("GET", "/api/v1/suggest"): REQUESTS_EACH,
    ("GET", "/api/v1/documents/{id}"): REQUESTS_EACH,
    ("GET", "/api/v1/documents/{id}/related"): REQUESTS_EACH,
    ("GET", "/api/v1/analyze"): REQUESTS_EACH,
    ("GET", "/api/v1/stats"): 20,
    ("GET", "/healthz"): 10,
    ("GET", "/readyz"): 10,
    ("POST", "/api/v1/documents"): REQUESTS_WRITING,
    ("DELETE", "/api/v1/documents"): REQUESTS_WRITING,
    ("PUT", "/api/v1/documents/{id}"): REQUESTS_WRITING,
    ("DELETE", "/api/v1/documents/{id}"): REQUESTS_WRITING,
}
# What a stand-in is asked, at least: good calls are to come through, not only bad ones.
LEAST_WRITTEN = 8


def test_every_operation_is_asked(description) -> None:
    described = {
        (method.upper(), path)
        for path, item in description.raw_schema["paths"].items()
        for method in item
    }
    assert set(OPERATIONS) == described


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_is_as_described(
    description, stand_in: FakePrograms, method: str, path: str
) -> None:
    operation = description[path][method]
    strategy = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    if OPERATIONS[method, path] >= REQUESTS_WRITING:
        strategy |= operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)

    took = _took[method, path] = []
    sent = {"Accept-Encoding": "identity"}  # WSGI: nothing unpacks
    if method != "GET":
        sent["Authorization"] = f"Bearer {TOKEN}"

    @settings(
        max_examples=OPERATIONS[method, path],
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @_given(strategy)
    def fuzz(case) -> None:
        if method == "PUT" and isinstance(case.body, dict) and len(took) % 2:
            case.body.pop("id", None)  # no schema can say that it is the one of the path
        begun = time.process_time()
        response = case.call(headers=sent)
        took.append(time.process_time() - begun)
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
    assert method == "GET" or len(stand_in.calls) >= LEAST_WRITTEN


def test_thousands_were_asked() -> None:
    if set(_took) != set(OPERATIONS):
        pytest.skip("only some operations were asked in this run")
    assert sum(map(len, _took.values())) >= LEAST_REQUESTS
