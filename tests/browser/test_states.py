"""Each state of each page: accessible, whole, and photographed for people to look at.

The pictures go to ``build/screenshots``.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from driving import SIZES, Open
from playwright.sync_api import Page
from states import STATES, State

PICTURES = Path(__file__).parents[2] / "build" / "screenshots"
AXE = Axe()
# WCAG 2.2 A and AA, and what axe's makers hold to be good practice beside it.
OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_a_state(open_page: Open, empty_site: str, state: State, size: str, scheme: str) -> None:
    more = {"base": empty_site} if state.without_index else {}
    page = open_page(state.path, size, scheme=scheme, reduced_motion="reduce", **more)
    state.reach(page)
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{state.name}-{size}-{scheme}.png")
    assert violations(page) == []
    assert not sideways(page)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_nothing_is_cut_off_on_the_narrowest_screen(
    open_page: Open, empty_site: str, state: State
) -> None:
    more = {"base": empty_site} if state.without_index else {}
    page = open_page(state.path, "phone", **more)
    page.set_viewport_size({"width": 320, "height": 640})
    state.reach(page)
    assert not sideways(page)


def violations(page: Page) -> list[str]:
    report = AXE.run(page, options=OPTIONS).response
    assert len(report["passes"]) > 10, "axe looked at nothing"
    return [
        f"{one['id']}: {one['help']}: {[node['html'] for node in one['nodes']]}"
        for one in report["violations"]
    ]


def test_the_check_sees_what_is_wrong(open_page: Open) -> None:
    page = open_page("/")
    page.evaluate(
        "document.querySelector('.holds').style.color = '#ccc';"
        "document.querySelector('label').remove();"
        "document.getElementById('q').placeholder = ''"
    )
    found = " ".join(violations(page))
    assert "color-contrast" in found
    assert "label" in found


def sideways(page: Page) -> bool:
    """Whether the page has to be moved sideways to be read."""
    wide: bool = page.evaluate(
        "document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth"
    )
    return wide
