"""The JSON endpoint: its shape, its limits, and one body for every error."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchapp.config import Settings
from searchapp.ingest.build import build
from searchapp.web import create_app

ODD_QUERIES = [
    '"',
    '""',
    "'",
    "((",
    "))",
    "AND",
    "OR NOT",
    "*",
    "?",
    "a*",
    "*a",
    "~",
    "a~2",
    "^",
    "title:x",
    "[a TO b]",
    "{",
    "\\",
    "-",
    "--",
    "+",
    "!",
    "&&",
    "||",
    "/",
    "\x00",
    "\x01\x02",
    "\x7f",
    "🧊",
    "👨\u200d👩\u200d👧",
    "\u200b",
    "\ufeff",
    "\u202e",
    "“",
    "”",
    "„",
    "«",
    "»",
    "“a",
    'a"',
    '"a" "',
    '"a"b"c"',
    "'; DROP TABLE",
    "<script>",
    "${7*7}",
    "{{7*7}}",
    "%s",
    "%00",
    "Hà\u0323",
    "\u0301",
    "e\u0301" * 300,
    "đ" * 1000,
    "a " * 500,
    '"' * 1000,
    "﷽",
    "ﬁ",
    "İ",
    "ß",
    "Ǆ",
    "٣",
    "中文",
    "ไทย",
    "a\tb\nc\rd",
    "\ufffd",
    "\ufffe",
    "\U0010ffff",
    "100/2019/NĐ-CP",
    "a@b.vn",
    "http://x/?y=z#t",
    "C++",
    "...",
    "…",
    "_",
    "__a__",
]


def assert_problem(response, status: int, field: str | None) -> None:
    """RFC 9457."""
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    problem = json.loads(response.data)
    assert set(problem) == {"type", "title", "status", "detail", "field", "errors", "request_id"}
    assert problem["status"] == status
    assert problem["type"].startswith("/api/v1/docs#problem-")
    assert problem["request_id"] == response.headers["X-Request-ID"]
    assert problem["title"]
    assert problem["detail"]
    assert problem["field"] == field


def test_the_shape_of_an_answer(client: FlaskClient) -> None:
    response = client.get("/api/v1/search", query_string={"q": "thành phố", "size": 3})
    assert response.status_code == 200
    assert response.content_type == "application/json"
    answer = json.loads(response.data)
    assert {
        "query",
        "total",
        "total_is_exact",
        "partial",
        "page",
        "size",
        "took_ms",
        "hits",
        "suggestion",
        "facets",
    } <= set(answer)
    assert (answer["query"], answer["page"], answer["size"]) == ("thành phố", 1, 3)
    assert answer["total"] >= 1
    hit = answer["hits"][0]
    assert {"id", "title", "score", "url", "source", "category", "published", "snippets"} <= set(
        hit
    )
    assert (hit["id"], hit["url"], hit["source"]) == ("hue", "https://vi.example/hue?a=1&b=2", None)
    (snippet,) = hit["snippets"]
    assert [snippet["text"][a:b] for a, b in snippet["highlights"]] == ["Thành phố"]
    assert "<mark>Thành phố</mark> Huế" in snippet["html"]


def test_json_is_utf8_and_not_escapes(client: FlaskClient) -> None:
    good = client.get("/api/v1/search", query_string={"q": "huế"}).data
    bad = client.get("/api/v1/search", query_string={"q": "huế", "page": "một"}).data
    for data in (good, bad):
        assert b"\\u" not in data
    assert "Huế" in good.decode("utf-8")
    assert "một" in bad.decode("utf-8")


def test_pages_follow_each_other(client: FlaskClient) -> None:
    def ids(page: int, size: int) -> list[str]:
        values = {"q": "bản tin", "page": page, "size": size}
        return [h["id"] for h in client.get("/api/v1/search", query_string=values).json["hits"]]

    whole = ids(1, 100)
    assert len(whole) == 35
    assert [name for page in range(1, 6) for name in ids(page, 8)] == whole
    assert ids(6, 8) == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        pytest.param({}, "q", id="no q"),
        pytest.param({"q": ""}, "q", id="empty q"),
        pytest.param({"q": " \t"}, "q", id="blank q"),
        pytest.param({"q": "a" * 1001}, "q", id="1,001 characters"),
        *(
            pytest.param({"q": "huế", "page": page}, "page", id=f"page {page}")
            for page in (
                "0",
                "-1",
                "abc",
                "1.5",
                "",
                "1e3",
                "٣",
                "0x1",
                "99999999999999999999",
                "1 2",
                "%",
            )
        ),
        *(
            pytest.param({"q": "huế", "size": size}, "size", id=f"size {size}")
            for size in ("0", "-1", "101", "abc", "", "10.0", "999999999999")
        ),
        pytest.param({"q": "huế", "page": "101", "size": "100"}, "page", id="behind the window"),
        pytest.param({"q": "huế", "page": "10001", "size": "1"}, "page", id="behind it by one"),
    ],
)
def test_what_is_out_of_range_is_a_problem(client: FlaskClient, values: dict, field: str) -> None:
    assert_problem(client.get("/api/v1/search", query_string=values), 400, field)


@pytest.mark.parametrize(
    "values", [{"page": "100", "size": "100"}, {"page": "10000", "size": "1"}, {"size": "100"}]
)
def test_the_limits_themselves_are_served(client: FlaskClient, values: dict) -> None:
    response = client.get("/api/v1/search", query_string={"q": "đ" * 1000, **values})
    assert response.status_code == 200


@pytest.mark.parametrize("query", ODD_QUERIES, ids=ascii)
def test_odd_queries_are_answered(client: FlaskClient, query: str) -> None:
    for path in ("/api/v1/search", "/search"):
        response = client.get(path, query_string={"q": query})
        assert response.status_code == 200 or (
            not query.strip() and response.status_code in (400, 302)
        )
    if query.strip():
        assert client.get("/api/v1/search", query_string={"q": query}).json["query"] == query
    assert client.get("/documents/hue", query_string={"q": query}).status_code == 200


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(st.characters(codec="utf-8"), min_size=1, max_size=40).filter(str.strip))
def test_any_query_is_answered(client: FlaskClient, query: str) -> None:
    response = client.get("/api/v1/search", query_string={"q": query})
    assert response.status_code == 200
    assert json.loads(response.data)["query"] == query
    page = client.get("/search", query_string={"q": query})
    assert page.status_code == 200


@pytest.mark.parametrize("raw", ["%ff", "%ed%a0%80", "%c3", "a%00b", "%", "%zz", "+"])
def test_bytes_that_are_no_utf8_are_no_fault(client: FlaskClient, raw: str) -> None:
    assert client.get(f"/api/v1/search?q={raw}").status_code in (200, 400)


@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v1/nichts", "/api/v2/search"])
def test_unknown_paths_of_the_api_are_problems(client: FlaskClient, path: str) -> None:
    assert_problem(client.get(path), 404, None)


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_other_methods_are_problems(client: FlaskClient, method: str) -> None:
    response = getattr(client, method)("/api/v1/search?q=a")
    assert_problem(response, 405, None)
    assert "GET" in response.headers["Allow"]


def test_head_is_answered(client: FlaskClient) -> None:
    response = client.head("/api/v1/search?q=a")
    assert (response.status_code, response.data) == (200, b"")


def test_a_fault_is_a_problem_without_its_details(index_dir: Path, monkeypatch) -> None:
    app = create_app(Settings(index_dir=index_dir))

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(app.extensions["searchapp"], "search", fail)
    response = app.test_client().get("/api/v1/search?q=a")
    assert_problem(response, 500, None)
    assert b"secret" not in response.data
    page = app.test_client().get("/search?q=a")
    assert page.status_code == 500
    assert b"secret" not in page.data


# -- health and the live index -------------------------------------------------------------------


def test_health_with_an_index(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json["status"] == "ready"
    assert ready.json["documents"] > 50


def test_health_without_an_index(empty_client: FlaskClient) -> None:
    assert empty_client.get("/healthz").status_code == 200
    ready = empty_client.get("/readyz")
    assert ready.status_code == 503
    assert "searchapp index" in ready.json["detail"]


def test_no_index_is_a_503(empty_client: FlaskClient) -> None:
    assert_problem(empty_client.get("/api/v1/search?q=a"), 503, None)
    assert "searchapp index" in empty_client.get("/api/v1/search?q=a").json["detail"]
    assert empty_client.get("/search?q=a").status_code == 503
    assert empty_client.get("/documents/a").status_code == 503


def test_a_damaged_index_is_a_503(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Hà Nội", encoding="utf-8")
    settings_ = Settings(index_dir=tmp_path / "index", jobs=1)
    report = build([tmp_path / "a.txt"], settings_)
    assert report.generation is not None
    client = create_app(settings_).test_client()
    with (report.generation.engine_folder / "lengths.npy").open("ab") as file:
        file.write(b"x")
    assert_problem(client.get("/api/v1/search?q=a"), 503, None)
    assert client.get("/readyz").status_code == 503
    assert client.get("/").status_code == 200
    build([tmp_path / "a.txt"], settings_)
    assert client.get("/api/v1/search?q=hà").status_code == 200


def test_no_request_fails_while_the_index_is_rebuilt(tmp_path: Path) -> None:
    def records(letter: str) -> Path:
        path = tmp_path / f"{letter}.jsonl"
        rows = [{"id": f"{letter}{n}", "title": "Hà Nội", "text": "thu"} for n in range(10)]
        path.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
        return path

    corpora = [records("a"), records("b")]
    # Builds hold the interpreter's lock here, and those in line are to wait for them.
    settings_ = Settings(
        index_dir=tmp_path / "index", jobs=1, serve_wait_ms=60_000, search_timeout_ms=0
    )
    build(corpora[:1], settings_)
    app = create_app(settings_)
    stop, answers = threading.Event(), []

    def hammer() -> None:
        client = app.test_client()
        while not stop.is_set():
            for path in ("/api/v1/search?q=hà+nội", "/search?q=ha+noi", "/readyz", "/"):
                response = client.get(path)
                letters = {h["id"][0] for h in response.json["hits"]} if "api" in path else set()
                answers.append((response.status_code, path, len(letters) <= 1))

    threads = [threading.Thread(target=hammer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(5):
        build([corpora[(number + 1) % 2]], settings_)
    stop.set()
    for thread in threads:
        thread.join()
    assert len(answers) > 50
    assert {(status, whole) for status, _, whole in answers} == {(200, True)}
    build([corpora[1]], settings_)
    hits = app.test_client().get("/api/v1/search?q=hà nội").json["hits"]
    assert {hit["id"][0] for hit in hits} == {"b"}
