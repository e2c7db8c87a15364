"""What every answer has beside its content: tags, compression, ids, and who may read it."""

from __future__ import annotations

import gzip
import json
import logging
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from searchapp.config import Settings
from searchapp.ingest.build import build
from searchapp.web import create_app
from searchapp.web.exchange import LONGEST_ADDRESS

SEARCH = "/api/v1/search?q=thành phố"
GZIP = {"Accept-Encoding": "gzip, deflate, br, zstd"}
ANSWERS = [
    SEARCH,
    "/api/v1/suggest?q=ban",
    "/api/v1/documents/hue",
    "/api/v1/documents/hue/related",
    "/api/v1/stats",
    "/api/v1/analyze?text=Huế",
    "/api/v1/openapi.json",
]


# -- entity tags ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ANSWERS)
@pytest.mark.parametrize("method", ["get", "head"])
def test_what_has_not_changed_is_not_sent_again(
    client: FlaskClient, path: str, method: str
) -> None:
    ask = getattr(client, method)
    first = ask(path)
    tag = first.headers["ETag"]
    assert tag.startswith('W/"')
    assert first.headers["Cache-Control"] == "no-cache"
    again = ask(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    assert again.headers["Cache-Control"] == "no-cache"
    assert "Accept-Encoding" in again.headers["Vary"]
    assert ask(path, headers={"If-None-Match": f'"x", {tag}'}).status_code == 304
    assert ask(path, headers={"If-None-Match": 'W/"x"'}).status_code == 200
    assert ask(path, headers={"If-None-Match": "*"}).status_code == 304


def test_a_tag_is_answered_before_searching(index_dir: Path, monkeypatch) -> None:
    app = create_app(Settings(index_dir=index_dir))
    tag = app.test_client().get(SEARCH).headers["ETag"]
    monkeypatch.setattr(app.extensions["searchapp"], "search", None)
    response = app.test_client().get(SEARCH, headers={"If-None-Match": tag})
    assert response.status_code == 304


def test_different_questions_have_different_tags(client: FlaskClient) -> None:
    paths = [
        "/api/v1/documents/hue?q=x",
        "/api/v1/documents/hue",
        "/api/v1/documents/hue?q=y",
        SEARCH,
        SEARCH + "&page=2",
    ]
    tags = [client.get(path).headers["ETag"] for path in paths]
    assert len(set(tags)) == len(tags)


def test_a_question_mark_in_an_id_is_no_query_string(tmp_path: Path) -> None:
    rows = [{"id": "a?q=x", "text": "một"}, {"id": "a", "text": "hai"}]
    (tmp_path / "r.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    settings = Settings(index_dir=tmp_path / "index", jobs=1)
    build([tmp_path / "r.jsonl"], settings)
    client = create_app(settings).test_client()
    one, other = client.get("/api/v1/documents/a%3Fq=x"), client.get("/api/v1/documents/a?q=x")
    assert (one.json["id"], other.json["id"]) == ("a?q=x", "a")
    assert one.headers["ETag"] != other.headers["ETag"]


def test_a_new_index_and_other_settings_have_new_tags(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Hà Nội", encoding="utf-8")
    settings = Settings(index_dir=tmp_path / "index", jobs=1)
    build([tmp_path / "a.txt"], settings)
    client = create_app(settings).test_client()
    tag = client.get("/api/v1/search?q=hà").headers["ETag"]
    other = create_app(Settings(index_dir=tmp_path / "index", snippet_max_chars=50)).test_client()
    assert other.get("/api/v1/search?q=hà").headers["ETag"] != tag
    build([tmp_path / "a.txt"], settings)
    response = client.get("/api/v1/search?q=hà", headers={"If-None-Match": tag})
    assert response.status_code == 200
    assert response.headers["ETag"] != tag


def test_other_synonyms_of_the_same_file_have_new_tags(index_dir: Path, tmp_path: Path) -> None:
    synonyms = tmp_path / "synonyms.txt"
    tags = []
    for text in ("TPHCM => Sài Gòn", "TPHCM => Gia Định"):
        synonyms.write_text(text + "\n", encoding="utf-8")
        app = create_app(Settings(index_dir=index_dir, synonyms_file=synonyms))
        tags.append(app.test_client().get(SEARCH).headers["ETag"])
    assert len(set(tags)) == 2


def test_the_prefix_that_a_proxy_puts_before_addresses_has_its_own_tag(client: FlaskClient) -> None:
    behind = client.get(SEARCH, environ_overrides={"SCRIPT_NAME": "/tim"})
    assert behind.status_code == 200
    assert behind.headers["ETag"] != client.get(SEARCH).headers["ETag"]


@pytest.mark.parametrize("path", ["/api/v1/search?q=", "/api/v1/documents/none", "/api/nichts"])
def test_errors_have_no_tag_and_are_not_kept(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers={"If-None-Match": "*"})
    assert response.status_code >= 400
    assert "ETag" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"


# -- compression ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/api/v1/openapi.json", "/", "/static/1/style.css", "/api/v1/docs"]
)
def test_what_is_long_is_compressed(client: FlaskClient, path: str) -> None:
    with client.get(path) as plain, client.get(path, headers=GZIP) as packed:
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in plain.headers["Vary"]
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert gzip.decompress(packed.data) == plain.data
        assert len(packed.data) < len(plain.data) / 2


def test_a_tag_is_the_same_with_and_without_compression(client: FlaskClient) -> None:
    path = "/api/v1/search?q=bản tin&size=30"
    packed = client.get(path, headers=GZIP)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"] == client.get(path).headers["ETag"]
    again = client.get(path, headers={**GZIP, "If-None-Match": packed.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert "Content-Encoding" not in again.headers


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/search?q="])
def test_what_is_short_is_not_compressed(client: FlaskClient, path: str) -> None:
    assert "Content-Encoding" not in client.get(path, headers=GZIP).headers


# -- static files --------------------------------------------------------------------------------


def test_static_files_are_kept_while_their_address_is_the_same(client: FlaskClient) -> None:
    page = client.get("/").get_data(as_text=True)
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    with client.get(address) as response:
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    with client.get("/static/another/style.css") as response:
        assert response.headers["Cache-Control"] == "no-cache"
        tag = response.headers["ETag"]
    with client.get("/static/another/style.css", headers={"If-None-Match": tag}) as response:
        assert response.status_code == 304
    with client.get("/static/another/style.css", headers=GZIP) as packed:
        tag = packed.headers["ETag"]
    with client.get(
        "/static/another/style.css", headers={**GZIP, "If-None-Match": tag}
    ) as response:
        assert response.status_code == 304


def test_there_are_no_parts_of_static_files(client: FlaskClient) -> None:
    headers = {**GZIP, "Range": "bytes=0-99"}
    with client.get("/static/1/style.css", headers=headers) as response:
        assert response.status_code == 200
        assert "Accept-Ranges" not in response.headers
        assert len(gzip.decompress(response.data)) > 1000


def test_an_answer_varies_as_it_did_when_it_has_not_changed(client: FlaskClient) -> None:
    first = client.get(SEARCH)
    again = client.get(SEARCH, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.headers.get("Vary") == first.headers.get("Vary")


# -- request ids ---------------------------------------------------------------------------------


def test_an_id_comes_back(client: FlaskClient) -> None:
    for path in (SEARCH, "/", "/static/another/style.css", "/nichts", "/api/nichts", "/healthz"):
        with client.get(path, headers={"X-Request-ID": "Mã.của-tôi"}) as response:
            assert response.headers["X-Request-ID"] != "Mã.của-tôi"
        with client.get(path, headers={"X-Request-ID": "a.B-c_9"}) as response:
            assert response.headers["X-Request-ID"] == "a.B-c_9"


@pytest.mark.parametrize("sent", ["", "a b", "x" * 65, "a;b", "<script>"])
def test_an_id_that_is_none_is_replaced(client: FlaskClient, sent: str) -> None:
    first = client.get("/healthz", headers={"X-Request-ID": sent}).headers["X-Request-ID"]
    assert first != sent
    assert first != client.get("/healthz").headers["X-Request-ID"]


def test_the_log_of_a_fault_has_its_id(index_dir: Path, monkeypatch, caplog) -> None:
    app = create_app(Settings(index_dir=index_dir))

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(app.extensions["searchapp"], "search", fail)
    with caplog.at_level(logging.ERROR):
        response = app.test_client().get(SEARCH, headers={"X-Request-ID": "this-one"})
    assert response.status_code == 500
    assert response.json["request_id"] == "this-one"
    assert "this-one" in caplog.text


# -- other origins -------------------------------------------------------------------------------


def with_origins(index_dir: Path, origins: str) -> FlaskClient:
    return create_app(Settings(index_dir=index_dir, cors_origins=origins)).test_client()


def test_other_origins_are_off_by_default(client: FlaskClient) -> None:
    response = client.get(SEARCH, headers={"Origin": "https://a.example"})
    assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize(
    ("allowed", "origin", "expected"),
    [
        ("https://a.example", "https://a.example", "https://a.example"),
        ("https://b.example, https://a.example", "https://a.example", "https://a.example"),
        ("https://a.example", "https://evil.example", None),
        ("https://a.example", "https://a.example.evil.example", None),
        ("*", "https://any.example", "*"),
    ],
)
def test_origins_that_may_read(
    index_dir: Path, allowed: str, origin: str, expected: str | None
) -> None:
    client = with_origins(index_dir, allowed)
    for path in (SEARCH, "/api/v1/search?q=", "/api/nichts"):
        response = client.get(path, headers={"Origin": origin})
        assert response.headers.get("Access-Control-Allow-Origin") == expected
    if expected:
        exposed = client.get(SEARCH, headers={"Origin": origin}).headers
        assert {"ETag", "X-Request-ID"} <= set(exposed["Access-Control-Expose-Headers"].split(", "))
    page = client.get("/", headers={"Origin": origin})
    assert "Access-Control-Allow-Origin" not in page.headers, "only the API"


def test_a_preflight_is_answered(index_dir: Path) -> None:
    asked = {
        "Origin": "https://a.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match, x-request-id",
    }
    response = with_origins(index_dir, "https://a.example").options(SEARCH, headers=asked)
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "https://a.example"
    assert "GET" in response.headers["Access-Control-Allow-Methods"]
    assert "if-none-match" in response.headers["Access-Control-Allow-Headers"].lower()


def test_caches_keep_the_answers_to_different_origins_apart(index_dir: Path) -> None:
    client = with_origins(index_dir, "https://a.example, https://b.example")
    for headers in ({"Origin": "https://b.example"}, {}):
        assert "Origin" in client.get(SEARCH, headers=headers).headers["Vary"]


# -- methods and addresses -----------------------------------------------------------------------


@pytest.mark.parametrize("path", ANSWERS)
def test_head_and_options(client: FlaskClient, path: str) -> None:
    got, head = client.get(path), client.head(path)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == got.headers["ETag"]
    assert head.content_type == got.content_type
    options = client.options(path)
    assert options.status_code == 200
    assert {"GET", "HEAD", "OPTIONS"} <= set(options.headers["Allow"].split(", "))


def test_an_address_without_end_is_a_414(client: FlaskClient, app: Flask) -> None:
    response = client.get("/api/v1/analyze?text=" + "a" * LONGEST_ADDRESS)
    assert response.status_code == 414
    assert response.json["type"].endswith("#problem-address-too-long")
    assert client.get("/search?q=" + "a" * LONGEST_ADDRESS).status_code == 414


def test_the_longest_texts_that_are_taken_fit_into_an_address(client: FlaskClient) -> None:
    text = "𠀀" * Settings().analyze_max_chars  # a letter of chữ Nôm: four bytes, twelve encoded
    response = client.get("/api/v1/analyze", query_string={"text": text})
    assert response.status_code == 200


def test_without_an_index_callers_are_told_when_to_come_back(empty_client: FlaskClient) -> None:
    response = empty_client.get(SEARCH)
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert response.headers["Cache-Control"] == "no-store"
