"""A release, installed away from the checkout, does its work.

By default into an environment of the running Python, with the packages of the one that tests: that
is quick and needs no network, and shows that the wheel is whole and needs nothing of the checkout.
Under ``make test-dist`` wheel and sdist on each Python, with every extra and what they require from
the network: that shows that what is required suffices. Each Python has one environment. uv fills it
with the wheel and all else, in seconds, since it keeps what it has fetched and unpacked; then the
pip that comes with that Python puts the sdist in the place of the wheel.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.request
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from pythons import EVERY, RUNNING, SUPPORTED, interpreter
from releases import PROJECT, Built

from searchapp import __version__

ENGINES = ("whoosh", "tantivy") if EVERY else ("whoosh",)  # the other's tests need no release
EXTRAS = "mcp,opensearch,otel,postgresql,tantivy"
RECORDS = [
    {"id": "a", "title": "Lũ trên sông Hương", "text": "Nước sông Hương lên nhanh trong đêm."},
    {"id": "b", "title": "Ủy ban nhân dân xã", "text": "Ủy ban nhân dân xã họp bàn việc đê."},
]


@dataclass(frozen=True)
class Installed:
    """An environment with the package in it, and a folder of documents elsewhere."""

    bin: Path
    home: Path

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.bin / arguments[0], *arguments[1:]],
            cwd=self.home, env=_environment(), capture_output=True, text=True, encoding="utf-8",
            input="", check=False, timeout=120,
        )  # fmt: skip

    def printed(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        assert "Warning" not in done.stderr, (
            "of a Python that is newer than what was written for it"
        )
        return done.stdout


def _environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SEARCHAPP_", "PYTHON"))}
    # Nothing is written into the environment that is borrowed; one of its own is quicker with it.
    return kept if EVERY else {**kept, "PYTHONDONTWRITEBYTECODE": "1"}


def _run(*words: str | Path, timeout_s: int) -> None:
    done = subprocess.run(
        words, env=_environment(), capture_output=True, text=True, check=False, timeout=timeout_s
    )
    assert done.returncode == 0, done.stderr


def _cases() -> list[tuple[str, str]]:
    if EVERY:
        return [(version, kind) for version in SUPPORTED for kind in ("wheel", "sdist")]
    return [(RUNNING, "wheel")]


@pytest.fixture(scope="module", params=_cases(), ids=" ".join)
def installed(
    request: pytest.FixtureRequest, built: Built, tmp_path_factory: pytest.TempPathFactory
) -> Installed:
    version, kind = request.param
    python = interpreter(version)
    if python is None:
        pytest.skip(f"there is no Python {version} on this machine")
    home = tmp_path_factory.mktemp("elsewhere")
    lines = "".join(json.dumps(one) + "\n" for one in RECORDS)
    (home / "r.jsonl").write_text(lines, encoding="utf-8")
    root = tmp_path_factory.getbasetemp()
    target = root / f"environment-{version}"
    if not EVERY:
        _borrow(target, built.wheel)
    else:
        if not target.exists():
            _run(python, "-m", "venv", target, timeout_s=120)
            _install_with_extras(target, built.wheel)
        if kind == "sdist":
            _replace(target, built.sdist)
    return Installed(target / "bin", home)


def _borrow(target: Path, wheel: Path) -> None:
    """Install the wheel alone, beside the packages of the running environment."""
    venv.create(target, symlinks=True)
    _run(
        sys.executable, "-m", "pip", "--python", target / "bin" / "python",
        "install", "--quiet", "--no-deps", "--no-index", wheel, timeout_s=120,
    )  # fmt: skip
    (packages,) = (target / "lib").glob("python*/site-packages")
    # Its .pth files are not followed: the checkout, which is installed there, stays out.
    (packages / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")


def _install_with_extras(target: Path, wheel: Path) -> None:
    into = ("--python", target / "bin" / "python")
    uv = (sys.executable, "-m", "uv", "--quiet", "pip")
    _run(*uv, "install", *into, f"searchapp[{EXTRAS}] @ {wheel.as_uri()}", timeout_s=600)
    _run(*uv, "check", *into, timeout_s=60)


def _replace(target: Path, sdist: Path) -> None:
    """Pip builds it, with the build system that it fetches for that, as where there is no wheel."""
    _run(
        target / "bin" / "python", "-m", "pip", "--disable-pip-version-check",
        "install", "--quiet", "--no-deps", "--force-reinstall", sdist, timeout_s=300,
    )  # fmt: skip


def test_it_is_the_installed_one(installed: Installed) -> None:
    code = "import searchapp, wsgi; print(searchapp.__file__, wsgi.__file__, sep='\\n')"
    for path in installed.printed("python", "-c", code).splitlines():
        assert Path(path).is_relative_to(installed.bin.parent)
        assert not Path(path).is_relative_to(PROJECT)
    assert __version__ in installed.printed("searchapp", "--version")


def test_without_a_sample_corpus_it_says_what_to_name(installed: Installed) -> None:
    done = installed.run("searchapp", "index")
    assert done.stderr == (
        "searchapp: nothing is named, and there is no folder seeds here;"
        " name what to read, such as: searchapp index ~/tai-lieu\n"
    )
    assert done.returncode == 2


@pytest.mark.parametrize("engine", ENGINES)
def test_it_indexes_and_searches(installed: Installed, engine: str) -> None:
    folder = ("--index-dir", f"by-{engine}")
    said = installed.printed(
        "searchapp", "index", "r.jsonl", "--engine", engine, "--jobs", "2", *folder
    )
    assert "Indexed 2 documents" in said
    # Unmarked words, and an abbreviation of the list that is shipped.
    for query, found in (("song huong", "a"), ("UBND", "b")):
        answer = json.loads(installed.printed("searchapp", "search", query, "--json", *folder))
        assert [hit["id"] for hit in answer["hits"]][:1] == [found]
    assert "whole" in installed.printed("searchapp", "verify", "--deep", *folder)


@contextmanager
def served(installed: Installed, index_dir: str) -> Iterator[str]:
    """Where a server over an index answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [installed.bin / "searchapp", "serve", "--port", str(port), "--workers", "1",
         "--index-dir", index_dir],
        cwd=installed.home, env=_environment(), stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{url}/readyz", timeout=30).close()
                break
            except OSError:
                assert process.poll() is None
                time.sleep(0.1)
        yield url
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.communicate()


def test_it_serves_pages_and_answers(installed: Installed) -> None:
    installed.printed("searchapp", "index", "r.jsonl", "--jobs", "1", "--index-dir", "served")
    with served(installed, "served") as url:

        def got(path: str, language: str = "vi") -> str:
            request = urllib.request.Request(url + path, headers={"Accept-Language": language})
            with urllib.request.urlopen(request, timeout=30) as response:
                return str(response.read().decode("utf-8"))

        assert json.loads(got("/api/v1/search?q=nuoc+song"))["hits"][0]["id"] == "a"
        assert json.loads(got("/api/v1/openapi.json"))["info"]["version"] == __version__
        page = got("/search?q=song+huong")
        assert "<mark>" in page
        assert 'lang="vi"' in page
        assert 'lang="en"' in got("/search?q=song+huong", "en"), "the catalogue is missing"
        for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
            assert got(path) if path.endswith((".css", ".js", ".svg")) else True
        assert "OpenSearchDescription" in got("/opensearch.xml")


def test_assistants_are_answered(installed: Installed) -> None:
    hello = {
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {"protocolVersion": "2025-06-18", "capabilities": {},
                   "clientInfo": {"name": "thử", "version": "1"}},
    }  # fmt: skip
    process = subprocess.Popen(
        [installed.bin / "searchapp", "mcp"],
        cwd=installed.home, env=_environment(), text=True, encoding="utf-8",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(hello) + "\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
        assert answer["result"]["serverInfo"]["version"] == __version__
        process.stdin.close()
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def test_every_module_can_be_imported(installed: Installed) -> None:
    code = (
        "import importlib, pkgutil, searchapp\n"
        "names = [m.name for m in pkgutil.walk_packages(searchapp.__path__, 'searchapp.')]\n"
        "for name in names: importlib.import_module(name)\n"
        "print(len(names))"
    )
    assert int(installed.printed("python", "-c", code)) > 150
