"""The description of the API: valid, complete, and true of what is answered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from selectolax.lexbor import LexborHTMLParser
from writers import TOKEN, FakePrograms

from searchapp.config import Settings
from searchapp.web import create_app
from searchapp.web.examples import example_of
from searchapp.web.openapi import describe_api
from searchapp.web.operations import OPERATIONS
from searchapp.web.problem_types import PROBLEM_TYPES
from searchapp.web.writing import WRITES

API = describe_api(Settings())
STATE = {"healthz", "readyz"}
EVERY = [(path, method) for path, item in API["paths"].items() for method in item]


def every_parameter() -> Iterator[tuple[str, dict[str, Any]]]:
    for operation in (*OPERATIONS, *WRITES):
        described = API["paths"][operation.path][operation.method.lower()]
        for parameter in described["parameters"]:
            yield operation.name, parameter


def resolved(schema: dict[str, Any]) -> Draft202012Validator:
    """A validator that knows the named schemas."""
    return Draft202012Validator({**schema, "components": API["components"]})


# -- the description itself ----------------------------------------------------------------------


def test_it_is_openapi_3_1(client: FlaskClient) -> None:
    served = client.get("/api/v1/openapi.json")
    assert served.content_type == "application/json"
    OpenAPIV31SpecValidator(served.json).validate()
    assert served.json["info"]["license"]["identifier"] == "MIT"
    assert all(not server["url"].startswith("http") for server in served.json["servers"])


def test_every_route_of_the_api_is_described(app: Flask) -> None:
    rules = {str(rule) for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")}
    described = {path.replace("{id}", "<anything:document_id>") for path in API["paths"]}
    assert rules - described == {"/api/v1/openapi.json", "/api/v1/docs"}
    assert described <= rules


def test_limits_that_are_settings_are_those_of_this_service() -> None:
    settings = replace(Settings(), page_size_max=7, query_max_chars=33, result_window=77)
    found = {
        parameter["name"]: parameter["schema"]
        for parameter in describe_api(settings)["paths"]["/api/v1/search"]["get"]["parameters"]
    }
    assert (found["size"]["maximum"], found["size"]["default"]) == (7, 7)
    assert found["q"]["maxLength"] == 33
    assert found["page"]["maximum"] == 77


@pytest.mark.parametrize(("name", "parameter"), list(every_parameter()), ids=str)
def test_every_parameter_says_what_it_is_in_two_languages(name: str, parameter: dict) -> None:
    vietnamese, english = parameter["description"].split("\n")
    assert vietnamese
    assert english.isascii() or "“" in english
    Draft202012Validator.check_schema(parameter["schema"])
    for example in [*parameter["schema"].get("examples", []), parameter.get("example")]:
        if example is not None:
            Draft202012Validator(parameter["schema"]).validate(example)


def test_a_default_is_allowed_by_its_own_schema() -> None:
    for _, parameter in every_parameter():
        if "default" in parameter["schema"]:
            Draft202012Validator(parameter["schema"]).validate(parameter["schema"]["default"])


# -- examples ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "method"), EVERY)
def test_example_answers_fit_their_schemas(path: str, method: str) -> None:
    for response in API["paths"][path][method]["responses"].values():
        for content in response.get("content", {}).values():
            if "example" in content:
                resolved(content["schema"]).validate(content["example"])


@pytest.mark.parametrize("response", API["components"]["responses"].values(), ids=str)
def test_example_problems_fit_their_schema(response: dict) -> None:
    content = response["content"]["application/problem+json"]
    resolved(content["schema"]).validate(content["example"])


def test_every_type_has_an_example_that_holds_together() -> None:
    schemas = API["components"]["schemas"]
    for schema in schemas.values():
        resolved(schema).validate(example_of(schema, schemas))
    hit = example_of(schemas["Hit"], schemas)
    ((start, end),) = hit["title_highlights"]
    assert hit["title"][start:end] == "xây dựng nông thôn mới"
    (snippet,) = hit["snippets"]
    ((start, end),) = snippet["highlights"]
    text = snippet["text"]
    assert f"{text[:start]}<mark>{text[start:end]}</mark>{text[end:]}" == snippet["html"]


@pytest.fixture(scope="module")
def seeds_client(seeds_index: Path) -> FlaskClient:
    return create_app(Settings(index_dir=seeds_index)).test_client()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
def test_examples_answer_on_the_sample_corpus(seeds_client: FlaskClient, operation: Any) -> None:
    path = operation.path.replace("{id}", quote(operation.example_id or ""))
    response = seeds_client.get(path, query_string=operation.example)
    assert response.status_code == 200
    answer = msgspec.json.decode(response.data, type=operation.answer)
    found = getattr(answer, "hits", None) or getattr(answer, "completions", None)
    assert found != []


@pytest.mark.parametrize(("name", "parameter"), list(every_parameter()), ids=str)
def test_examples_of_parameters_are_answered(
    seeds_client: FlaskClient, name: str, parameter: dict
) -> None:
    (operation,) = (one for one in (*OPERATIONS, *WRITES) if one.name == name)
    if operation.method != "GET":
        assert "examples" not in parameter["schema"], "those of writing are answered below"
        return
    path = operation.path.replace("{id}", quote(operation.example_id or ""))
    for example in parameter["schema"].get("examples", []):
        asked = {**operation.example, parameter["name"]: example}
        response = seeds_client.get(path, query_string=asked)
        assert response.status_code == 200, response.json


# -- writing -------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", WRITES, ids=lambda one: one.name)
def test_who_may_write_is_described(operation: Any) -> None:
    described = API["paths"][operation.path][operation.method.lower()]
    ((scheme,),) = described["security"]
    assert API["components"]["securitySchemes"][scheme]["scheme"] == "bearer"
    assert {"200", "401", "403", "409", "500", "503"} <= set(described["responses"])
    for reading in OPERATIONS:
        assert API["paths"][reading.path]["get"]["security"] == []


@pytest.mark.parametrize("operation", WRITES, ids=lambda one: one.name)
def test_example_bodies_fit_their_schemas_and_are_taken(
    fake_programs: FakePrograms, tmp_path: Path, operation: Any
) -> None:
    client = create_app(Settings(index_dir=tmp_path, write_token=TOKEN)).test_client()
    path = operation.path.replace("{id}", quote(operation.example_id or ""))
    described = API["paths"][operation.path][operation.method.lower()]
    bodies: list[tuple[str | None, bytes]] = []
    for media_type, content in described.get("requestBody", {"content": {}})["content"].items():
        examples = [one["value"] for one in content.get("examples", {}).values()]
        for example in examples or [content["example"]]:
            resolved(content["schema"]).validate(example)
            encoded = example.encode() if isinstance(example, str) else json.dumps(example).encode()
            bodies.append((media_type, encoded))
    for media_type, body in bodies or [(None, b"")]:
        response = client.open(
            path,
            method=operation.method,
            data=body,
            content_type=media_type,
            headers={"Authorization": f"Bearer {TOKEN}"},
        )
        assert response.status_code in (200, 201), response.text
        msgspec.json.decode(response.data, type=operation.answer)


def test_limits_of_bodies_are_those_of_this_service() -> None:
    schemas = describe_api(Settings(write_max_documents=7))["components"]["schemas"]
    assert schemas["Records"]["properties"]["documents"]["maxItems"] == 7
    assert schemas["Ids"]["properties"]["ids"]["maxItems"] == 7


def test_the_page_shows_how_to_write(page: LexborHTMLParser) -> None:
    commands = [node.text() for node in page.css("pre") if "curl -X" in node.text()]
    assert len(commands) == len(WRITES)
    assert all("Bearer $SEARCHAPP_WRITE_TOKEN" in one for one in commands)


# -- the page ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page(seeds_client: FlaskClient) -> LexborHTMLParser:
    response = seeds_client.get("/api/v1/docs")
    assert response.status_code == 200
    return LexborHTMLParser(response.get_data(as_text=True))


def test_the_page_has_every_operation_parameter_type_and_problem(page: LexborHTMLParser) -> None:
    places = {node.attributes["id"] for node in page.css("[id]")}
    assert {operation.name for operation in (*OPERATIONS, *WRITES)} | STATE <= places
    assert {f"{name}-{parameter['name']}" for name, parameter in every_parameter()} <= places
    assert {f"schema-{name}" for name in API["components"]["schemas"]} <= places
    assert {f"problem-{kind.slug}" for kind in PROBLEM_TYPES} <= places


def test_an_address_within_the_page_is_there_once(page: LexborHTMLParser) -> None:
    places = [node.attributes["id"] for node in page.css("[id]")]
    assert len(places) == len(set(places))
    for link in page.css("a[href^='#']"):
        assert (link.attributes["href"] or "")[1:] in places


def test_trying_it_works_without_a_script(
    page: LexborHTMLParser, seeds_client: FlaskClient
) -> None:
    assert page.css("script:not([src]), style, [style]") == []
    forms = page.css("form.try")
    assert len(forms) == len(OPERATIONS)
    for form in forms:
        values = {
            field.attributes["name"]: field.attributes["value"] for field in form.css("input")
        }
        response = seeds_client.get(form.attributes["action"], query_string=values)
        assert response.status_code == 200


def test_examples_on_the_page_are_json(page: LexborHTMLParser) -> None:
    shown = [node.text() for node in page.css("details pre")]
    assert len(shown) == len(OPERATIONS) + len(WRITES)
    for text in shown:
        json.loads(text)
    assert all("curl --get http" in node.text() for node in page.css("form.try + pre"))


def test_the_page_needs_no_index(empty_client: FlaskClient) -> None:
    assert empty_client.get("/api/v1/docs").status_code == 200
    assert empty_client.get("/api/v1/openapi.json").status_code == 200
