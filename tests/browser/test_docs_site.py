"""The documentation's site, in a browser: light, whole on every screen, and asking nobody else."""

from __future__ import annotations

import functools
import threading
import unicodedata
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from driving import SIZES, Open
from playwright.sync_api import Request, expect
from test_states import sideways, violations

PAGES = ("index.html", "settings.html", "scaling.html", "architecture.html", "en/tour.html")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture(scope="module")
def address(documentation: Path) -> Iterator[str]:
    """Where the site is served, with a slash at the end."""
    handler = functools.partial(_Quiet, directory=str(documentation))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_every_screen_and_asks_nobody_else(
    open_page: Open, address: str, path: str
) -> None:
    asked: list[str] = []

    def ask(request: Request) -> None:
        asked.append(request.url)

    for size in SIZES:
        page = open_page("about:blank", size)
        page.on("request", ask)
        page.goto(address + path, wait_until="networkidle")
        assert not sideways(page)
        expect(page.locator("h1")).to_be_visible()
    assert len(asked) > 4
    assert [url for url in asked if not url.startswith((address, "data:"))] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_is_accessible(open_page: Open, address: str, scheme: str) -> None:
    page = open_page(address + "start.html", scheme=scheme)
    assert violations(page) == []


@pytest.mark.parametrize(
    ("path", "query", "first"),
    [
        ("search.html", "xep hang", "Xếp hạng"),
        ("search.html", "xếp hạng", "Xếp hạng"),
        ("search.html", unicodedata.normalize("NFD", "Xếp hạng"), "Xếp hạng"),
        ("search.html", "ngon ngu truy van", "Ngôn ngữ truy vấn"),
        ("en/search.html", "settings", "Settings"),
    ],
)
def test_search_finds_words_however_they_are_typed(
    open_page: Open, address: str, path: str, query: str, first: str
) -> None:
    page = open_page(address + path)
    page.locator("input.sidebar-search").fill(query)
    page.keyboard.press("Enter")
    expect(page.locator("ul.search li a").first).to_have_text(first)
    if path == "search.html":
        expect(page.locator("ul.search li mark").first).to_be_visible()


def test_the_other_language_is_one_step_away(open_page: Open, address: str) -> None:
    page = open_page(address + "tour.html")
    page.locator(".language a").click()
    expect(page.locator("h1")).to_contain_text("A walk round the pages")
    page.locator(".language a").click()
    expect(page.locator("h1")).to_contain_text("Một vòng quanh trang tìm kiếm")
