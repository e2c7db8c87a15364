"""What the tests that drive a browser share."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs

from playwright.sync_api import Page, ViewportSize

DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 375, "height": 780}
SIZES = {"desktop": DESKTOP, "phone": PHONE}
OPERATOR_TOKEN = "operator-of-the-tests"

Open = Callable[..., Page]
"""Opens a path of the site in a browser of its own; see the fixture ``open_page``."""


def values(page: Page) -> dict[str, list[str]]:
    """The state that the address holds."""
    # Asked of the page: what the test was told of it may be a moment old.
    return parse_qs(str(page.evaluate("location.search.slice(1)")))


def loads(page: Page) -> list[str]:
    """Documents loaded from now on; what changes in place loads none."""
    found: list[str] = []
    page.on("load", lambda loaded: found.append(loaded.url))
    return found
