"""Documents written by programs: what is answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hostile import ODD_IDS
from writers import (
    BARE,
    CALLS,
    DOCUMENTS,
    HUE,
    JSON,
    MOST,
    NDJSON,
    TOKEN,
    FakePrograms,
    app_with,
    lines,
    problem,
    send,
    written,
)

from searchapp.errors import LockedError, NoIndexError, SearchappError
from searchapp.generations import Generations

# -- one document --------------------------------------------------------------------------------


def test_a_document_at_its_path(writer: FlaskClient, fake_programs: FakePrograms) -> None:
    new = written(send(writer, "PUT", f"{DOCUMENTS}/a", {"text": "Một."}), 201)
    assert [(one.id, one.result) for one in new.results] == [("a", "created")]
    same = written(send(writer, "PUT", f"{DOCUMENTS}/a", {"id": "a", "text": "Một."}))
    assert same.results[0].result == "unchanged"
    assert same.generation == new.generation
    other = written(send(writer, "PUT", f"{DOCUMENTS}/a", {"text": "Hai."}))
    assert other.results[0].result == "updated"
    gone = written(send(writer, "DELETE", f"{DOCUMENTS}/a"))
    assert [(one.id, one.result) for one in gone.results] == [("a", "deleted")]
    again = written(send(writer, "DELETE", f"{DOCUMENTS}/a"))
    assert again.results[0].result == "absent"
    assert again.generation == gone.generation
    assert fake_programs.held == {}


@pytest.mark.parametrize(
    ("body", "status", "field", "says"),
    [
        pytest.param({"id": "b", "text": "x"}, 400, "id", "'b'", id="another id"),
        pytest.param({"id": None, "text": "x"}, 400, "id", "null", id="null for an id"),
        pytest.param({"documents": [BARE]}, 422, "documents", "no field", id="several"),
        pytest.param([BARE], 422, None, "a list", id="a list"),
        pytest.param({}, 422, None, "neither", id="nothing"),
        pytest.param({"text": "x", "tags": [None]}, 422, "tags", "list of texts", id="tags"),
        pytest.param(b"{", 400, None, "not JSON", id="no JSON"),
    ],
)
def test_a_wrong_document_at_a_path(
    writer: FlaskClient, body: Any, status: int, field: str | None, says: str
) -> None:
    found = problem(send(writer, "PUT", f"{DOCUMENTS}/a", body), status)
    assert found.field == field
    assert says in found.detail
    assert [one.index for one in found.errors] == ([0] if status == 422 else [])


def test_lines_are_not_for_one_document(writer: FlaskClient) -> None:
    response = send(writer, "PUT", f"{DOCUMENTS}/a", lines(BARE), content_type=NDJSON)
    problem(response, 415)
    assert response.headers["Accept"] == JSON


@pytest.mark.parametrize("document_id", [*ODD_IDS, "a/related", "related", ".", "x" * 512])
def test_any_id_can_be_a_path(
    writer: FlaskClient, fake_programs: FakePrograms, document_id: str
) -> None:
    path = f"{DOCUMENTS}/{quote(document_id, safe='')}"
    answer = written(send(writer, "PUT", path, {"text": "x"}), 201)
    assert answer.results[0].id == document_id
    assert list(fake_programs.held) == [document_id]
    assert written(send(writer, "DELETE", path)).results[0].result == "deleted"


@pytest.mark.parametrize("document_id", [" a", "a ", "\n", "x" * 513])
def test_ids_that_no_document_may_have(writer: FlaskClient, document_id: str) -> None:
    path = f"{DOCUMENTS}/{quote(document_id, safe='')}"
    assert problem(send(writer, "PUT", path, {"text": "x"}), 422).field == "id"
    assert written(send(writer, "DELETE", path)).results[0].result == "absent"


# -- several deleted -----------------------------------------------------------------------------


def test_several_are_deleted(writer: FlaskClient, fake_programs: FakePrograms) -> None:
    written(send(writer, "POST", DOCUMENTS, [HUE, BARE]))
    answer = written(send(writer, "DELETE", DOCUMENTS, {"ids": ["không có", "b"]}))
    assert [(one.id, one.result) for one in answer.results] == [
        ("không có", "absent"),
        ("b", "deleted"),
    ]
    assert list(fake_programs.held) == [HUE["id"]]


@pytest.mark.parametrize(
    ("body", "status", "indexes"),
    [
        pytest.param({}, 400, [], id="no ids"),
        pytest.param(["a"], 400, [], id="a list"),
        pytest.param({"ids": "a"}, 400, [], id="text"),
        pytest.param({"ids": ["a"], "all": True}, 400, [], id="something beside"),
        pytest.param({"ids": []}, 400, [], id="none"),
        pytest.param({"ids": ["a", "b", "a", 1, "", None][:5]}, 422, [2, 3, 4], id="wrong ids"),
        pytest.param({"ids": list("abcdef")}, 413, [], id="too many"),
        pytest.param(b"[", 400, [], id="no JSON"),
        pytest.param(None, 415, [], id="no body"),
    ],
)
def test_wrong_calls_to_delete(
    writer: FlaskClient, fake_programs: FakePrograms, body: Any, status: int, indexes: list[int]
) -> None:
    found = problem(send(writer, "DELETE", DOCUMENTS, body), status)
    assert [one.index for one in found.errors] == indexes
    assert fake_programs.calls == []


# -- when it can't be done -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "status", "waits"),
    [
        (LockedError("index is being built by process 7; wait for it or stop it"), 409, True),
        (NoIndexError("index"), 503, True),
        (SearchappError("the index can't be written: No space left on device"), 500, False),
    ],
)
def test_what_goes_wrong_is_told(
    writer: FlaskClient, fake_programs: FakePrograms, error: Exception, status: int, waits: bool
) -> None:
    fake_programs.fails = error
    for method, path, body in CALLS:
        response = send(writer, method, path, body)
        assert problem(response, status).detail == str(error)
        assert ("Retry-After" in response.headers) == waits
        if waits:
            assert int(response.headers["Retry-After"]) > 0


# -- methods and origins -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        (DOCUMENTS, {"POST", "DELETE", "OPTIONS"}),
        (f"{DOCUMENTS}/a", {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"}),
        (f"{DOCUMENTS}/a/related", {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"}),
    ],
)
def test_methods(writer: FlaskClient, path: str, allowed: set[str]) -> None:
    options = writer.options(path)
    assert options.status_code == 200
    assert set(options.headers["Allow"].split(", ")) == allowed
    refused = writer.patch(path, json={})
    assert set(refused.headers["Allow"].split(", ")) == allowed
    found = problem(refused, 405)
    assert all(method in found.detail for method in allowed)
    if "GET" not in allowed:
        problem(writer.get(path), 405)
        assert writer.head(path).status_code == 405


@pytest.mark.parametrize("path", [f"{DOCUMENTS}/", "/api/v1/document", "/api/v1/search"])
def test_elsewhere_nothing_is_written(
    writer: FlaskClient, fake_programs: FakePrograms, path: str
) -> None:
    for method in ("POST", "PUT", "DELETE"):
        problem(send(writer, method, path, BARE), 405 if path.endswith("search") else 404)
    assert fake_programs.calls == []


@pytest.mark.parametrize(
    ("origins", "token", "path", "asked", "allowed"),
    [
        ("https://a.example", TOKEN, DOCUMENTS, "POST", True),
        ("https://a.example", TOKEN, f"{DOCUMENTS}/a/b", "PUT", True),
        ("*", TOKEN, DOCUMENTS, "DELETE", True),
        # A token may come while the service runs.
        ("https://a.example", None, DOCUMENTS, "POST", True),
        ("https://a.example", TOKEN, "/api/v1/search", "POST", False),
        ("https://a.example", TOKEN, "/api/v1/documentsx", "POST", False),
        ("https://b.example", TOKEN, DOCUMENTS, "POST", None),
        ("", TOKEN, DOCUMENTS, "POST", None),
    ],
)
def test_pages_of_other_origins(
    tmp_path: Path, origins: str, token: str | None, path: str, asked: str, allowed: bool | None
) -> None:
    client = app_with(index_dir=tmp_path, cors_origins=origins, write_token=token)
    headers = {
        "Origin": "https://a.example",
        "Access-Control-Request-Method": asked,
        "Access-Control-Request-Headers": "authorization, content-type",
    }
    answer = client.options(path, headers=headers).headers
    methods = answer.get("Access-Control-Allow-Methods", "").split(", ")
    assert (asked in methods) == bool(allowed)
    assert ("Access-Control-Allow-Origin" in answer) == (allowed is not None)
    if allowed:
        assert "authorization" in answer["Access-Control-Allow-Headers"].lower()


# -- with an index -------------------------------------------------------------------------------


def found_by(client: FlaskClient, query: str) -> set[str]:
    answer = client.get("/api/v1/search", query_string={"q": query})
    return {hit["id"] for hit in answer.json["hits"]}


def test_from_nothing_to_an_index_and_back(real: FlaskClient) -> None:
    assert real.get("/api/v1/search?q=a").status_code == 503
    first = written(send(real, "POST", DOCUMENTS, [HUE, BARE]))
    assert found_by(real, "nuoc song huong") == {HUE["id"]}
    assert real.get("/readyz").json["generation"] == first.generation
    again = written(send(real, "POST", DOCUMENTS, [HUE]))
    assert (again.generation, again.documents) == (first.generation, 2)
    odd = [{"id": one, "text": f"kỳ lân {n}"} for n, one in enumerate(ODD_IDS[:MOST])]
    written(send(real, "POST", DOCUMENTS, odd))
    assert found_by(real, "kỳ lân") == set(ODD_IDS[:MOST])
    written(send(real, "PUT", f"{DOCUMENTS}/b", {"title": "Rồng", "tags": ["b", "a"]}))
    kept = real.get(f"{DOCUMENTS}/b").json
    assert (kept["title"], kept["text"], kept["tags"]) == ("Rồng", "", ["b", "a"])
    written(send(real, "DELETE", DOCUMENTS, {"ids": ["b", *ODD_IDS[:2]]}))
    assert found_by(real, "rồng") == set()
    assert real.get("/readyz").json["documents"] == 1 + MOST - 2


def test_another_build_makes_a_call_wait(real: FlaskClient) -> None:
    index_dir = real.application.extensions["searchapp"].settings.index_dir
    written(send(real, "POST", DOCUMENTS, HUE))
    with Generations(index_dir).lock():
        response = send(real, "POST", DOCUMENTS, BARE)
        problem(response, 409)
        assert response.headers["Retry-After"]
    assert found_by(real, "đoạn không tựa") == set()
    written(send(real, "POST", DOCUMENTS, BARE))
    assert found_by(real, "đoạn không tựa") == {"b"}
