"""The bodies of calls that write: which are taken, and what is said of the others."""

from __future__ import annotations

import gzip
import json
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from writers import (
    BARE,
    DOCUMENTS,
    HUE,
    JSON,
    MOST,
    NDJSON,
    SENT,
    TCVN3,
    FakePrograms,
    Unreadable,
    lines,
    problem,
    send,
    written,
)

from searchapp.contract.writing import ID_MAX_CHARS, Record
from searchapp.ingest import records


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param({"documents": [HUE, BARE]}, JSON, id="an object"),
        pytest.param([HUE, BARE], JSON, id="a list"),
        pytest.param([HUE, BARE], "application/json; charset=UTF-8", id="UTF-8 said"),
        pytest.param(b"\xef\xbb\xbf" + json.dumps([HUE, BARE]).encode(), JSON, id="a mark"),
        pytest.param(lines(HUE, BARE), NDJSON, id="JSON Lines"),
        pytest.param(lines(HUE, BARE) + b"\n", "application/jsonl", id="an end of line"),
        pytest.param(b"\n" + lines(HUE, BARE, end="\r\n \r\n") + b"\r\n", NDJSON, id="empty lines"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_forms_of_a_call(
    writer: FlaskClient, fake_programs: FakePrograms, body: Any, content_type: str, packed: bool
) -> None:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Content-Encoding": "gzip"} if packed else {}
    data = gzip.compress(data) if packed else data
    response = send(writer, "POST", DOCUMENTS, data, content_type=content_type, headers=headers)
    answer = written(response)
    assert [(one.id, one.result) for one in answer.results] == [
        (HUE["id"], "created"),
        ("b", "created"),
    ]
    assert answer.documents == 2
    kept = fake_programs.held[str(HUE["id"])]
    assert {name: getattr(kept, name) for name in HUE} == {**HUE, "tags": ("sông", "Huế")}
    assert kept.path is None


def test_one_document_needs_no_list(writer: FlaskClient, fake_programs: FakePrograms) -> None:
    written(send(writer, "POST", DOCUMENTS, HUE))
    written(send(writer, "POST", DOCUMENTS, lines(BARE), content_type=NDJSON))
    assert [ids for _, ids in fake_programs.calls] == [[HUE["id"]], ["b"]]


def test_null_is_unknown(writer: FlaskClient, fake_programs: FakePrograms) -> None:
    names = [name for name in Record.__struct_fields__ if name not in ("id", "text")]
    written(send(writer, "POST", DOCUMENTS, {**BARE, **dict.fromkeys(names)}))
    written(send(writer, "PUT", f"{DOCUMENTS}/c", BARE | {"id": "c"}), 201)
    one, other = fake_programs.held.values()
    assert (one.title, one.tags, one.published) == (other.title, (), None)


def test_the_same_again_changes_nothing(writer: FlaskClient) -> None:
    first = written(send(writer, "POST", DOCUMENTS, [HUE, BARE]))
    again = written(send(writer, "POST", DOCUMENTS, [HUE, BARE]))
    assert again.generation == first.generation
    assert {one.result for one in again.results} == {"unchanged"}
    other = written(send(writer, "POST", DOCUMENTS, [{**BARE, "text": "Khác."}, HUE]))
    assert [one.result for one in other.results] == ["updated", "unchanged"]
    assert other.generation != first.generation


def test_what_was_converted_is_told(writer: FlaskClient, fake_programs: FakePrograms) -> None:
    (one, other) = written(
        send(writer, "POST", DOCUMENTS, [{"id": "cũ", "text": TCVN3}, BARE])
    ).results
    assert "TCVN3" in one.notes[0]
    assert other.notes == []
    assert "Thành phố Hồ Chí Minh" in fake_programs.held["cũ"].text


BAD_FORMS = [
    pytest.param(b"{", JSON, {}, 400, None, "not JSON", id="cut off"),
    pytest.param(b"", JSON, {}, 400, None, "not JSON", id="nothing"),
    pytest.param(b'[{"id": NaN}]', JSON, {}, 400, None, "not JSON", id="NaN"),
    pytest.param(b'{"id": "\xff"}', JSON, {}, 400, None, "UTF-8", id="not UTF-8"),
    pytest.param('{"id": "a"}'.encode("utf-16"), JSON, {}, 400, None, "not JSON", id="UTF-16"),
    pytest.param(b"[" * 100_000, JSON, {}, 400, None, "nested", id="nested"),
    pytest.param(b"[]", JSON, {}, 400, "documents", "one at least", id="an empty list"),
    pytest.param(b'{"documents": []}', JSON, {}, 400, "documents", "one at least", id="no items"),
    pytest.param(b'{"documents": {}}', JSON, {}, 400, "documents", "a list", id="no list"),
    pytest.param(b'{"documents": [], "x": 1}', JSON, {}, 400, "x", "beside", id="something beside"),
    pytest.param(b"\n\n", NDJSON, {}, 400, "documents", "one at least", id="empty lines"),
    pytest.param(b'{"id": "a", "text": "x"}\n{', NDJSON, {}, 400, None, "line 2", id="a bad line"),
    pytest.param(b"{}", "text/plain", {}, 415, None, "text/plain", id="plain text"),
    pytest.param(b"{}", None, {}, 415, None, "missing", id="no type"),
    pytest.param(
        b"id=a", "application/x-www-form-urlencoded", {}, 415, None, "application/json", id="a form"
    ),
    pytest.param(b"{}", f"{JSON}; charset=latin-1", {}, 415, None, "UTF-8", id="Latin-1"),
    pytest.param(b"{}", JSON, {"Content-Encoding": "br"}, 415, None, "gzip", id="Brotli"),
    pytest.param(b"{}", JSON, {"Content-Encoding": "gzip, gzip"}, 415, None, "gzip", id="twice"),
    pytest.param(b"{}", JSON, {"Content-Encoding": "gzip"}, 400, None, "gzip", id="not packed"),
    pytest.param(
        gzip.compress(b'{"id": "a", "text": "x"}')[:-6],
        JSON,
        {"Content-Encoding": "gzip"},
        400,
        None,
        "gzip",
        id="packed, cut off",
    ),
    pytest.param(b" " * 1_000_001, JSON, {}, 413, None, "1 MB", id="too large"),
    pytest.param(
        gzip.compress(b" " * 1_000_001),
        JSON,
        {"Content-Encoding": "gzip"},
        413,
        None,
        "1 MB",
        id="too large, unpacked",
    ),
    pytest.param(
        lines(*[{"id": str(n), "text": "x"} for n in range(6)]),
        NDJSON,
        {},
        413,
        None,
        "more than 5",
        id="too many lines",
    ),
    pytest.param(
        json.dumps([{"id": str(n), "text": "x"} for n in range(6)]).encode(),
        JSON,
        {},
        413,
        None,
        "more than 5",
        id="too many",
    ),
]


@pytest.mark.parametrize(("body", "content_type", "headers", "status", "field", "says"), BAD_FORMS)
def test_bodies_that_are_not_taken(
    writer: FlaskClient,
    fake_programs: FakePrograms,
    body: bytes,
    content_type: str | None,
    headers: dict[str, str],
    status: int,
    field: str | None,
    says: str,
) -> None:
    response = send(writer, "POST", DOCUMENTS, body, content_type=content_type, headers=headers)
    found = problem(response, status)
    assert says in found.detail
    assert found.field == field
    assert found.errors == []
    assert fake_programs.calls == []
    if status == 415:
        assert "Accept" in response.headers or "Accept-Encoding" in response.headers


def test_what_fits_exactly_is_taken(writer: FlaskClient) -> None:
    bare = json.dumps(BARE).encode()
    written(send(writer, "POST", DOCUMENTS, bare + b" " * (1_000_000 - len(bare))))
    five = [{"id": str(n), "text": "x"} for n in range(MOST)]
    written(send(writer, "POST", DOCUMENTS, five))
    written(send(writer, "POST", DOCUMENTS, lines(*five), content_type=NDJSON))


def test_a_body_said_to_be_too_large_is_not_read(writer: FlaskClient) -> None:
    response = writer.post(
        DOCUMENTS,
        headers=SENT,
        input_stream=Unreadable(b" " * 1_000_001),
        content_type=JSON,
    )
    problem(response, 413)


WRONG = [
    pytest.param({"text": "x"}, None, "id", "has no id", id="no id"),
    pytest.param({"id": None, "text": "x"}, None, "id", "null", id="null for an id"),
    pytest.param({"id": "", "text": "x"}, None, "id", "''", id="an empty id"),
    pytest.param({"id": " \t", "text": "x"}, " \t", "id", "white space", id="a blank id"),
    pytest.param({"id": " a", "text": "x"}, " a", "id", "white space", id="a space before an id"),
    pytest.param({"id": 7, "text": "x"}, None, "id", "7", id="a number for an id"),
    pytest.param({"id": "x" * 513, "text": "x"}, None, "id", "512", id="a long id"),
    pytest.param({"id": "a"}, "a", None, "neither title nor text", id="no words"),
    pytest.param({"id": "a", "title": " ", "text": "\n"}, "a", None, "neither", id="blank words"),
    pytest.param({"id": "a", "text": ["x"]}, "a", "text", "a list", id="a list for text"),
    pytest.param({"id": "a", "text": "x", "tags": "y"}, "a", "tags", "list of texts", id="tags"),
    pytest.param({"id": "a", "text": "x", "tags": [1]}, "a", "tags", "list of texts", id="a tag"),
    pytest.param({"id": "a", "text": "x", "titel": "y"}, "a", "titel", "'titel'", id="unknown"),
    pytest.param({"id": "a", "text": "x", "score": 1}, "a", "score", "no field", id="of answers"),
    pytest.param(
        {"id": "a", "text": "x", "published": "5/3/2024"}, "a", "published", "5/3", id="a date"
    ),
    pytest.param(
        {"id": "a", "text": "x", "published": "2023-02-29"}, "a", "published", "29", id="no day"
    ),
    pytest.param({"id": "a", "text": "x", "published": 2024}, "a", "published", "2024", id="year"),
    pytest.param(
        {"id": "a", "text": "x", "language": "tiếng Việt"}, "a", "language", "tag", id="language"
    ),
    pytest.param(None, None, None, "null, it should be a JSON object", id="null"),
    pytest.param("a", None, None, "'a', it should be", id="text"),
    pytest.param([[]], None, None, "a list, it should be", id="a list"),
]


@pytest.mark.parametrize(("document", "document_id", "field", "says"), WRONG)
def test_a_wrong_document_stops_the_call_and_is_named(
    writer: FlaskClient,
    fake_programs: FakePrograms,
    document: Any,
    document_id: str | None,
    field: str | None,
    says: str,
) -> None:
    found = problem(send(writer, "POST", DOCUMENTS, [HUE, document, BARE]), 422)
    (fault,) = found.errors
    assert (fault.index, fault.id, fault.field) == (1, document_id, field)
    assert says in fault.detail
    assert found.field == field
    assert found.detail.startswith("1 of 3 are wrong and nothing was written: document 1")
    assert fake_programs.calls == []
    by_line = [HUE, document, BARE]
    response = send(writer, "POST", DOCUMENTS, lines(*by_line), content_type=NDJSON)
    assert problem(response, 422).errors == found.errors


def test_every_wrong_document_is_named_at_once(writer: FlaskClient) -> None:
    sent = [{"id": "a", "tags": 1, "text": 2}, BARE, {"id": "c"}, BARE, {"id": "a", "text": "x"}]
    found = problem(send(writer, "POST", DOCUMENTS, sent), 422)
    assert [(one.index, one.id, one.field) for one in found.errors] == [
        (0, "a", "text"),
        (0, "a", "tags"),
        (2, "c", None),
        (3, "b", "id"),
    ]
    assert "document 1" in found.errors[3].detail, "where the id was before"
    assert "3 of 5" in found.detail


def test_thousands_of_faults_are_not_told(writer: FlaskClient) -> None:
    odd = {f"x{n}" * 100: 1 for n in range(500)}
    response = send(writer, "POST", DOCUMENTS, [{"id": "a", **odd}])
    assert len(problem(response, 422).errors) == 10
    assert len(response.data) < 10_000


def test_the_longest_id_is_that_of_every_record() -> None:
    assert ID_MAX_CHARS == records.ID_MAX_CHARS


@given(
    body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["documents", *Record.__struct_fields__]) | st.text(max_size=5),
                inner,
                max_size=5,
            )
        ),
        max_leaves=12,
    )
)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_json_is_written_or_explained(
    writer: FlaskClient, fake_programs: FakePrograms, body: Any
) -> None:
    calls = len(fake_programs.calls)
    response = send(writer, "POST", DOCUMENTS, msgspec.json.encode(_encodable(body)))
    if response.status_code == 200:
        written(response)
        assert len(fake_programs.calls) == calls + 1
    else:
        found = problem(response, response.status_code)
        assert found.status in (400, 413, 422)
        assert bool(found.errors) == (found.status == 422)
        assert len(fake_programs.calls) == calls


def _encodable(value: Any) -> Any:
    """Without halves of surrogate pairs, which JSON in UTF-8 can't hold."""
    return json.loads(json.dumps(value).encode("utf-8", "replace"))
