"""Answers have one shape, whatever they say: each decodes into its type, nothing more or less."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from flask.testing import FlaskClient

from searchapp.config import Settings
from searchapp.contract import answers
from searchapp.ingest.build import build
from searchapp.web import create_app

BARE = "no-title"  # a document without any value
SHAPES = [
    ("/api/v1/search?q=thành phố", answers.SearchAnswer),
    ("/api/v1/search?q=thành phố&explain=1", answers.SearchAnswer),
    ("/api/v1/search?q=zzz", answers.SearchAnswer),
    ("/api/v1/search?q=thafnh phoos&facet_size=0", answers.SearchAnswer),
    ("/api/v1/search?q=kỳ lân", answers.SearchAnswer),
    ("/api/v1/search?q=foo:huế AND (&sort=newest&filter=year:2024", answers.SearchAnswer),
    ("/api/v1/suggest?q=ban t", answers.SuggestAnswer),
    ("/api/v1/suggest?q=", answers.SuggestAnswer),
    ("/api/v1/documents/hue?q=sông", answers.DocumentAnswer),
    (f"/api/v1/documents/{BARE}", answers.DocumentAnswer),
    ("/api/v1/documents/hue/related", answers.RelatedAnswer),
    (f"/api/v1/documents/{BARE}/related?size=1", answers.RelatedAnswer),
    ("/api/v1/stats", answers.StatsAnswer),
    ("/api/v1/analyze?text=Nghị định 100/2019/NĐ-CP", answers.AnalysisAnswer),
    ("/api/v1/analyze?text=", answers.AnalysisAnswer),
    ("/healthz", answers.Health),
    ("/readyz", answers.Ready),
    ("/api/v1/search", answers.Problem),
    ("/api/v1/documents/none", answers.Problem),
    ("/api/none", answers.Problem),
]


@pytest.mark.parametrize(("path", "kind"), SHAPES)
def test_every_answer_has_its_shape(client: FlaskClient, path: str, kind: type) -> None:
    response = client.get(path)
    decoded = msgspec.json.decode(response.data, type=kind, strict=True)
    # Nothing is in the answer that the type does not know: it encodes to the same again.
    assert json.loads(msgspec.json.encode(decoded)) == json.loads(response.data)


def test_readyz_keeps_its_shape_without_an_index(empty_client: FlaskClient) -> None:
    response = empty_client.get("/readyz")
    assert set(response.json) == set(answers.Ready.__struct_fields__)
    assert msgspec.json.decode(response.data, type=answers.Ready).documents is None


def test_every_wrong_parameter_is_named(client: FlaskClient) -> None:
    response = client.get("/api/v1/search?page=0&size=x&sort=best&explain=2&page=1")
    problem = msgspec.json.decode(response.data, type=answers.Problem)
    assert problem.status == 400
    assert problem.field == "q"
    for name in ("q is missing", "page is given 2 times", "size is 'x'", "sort", "explain"):
        assert name in problem.detail
    assert "newest or oldest or relevance or title" in problem.detail
    assert "\n" not in problem.detail


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("filter=nguồn", "filter"),
        ("filter=source:a&filter=", "filter"),
        ("filter=", "filter"),
        ("filter=year:2024&filter=x:y", "filter"),
        ("filter=published:soon", "filter"),
        ("from=2024-13", "from"),
        ("to=hôm nay", "to"),
        ("from=2024&to=2023", "from"),
        ("sort=best", "sort"),
        ("facet_size=-1", "facet_size"),
        ("facet_size=1001", "facet_size"),
        ("cursor=abc", "cursor"),
        ("cursor=", "cursor"),
        ("verbatim=yes", "verbatim"),
        ("explain=2", "explain"),
        ("size=10&size=20", "size"),
    ],
)
def test_a_wrong_parameter_of_a_search(client: FlaskClient, query: str, field: str) -> None:
    response = client.get(f"/api/v1/search?q=huế&{query}")
    assert response.status_code == 400
    assert response.json["field"] == field
    assert response.json["detail"]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/api/v1/suggest", "q"),
        ("/api/v1/suggest?q=" + "aw" * 501, "q"),
        ("/api/v1/suggest?q=a&size=0", "size"),
        ("/api/v1/suggest?q=a&size=21", "size"),
        ("/api/v1/documents/hue?q=" + "a" * 1001, "q"),
        ("/api/v1/documents/hue/related?size=51", "size"),
        ("/api/v1/analyze", "text"),
        ("/api/v1/analyze?text=" + "a" * 10_001, "text"),
    ],
)
def test_a_wrong_parameter_elsewhere(client: FlaskClient, path: str, field: str) -> None:
    response = client.get(path)
    assert response.status_code == 400
    assert response.json["field"] == field


# -- what the routes do --------------------------------------------------------------------------


def test_reading_everything_by_cursor(client: FlaskClient) -> None:
    ids: list[str] = []
    more: dict[str, str] = {}
    while True:
        answer = client.get("/api/v1/search", query_string={"q": "bản tin", "size": 8, **more}).json
        ids += [hit["id"] for hit in answer["hits"]]
        if answer["next_cursor"] is None:
            break
        more = {"cursor": answer["next_cursor"]}
    assert len(ids) == len(set(ids)) == 35


def test_a_cursor_that_outlived_its_index_is_gone(tmp_path: Path) -> None:
    rows = [{"id": f"n{n}", "text": "thời tiết"} for n in range(9)]
    (tmp_path / "r.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    settings = Settings(index_dir=tmp_path / "index", jobs=1, keep_generations=0)
    build([tmp_path / "r.jsonl"], settings)
    cursor = (
        create_app(settings)
        .test_client()
        .get("/api/v1/search?q=thời tiết&size=3")
        .json["next_cursor"]
    )
    build([tmp_path / "r.jsonl"], settings)
    client = create_app(settings).test_client()
    response = client.get("/api/v1/search", query_string={"q": "thời tiết", "cursor": cursor})
    assert response.status_code == 410
    assert response.json["type"].endswith("#problem-cursor-gone")


def test_facets_and_filters(client: FlaskClient) -> None:
    answer = client.get("/api/v1/search?q=hà nội").json
    assert answer["facets"]["year"][0] == {"value": "2024", "count": 1}
    none = client.get("/api/v1/search?q=hà nội&facet_size=0").json
    assert set(none["facets"]) == {"source", "category", "author", "tag", "year"}
    assert not any(none["facets"].values())
    filtered = client.get("/api/v1/search?q=hà nội&filter=year:2023").json
    assert filtered["total"] == 0
    dated = client.get("/api/v1/search?q=hà nội&from=2024-03&to=2024-03-05").json
    assert dated["total"] == 1


def test_a_document_marks_the_words_of_a_query(client: FlaskClient) -> None:
    answer = client.get("/api/v1/documents/hue?q=thanh pho hue").json
    assert [answer["text"][a:b] for a, b in answer["highlights"]] == ["Thành", "phố", "Huế"] or [
        answer["text"][a:b] for a, b in answer["highlights"]
    ] == ["Thành phố", "Huế"]
    assert [answer["title"][a:b] for a, b in answer["title_highlights"]] == ["Huế"]
    plain = client.get("/api/v1/documents/hue").json
    assert plain["highlights"] == plain["title_highlights"] == []


def test_an_id_may_end_like_the_path_of_related_documents(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "text": "một bài về hồ sen"},
        {"id": "a/related", "text": "bài khác về hồ sen"},
        {"id": "b/related", "text": "bài khác nữa về hồ sen"},
    ]
    (tmp_path / "r.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    settings = Settings(index_dir=tmp_path / "index", jobs=1)
    build([tmp_path / "r.jsonl"], settings)
    client = create_app(settings).test_client()
    both = client.get("/api/v1/documents/a/related").json
    assert set(both) == {"id", "hits"}, "a is a document: these are the documents like it"
    assert both["id"] == "a"
    alone = client.get("/api/v1/documents/b/related").json
    assert alone["text"].startswith("bài khác nữa"), "there is no b: it is b/related"
    of_it = client.get("/api/v1/documents/b/related/related").json
    assert of_it["id"] == "b/related"
    assert client.get("/api/v1/documents/c/related").status_code == 404


@pytest.mark.parametrize(("method", "path"), [("GET", "/api"), ("POST", "/healthz")])
def test_programs_get_problems_wherever_they_ask(
    client: FlaskClient, method: str, path: str
) -> None:
    response = client.open(path, method=method)
    assert response.content_type == "application/problem+json"
    assert msgspec.json.decode(response.data, type=answers.Problem).status == response.status_code
