"""What a page may cost: bytes, requests, hosts, and nothing that moves after it is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from driving import Open
from playwright.sync_api import Page

MOST_BYTES = 60_000  # of a first page of results, nothing cached, on the wire
MOST_REQUESTS = 20
_WATCH_SHIFTS = """
    window.shifts = [];
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
            if (!entry.hadRecentInput) {
                window.shifts.push([entry.value, entry.sources.map((s) => s.node?.outerHTML)]);
            }
        }
    }).observe({ type: "layout-shift", buffered: true });
"""
PATHS = ["/", "/search?q=hà nội", "/search?q=*&page=2", "/documents/ls-001?q=thủy triều", "/help"]


def wire_sizes(page: Page, path: str) -> Iterator[tuple[str, int]]:
    """Each address loaded, and its bytes on the wire, headers among them."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("Network.enable")
    cdp.send("Network.setCacheDisabled", {"cacheDisabled": True})
    addresses: dict[str, str] = {}
    sizes: dict[str, int] = {}

    def on_response(event: dict[str, Any]) -> None:
        addresses[event["requestId"]] = event["response"]["url"]

    def on_end(event: dict[str, Any]) -> None:
        sizes[event["requestId"]] = int(event["encodedDataLength"])

    cdp.on("Network.responseReceived", on_response)
    cdp.on("Network.loadingFinished", on_end)
    page.goto(path, wait_until="networkidle")
    yield from ((addresses[one], size) for one, size in sizes.items() if one in addresses)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_light_and_asks_nobody_else(
    open_page: Open, site: str, path: str, size: str
) -> None:
    page = open_page("/readyz", size)
    loaded = dict(wire_sizes(page, path))
    assert len(loaded) > 3
    assert sum(loaded.values()) < MOST_BYTES
    assert len(loaded) <= MOST_REQUESTS
    assert [address for address in loaded if not address.startswith((site, "data:"))] == []


@pytest.mark.parametrize("path", PATHS)
def test_nothing_moves_after_it_is_there(open_page: Open, path: str, size: str) -> None:
    page = open_page("/search?q=hà nội", size)  # so that there is a recent search
    page.add_init_script(_WATCH_SHIFTS)
    page.goto(path, wait_until="networkidle")
    page.wait_for_timeout(300)
    assert page.evaluate("window.shifts") == []


def test_files_are_asked_for_once(open_page: Open) -> None:
    page = open_page("/search?q=hà nội")
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url))
    page.goto("/search?q=phở", wait_until="networkidle")
    fetched = page.evaluate(
        "performance.getEntriesByType('resource')"
        ".filter((one) => one.name.includes('/static/') && one.transferSize > 0)"
        ".map((one) => one.name)"
    )
    assert asked
    assert fetched == []
