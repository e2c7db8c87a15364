"""JSON Lines: records, how a line that can't be read is named, and dates."""

from __future__ import annotations

import gzip
import json

import pytest

RECORD = {
    "id": "r1",
    "title": "Chợ nổi",
    "text": "Ghe xuồng.",
    "url": "https://vi.example",
    "source": "Báo",
    "category": "Du lịch",
    "author": "Lê Na",
    "tags": ["chợ", "sông"],
    "published": "2024-03-05",
}


def lines(*records: object) -> bytes:
    return "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records).encode()


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.jsonl.gz", "a.ndjson.gz", "A.JSONL.GZ"])
def test_jsonl(read_bytes, name: str) -> None:
    data = lines(RECORD, {"id": "r2", "title": "Hai"}, {"id": 3, "text": "ba", "lạ": {"x": 1}})
    if name.lower().endswith(".gz"):
        data = gzip.compress(data)
    documents, problems = read_bytes(name, data)
    assert problems == []
    assert [d.id for d in documents] == ["r1", "r2", "3"]
    first = documents[0]
    assert first.tags == ("chợ", "sông")
    for key, value in RECORD.items():
        if key != "tags":
            assert getattr(first, key) == value


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xef\xbb\xbf" + lines(RECORD), id="byte order mark"),
        pytest.param(lines(RECORD).replace(b"\n", b"\r\n"), id="crlf"),
        pytest.param(b"\n\n  \n" + lines(RECORD) + b"\n", id="empty lines"),
        pytest.param(lines(RECORD).rstrip(b"\n"), id="no line end at the end"),
        pytest.param(json.dumps(RECORD).encode(), id="escaped letters"),
    ],
)
def test_jsonl_as_programs_write_it(read_bytes, data: bytes) -> None:
    (document,), problems = read_bytes("a.jsonl", data)
    assert (document.title, problems) == ("Chợ nổi", [])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param(b'{"id": "x", "title": ', "not JSON", id="broken JSON"),
        pytest.param(b'{"title": "x"}', "no id", id="no id"),
        pytest.param(b'{"id": "  ", "title": "x"}', "no id", id="blank id"),
        pytest.param(b'{"id": null, "title": "x"}', "no id", id="null id"),
        pytest.param(b'{"id": true, "title": "x"}', "id of type bool", id="id is true"),
        pytest.param(b'{"id": ["x"], "title": "x"}', "id of type list", id="id is a list"),
        pytest.param(b'{"id": "' + b"x" * 513 + b'", "title": "x"}', "512", id="id too long"),
        pytest.param(b'{"id": "x"}', "neither title nor text", id="nothing to find"),
        pytest.param(b'{"id": "x", "title": " ", "text": "\\n"}', "neither", id="blank"),
        pytest.param(b'{"id": "x", "text": {"a": 1}}', "text of type dict", id="text is an object"),
        pytest.param(b'{"id": "x", "text": "x", "tags": 5}', "tags of type int", id="tags is 5"),
        pytest.param(b'["x"]', "no JSON object", id="a list"),
        pytest.param(b'"x"', "no JSON object", id="a string"),
        pytest.param(b"null", "no JSON object", id="null"),
        pytest.param(b'{"id": "x", "text": "\xff\xfe"}', "not UTF-8", id="not UTF-8"),
        pytest.param(b"[" * 200_000, "nested too deeply", id="deep"),
        pytest.param(b'{"a":' * 100_000, "nested too deeply", id="deep objects"),
        pytest.param(b'{"id": "x", "text": "a\x00b"}', "binary", id="raw NUL"),
        pytest.param(
            b'{"id": "x", "text": "x", "n": ' + b"9" * 5_000 + b"}", "", id="a number too long"
        ),
    ],
)
def test_a_line_that_can_not_be_read_is_named_and_the_rest_is_read(
    read_bytes, line: bytes, reason: str
) -> None:
    before, after = lines({"id": "1", "title": "a"}), lines({"id": "2", "title": "b"})
    documents, (problem,) = read_bytes("a.jsonl", before + line + b"\n" + after)
    assert [d.id for d in documents] == ["1", "2"]
    assert problem.line == 2
    assert not problem.kept
    assert reason in problem.reason
    assert str(problem).startswith(f"{problem.path}:2: ")
    assert "\n" not in str(problem)


@pytest.mark.parametrize("escaped", [r"\ud800", r"a\udfffb", r"\udc00\ud800"])
@pytest.mark.parametrize("key", ["id", "title", "text", "author", "tags"])
def test_lone_surrogates_become_replacement_characters(read_bytes, key: str, escaped: str) -> None:
    record = {"id": '"r"', "title": '"t"', "text": '"x"', "author": '"a"', "tags": '["g"]'}
    record[key] = f'["{escaped}"]' if key == "tags" else f'"{escaped}"'
    line = "{" + ", ".join(f'"{k}": {v}' for k, v in record.items()) + "}"
    (document,), _ = read_bytes("a.jsonl", line.encode())
    value = document.tags[0] if key == "tags" else getattr(document, key)
    assert "\ufffd" in value
    value.encode("utf-8")


def test_surrogate_pairs_are_joined(read_bytes) -> None:
    (document,), _ = read_bytes("a.jsonl", rb'{"id": "1", "title": "\ud83e\uddca"}')
    assert document.title == "🧊"


@pytest.mark.parametrize(
    ("published", "kept"),
    [
        ("2024-03-05", "2024-03-05"),
        ("2024-03", "2024-03"),
        ("2024", "2024"),
        (2024, "2024"),
        ("2024-03-05T10:00:00Z", "2024-03-05"),
        ("2024-03-05T10:00:00+07:00", "2024-03-05"),
        ("20240305", "2024-03-05"),
        ("", None),
        (None, None),
    ],
)
def test_dates(read_bytes, published: object, kept: str | None) -> None:
    (document,), problems = read_bytes("a.jsonl", lines({**RECORD, "published": published}))
    assert (document.published, problems) == (kept, [])


@pytest.mark.parametrize(
    "published", ["hôm qua", "5/3/2024", "2024-13", "2024-02-30", "0000", ["2024"], True, 1e300]
)
def test_a_bad_date_is_left_out_with_a_note(read_bytes, published: object) -> None:
    (document,), (problem,) = read_bytes("a.jsonl", lines({**RECORD, "published": published}))
    assert (document.id, document.published) == ("r1", None)
    assert problem.kept
    assert problem.line == 1
    assert "ISO 8601" in problem.reason


@pytest.mark.parametrize("cut", [5, 60, 200, -9, -1], ids=lambda n: f"at {n}")
def test_a_truncated_gzip_gives_what_can_be_read(read_bytes, cut: int) -> None:
    many = [{"id": f"{n}", "title": f"tựa {n * 7919 % 1000}"} for n in range(200)]
    documents, (problem,) = read_bytes("a.jsonl.gz", gzip.compress(lines(*many))[:cut])
    assert "gzip" in problem.reason
    assert problem.line == len(documents) + 1
    assert [d.id for d in documents] == [f"{n}" for n in range(len(documents))]


@pytest.mark.parametrize(
    "data", [b"khong phai gzip", b"", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xff\xff\xff\xff"]
)
def test_what_is_no_gzip(read_bytes, data: bytes) -> None:
    documents, problems = read_bytes("a.jsonl.gz", data)
    assert documents == []
    assert len(problems) == (1 if data else 0)
