"""Every state that a page can be in: what is looked at, photographed and checked."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect


@dataclass(frozen=True)
class State:
    name: str
    path: str
    act: Callable[[Page], None] | None = None
    without_index: bool = False

    def reach(self, page: Page) -> None:
        if self.act is not None:
            self.act(page)


def type_slowly(text: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        box = page.locator("#q")
        box.click()
        box.fill("")
        box.press_sequentially(text, delay=25)
        typed = page.locator("#completions .typed").first  # that of a shorter text may come first
        expect(typed).to_have_text(re.compile(re.escape(text), re.IGNORECASE))

    return act


def choose_second(page: Page) -> None:
    type_slowly("con đ")(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[role=option][aria-selected=true]")).to_have_count(1)


def open_filters(page: Page) -> None:
    link = page.locator(".to-filters")
    if link.is_visible():
        link.click()
    expect(page.locator("#filters")).to_be_visible()


def show_more(page: Page) -> None:
    open_filters(page)
    page.locator(".facet summary").first.click()


def with_recent_searches(page: Page) -> None:
    for query in ("sông hồng", "bun cha"):
        page.goto(f"/search?q={query}")
        expect(page.locator(".hits")).to_be_visible()
    page.goto("/")
    expect(page.locator("#recent")).to_be_visible()


def go_to_second_match(page: Page) -> None:
    page.keyboard.press("n")
    page.keyboard.press("n")
    expect(page.locator("mark.current")).to_have_count(1)


def nothing_yet(page: Page) -> None:
    page.locator("#q").fill("zzz qqq")
    expect(page.locator(".stale")).to_be_attached()
    page.keyboard.press("Escape")


def show_keys(page: Page) -> None:
    page.locator("#show-keys").click()
    expect(page.locator("dialog")).to_be_visible()


STATES = (
    State("first-page", "/"),
    State("first-page-english", "/?lang=en"),
    State("recent-searches", "/", with_recent_searches),
    State("no-index", "/", without_index=True),
    State("no-index-search", "/search?q=phở", without_index=True),
    State("completions", "/", choose_second),
    State("results", "/search?q=hà nội"),
    State("results-english", "/search?q=hà nội&lang=en"),
    State("did-you-mean", "/search?q=xay dung"),
    State("keystrokes", "/search?q=xaay duwngj"),
    State("corrected", "/search?q=sông hồnng"),
    State("remarks", '/search?q=ngày:hôm-qua "bão lũ'),
    State("filters", "/search?q=hà nội", show_more),
    State(
        "filtered",
        "/search?q=hà nội&filter=category:Ẩm thực&filter=category:Địa lý&from=2021&sort=newest",
        open_filters,
    ),
    State("second-page", "/search?q=*&page=2"),
    State("beyond-the-last-page", "/search?q=phở&page=9"),
    State("nothing-found", '/search?q="nấu bún phở"'),
    State("nothing-filtered", "/search?q=phở&filter=year:1999"),
    State("nothing-at-all", "/search?q=zzz qqq"),
    State("nothing-yet", "/search?q=hà nội", nothing_yet),
    State("document", "/documents/ls-001?q=thủy triều&at=1", go_to_second_match),
    State("document-alone", "/documents/ls-001"),
    State("help", "/help"),
    State("keys", "/search?q=phở", show_keys),
    State("api", "/api/v1/docs"),
    State("not-found", "/documents/không-có"),
    State("bad-request", "/search?q=a&page=0"),
)
