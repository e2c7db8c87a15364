"""What the tests that drive a browser share."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, ViewportSize

DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 375, "height": 780}
SIZES = {"desktop": DESKTOP, "phone": PHONE}
OPERATOR_TOKEN = "operator-of-the-tests"

Open = Callable[..., Page]
"""Opens a path of the site in a browser of its own; see the fixture ``open_page``."""
