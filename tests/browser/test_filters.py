"""Filters that are not all in sight: the sheet of narrow screens, and folded lists."""

from __future__ import annotations

from driving import Open
from playwright.sync_api import expect


def test_the_sheet_of_filters(open_page: Open) -> None:
    page = open_page("/search?q=hà nội", "phone")
    opener = page.locator(".to-filters")
    opener.click()
    sheet = page.locator("#filters")
    expect(sheet).to_be_visible()
    expect(sheet).to_be_focused()
    assert page.evaluate("location.hash") == ""
    for _ in range(40):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body"
            " || document.getElementById('filters').contains(document.activeElement)"
        )
    # It stays open while filters are chosen, and the focus where it was.
    page.locator("[data-key='category-Ẩm thực']").click()
    expect(page.locator("[data-key='category-Ẩm thực']")).to_have_class("chosen")
    expect(page.locator("[data-key='category-Ẩm thực']")).to_be_focused()
    page.locator("[data-key='category-Địa lý']").click()
    expect(page.locator(".filters .chosen")).to_have_count(2)
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(opener).to_be_focused()
    opener.click()
    page.get_by_role("link", name="Xong").click()
    expect(sheet).to_be_hidden()
    # Each choice is one step back.
    page.go_back()
    expect(page.locator(".active li")).to_have_count(1)
    page.go_back()
    expect(page.locator(".active")).to_have_count(0)


def test_a_folded_value_keeps_the_focus(open_page: Open) -> None:
    page = open_page("/search?q=*")
    page.locator(".facet summary").first.click()
    value = page.locator(".facet details a").first
    key = value.get_attribute("data-key")
    value.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".active li")).to_have_count(1)
    expect(page.locator(f"[data-key='{key}']")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".active")).to_have_count(0)
    expect(page.locator(f"[data-key='{key}']")).to_be_focused()
