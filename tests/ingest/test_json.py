"""JSON files: one document, lists of records, exports; foreign names and paths; hostile ones."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from searchapp.documents import Document
from searchapp.ingest.base import Problem
from searchapp.ingest.files import collect
from searchapp.ingest.mapping import FieldMap
from searchapp.ingest.reading import read_file

A = {"id": "a", "title": "Chợ nổi", "text": "Ghe xuồng tấp nập."}
B = {"id": "b", "title": "Hồ sen", "text": "Sen nở."}


def read(path: Path, data: bytes | object, names: str = "") -> tuple[list[Document], list[Problem]]:
    raw = data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode()
    path.write_bytes(raw)
    (file,) = collect([path], FieldMap.parse(names) if names else FieldMap()).files
    items = list(read_file(file))
    return (
        [item for item in items if isinstance(item, Document)],
        [item for item in items if isinstance(item, Problem)],
    )


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        pytest.param(A, ["a"], id="one object"),
        pytest.param({"title": "Chợ"}, ["x.json"], id="one object without an id"),
        pytest.param([A, B], ["a", "b"], id="a list"),
        pytest.param([{"title": "Chợ"}, B], ["x.json:1", "b"], id="a list, an id missing"),
        pytest.param({"articles": [A, B]}, ["a", "b"], id="an export"),
        pytest.param({"n": 2, "data": {"nodes": [A, B]}}, ["a", "b"], id="an export, deeper"),
        pytest.param({"title": "Báo", "items": [A]}, ["a"], id="a feed with a title of its own"),
        pytest.param(
            {"posts": [A], "pages": [B], "menus": [{"id": "m", "url": "/"}]},
            ["a", "b"],
            id="several lists",
        ),
        pytest.param(A | {"comments": [{"title": "Hay"}]}, ["a"], id="a document with a list"),
        pytest.param({"item": [A]}, ["a"], id="a key that ijson has a meaning for"),
        pytest.param({"a.b": [A, B]}, ["a", "b"], id="a key with a dot"),
        pytest.param(
            [A | {"tags": ["x"], "meta": {"k": [{"title": 1}]}}], ["a"], id="lists inside"
        ),
    ],
)
def test_where_the_records_are(tmp_path: Path, value: object, ids: list[str]) -> None:
    documents, problems = read(tmp_path / "x.json", value)
    assert [one.id for one in documents] == ids
    assert problems == []


@pytest.mark.parametrize(
    "encode",
    [
        pytest.param(lambda text: text.encode(), id="UTF-8"),
        pytest.param(lambda text: text.encode("utf-8-sig"), id="a byte order mark"),
        pytest.param(lambda text: text.encode("utf-16"), id="UTF-16"),
        pytest.param(lambda text: b"\n  " + text.encode(), id="white space first"),
        pytest.param(lambda text: text.replace('", "', '",\r\n"').encode(), id="crlf"),
    ],
)
def test_as_programs_write_it(tmp_path: Path, encode) -> None:
    text = json.dumps([A, B], ensure_ascii=False)
    documents, problems = read(tmp_path / "x.json", encode(text))
    assert [one.title for one in documents] == ["Chợ nổi", "Hồ sen"]
    assert problems == []


def test_compressed(tmp_path: Path) -> None:
    data = gzip.compress(json.dumps({"articles": [A, B]}).encode())
    documents, problems = read(tmp_path / "x.json.gz", data)
    assert [one.id for one in documents] == ["a", "b"]
    assert problems == []


def test_objects_behind_one_another(tmp_path: Path) -> None:
    raw = "\n".join(json.dumps(one, indent=1) for one in (A, B))
    documents, problems = read(tmp_path / "x.json", raw.encode())
    assert [one.id for one in documents] == ["a", "b"]
    assert problems == []


def test_lines_of_records_that_are_called_json(tmp_path: Path) -> None:
    raw = "\n".join(json.dumps(one) for one in (A, {"title": "không có id"}, B))
    documents, (problem,) = read(tmp_path / "x.json", raw.encode())
    assert [one.id for one in documents] == ["a", "b"]
    assert (problem.line, problem.reason) == (2, "has no id")


@pytest.mark.parametrize(
    ("names", "title", "text"),
    [
        ("title=title.rendered,text=content.rendered", "Chợ nổi", "Ghe xuồng."),
        ("title=slug,text=authors.0.name", "cho-noi", "Lê Na"),
        ("title=slug,text=a.b", "cho-noi", "khóa có dấu chấm"),
    ],
)
def test_foreign_names_reach_into_objects(
    tmp_path: Path, names: str, title: str, text: str
) -> None:
    record = {
        "id": 7,
        "slug": "cho-noi",
        "title": {"rendered": "Chợ nổi"},
        "content": {"rendered": "Ghe xuồng."},
        "authors": [{"name": "Lê Na"}],
        "a.b": "khóa có dấu chấm",
        "a": {"b": "không phải"},
    }
    (document,), problems = read(tmp_path / "x.json", [record], names)
    assert (document.id, document.title, document.text, problems) == ("7", title, text, [])
    (document,), problems = read(tmp_path / "x.jsonl", record, names)
    assert (document.id, document.title, document.text, problems) == ("7", title, text, [])


@pytest.mark.parametrize("names", ["text=a.9.b", "text=a.0.b.c", "text=a.b"])
def test_a_path_that_leads_nowhere_is_a_field_that_is_not_there(tmp_path: Path, names: str) -> None:
    record = {"id": "a", "title": "Chợ", "a": [{"b": "x"}]}
    (document,), problems = read(tmp_path / "x.json", [record], names)
    assert (document.text, problems) == ("", [])


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b"xin", "is broken", id="no JSON"),
        pytest.param(b"5", "holds no JSON object", id="a number"),
        pytest.param(b"[1]", "holds no JSON object", id="a list of numbers"),
        pytest.param(b"{}", "neither title nor text", id="an empty object"),
        pytest.param(b"[" * 100_000, "nested too deeply", id="deep lists"),
        pytest.param(b'{"a":' * 100_000, "nested too deeply", id="deep objects"),
        pytest.param(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "too deeply", id="deep and whole"),
        pytest.param(b'{"title": "x", "n": ' + b"9" * 5_000 + b"}", "is broken", id="long number"),
        pytest.param(b'{"title": "a\x00b"}', "binary", id="NUL"),
    ],
)
def test_what_is_no_record_is_named(tmp_path: Path, raw: bytes, reason: str) -> None:
    documents, (problem,) = read(tmp_path / "x.json", raw)
    assert documents == []
    assert reason in problem.reason
    assert "\n" not in str(problem)


def test_records_before_the_damage_are_read(tmp_path: Path) -> None:
    raw = json.dumps({"articles": [A, B]}).encode()
    documents, (problem,) = read(tmp_path / "x.json", raw[:-5])
    assert [one.id for one in documents] == ["a"]
    assert "broken behind record 1" in problem.reason


def test_a_record_that_can_not_be_read_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    documents, problems = read(tmp_path / "x.json", [A, {"id": "x", "text": {}}, "chuỗi", B])
    assert [one.id for one in documents] == ["a", "b"]
    assert [one.reason for one in problems] == [
        "record 2 has text of type dict, where text belongs",
        "record 3 is no JSON object",
    ]


def test_lone_surrogates_are_replaced(tmp_path: Path) -> None:
    (document,), _ = read(tmp_path / "x.json", rb'[{"id": "1", "title": "a\ud800b"}]')
    assert document.title == "a?b"  # which is what the parser puts for one
