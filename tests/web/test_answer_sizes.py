"""However large or odd documents are, every answer stays under a number of bytes.

The figures follow from what an answer is made of, six bytes being the most that a character takes
in JSON and in HTML; docs/limits.md has them.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser

from searchapp.config import Settings
from searchapp.contract.writing import ID_MAX_CHARS
from searchapp.documents import Document
from searchapp.ingest.programs import put_documents
from searchapp.web import create_app

MB = 1_000_000
HOSTILE = '"<&\x01\\'  # each takes five bytes or six
WORD = "sông"
MARKED = "a\u0302\u0301"
PIECES = (HOSTILE, f" {WORD} ", "\u200b", "\n", MARKED, "😀", "x" * 50, f"{WORD}-", "\u0301")
LONG = 110_000  # more than a page shows; what is longest is more than an answer has
HIT = 100_000
"""Bytes of a hit: some 5,600 characters of fields, and two passages in two forms."""
BOUNDS = {
    "api.search": 10 * HIT + MB,
    "api.suggest": 100_000,
    "api.document": 3 * MB,
    "api.related": 50 * HIT,
    "api.stats": 100_000,
    "api.analyze": 4 * MB,
    "api.openapi": 200_000,
    "api.docs": 300_000,
    "api.healthz": 1_000,
    "api.readyz": 1_000,
    "opensearch.description": 10_000,
    "opensearch.suggestions": 100_000,
    "pages.home": 100_000,
    "pages.search": 10 * HIT + MB,
    "pages.document": 3 * MB,
    "pages.help_": 100_000,
    "robots": 1_000,
    "favicon": 100_000,
}
"""Of the routes that answer with what stands in documents, or with what is always the same."""
OF_FILES_AND_OPERATORS = {"static", "operator.report", "tell_metrics"}


def hostile_documents() -> Iterator[Document]:
    """Documents of what makes answers long, every field full of it."""
    drawing = random.Random(8)

    def text(length: int) -> str:
        pieces = drawing.choices(PIECES, k=drawing.randint(1, 3))
        unit = "".join(pieces)
        return (unit * (length // len(unit) + 1))[:length]

    for number in range(20):
        length = drawing.choice((10, 300, 5_000, 20_000))
        yield Document(
            f"{number:02}{'🛶' * (ID_MAX_CHARS - 2)}",
            f"{WORD} {text(length)}",
            f"{WORD} {text(length)}",
            url=f"http://a.example/{text(length)}",
            source=text(length),
            category=text(drawing.choice((5, 190))),
            author=text(length),
            tags=tuple(f"{n}{text(n % 190)}" for n in range(drawing.choice((3, 200)))),
            published="2024-03-05",
            language="vi" + "-abcdefgh" * drawing.choice((0, 3, 1_000)),
        )
    units = (HOSTILE, f"{WORD} ", f"{WORD}\n", "y", "\u200b", f"{MARKED} ")
    for number, unit in enumerate(units):
        body = unit * ((1 if number else 2) * LONG // len(unit))
        yield Document(f"long{number}", f"{WORD} {number}", f"{WORD} {body} {WORD}\u200b đò")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    index_dir = tmp_path_factory.mktemp("sizes") / "index"
    settings = Settings(index_dir=index_dir, jobs=1, usage_log=False, search_timeout_ms=0)
    put_documents(list(hostile_documents()), settings)
    app = create_app(settings)
    yield app
    app.extensions["searchapp"]._index.get().searcher.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def ids(client: FlaskClient) -> list[str]:
    return [hit["id"] for hit in client.get("/api/v1/search?q=*&size=100").json["hits"]]


def checked(client: FlaskClient, name: str, address: str, most: int | None = None) -> bytes:
    response = client.get(address)
    assert response.status_code == 200, (address[:100], response.text[:300])
    assert len(response.data) <= (most or BOUNDS[name]), (name, address[:100])
    return response.data


def test_every_route_has_a_bound(app: Flask) -> None:
    answering = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods}
    assert answering == BOUNDS.keys() | OF_FILES_AND_OPERATORS


@pytest.mark.parametrize("query", [WORD, f'"{WORD} {WORD}" x*', "*"])
def test_hits_and_pages_of_them(client: FlaskClient, query: str) -> None:
    asked = f"q={quote(query)}"
    checked(client, "api.search", f"/api/v1/search?{asked}")
    checked(client, "pages.search", f"/search?{asked}")
    largest = f"/api/v1/search?{asked}&size=100&facet_size=1000&explain=1"
    found = json.loads(checked(client, "api.search", largest, 100 * HIT + 8 * MB))
    for hit in found["hits"]:
        del hit["explanation"]
        assert len(json.dumps(hit, ensure_ascii=False).encode()) <= HIT
        marked = [(one["text"], one["highlights"]) for one in hit["snippets"]]
        for text, spans in [*marked, (hit["title"], hit["title_highlights"])]:
            assert all(0 <= start < end <= len(text) for start, end in spans)


def test_documents(client: FlaskClient) -> None:
    found = ids(client)
    assert len(found) == 26
    for one in found:
        path = f"documents/{quote(one, safe='')}"
        answer = json.loads(checked(client, "api.document", f"/api/v1/{path}?q={WORD}"))
        assert answer["next_start"] == (answer["end"] if answer["end"] < answer["chars"] else None)
        checked(client, "pages.document", f"/{path}?q={WORD}")
    for one in found[:3]:
        path = f"/api/v1/documents/{quote(one, safe='')}/related"
        checked(client, "api.related", f"{path}?size=50")


def test_all_else(client: FlaskClient) -> None:
    hostile = quote(HOSTILE * 2_000)
    for address in (hostile, quote("a b " * 2_500), quote("x" * 10_000), quote("sông-" * 2_000)):
        checked(client, "api.analyze", f"/api/v1/analyze?text={address}")
    for prefix in ("s", "sô", "song ", "x", "0"):
        checked(client, "api.suggest", f"/api/v1/suggest?size=20&q={prefix}")
        checked(client, "opensearch.suggestions", f"/opensearch/suggest?q={prefix}")
    for name, address in {
        "api.stats": "/api/v1/stats",
        "api.openapi": "/api/v1/openapi.json",
        "api.docs": "/api/v1/docs",
        "api.healthz": "/healthz",
        "api.readyz": "/readyz",
        "opensearch.description": "/opensearch.xml",
        "pages.home": "/",
        "pages.help_": "/help",
        "robots": "/robots.txt",
    }.items():
        checked(client, name, address)


def test_what_is_asked_makes_no_endless_page(client: FlaskClient) -> None:
    """Links on a page of results have its whole state."""
    filters = "".join(f"&filter={quote('source:' + '😀' * 30 + str(n))}" for n in range(50))
    checked(client, "pages.search", f"/search?q={quote('😀' * 1_000)}{filters}", 10 * MB)
    checked(
        client,
        "pages.search",
        f"/search?q=*&filter=year:2024{filters[: filters.rfind('&')]}",
        10 * MB,
    )
    refused = client.get(f"/api/v1/search?q=*&filter=source:{'x' * 2_000}")
    assert (refused.status_code, refused.json["field"]) == (400, "filter")
    assert "the filters have 2007 characters together, at most 2000" in refused.json["detail"]


def test_a_long_text_is_read_part_by_part(client: FlaskClient, app: Flask) -> None:
    text = app.extensions["searchapp"].document("long1").document.text
    parts, start = [], 0
    while start is not None:
        answer = client.get(f"/api/v1/documents/long1?q={WORD}&start={start}&max_chars=40000").json
        assert answer["start"] == start
        assert answer["end"] - start == len(answer["text"]) <= 40_000
        assert answer["chars"] == len(text)
        assert answer["highlights"]
        assert {answer["text"][a:b] for a, b in answer["highlights"]} == {WORD}
        parts.append(answer["text"])
        start = answer["next_start"]
    assert "".join(parts) == text
    for asked, field in (("max_chars=200001", "max_chars"), (f"start={len(text)}", "start")):
        refused = client.get(f"/api/v1/documents/long1?{asked}")
        assert (refused.status_code, refused.json["field"]) == (400, field)


def test_a_page_of_a_long_text_leads_to_the_next(client: FlaskClient) -> None:
    address, numbers = f"/documents/long2?q={WORD}&lang=en", []
    while address:
        page = LexborHTMLParser(client.get(address).text)
        numbers.append(page.css_first(".parts [aria-current]").text())
        following = page.css_first(".parts [rel=next]")
        address = "" if following is None else following.attributes["href"]
    assert numbers == [f"Part {n} of {len(numbers)}" for n in range(1, len(numbers) + 1)]
    assert len(numbers) == 2
    assert client.get("/documents/long2?start=9999999").status_code == 200
    assert client.get("/documents/long2?start=x").status_code == 200


def test_a_result_leads_to_the_part_that_was_found(client: FlaskClient) -> None:
    page = LexborHTMLParser(client.get("/search?q=đò").text)
    address = page.css_first(".hit h2 a").attributes["href"]
    document = LexborHTMLParser(client.get(address).text)
    assert document.css_first("#match").text() == "đò"
    assert document.css_first(".parts [rel=next]") is None
