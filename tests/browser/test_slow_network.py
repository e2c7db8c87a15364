"""Results in place while answers are late, come in another order, or do not come."""

from __future__ import annotations

import contextlib
import re

from driving import Open, values
from playwright.sync_api import Error, Page, Route, expect


class Slow:
    """Holds back what a page asks for, until it is let through."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._held: list[Route] = []
        page.route("**/search?*", lambda route: self._held.append(route))  # noqa: PLW0108  # it wants a function of ours

    def wait_for(self, count: int) -> None:
        for _ in range(600):
            if len(self._held) >= count:
                return
            self._page.wait_for_timeout(50)
        raise AssertionError(f"{len(self._held)} requests in place of {count}")

    def let_through(self) -> None:
        for route in self._held:
            with contextlib.suppress(Error):  # the page may have given it up
                route.continue_()
        self._held.clear()


def test_a_filter_chosen_while_typing_is_kept(open_page: Open) -> None:
    page = open_page("/search?q=hà nội")
    page.locator("#q").press_sequentially(" m", delay=10)
    page.locator("[data-key='category-Ẩm thực']").click()
    expect(page.locator(".active")).to_contain_text("Ẩm thực")
    page.wait_for_timeout(900)
    assert values(page)["filter"] == ["category:Ẩm thực"]


def test_typing_while_a_filter_is_on_its_way_keeps_both(open_page: Open) -> None:
    page = open_page("/search?q=hà nội")
    slow = Slow(page)
    page.locator("[data-key='category-Ẩm thực']").click()
    slow.wait_for(1)
    page.locator("#q").press("End")
    page.locator("#q").press_sequentially(" phở", delay=10)
    page.wait_for_timeout(600)
    slow.let_through()
    slow.wait_for(1)
    slow.let_through()
    expect(page.locator("#results-title")).to_have_text("Kết quả cho “hà nội phở”")
    expect(page.locator("#q")).to_have_value("hà nội phở")
    assert values(page)["filter"] == ["category:Ẩm thực"]


def test_letters_taken_back_in_time_change_nothing(open_page: Open) -> None:
    page = open_page("/search?q=phở")
    slow = Slow(page)
    page.locator("#q").fill("phở bò")
    slow.wait_for(1)
    page.locator("#q").fill("phở")
    page.wait_for_timeout(500)
    slow.let_through()
    page.wait_for_timeout(400)
    expect(page.locator("#results-title")).to_have_text("Kết quả cho “phở”")
    assert values(page)["q"] == ["phở"]


def test_back_and_forward_in_haste(open_page: Open) -> None:
    page = open_page("/search?q=hà nội")
    page.locator("[data-key=sort-newest]").click()
    expect(page.locator("[data-key=sort-newest]")).to_have_attribute("aria-current", "true")
    slow = Slow(page)
    page.evaluate("history.back()")
    slow.wait_for(1)
    page.evaluate("history.forward()")
    expect(page).to_have_url(re.compile("sort=newest"))
    slow.let_through()
    page.wait_for_timeout(400)
    assert values(page)["sort"] == ["newest"]
    expect(page.locator("[data-key=sort-newest]")).to_have_attribute("aria-current", "true")


def test_a_failing_network_is_the_browsers_to_tell(open_page: Open) -> None:
    page = open_page("/search?q=hà nội")
    page.route("**/search?*", lambda route: route.abort())
    with page.expect_event("requestfailed", lambda failed: failed.is_navigation_request()):
        page.locator("[data-key=sort-newest]").click()
