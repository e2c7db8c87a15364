"""The first page, a document, themes, keys, languages, and all of it without a script."""

from __future__ import annotations

import re

from driving import Open
from playwright.sync_api import expect

# -- the first page -----------------------------------------------------------------------------


def test_examples_find_something(open_page: Open, size: str) -> None:
    page = open_page("/", size)
    links = page.locator(".tries a.chip")
    assert links.count() == 4
    for number in range(links.count()):
        query = links.nth(number).inner_text()
        links.nth(number).click()
        expect(page.locator("#q")).to_have_value(query)
        expect(page.locator(".hit").first).to_be_visible()
        page.go_back()


def test_recent_searches_stay_in_the_browser_and_are_forgotten(open_page: Open) -> None:
    page = open_page("/search?q=sông hồng")
    page.goto("/search?q=bún chả")
    page.goto("/search?q=sông hồng")
    page.goto("/search?q=zzz qqq")
    page.goto("/")
    recent = page.locator("#recent")
    expect(recent.locator("a")).to_have_text(["sông hồng", "bún chả"])
    assert page.context.cookies() == []
    recent.get_by_role("button").click()
    expect(recent).to_be_hidden()
    expect(page.locator("#q")).to_be_focused()
    page.reload()
    expect(recent).to_be_hidden()


# -- a document ---------------------------------------------------------------------------------


def test_from_match_to_match(open_page: Open, size: str) -> None:
    page = open_page("/documents/ls-001?q=thủy triều", size)
    marks = page.locator("#text mark")
    place = page.locator(".matches .place")
    expect(place).to_have_text(f"{marks.count()} chỗ khớp")
    forward = page.get_by_role("button", name="Chỗ khớp sau")
    back = page.get_by_role("button", name="Chỗ khớp trước")
    forward.click()
    expect(place).to_have_text(f"1/{marks.count()}")
    expect(marks.first).to_have_class("current")
    expect(marks.first).to_be_in_viewport()
    back.click()
    expect(place).to_have_text(f"{marks.count()}/{marks.count()}")
    expect(marks.last).to_be_in_viewport()
    page.keyboard.press("n")
    expect(marks.first).to_have_class("current")
    page.keyboard.press("p")
    expect(marks.last).to_have_class("current")
    expect(page.locator("mark.current")).to_have_count(1)
    expect(page.get_by_role("status")).to_contain_text(f"/{marks.count()}")


def test_letters_in_the_box_move_nothing(open_page: Open) -> None:
    page = open_page("/documents/ls-001?q=thủy triều")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("np?/")
    expect(page.locator("#q")).to_have_value("np?/")
    expect(page.locator("mark.current")).to_have_count(0)
    expect(page.locator("dialog")).to_be_hidden()


def test_related_documents_and_values_lead_on(open_page: Open) -> None:
    page = open_page("/documents/ls-001")
    expect(page.locator(".matches")).to_have_count(0)
    title = page.locator("h1").inner_text()
    page.locator(".related a").first.click()
    expect(page.locator("h1")).not_to_have_text(title)
    page.go_back()
    page.get_by_role("link", name="Lịch sử").click()
    expect(page.locator(".active")).to_contain_text("Lịch sử")
    expect(page.locator(".hit").first).to_be_visible()


def test_on_paper_there_is_the_document_alone(open_page: Open) -> None:
    page = open_page("/documents/ls-001?q=thủy triều")
    page.emulate_media(media="print")
    for gone in (".top", ".foot", ".matches", ".related", ".back"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("#text")).to_be_visible()


# -- themes, keys, languages --------------------------------------------------------------------


def ground(page) -> str:
    colour: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return colour


def test_a_theme_is_chosen_and_stays(open_page: Open, size: str) -> None:
    page = open_page("/", size, scheme="light")
    light = ground(page)
    page.get_by_label("Tối").check()
    dark = ground(page)
    assert dark != light
    page.goto("/search?q=phở")
    assert ground(page) == dark
    page.reload()
    assert ground(page) == dark
    page.get_by_label("Hệ thống").check()
    assert ground(page) == light
    page.emulate_media(color_scheme="dark")
    assert ground(page) == dark
    page.get_by_label("Sáng").check()
    assert ground(page) == light


def test_keys(open_page: Open) -> None:
    page = open_page("/search?q=phở")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Phím tắt")
    expect(dialog).to_be_visible()
    page.keyboard.press("/")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    # After results changed in place the button still works.
    page.locator("#q").fill("hà nội")
    page.keyboard.press("Enter")
    expect(page.locator("#results-title")).to_have_text("Kết quả cho “hà nội”")
    page.locator("#show-keys").click()
    expect(dialog).to_be_visible()


def test_the_skip_link_leads_to_the_content(open_page: Open) -> None:
    page = open_page("/search?q=phở")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_the_language_of_the_browser_and_of_the_reader(open_page: Open) -> None:
    page = open_page("/", locale="en-GB")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("button", name="Search")).to_be_visible()
    page.get_by_role("link", name="Tiếng Việt").click()
    expect(page.locator("html")).to_have_attribute("lang", "vi")
    page.locator("#q").fill("hà nội")
    page.get_by_role("button", name="Tìm", exact=True).click()
    page.wait_for_url(re.compile(r"lang=vi"))
    expect(page.locator("html")).to_have_attribute("lang", "vi")
    page.locator("[data-key=sort-newest]").click()
    page.wait_for_url(re.compile(r"sort=newest"))
    page.locator(".hit h2 a").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "vi")


def test_everything_in_place_keeps_the_chosen_language(open_page: Open) -> None:
    page = open_page("/search?q=phở&lang=en")
    page.locator("#q").fill("hà nội")
    expect(page.locator("#results-title")).to_have_text("Results for “hà nội”")
    page.keyboard.press("Enter")
    page.get_by_label("From", exact=True).fill("2024-01-01")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".active")).to_contain_text("From")
    expect(page).to_have_url(re.compile("lang=en"))
    page.goto("/?lang=en")
    page.locator("#recent a").first.click()
    expect(page.locator("#results-title")).to_have_text("Results for “hà nội”")


def test_single_keys_are_switched_off(open_page: Open) -> None:
    page = open_page("/documents/ls-001?q=thủy triều")
    page.locator("#show-keys").click()
    page.get_by_label("Bật các phím một ký tự").uncheck()
    page.keyboard.press("Escape")
    for key in ("n", "/", "?"):
        page.keyboard.press(key)
    expect(page.locator("mark.current")).to_have_count(0)
    expect(page.locator("#q")).not_to_be_focused()
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.reload()
    page.keyboard.press("n")
    expect(page.locator("mark.current")).to_have_count(0)


def test_letters_twice_as_large_cut_nothing_off(open_page: Open, size: str) -> None:
    for path in ("/", "/search?q=hà nội", "/documents/ls-001?q=thủy triều", "/help"):
        page = open_page(path, size)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        box = page.locator("#q").bounding_box()
        assert box is not None
        assert box["width"] > 200


# -- without a script ---------------------------------------------------------------------------


def test_everything_works_without_a_script(open_page: Open, size: str) -> None:
    page = open_page("/", size, script=False)
    expect(page.locator("#themes")).to_be_hidden()
    expect(page.locator("#show-keys")).to_be_hidden()
    page.locator("#q").fill("hà nội")
    page.get_by_role("button", name="Tìm", exact=True).click()
    expect(page.locator(".hit").first).to_be_visible()

    page.get_by_role("link", name="Mới nhất").click()
    expect(page.locator("[data-key=sort-newest]")).to_have_attribute("aria-current", "true")

    if size == "phone":
        expect(page.locator("#filters")).to_be_hidden()
        page.locator(".to-filters").click()
    expect(page.locator("#filters")).to_be_visible()
    page.locator("[data-key='category-Ẩm thực']").click()
    expect(page.locator(".active")).to_contain_text("Ẩm thực")

    if size == "phone":
        page.locator(".to-filters").click()
    page.get_by_label("Từ", exact=True).fill("2021-06-01")
    page.get_by_role("button", name="Áp dụng").click()
    expect(page.locator(".active")).to_contain_text("1/6/2021")
    expect(page).to_have_url(re.compile("sort=newest"))
    expect(page.locator(".hit")).to_have_count(3)

    page.locator("#q").fill("bún chả")
    page.get_by_role("button", name="Tìm", exact=True).click()
    expect(page.locator(".active")).to_contain_text("Ẩm thực")

    page.locator(".hit h2 a").first.click()
    expect(page.locator("h1")).to_contain_text("Bún chả")
    page.get_by_role("link", name="Tới chỗ đầu tiên").click()
    expect(page.locator("mark:target")).to_be_in_viewport()
    page.get_by_role("link", name="Quay lại kết quả").click()
    expect(page.locator(".hit:target")).to_be_in_viewport()


def test_a_script_that_does_not_load_breaks_nothing(open_page: Open, site: str) -> None:
    page = open_page("/help")
    page.route("**/box.js", lambda route: route.abort())
    page.goto("/")
    page.locator("#q").fill("hà nội")
    page.keyboard.press("Enter")
    expect(page.locator(".hit").first).to_be_visible()


def test_storage_that_is_switched_off_breaks_nothing(open_page: Open) -> None:
    page = open_page("/help")
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('off'); }})"
    )
    page.goto("/search?q=hà nội")
    page.locator("[data-key=sort-newest]").click()
    expect(page.locator("[data-key=sort-newest]")).to_have_attribute("aria-current", "true")
    expect(page.locator("#themes")).to_be_hidden()
    page.goto("/")
    expect(page.locator("#recent")).to_be_hidden()
