"""Results in place: filters, orders, pages, dates, the history, and a document and back again."""

from __future__ import annotations

import re

import pytest
from driving import Open, loads, values
from playwright.sync_api import Page, expect


def total(page: Page) -> int:
    return int(page.locator("#count strong").inner_text())


def titles(page: Page) -> list[str]:
    return page.locator(".hit h2").all_inner_texts()


def open_filters(page: Page) -> None:
    if page.locator(".to-filters").is_visible():
        page.locator(".to-filters").click()
    expect(page.locator("#filters")).to_be_visible()


def close_filters(page: Page) -> None:
    if page.locator(".filters .close").is_visible():
        page.locator(".filters .close").click()


def test_a_filter_is_chosen_and_undone(open_page: Open, size: str) -> None:
    page = open_page("/search?q=hà nội", size)
    loaded = loads(page)
    everything = total(page)
    open_filters(page)
    option = page.locator("[data-key='category-Ẩm thực']")
    count = int(option.locator(".n").inner_text())
    option.click()
    expect(page.locator("#count strong")).to_have_text(str(count))
    assert values(page)["filter"] == ["category:Ẩm thực"]
    expect(page.get_by_role("status")).to_contain_text(f"{count} tài liệu")
    expect(page.locator("[data-key='category-Ẩm thực']")).to_have_class("chosen")
    # Its alternatives are still there, and widen.
    page.locator("[data-key='category-Địa lý']").click()
    expect(page.locator(".active li")).to_have_count(3)
    assert total(page) > count
    close_filters(page)
    page.locator(".active .chip").first.click()
    expect(page.locator(".active li")).to_have_count(1)
    page.locator(".active .chip").first.click()
    expect(page.locator(".active")).to_have_count(0)
    assert total(page) == everything
    assert loaded == []


def test_the_keyboard_stays_where_it_was(open_page: Open) -> None:
    page = open_page("/search?q=hà nội")
    page.locator("[data-key='category-Ẩm thực']").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".active li")).to_have_count(1)
    expect(page.locator("[data-key='category-Ẩm thực']")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".active")).to_have_count(0)
    expect(page.locator("[data-key='category-Ẩm thực']")).to_be_focused()


def test_orders(open_page: Open, size: str) -> None:
    page = open_page("/search?q=hà nội", size)
    page.locator("[data-key=sort-newest]").click()
    expect(page.locator("[data-key=sort-newest]")).to_have_attribute("aria-current", "true")
    dates = [one.get_attribute("datetime") or "" for one in page.locator(".hit time").all()]
    assert dates == sorted(dates, reverse=True)
    page.locator("[data-key=sort-title]").click()
    expect(page.locator("[data-key=sort-title]")).to_have_attribute("aria-current", "true")
    assert values(page)["sort"] == ["title"]


def test_dates(open_page: Open, size: str) -> None:
    page = open_page("/search?q=hà nội&sort=newest", size)
    open_filters(page)
    page.get_by_label("Từ", exact=True).fill("2024-01-01")
    page.get_by_label("Đến", exact=True).fill("2024-12-31")
    page.get_by_role("button", name="Áp dụng").click()
    expect(page.locator(".active li")).to_have_count(3)
    assert values(page) == {
        "q": ["hà nội"],
        "sort": ["newest"],
        "from": ["2024-01-01"],
        "to": ["2024-12-31"],
    }
    dates = [one.get_attribute("datetime") or "" for one in page.locator(".hit time").all()]
    assert dates
    assert all(date.startswith("2024") for date in dates)


def test_back_and_forward(open_page: Open, size: str) -> None:
    page = open_page("/search?q=hà nội", size)
    first = titles(page)
    page.locator("[data-key=sort-newest]").click()
    expect(page.locator("[data-key=sort-newest]")).to_have_attribute("aria-current", "true")
    newest = titles(page)
    page.get_by_role("link", name="Trang 2").click()
    expect(page.locator(".pages [aria-current]")).to_have_text("2")
    assert page.evaluate("scrollY") == 0
    assert "trang 2" in page.title()
    page.go_back()
    expect(page.locator(".pages [aria-current]")).to_have_text("1")
    assert titles(page) == newest
    page.go_back()
    expect(page.locator("[data-key=sort-relevance]")).to_have_attribute("aria-current", "true")
    assert titles(page) == first
    page.go_forward()
    page.go_forward()
    expect(page.locator(".pages [aria-current]")).to_have_text("2")


def test_going_forward_comes_to_where_one_was(open_page: Open) -> None:
    page = open_page("/search?q=*")
    page.get_by_role("link", name="Sau", exact=True).click()
    expect(page.locator(".pages [aria-current]")).to_have_text("2")
    # Again where the page itself scrolls to the top of the new results after it.
    page.wait_for_function(
        "() => { scrollTo(0, 600); return history.state?.y > 500; }", polling=400
    )
    page.go_back()
    expect(page.locator(".pages [aria-current]")).to_have_text("1")
    page.go_forward()
    expect(page.locator(".pages [aria-current]")).to_have_text("2")
    page.wait_for_function("scrollY > 500")


def test_back_comes_to_where_one_was(open_page: Open) -> None:
    page = open_page("/search?q=*")
    page.evaluate("scrollTo(0, 700)")
    page.get_by_role("link", name="Sau", exact=True).click()
    expect(page.locator(".pages [aria-current]")).to_have_text("2")
    page.go_back()
    expect(page.locator(".pages [aria-current]")).to_have_text("1")
    page.wait_for_function("scrollY > 500")


def test_reloading_shows_the_same(open_page: Open) -> None:
    page = open_page("/search?q=hà nội")
    page.locator("[data-key=sort-title]").click()
    expect(page.locator("[data-key=sort-title]")).to_have_attribute("aria-current", "true")
    before = titles(page)
    page.reload()
    assert titles(page) == before


def test_a_document_and_back_to_its_place(open_page: Open, size: str) -> None:
    page = open_page("/search?q=hà nội&sort=newest&filter=year:2024", size)
    title = titles(page)[2]
    page.locator(".hit h2 a").nth(2).click()
    page.wait_for_url(re.compile("/documents/"))
    expect(page.locator("h1")).to_have_text(title)
    expect(page.locator("#text mark").first).to_be_attached()
    page.get_by_role("link", name="Quay lại kết quả").click()
    page.wait_for_url(re.compile("/search"))
    assert values(page) == {"q": ["hà nội"], "sort": ["newest"], "filter": ["year:2024"]}
    expect(page.locator(".hit:target h2")).to_have_text(title)
    expect(page.locator(".hit:target")).to_be_in_viewport()


def test_typing_refreshes_the_results(open_page: Open, size: str) -> None:
    page = open_page("/search?q=hà nội&sort=newest", size)
    loaded = loads(page)
    page.locator("#q").fill("")
    page.locator("#q").press_sequentially("sông hồng", delay=25)
    expect(page.locator("#results-title")).to_have_text("Kết quả cho “sông hồng”")
    page.wait_for_url(re.compile("q=s%C3%B4ng"))
    assert values(page)["sort"] == ["newest"]
    assert "sông hồng" in page.title()
    expect(page.locator("#q")).to_be_focused()
    expect(page.locator("#q")).to_have_value("sông hồng")
    # All those letters are one step back.
    page.keyboard.press("Escape")
    page.go_back()
    expect(page.locator("#q")).to_have_value("hà nội")
    assert loaded == []


def test_half_a_word_keeps_what_is_there_and_says_so(open_page: Open) -> None:
    page = open_page("/search?q=phở")
    before = titles(page)
    page.locator("#q").fill("zzzqq")
    expect(page.locator("#count")).to_have_text("Chưa thấy gì cho “zzzqq”")
    expect(page.get_by_role("status")).to_have_text("Chưa thấy gì cho “zzzqq”")
    assert titles(page) == before
    # Back to what is shown: it is the answer again.
    page.locator("#q").fill("phở")
    expect(page.locator("#count")).to_contain_text("1 tài liệu")
    page.locator("#q").fill("zzzqq")
    expect(page.locator("#count")).to_have_text("Chưa thấy gì cho “zzzqq”")
    page.keyboard.press("Enter")
    expect(page.locator(".nothing")).to_be_visible()
    page.goto("/")
    expect(page.locator("#recent a")).to_have_text(["phở"])


def test_another_query_keeps_the_filters(open_page: Open) -> None:
    page = open_page("/search?q=hà nội&filter=category:Ẩm thực")
    page.locator("#q").fill("bún chả")
    page.keyboard.press("Enter")
    expect(page.locator("#results-title")).to_have_text("Kết quả cho “bún chả”")
    assert values(page)["filter"] == ["category:Ẩm thực"]


@pytest.mark.parametrize(
    ("path", "name", "shown"),
    [
        ("/search?q=xay dung", "xây dựng", "xây dựng"),
        ("/search?q=sông hồnng", "sông hồnng", "sông hồnng"),
        ('/search?q="nấu bún phở"', "nấu bún phở", "nấu bún phở"),
    ],
)
def test_other_readings_are_followed_in_place(
    open_page: Open, path: str, name: str, shown: str
) -> None:
    page = open_page(path)
    loaded = loads(page)
    page.get_by_role("main").get_by_role("link", name=name, exact=True).click()
    page.wait_for_url(re.compile(r"[?&]q="))
    expect(page.locator("#q")).to_have_value(shown)
    expect(page.locator("#results-title")).to_have_text(f"Kết quả cho “{shown}”")
    assert loaded == []


def test_related_searches(open_page: Open) -> None:
    page = open_page("/search?q=nấu phở")
    related = page.locator(".next a")
    names = related.all_inner_texts()
    assert len(names) >= 3
    related.first.click()
    expect(page.locator("#q")).to_have_value(names[0])
    expect(page.locator(".hits")).to_be_visible()
