"""As one types: completions in a list, keys, mouse and touch, and input methods left alone."""

from __future__ import annotations

import re
import time

import pytest
from driving import Open
from playwright.sync_api import Page, Route, expect


def box(page: Page):
    return page.locator("#q")


def options(page: Page):
    return page.get_by_role("option")


def type_(page: Page, text: str) -> None:
    box(page).click()
    box(page).press_sequentially(text, delay=20)


def active_option(page: Page) -> str | None:
    """The text of the option that the box says is active."""
    found = box(page).get_attribute("aria-activedescendant")
    return None if found is None else page.locator(f"#{found}").inner_text()


def test_the_box_is_a_combobox(open_page: Open, size: str) -> None:
    page = open_page("/", size)
    combobox = page.get_by_role("combobox", name="Từ cần tìm")
    expect(combobox).to_be_focused()
    expect(combobox).to_have_attribute("aria-expanded", "false")
    expect(combobox).to_have_attribute("aria-autocomplete", "list")
    type_(page, "h")
    page.wait_for_timeout(300)
    expect(page.get_by_role("listbox")).to_be_hidden()
    type_(page, "a no")
    expect(page.get_by_role("listbox", name="Gợi ý")).to_be_visible()
    expect(combobox).to_have_attribute("aria-expanded", "true")
    assert combobox.get_attribute("aria-controls") == page.get_by_role("listbox").get_attribute(
        "id"
    )
    expect(options(page).first).to_contain_text("hà nội")
    expect(options(page).first.locator(".typed")).to_have_text("hà nộ")
    expect(page.get_by_role("status")).to_contain_text("gợi ý")


def test_arrows_go_round_and_enter_searches(open_page: Open, size: str) -> None:
    page = open_page("/", size)
    type_(page, "con đ")
    expect(options(page)).to_have_count(3)
    seen = []
    for _ in range(5):
        page.keyboard.press("ArrowDown")
        seen.append(active_option(page))
        assert options(page).and_(page.locator("[aria-selected=true]")).count() == (
            0 if seen[-1] is None else 1
        )
    assert len(set(seen[:3])) == 3
    assert seen[3] is None, "behind the last comes the box itself"
    assert seen[4] == seen[0]
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert active_option(page) == seen[2]
    expect(box(page)).to_have_value("con đ")
    page.keyboard.press("ArrowUp")
    chosen = options(page).nth(1).locator("span").first.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search\?q="))
    expect(box(page)).to_have_value(chosen)
    expect(page.locator(".hit").first).to_contain_text(chosen)


def test_escape_closes_and_then_empties(open_page: Open) -> None:
    page = open_page("/")
    type_(page, "con đ")
    expect(options(page)).to_have_count(3)
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box(page)).to_have_value("con đ")
    page.keyboard.press("ArrowDown")
    expect(options(page)).to_have_count(3)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(box(page)).to_have_value("")


def test_leaving_the_box_closes_the_list(open_page: Open) -> None:
    page = open_page("/")
    type_(page, "con đ")
    expect(options(page)).to_have_count(3)
    page.keyboard.press("Tab")
    expect(page.get_by_role("listbox")).to_be_hidden()


@pytest.mark.parametrize("way", ["click", "tap"])
def test_choosing_with_mouse_and_finger(open_page: Open, way: str) -> None:
    page = open_page("/", "phone" if way == "tap" else "desktop")
    type_(page, "con đ")
    option = options(page).nth(1)
    expect(option.locator(".typed")).to_have_text(re.compile("con đ", re.IGNORECASE))
    chosen = option.locator("span").first.inner_text()
    box_of_option = option.bounding_box()
    assert box_of_option is not None
    assert box_of_option["height"] >= 44, "a finger's width"
    getattr(option, way)()
    page.wait_for_url(re.compile(r"/search\?q="))
    expect(box(page)).to_have_value(chosen)


def test_enter_without_a_choice_searches_for_what_was_typed(open_page: Open, size: str) -> None:
    page = open_page("/", size)
    type_(page, "song hong")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search\?q=song\+hong$"))


# -- an input method at work -----------------------------------------------------------------------


def test_composing_is_never_disturbed(open_page: Open) -> None:
    """As ibus and phones do: text under composition, replaced as a whole letter by letter."""
    page = open_page("/search?q=phở")
    cdp = page.context.new_cdp_session(page)
    box(page).click()
    box(page).fill("")
    for stage in ("h", "ha", "haf", "hà"):
        cdp.send(
            "Input.imeSetComposition",
            {"text": stage, "selectionStart": len(stage), "selectionEnd": len(stage)},
        )
        assert box(page).input_value() == stage
    # Longer than any pause: results and completions have had time to come.
    page.wait_for_timeout(700)
    assert box(page).input_value() == "hà"
    expect(box(page)).to_be_focused()
    # Keys that belong to the input method move and choose nothing.
    for key in ("ArrowDown", "Enter", "Escape"):
        page.evaluate(
            "key => document.getElementById('q').dispatchEvent(new KeyboardEvent('keydown',"
            " {key, isComposing: true, bubbles: true, cancelable: true}))",
            key,
        )
        assert box(page).input_value() == "hà"
        assert box(page).get_attribute("aria-activedescendant") is None
    cdp.send("Input.insertText", {"text": "hà"})
    page.keyboard.type(" nộ")
    assert box(page).input_value() == "hà nộ"
    expect(options(page).first.locator(".typed")).to_have_text(re.compile("hà nộ", re.IGNORECASE))
    page.keyboard.press("ArrowDown")
    expect(box(page)).to_have_attribute("aria-activedescendant", re.compile("."))


def test_letters_replaced_by_backspace_stay(open_page: Open) -> None:
    """As UniKey and its like do: a key taken back, another letter sent."""
    page = open_page("/search?q=phở")
    box(page).click()
    box(page).fill("")
    page.keyboard.type("ddu")
    for wrong, right in (("ddu", "đu"), ("u", "ư"), ("", "ờng")):
        for _ in wrong:
            page.keyboard.press("Backspace")
        page.keyboard.insert_text(right)
        page.wait_for_timeout(60)
    page.wait_for_timeout(600)
    assert box(page).input_value() == "đường"
    expect(box(page)).to_be_focused()


# -- what comes when ----------------------------------------------------------------------------


def test_keys_struck_fast_ask_once(open_page: Open) -> None:
    page = open_page("/")
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if "/suggest?" in r.url else None)
    box(page).click()
    # In one task of the browser, so that no pause of a busy machine comes between the letters.
    page.evaluate(
        """() => {
            const box = document.getElementById("q");
            for (const letter of "con đường") {
                box.value += letter;
                box.dispatchEvent(new InputEvent("input", {bubbles: true}));
            }
        }"""
    )
    expect(options(page).first).to_be_visible()
    assert len(asked) == 1


def test_a_late_answer_is_dropped(open_page: Open) -> None:
    page = open_page("/")
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if "q=so&" in route.request.url:
            held.append(route)
        else:
            route.continue_()

    page.route("**/suggest?*", hold_the_first)
    with page.expect_request("**/suggest?q=so&*"):
        type_(page, "so")
    # As a network would deliver it that does not know that nobody waits any more.
    page.evaluate("AbortController.prototype.abort = () => {}")
    type_(page, "ng h")
    expect(options(page).first.locator(".typed")).to_have_text("Sông H")
    with page.expect_response("**/suggest?q=so&*"):
        held[0].continue_()
    page.wait_for_timeout(300)
    expect(options(page).first.locator(".typed")).to_have_text("Sông H")


def test_an_answer_after_leaving_opens_nothing(open_page: Open) -> None:
    page = open_page("/")

    def slow(route: Route) -> None:
        time.sleep(0.4)
        route.continue_()

    page.route("**/suggest?*", slow)
    type_(page, "so")
    page.wait_for_timeout(200)
    page.keyboard.press("Tab")
    page.wait_for_timeout(700)
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_without_completions_the_box_works(open_page: Open) -> None:
    page = open_page("/")
    page.route("**/suggest?*", lambda route: route.abort())
    type_(page, "sông hồng")
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    expect(page.locator(".hit").first).to_be_visible()


def test_choosing_while_composing_keeps_the_focus(open_page: Open) -> None:
    page = open_page("/search?q=phở")
    cdp = page.context.new_cdp_session(page)
    box(page).click()
    box(page).fill("con ")
    cdp.send("Input.imeSetComposition", {"text": "đ", "selectionStart": 1, "selectionEnd": 1})
    option = options(page).first
    expect(option.locator(".typed")).to_have_text("Con đ")
    chosen = option.locator("span").first.inner_text()
    option.click()
    expect(box(page)).to_have_value(chosen)
    expect(box(page)).to_be_focused()
    expect(page.locator("#results-title")).to_have_text(f"Kết quả cho “{chosen}”")


def test_a_box_that_has_text_offers_again(open_page: Open) -> None:
    page = open_page("/")
    type_(page, "con đ")
    expect(options(page)).to_have_count(3)
    page.keyboard.press("Tab")
    expect(page.get_by_role("listbox")).to_be_hidden()
    box(page).click()
    expect(options(page)).to_have_count(3)


def test_what_escape_took_comes_back(open_page: Open) -> None:
    page = open_page("/")
    type_(page, "con đ")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(box(page)).to_have_value("")
    page.keyboard.press("Control+z")
    expect(box(page)).to_have_value("con đ")


def test_recent_searches_are_offered_in_an_empty_box(open_page: Open) -> None:
    page = open_page("/search?q=sông hồng")
    expect(page.locator(".hits")).to_be_visible()
    page.goto("/")
    box(page).press("ArrowDown")
    expect(options(page)).to_have_text(["sông hồng"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search\?q="))
