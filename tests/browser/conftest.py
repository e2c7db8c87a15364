"""A real browser, driven over a real server of the sample corpus.

Needs Chromium from the system's packages. Where there is none these tests skip and say what to
install; where CI is set they fail, since there it has to be.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from driving import OPERATOR_TOKEN, SIZES, Open
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from werkzeug.serving import make_server

from searchapp.config import Settings
from searchapp.ingest.build import build
from searchapp.web import create_app

SEEDS = Path(__file__).parents[2] / "seeds"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_PATIENCE_MS = 30_000  # busy machines are slow, and only a failure waits for so long
expect.set_options(timeout=_PATIENCE_MS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        why = "these tests need Chromium: apt-get install chromium (or your system's package of it)"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    # Chromium's sandbox refuses to run as root, as CI does.
    flags = [*_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=found, args=flags)


def _serve(settings: Settings) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def site_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the index of the sample corpus, with what is recorded of its use."""
    index_dir: Path = tmp_path_factory.mktemp("browser") / "index"
    build([SEEDS], Settings(index_dir=index_dir, jobs=1))
    return index_dir


@pytest.fixture(scope="session")
def site(site_index: Path) -> Iterator[str]:
    """The address of the sample corpus, served."""
    yield from _serve(Settings(index_dir=site_index, operator_token=OPERATOR_TOKEN))


@pytest.fixture(scope="session")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server without an index."""
    yield from _serve(Settings(index_dir=tmp_path_factory.mktemp("nothing") / "index"))


@pytest.fixture
def open_page(browser: Browser, site: str) -> Iterator[Open]:
    """Opens a path of the site in a browser of its own; what fails in a script fails the test."""
    contexts: list[BrowserContext] = []
    failures: list[str] = []

    def open_(
        path: str,
        size: str = "desktop",
        *,
        scheme: str = "light",
        script: bool = True,
        locale: str = "vi-VN",
        base: str = site,
        **more: object,
    ) -> Page:
        context = browser.new_context(
            viewport=SIZES[size],
            color_scheme=scheme,
            java_script_enabled=script,
            locale=locale,
            has_touch=size == "phone",
            base_url=base,
            **more,
        )
        contexts.append(context)
        context.set_default_timeout(_PATIENCE_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: failures.append(f"{path}: {error}"))
        page.on(
            "console",
            lambda said: (
                failures.append(f"{path}: {said.text}")
                # The status of a page that is an error is no error of a script.
                if said.type == "error" and "Failed to load resource" not in said.text
                else None
            ),
        )
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert failures == []


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> str:
    """Both sizes that every test of a flow runs at."""
    name: str = request.param
    return name
