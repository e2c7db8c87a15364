"""The pages for people: escaped, linked, and with a page for every error."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hostile import HOSTILE, ODD_IDS
from selectolax.lexbor import LexborHTMLParser
from werkzeug.exceptions import ImATeapot

from searchapp.query.parser import NoteCode, parse_query
from searchapp.web import problems
from searchapp.web.remarks import REMARKS


def links(page: str) -> list[str]:
    return [a.attributes["href"] or "" for a in LexborHTMLParser(page).css("a")]


def get(client: FlaskClient, path: str, **values: object) -> str:
    response = client.get(path, query_string=values)
    assert response.status_code == 200
    assert response.content_type == "text/html; charset=utf-8"
    return response.get_data(as_text=True)


def test_home(client: FlaskClient) -> None:
    page = get(client, "/")
    assert 'lang="vi"' in page
    assert 'name="q"' in page
    assert "<strong>55</strong> tài liệu" in page


def test_home_without_an_index_says_what_to_do(empty_client: FlaskClient) -> None:
    page = get(empty_client, "/")
    assert "searchapp index" in page


def test_results(client: FlaskClient) -> None:
    page = get(client, "/search", q="thành phố")
    assert "<mark>Thành phố</mark> Huế có sông Hương." in page
    assert 'value="thành phố"' in page
    assert any(link.startswith("/documents/hue") for link in links(page))


def test_an_empty_query_goes_home(client: FlaskClient) -> None:
    for path in ("/search", "/search?q=", "/search?q=%20"):
        response = client.get(path)
        assert (response.status_code, response.headers["Location"]) == (302, "/")


def test_nothing_found_says_so(client: FlaskClient) -> None:
    page = LexborHTMLParser(get(client, "/search", q="zzz qqq"))
    (said,) = page.css(".nothing > p:first-child")
    assert said.text() == "Không có tài liệu nào khớp với zzz qqq"
    assert links(page.html or ""), "and a way on"


def test_paging_reaches_every_hit(client: FlaskClient) -> None:
    seen: list[str] = []
    path = "/search?q=bản+tin"
    for _ in range(10):
        page = client.get(path).get_data(as_text=True)
        tree = LexborHTMLParser(page)
        seen += [a.attributes["href"] or "" for a in tree.css("li.hit h2 a")]
        following = tree.css_first('a[rel="next"]')
        if following is None:
            break
        path = urljoin(path, following.attributes["href"] or "")
    assert len(seen) == len(set(seen)) == 35
    assert tree.css_first('a[rel="prev"]') is not None


@pytest.mark.parametrize("page", [1, 2, 4])
def test_the_current_page_is_marked(client: FlaskClient, page: int) -> None:
    tree = LexborHTMLParser(get(client, "/search", q="bản tin", page=page))
    current = tree.css_first('[aria-current="page"]')
    assert current is not None
    assert current.text().strip() == str(page)
    start = tree.css_first("ol.hits")
    assert start is not None
    assert start.attributes["start"] == str(10 * page - 9)


# -- escaping ----------------------------------------------------------------------------------


def hostile_pages(client: FlaskClient) -> Iterator[str]:
    yield get(client, "/search", q="Hà Nội")
    yield get(client, "/documents/hostile")
    yield get(client, "/documents/hostile", q=HOSTILE)
    yield get(client, "/search", q=HOSTILE)
    yield get(client, "/search", q="alert script onerror")
    yield get(client, "/search", q='"zzz' + HOSTILE)


def test_hostile_documents_and_queries_stay_text(client: FlaskClient) -> None:
    for page in hostile_pages(client):
        tree = LexborHTMLParser(page)
        assert tree.css("script") == [] or all(
            (s.attributes.get("src") or "").startswith("/static/") for s in tree.css("script")
        )
        assert tree.css("img") == []
        for node in tree.css("*"):
            assert not any(name.startswith("on") for name in node.attributes)
        assert "49" not in re.sub(r"\d{3,}", "", page), "no template runs in a document"
        assert not any(link.startswith("javascript:") for link in links(page))


def test_a_hostile_text_reads_as_it_was_written(client: FlaskClient) -> None:
    tree = LexborHTMLParser(get(client, "/documents/hostile"))
    heading = tree.css_first("h1")
    assert heading is not None
    assert heading.text() == f"Hà Nội {HOSTILE}"
    text = tree.css_first("div.text")
    assert text is not None
    assert HOSTILE in text.text()


# -- documents ---------------------------------------------------------------------------------


def test_a_document(client: FlaskClient) -> None:
    page = get(client, "/documents/hue", q="cầu")
    tree = LexborHTMLParser(page)
    assert [p.text() for p in tree.css("div.text p")] == [
        "Thành phố Huế có sông Hương.",
        "Cầu Trường Tiền.",
    ]
    assert [m.text() for m in tree.css("div.text mark")] == ["Cầu"]
    assert html.escape("https://vi.example/hue?a=1&b=2") in page


@pytest.mark.parametrize(
    ("name", "shown"), [("no-title", "no-title"), ("no-text", "không có nội dung")]
)
def test_a_document_that_lacks_something(client: FlaskClient, name: str, shown: str) -> None:
    assert shown in get(client, f"/documents/{name}")


@pytest.mark.parametrize("name", ODD_IDS, ids=ascii)
def test_a_result_leads_to_its_document_whatever_its_id(client: FlaskClient, name: str) -> None:
    number = ODD_IDS.index(name)
    page = get(client, "/search", q=f'"mã lạ {number}"')
    (link,) = (a for a in links(page) if a.startswith("/documents/"))
    response = client.get(link)
    assert response.status_code == 200
    tree = LexborHTMLParser(response.get_data(as_text=True))
    heading = tree.css_first("h1")
    assert heading is not None
    assert heading.text() == f"Mã lạ {number}"


# -- errors ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/không-có", 404),
        ("/documents/không-có", 404),
        ("/documents/", 404),
        ("/static/1/none.css", 404),
        ("/search?q=a&page=0", 400),
        ("/search?q=a&page=abc", 400),
        ("/search?q=a&page=1001", 400),
        ("/search?q=" + "a" * 1001, 400),
    ],
)
def test_errors_are_pages(client: FlaskClient, path: str, status: int) -> None:
    response = client.get(path)
    assert response.status_code == status
    assert response.content_type == "text/html; charset=utf-8"
    page = response.get_data(as_text=True)
    assert 'name="q"' in page, "the way on: the search box"
    assert "Traceback" not in page
    tree = LexborHTMLParser(page)
    (shown,) = tree.css(".status")
    assert shown.text() == str(status)
    assert tree.css(".detail") == [], "English details are for those who read English"


def test_an_error_page_escapes_what_was_asked_for(client: FlaskClient) -> None:
    for path in ("/documents/<script>alert(1)</script>", "/search?q=a&page=<script>alert(1)"):
        page = client.get(path).get_data(as_text=True)
        assert "<script>alert" not in page


def test_an_error_page_says_what_to_do_and_keeps_the_query(client: FlaskClient) -> None:
    path = "/search?q=huế&from=hôm+qua"
    tree = LexborHTMLParser(client.get(path).text)
    assert "Ngày bắt đầu" in tree.css_first(".notice").text()
    assert tree.css_first("#q").attributes["value"] == "huế"
    english = client.get(path, headers={"Accept-Language": "en"}).text
    assert "The first date is wrong" in english
    assert "from is" in english


def test_another_error_of_the_caller_is_no_fault_of_the_server(app: Flask) -> None:
    with app.test_request_context("/search"):
        app.preprocess_request()
        response = problems._http_error(ImATeapot("with {braces}"))
    assert response.status_code == 418
    assert "Yêu cầu không hợp lệ" in response.get_data(as_text=True)


def test_posting_to_a_page_is_an_error_page(client: FlaskClient) -> None:
    response = client.post("/search")
    assert response.status_code == 405
    assert response.content_type == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/search?q=hà",
        "/documents/hue",
        "/static/1/style.css",
        "/api/v1/search?q=a",
        "/healthz",
        "/api/nichts",
        "/nichts",
        "/search?q=a&page=0",
        "/search",
    ],
)
def test_security_headers_are_on_every_response(client: FlaskClient, path: str) -> None:
    with client.get(path) as response:
        headers = response.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]


def test_everything_a_page_names_is_there_and_ours(client: FlaskClient, app: Flask) -> None:
    for path in ("/", "/search?q=huế", "/documents/hue"):
        tree = LexborHTMLParser(client.get(path).get_data(as_text=True))
        named = [n.attributes.get("href") for n in tree.css("link")]
        named += [n.attributes.get("src") for n in tree.css("script, img")]
        assert named
        for name in named:
            assert name is not None
            ours = name.startswith("/static/") or name == "/opensearch.xml"
            assert ours or urlsplit(name).path == urlsplit(path).path
            with client.get(name) as response:
                assert response.status_code == 200
        assert tree.css("style") == [], "the policy forbids it"
        assert all("style" not in node.attributes for node in tree.css("*"))


def test_every_remark_has_vietnamese_words() -> None:
    codes = {code.value for code in NoteCode} | {"expansion_cut", "no_such_value"}
    assert set(REMARKS) == codes


def test_what_was_not_understood_is_said(client: FlaskClient) -> None:
    page = client.get("/search", query_string={"q": "huế ngày:2024-02-30"}).get_data(as_text=True)
    assert "Không hiểu ngày này" in page
    assert "Đã hiểu là" in page
    assert "Đã hiểu là" not in client.get("/search?q=huế").get_data(as_text=True)


def test_it_is_said_in_the_words_of_the_page(client: FlaskClient) -> None:
    query = {"q": "nguồn:xyz (huế HOẶC hội an) ngày:[2023 ĐẾN 2024"}
    vietnamese = LexborHTMLParser(client.get("/search", query_string=query).text)
    (said,) = vietnamese.css(".meant kbd")
    assert said.text().startswith("nguồn:xyz (huế HOẶC hội an)")
    english = LexborHTMLParser(client.get("/search", query_string={**query, "lang": "en"}).text)
    (said,) = english.css(".meant kbd")
    assert said.text().startswith("source:xyz (huế OR hội an)")


def test_the_page_explains_the_query_language(client: FlaskClient) -> None:
    tree = LexborHTMLParser(client.get("/help").get_data(as_text=True))
    examples = [node.text() for node in tree.css(".help dt kbd")]
    assert len(examples) >= 10
    for example in examples:
        assert parse_query(example).notes == (), example
