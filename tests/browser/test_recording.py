"""What a browser leaves in the log of use: searches that were meant, and what was opened."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from driving import OPERATOR_TOKEN, Open
from playwright.sync_api import Page, expect
from test_states import PICTURES, sideways, violations

from searchapp.usage.records import Click, Search, new_id
from searchapp.usage.store import Store

Read = Callable[[str], list[tuple[object, ...]]]
MEANT_S = 5.0  # LOOK_MS of usage.js


@pytest.fixture
def log(site_index: Path) -> Read:
    """Asks the log, of what the site was used for since it was called first."""
    file = site_index / "usage.sqlite"

    def read(sql: str) -> list[tuple[object, ...]]:
        if not file.exists():
            return []
        connection = sqlite3.connect(file)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    return read


def count(log: Read, query: str) -> int:
    return len(log(f"SELECT 1 FROM searches WHERE form = '{query}'"))


def comes_to(read: Callable[[], object], expected: object) -> None:
    """Wait until something is so; records are written half a second later."""
    until = time.monotonic() + 30
    while (found := read()) != expected:
        assert time.monotonic() < until, f"{found!r} does not become {expected!r}"
        time.sleep(0.1)


def stays(read: Callable[[], object], expected: object) -> None:
    time.sleep(1.2)
    assert read() == expected


def clicks(log: Read, query: str) -> Callable[[], list[tuple[object, ...]]]:
    return lambda: log(
        "SELECT rank, document FROM clicks JOIN searches ON search = id"
        f" WHERE form = '{query}' ORDER BY rank"
    )


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_opening_a_hit_is_recorded(open_page: Open, log: Read, script: bool) -> None:
    query = "con đường" if script else "con đường làng"
    page = open_page(f"/search?q={query}", script=script)
    link = page.locator(".hit h2 a").nth(1)
    path = str(link.get_attribute("href")).split("?")[0]
    link.click()
    expect(page.locator(".document")).to_be_visible()
    comes_to(lambda: [rank for rank, _ in clicks(log, query)()], [2])
    assert path.endswith(str(clicks(log, query)()[0][1]).split("/")[-1])
    if script:
        # The script that takes it away runs once the page has been read.
        expect(page, "the address that is copied has no ticket").to_have_url(
            re.compile(r"[?&]at=2$")
        )
    page.reload()
    stays(lambda: len(clicks(log, query)()), 1)
    assert count(log, query) == 1


def test_a_hit_in_another_tab_is_recorded(open_page: Open, log: Read) -> None:
    page = open_page("/search?q=thủy triều lên")
    with page.context.expect_page() as other:
        page.locator(".hit h2 a").first.click(button="middle")
    other.value.wait_for_load_state()
    comes_to(lambda: len(clicks(log, "thủy triều lên")()), 1)


def test_typing_is_one_search_once_it_was_meant(open_page: Open, log: Read) -> None:
    page = open_page("/search?q=phở")
    type_(page, "nhã nhạc")
    expect(page).to_have_title("nhã nhạc – Tìm Việt")
    stays(lambda: log("SELECT form FROM searches WHERE form LIKE 'nhã nh%'"), [])
    page.keyboard.press("Enter")
    comes_to(
        lambda: log("SELECT form, before FROM searches WHERE form LIKE 'nhã nh%'")[:1] != [], True
    )
    page.keyboard.press("Enter")
    stays(
        lambda: [form for (form,) in log("SELECT form FROM searches WHERE form LIKE 'nhã%'")],
        ["nhã nhạc"],
    )


def test_opening_what_was_found_while_typing_means_it(open_page: Open, log: Read) -> None:
    page = open_page("/search?q=phở")
    type_(page, "cà phê phin")
    expect(page).to_have_title("cà phê phin – Tìm Việt")
    page.locator(".hit h2 a").first.click()
    expect(page.locator(".document")).to_be_visible()
    comes_to(lambda: count(log, "cà phê phin"), 1)
    comes_to(lambda: [rank for rank, _ in clicks(log, "cà phê phin")()], [1])


def test_a_long_look_means_it_even_at_nothing(open_page: Open, log: Read) -> None:
    page = open_page("/search?q=phở")
    type_(page, "zzqx vvkk")
    expect(page.locator(".stale")).to_be_attached()
    assert count(log, "zzqx vvkk") == 0
    page.wait_for_timeout(MEANT_S * 1000)
    comes_to(lambda: log("SELECT total FROM searches WHERE form = 'zzqx vvkk'"), [(0,)])


def test_steps_back_are_none_and_filters_are_no_new_searches(open_page: Open, log: Read) -> None:
    page = open_page("/search?q=hà nội phố")
    page.locator(".sorts a").nth(1).click()
    expect(page.locator(".sorts a").nth(1)).to_have_attribute("aria-current", "true")
    page.go_back()
    expect(page.locator(".sorts a").first).to_have_attribute("aria-current", "true")

    def recorded() -> object:
        return log("SELECT sort, before FROM searches WHERE form = 'hà nội phố' ORDER BY sort")

    searches = [("newest", "hà nội phố"), ("relevance", None)]
    comes_to(recorded, searches)
    stays(recorded, searches)


def test_who_does_not_want_it_is_not_recorded(open_page: Open, log: Read) -> None:
    page = open_page("/search?q=vịnh hạ long", extra_http_headers={"Sec-GPC": "1"})
    page.locator(".hit h2 a").first.click()
    expect(page.locator(".document")).to_be_visible()
    stays(lambda: (count(log, "vịnh hạ long"), clicks(log, "vịnh hạ long")()), (0, []))


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_the_operators_page(open_page: Open, site_index: Path, size: str, scheme: str) -> None:
    known = {"username": "", "password": OPERATOR_TOKEN}
    write_use(site_index / "usage.sqlite")
    page = open_page("/operator", size, scheme=scheme, http_credentials=known)
    expect(page.locator("#top-title")).to_be_visible()
    expect(page.locator(".chart-columns rect").first).to_be_attached()
    expect(page.locator("section[aria-labelledby=empty-title] td ul a").first).to_be_visible()
    page.locator("summary").click()
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"operator-{size}-{scheme}.png", full_page=True)
    assert violations(page) == []
    assert not sideways(page)
    page.set_viewport_size({"width": 320, "height": 640})
    assert not sideways(page)


def write_use(file: Path) -> None:
    """Some days of use: one query with clicks, and one that finds nothing."""
    now = time.time()
    entries: list[Search | Click] = []
    for day in range(9):
        for query, total, shown in (("sông hồng", 2, ("a", "b")), ('"nấu bún phở"', 0, ())):
            entries.append(
                Search(
                    id=new_id(now - day * 86400),
                    kind="page",
                    query=query,
                    filters=(),
                    sort="relevance",
                    page=1,
                    size=10,
                    total=total,
                    shown=shown,
                    suggestion=None,
                    corrected=None,
                    verbatim=False,
                    before=None,
                    generation="g",
                    took_ms=3.5,
                )
            )
    entries += [Click(one.id, 1, "a") for one in entries[:8:2] if isinstance(one, Search)]
    store = Store(file)
    store.write(entries, 0, now)
    store.close()


def type_(page: Page, text: str) -> None:
    box = page.locator("#q")
    box.click()
    box.fill("")
    box.press_sequentially(text, delay=20)
    page.keyboard.press("Tab")  # closes what completions there are, and leads to the button
