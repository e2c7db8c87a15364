"""The state of a results page: all in the address, every part of it undone by a link."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser, LexborNode

from searchapp.config import Settings
from searchapp.ingest.build import build
from searchapp.query.filters import Sort
from searchapp.web import create_app
from searchapp.web.search_state import SearchState


def tree(client: FlaskClient, path: str) -> LexborHTMLParser:
    response = client.get(path)
    assert response.status_code == 200
    return LexborHTMLParser(response.text)


def address(node: LexborNode | None) -> str:
    assert node is not None
    return node.attributes["href"] or ""


def values(link: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(link).query)


def options(page: LexborHTMLParser, facet: str) -> dict[str, tuple[int, str]]:
    """The count and the address of each value of a facet."""
    links = page.css(f"section[aria-labelledby=facet-{facet}] a")
    return {
        (one.css_first(".label").text()): (int(one.css_first(".n").text()), address(one))
        for one in links
    }


# -- the state ----------------------------------------------------------------------------------

FULL = (
    "/search?q=hà+nội&filter=category:Ẩm+thực&filter=year:2024&from=2024-01&to=2025&sort=oldest"
    "&page=2&verbatim=1"
)


def state_of(app: Flask, path: str) -> SearchState:
    with app.test_request_context(path):
        return SearchState.read()


def test_the_address_holds_the_whole_state(app: Flask) -> None:
    state = state_of(app, FULL)
    assert state == SearchState(
        "hà nội",
        ("category:Ẩm thực", "year:2024"),
        "2024-01",
        "2025",
        Sort.OLDEST,
        verbatim=True,
        page=2,
    )
    with app.test_request_context("/"):
        again = state.url()
    assert state_of(app, again) == state


def test_empty_fields_and_what_is_usual_say_nothing(app: Flask) -> None:
    state = state_of(app, "/search?q=huế&from=&to=&sort=relevance&page=1&filter=&x=1")
    assert state == SearchState("huế")
    with app.test_request_context("/"):
        assert state.url() == "/search?q=hu%E1%BA%BF"


def test_a_filter_twice_is_a_filter_once(app: Flask) -> None:
    state = state_of(app, "/search?q=a&filter=year:2024&filter=year:2024")
    assert state.filters == ("year:2024",)
    assert state.toggled("year:2024").filters == ()


@pytest.mark.parametrize("given", ["category:Ẩm thực", "Category : Ẩm thực ", "CATEGORY:  Ẩm thực"])
def test_a_filter_has_one_spelling(app: Flask, given: str) -> None:
    with app.test_request_context("/search", query_string={"q": "a", "filter": given}):
        assert SearchState.read().filters == ("category:Ẩm thực",)


def test_dates_the_wrong_way_round_are_turned(app: Flask) -> None:
    state = state_of(app, "/search?q=a&from=2024-12-01&to=2023")
    assert (state.published_from, state.published_to) == ("2023", "2024-12-01")


@pytest.mark.parametrize(
    "query", ["from=+2024", "to=2024+", "size=abc", "facet_size=-1", "cursor=x", "explain=7", "x=1"]
)
def test_what_a_page_does_not_read_makes_no_difference(client: FlaskClient, query: str) -> None:
    assert client.get(f"/search?q=huế&{query}").status_code == 200


def test_the_first_query_that_says_something_counts(client: FlaskClient) -> None:
    page = tree(client, "/search?q=&q=huế")
    assert page.css_first("#q").attributes["value"] == "huế"


def test_filters_without_end_are_refused(client: FlaskClient) -> None:
    asked = "&".join(f"filter=tag:{number}" for number in range(51))
    for path in (f"/search?q=a&{asked}", f"/api/v1/search?q=a&{asked}"):
        assert client.get(path).status_code == 400
    fewer = "&".join(f"filter=tag:{number}" for number in range(50))
    assert client.get(f"/search?q=a&{fewer}").status_code == 200


def test_every_change_begins_on_the_first_page(app: Flask) -> None:
    state = state_of(app, FULL)
    changed = [
        state.asking("huế"),
        state.taken_as_typed(),
        state.toggled("year:2023"),
        state.dated(None, None),
        state.unfiltered(),
        state.sorted_by(Sort.TITLE),
    ]
    assert [one.page for one in changed] == [1] * len(changed)
    assert state.at_page(3).page == 3
    assert state.unfiltered().filters == ()


def test_days_for_a_browsers_fields(app: Flask) -> None:
    assert state_of(app, FULL).days == ("2024-01-01", "2025-12-31")
    assert state_of(app, "/search?q=a").days == ("", "")


# -- facets and filters --------------------------------------------------------------------------


def test_facets_count_and_lead_to_what_they_count(seeds_client: FlaskClient) -> None:
    page = tree(seeds_client, "/search?q=hà+nội")
    facets = {name: options(page, name) for name in ("category", "source", "year", "tag")}
    for name, found in facets.items():
        assert found, name
        for label, (count, link) in list(found.items())[:4]:
            value = "" if label == "Không rõ" else label
            assert values(link)["filter"] == [f"{name}:{value}"]
            narrowed = tree(seeds_client, link)
            assert narrowed.css_first("#count strong").text() == str(count), label


def test_years_are_in_order(seeds_client: FlaskClient) -> None:
    years = [y for y in options(tree(seeds_client, "/search?q=*"), "year") if y.isdecimal()]
    assert years == sorted(years, reverse=True)


def test_chosen_values_show_their_alternatives_and_are_undone_one_by_one(
    seeds_client: FlaskClient,
) -> None:
    path = "/search?q=hà+nội&filter=category:Ẩm+thực&filter=year:2024&from=2020&sort=title"
    page = tree(seeds_client, path)
    assert len(options(page, "category")) > 2
    assert [one.css_first(".label").text() for one in page.css(".facet .chosen")] == [
        "Ẩm thực",
        "2024",
    ]
    chips = {
        one.text().split("×")[0].strip(): values(address(one)) for one in page.css(".active .chip")
    }
    assert chips["Chuyên mục Ẩm thực"]["filter"] == ["year:2024"]
    assert chips["Năm 2024"]["filter"] == ["category:Ẩm thực"]
    assert "from" not in chips["Từ 2020"]
    assert all(one["sort"] == ["title"] for one in chips.values())
    everything = values(address(page.css_first("[data-key=unfiltered]")))
    assert everything == {"q": ["hà nội"], "sort": ["title"]}


def test_a_filter_on_dates_is_named(seeds_client: FlaskClient) -> None:
    page = tree(seeds_client, "/search?q=*&filter=Published : 2024-03")
    assert "Ngày đăng 2024-03" in page.css_first(".active").text()


def test_a_facet_that_parts_nothing_is_left_out(client: FlaskClient) -> None:
    page = tree(client, "/search?q=huế")
    assert page.css(".facet") == []


def test_many_values_are_folded_and_none_is_lost(seeds_client: FlaskClient) -> None:
    page = tree(seeds_client, "/search?q=*")
    section = page.css_first("section[aria-labelledby=facet-category]")
    shown, folded = section.css("section > ul a"), section.css("details a")
    assert len(shown) == 6
    assert folded
    assert f"Thêm {len(folded)}" in section.css_first("summary").text()


def test_the_box_takes_filters_along_but_no_page(seeds_client: FlaskClient) -> None:
    page = tree(seeds_client, "/search?q=hà+nội&filter=year:2024&from=2024&sort=newest&page=1")
    kept = [(i.attributes["name"], i.attributes["value"]) for i in page.css("#kept input")]
    assert kept == [("filter", "year:2024"), ("from", "2024"), ("sort", "newest")]


# -- to a document and back -----------------------------------------------------------------------


def test_dates_keep_a_query_that_is_meant_as_typed(seeds_client: FlaskClient) -> None:
    page = tree(seeds_client, "/search?q=xay+dung&verbatim=1&sort=newest")
    fields = {i.attributes["name"]: i.attributes["value"] for i in page.css(".dates input")}
    assert fields == {"q": "xay dung", "sort": "newest", "verbatim": "1", "from": "", "to": ""}


def test_dates_are_offered_where_documents_have_some(
    client: FlaskClient, seeds_client: FlaskClient, tmp_path: Path
) -> None:
    assert tree(seeds_client, "/search?q=hà+nội").css(".dates")
    (tmp_path / "a.txt").write_text("Hà Nội", encoding="utf-8")
    build([tmp_path / "a.txt"], Settings(index_dir=tmp_path / "index", jobs=1))
    undated = create_app(Settings(index_dir=tmp_path / "index")).test_client()
    assert not tree(undated, "/search?q=hà+nội").css(".dates")


# -- nothing found ------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["xaay duwngj", "sông hồnng", "phở"])
def test_filters_that_leave_nothing_can_be_taken_off(seeds_client: FlaskClient, query: str) -> None:
    page = tree(seeds_client, f"/search?q={query}&filter=year:1999")
    link = page.css_first(".nothing a")
    found = tree(seeds_client, address(link))
    assert found.css(".hits")
    assert not found.css(".active")


def test_did_you_mean_leads_to_something(seeds_client: FlaskClient) -> None:
    page = tree(seeds_client, "/search?q=xay+dung&filter=year:1999")
    assert tree(seeds_client, address(page.css_first(".meant a"))).css(".hits")


def test_a_document_leads_back_to_its_place(seeds_client: FlaskClient) -> None:
    path = "/search?q=hà+nội&filter=year:2024&sort=newest"
    link = address(tree(seeds_client, path).css("li.hit h2 a")[2])
    back = address(tree(seeds_client, link).css_first(".back a"))
    assert back.endswith("#r3")
    assert values(back) == values(path)


@pytest.mark.parametrize(
    "query", ["?q=huế&page=0", "?q=huế&sort=best&at=1", "?q=", "?q=huế&at=<b>", "?at=3"]
)
def test_a_document_opens_whatever_its_address_says(client: FlaskClient, query: str) -> None:
    page = tree(client, f"/documents/hue{query}")
    assert page.css_first("h1").text() == "Huế"
    for link in page.css(".back a"):
        assert "#r" not in address(link)


# -- for search engines ---------------------------------------------------------------------------


def test_results_are_kept_out_of_search_engines_and_documents_are_not(
    client: FlaskClient,
) -> None:
    robots = client.get("/robots.txt")
    assert robots.content_type == "text/plain; charset=utf-8"
    assert "Disallow: /search\n" in robots.text
    assert "/documents" not in robots.text
    assert 'name="robots" content="noindex"' in client.get("/search?q=huế").text
    assert "noindex" not in client.get("/documents/hue").text
    assert "noindex" not in client.get("/").text


def test_titles_descriptions_and_canonical_addresses(seeds_client: FlaskClient) -> None:
    page = tree(seeds_client, "/search?q=hà+nội&page=2&lang=vi")
    assert page.css_first("title").text() == "hà nội (trang 2) – Tìm Việt"
    description = page.css_first("meta[name=description]").attributes["content"] or ""
    assert "tài liệu cho “hà nội”" in description
    canonical = address(page.css_first("link[rel=canonical]"))
    assert values(canonical) == {"q": ["hà nội"], "page": ["2"]}
    document = tree(seeds_client, "/documents/ls-001?q=thủy+triều&at=1")
    assert address(document.css_first("link[rel=canonical]")) == "/documents/ls-001"


def test_the_icon_is_where_browsers_look(client: FlaskClient) -> None:
    with client.get("/favicon.ico", follow_redirects=True) as response:
        assert response.status_code == 200
        assert response.content_type == "image/png"


def test_no_page_sets_a_cookie(client: FlaskClient) -> None:
    for path in ("/", "/search?q=huế", "/documents/hue", "/help", "/nichts"):
        assert "Set-Cookie" not in client.get(path).headers
