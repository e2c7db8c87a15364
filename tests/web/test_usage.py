"""What requests leave in the log of use, and what they don't."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser

from searchapp.config import Settings
from searchapp.web import create_app

READER = {
    "Accept-Language": "vi",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
}
HERE = {"Sec-Fetch-Site": "same-origin", "Referer": "http://localhost/search?q=x"}
WEATHER = "/search?q=thời tiết"


class Site:
    """An application with a log of its own, and what is in the log."""

    def __init__(self, index_dir: Path, file: Path, **settings: Any) -> None:
        self.file = file
        self.app = create_app(Settings(index_dir=index_dir, usage_file=file, **settings))
        self.app.testing = True
        self.client: FlaskClient = self.app.test_client()

    def get(self, path: str, **headers: str) -> LexborHTMLParser:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        response = self.client.get(path, headers={**READER, **named})
        assert response.status_code == 200
        return LexborHTMLParser(response.text)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        usage = self.app.extensions["searchapp.usage"]
        assert usage.recorder.flush(30)
        if not self.file.exists():
            return []
        connection = sqlite3.connect(self.file)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    @property
    def queries(self) -> list[str]:
        return [query for (query,) in self.rows("SELECT query FROM searches ORDER BY query")]

    @property
    def clicks(self) -> list[tuple[Any, ...]]:
        return self.rows("SELECT rank, document FROM clicks ORDER BY rank")


@pytest.fixture
def make_site(index_dir: Path, tmp_path: Path) -> Iterator[Callable[..., Site]]:
    made: list[Site] = []

    def make(**settings: Any) -> Site:
        made.append(Site(index_dir, tmp_path / f"usage{len(made)}.sqlite", **settings))
        return made[-1]

    yield make
    for site in made:
        site.app.extensions["searchapp.usage"].recorder.close()


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    return make_site()


def hit_links(page: LexborHTMLParser) -> list[str]:
    return [str(a.attributes["href"]) for a in page.css(".hit h2 a")]


# -- searches -----------------------------------------------------------------------------------


def test_a_page_of_results_is_recorded(site: Site) -> None:
    site.get("/search?q=Huế&filter=category:&sort=newest", Referer="http://localhost/search?q=hue")
    (row,) = site.rows(
        "SELECT kind, query, form, before, filters, sort, page, size, total, verbatim FROM searches"
    )
    assert row[:7] == ("page", "Huế", "huế", "hue", '["category:"]', "newest", 1)
    assert row[8] > 0
    assert site.rows("SELECT took_ms > 0, generation <> '' FROM searches") == [(1, 1)]


def test_a_program_is_recorded_as_one(site: Site) -> None:
    site.client.get("/api/v1/search?q=huế&size=3&from=2020")
    site.client.get("/api/v1/suggest?q=hu")
    (row,) = site.rows("SELECT kind, query, size, filters FROM searches")
    assert row == ("api", "huế", 3, '["from:2020"]')


def test_an_answer_that_the_caller_has_is_no_search(site: Site) -> None:
    tag = site.client.get("/api/v1/search?q=huế").headers["ETag"]
    again = site.client.get("/api/v1/search?q=huế", headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert len(site.queries) == 1


@pytest.mark.parametrize("wish", [{"DNT": "1"}, {"Sec_GPC": "1"}], ids=["DNT", "GPC"])
def test_who_does_not_want_it_is_not_recorded(site: Site, wish: dict[str, str]) -> None:
    page = site.get(WEATHER, **wish)
    assert all("c=" not in link for link in hit_links(page))
    assert page.css_first("[data-unsettled]") is None
    site.client.get("/api/v1/search?q=huế", headers={k.replace("_", "-"): "1" for k in wish})
    link = hit_links(site.get(WEATHER))[0]
    site.get(link, **{**HERE_NAMES, **wish})
    assert len(site.queries) == 1, "the one without the wish"
    assert site.clicks == []
    assert site.client.get(WEATHER, headers={**READER, "DNT": "0"}).status_code == 200
    assert len(site.queries) == 2


HERE_NAMES = {name.replace("-", "_"): value for name, value in HERE.items()}


@pytest.mark.parametrize(
    "headers",
    [
        {"User_Agent": "Mozilla/5.0 (compatible; SomeBot/2.1; +http://bot.example)"},
        {"User_Agent": "curl/8.5.0"},
        {"Sec_Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"Cache_Control": "max-age=0"},
        {"Cache_Control": "no-cache"},
        {"Searchapp_Step": "back"},
    ],
    ids=str,
)
def test_what_is_no_new_search_of_a_person_is_not_recorded(
    site: Site, headers: dict[str, str]
) -> None:
    page = site.get(WEATHER, **headers)
    assert site.queries == []
    assert all("c=" not in link for link in hit_links(page))
    assert page.css_first("[data-unsettled]") is None


def test_a_request_without_a_language_is_a_robots(site: Site) -> None:
    assert site.client.get(WEATHER).status_code == 200
    assert site.queries == []


def test_it_is_off_by_a_setting(make_site: Callable[..., Site]) -> None:
    site = make_site(usage_log=False)
    page = site.get(WEATHER, Searchapp_Step="typed")
    site.get(WEATHER)
    site.client.get("/api/v1/search?q=huế")
    assert page.css_first("[data-unsettled]") is None
    assert "c=" not in hit_links(page)[0]
    assert list(site.file.parent.iterdir()) == []
    assert "ghi lại" not in site.get("/help").text()


def test_nothing_that_tells_who_it_was_is_written(site: Site) -> None:
    site.client.get(
        WEATHER,
        headers={
            **READER,
            "User-Agent": "Mozilla/5.0 XYZ-browser",
            "Cookie": "id=XYZ-cookie",
            "X-Forwarded-For": "198.51.100.77",
            "X-Request-ID": "XYZ-request",
            "Authorization": "Bearer XYZ-token",
        },
        environ_base={"REMOTE_ADDR": "203.0.113.99"},
    )
    assert site.queries == ["thời tiết"]
    written = b"".join(path.read_bytes() for path in site.file.parent.glob("usage0*"))
    for trace in (b"XYZ", b"203.0.113.99", b"198.51.100.77", b"Mozilla"):
        assert trace not in written


# -- what was typed -----------------------------------------------------------------------------


def test_what_was_only_typed_counts_when_it_was_meant(site: Site) -> None:
    page = site.get(WEATHER, Searchapp_Step="typed")
    assert site.queries == []
    found = page.css_first("[data-unsettled]").attributes
    ticket = str(found["data-unsettled"])
    for _ in range(2):
        response = site.client.post(str(found["data-settle"]), data=ticket, headers=READER)
        assert response.status_code == 204
    assert site.queries == ["thời tiết"]


@pytest.mark.parametrize(
    "body", ["", "x", "A" * 400, "=" * 50, "\u1ebf" * 20], ids=["empty", "x", "A", "=", "letters"]
)
def test_a_made_up_ticket_is_refused(site: Site, body: str) -> None:
    response = site.client.post("/usage/searches", data=body.encode())
    assert response.status_code == 400
    assert response.content_type == "application/problem+json"
    assert "ticket of a page of results" in response.json["detail"]
    assert site.queries == []


def test_a_ticket_of_another_service_is_refused(site: Site, make_site: Callable[..., Site]) -> None:
    page = make_site().get(WEATHER, Searchapp_Step="typed")
    ticket = str(page.css_first("[data-unsettled]").attributes["data-unsettled"])
    assert site.client.post("/usage/searches", data=ticket).status_code == 400


def test_a_body_that_is_too_long_is_not_read(site: Site) -> None:
    assert site.client.post("/usage/searches", data=b"A" * 16_001).status_code == 413
    assert site.client.get("/usage/searches").status_code == 405


def test_a_ticket_has_what_a_page_of_long_ids_and_queries_has(site: Site) -> None:
    page = site.get("/search?q=" + "thời tiết " * 90, Searchapp_Step="typed")
    ticket = str(page.css_first("[data-unsettled]").attributes["data-unsettled"])
    assert site.client.post("/usage/searches", data=ticket).status_code == 204
    assert site.queries == [("thời tiết " * 90)[:200]]


# -- clicks -------------------------------------------------------------------------------------


def test_a_click_is_recorded_with_its_rank_over_all_pages(site: Site) -> None:
    page = site.get(WEATHER + "&page=2")
    link = hit_links(page)[2]
    document = re.sub(r"^/documents/", "", urlsplit(link).path)
    site.get(link, **HERE_NAMES)
    site.get(link, **HERE_NAMES)
    assert site.clicks == [(13, document)]
    assert site.rows("SELECT count(*) FROM searches JOIN clicks ON search = id") == [(1,)]
    assert site.rows("SELECT json_extract(documents, '$[2]') FROM lists") == [(document,)]


def test_ids_of_any_kind_can_be_clicked(site: Site) -> None:
    links = hit_links(site.get("/search?q=mã lạ"))
    for link in links:
        site.get(link, **HERE_NAMES)
    assert len(site.clicks) == len(links) > 3


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec_Fetch_Site": "cross-site", "Referer": "http://localhost/search?q=x"},
        {"Sec_Fetch_Site": "none"},
        {"Referer": "http://elsewhere.example/search?q=x"},
        {**HERE_NAMES, "Sec_Purpose": "prefetch"},
        {**HERE_NAMES, "User_Agent": "SomeBot/1.0"},
        {"Referer": "http://[half"},
    ],
    ids=str,
)
def test_a_link_from_elsewhere_is_no_click(site: Site, headers: dict[str, str]) -> None:
    site.get(hit_links(site.get(WEATHER))[0], **headers)
    assert site.clicks == []


def test_without_tls_the_page_before_has_to_do(site: Site) -> None:
    site.get(hit_links(site.get(WEATHER))[0], Referer="http://localhost/search?q=thời")
    assert len(site.clicks) == 1


def test_a_forged_click_is_not_recorded(site: Site, make_site: Callable[..., Site]) -> None:
    links = hit_links(site.get(WEATHER))
    ticket = parse_qs(urlsplit(links[0]).query)["c"][0]
    other = parse_qs(urlsplit(hit_links(make_site().get(WEATHER))[0]).query)["c"][0]
    for link in (
        links[1].split("c=")[0] + f"c={ticket}",  # of another document
        links[0].replace(ticket, "A" * len(ticket)),
        links[0].replace(ticket, other),
        links[0].replace(ticket, ticket[::-1]),
        links[0].replace(ticket, ""),
    ):
        site.get(link, **HERE_NAMES)
    assert site.clicks == []


# -- when the log can't be written --------------------------------------------------------------


def test_a_log_that_cannot_be_written_breaks_no_search(
    index_dir: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    site = Site(index_dir, tmp_path / "not there" / "usage.sqlite")
    for _ in range(3):
        links = hit_links(site.get(WEATHER))
        assert "c=" not in links[0]
        assert site.get(WEATHER, Searchapp_Step="typed").css_first("[data-unsettled]") is None
        site.get(links[0], **HERE_NAMES)
        assert site.queries == []
    said = [one for one in caplog.messages if "recorded" in one]
    assert len(said) == 2, said
    site.app.extensions["searchapp.usage"].recorder.close()


def test_the_help_says_what_is_kept_and_for_how_long(
    site: Site, make_site: Callable[..., Site]
) -> None:
    assert "90 ngày" in site.get("/help").text()
    assert "7 days" in make_site(usage_retention_days=7).get("/help?lang=en").text()
