"""What a release is made of: all that is needed, nothing else, and always the same bytes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
from pythons import SUPPORTED
from releases import PROJECT, Built, build

from searchapp import __version__


def in_the_tree() -> set[str]:
    """The files of the package in this checkout; what Python and editors leave is none."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "searchapp", "wsgi.py"],
        cwd=PROJECT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {name for name in listed.stdout.splitlines() if (PROJECT / name).exists()}


def names_in_the_wheel(built: Built) -> set[str]:
    with zipfile.ZipFile(built.wheel) as wheel:
        return set(wheel.namelist())


@pytest.mark.skipif(not (PROJECT / ".git").exists(), reason="no checkout: nothing to compare with")
def test_the_wheel_has_every_file_of_the_package_and_no_other(built: Built) -> None:
    names = names_in_the_wheel(built)
    info = f"searchapp-{__version__}.dist-info/"
    assert {name for name in names if not name.startswith(info)} == in_the_tree()
    assert {f"{info}METADATA", f"{info}entry_points.txt", f"{info}licenses/LICENSE"} <= names


@pytest.mark.parametrize(
    "name",
    [
        "wsgi.py",
        "searchapp/py.typed",
        "searchapp/language/abbreviations.txt",
        "searchapp/web/locales/en.po",
        "searchapp/web/static/style.css",
        "searchapp/web/static/app.js",
        "searchapp/web/templates/base.html",
        "searchapp/web/templates/opensearch.xml",
    ],
)
def test_the_wheel_has_what_a_package_easily_forgets(built: Built, name: str) -> None:
    assert name in names_in_the_wheel(built)


def test_the_sdist_is_what_it_takes_to_build_and_to_read(built: Built) -> None:
    with tarfile.open(built.sdist) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    package = {n for n in names_in_the_wheel(built) if ".dist-info/" not in n}
    assert package <= names
    assert {"LICENSE", "README.md", "CHANGELOG.md", "pyproject.toml", "docs/settings.md"} <= names
    top = {name.partition("/")[0] for name in names}
    assert not top & {"tests", "seeds", "benchmarks", "cluster", "index", ".ci", ".venv"}


def test_the_metadata_say_what_it_is(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as wheel:
        raw = wheel.read(f"searchapp-{__version__}.dist-info/METADATA").decode("utf-8")
    said = Parser().parsestr(raw)
    assert (said["Name"], said["Version"]) == ("searchapp", __version__)
    assert said["License-Expression"] == "MIT"
    assert said["Requires-Python"] == "<3.14,>=3.11"
    classifiers = said.get_all("Classifier")
    assert all(f"Programming Language :: Python :: {one}" in classifiers for one in SUPPORTED)
    assert {"mcp", "opensearch", "postgresql", "tantivy"} <= set(said.get_all("Provides-Extra"))


def test_twine_takes_both(built: Built) -> None:
    subprocess.run(
        [sys.executable, "-m", "twine", "check", "--strict", built.wheel, built.sdist],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip


def test_the_same_files_make_the_same_bytes(built: Built, tmp_path: Path) -> None:
    """From the unpacked sdist, on another day, by somebody with another umask."""
    with tarfile.open(built.sdist) as sdist:
        sdist.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    for path in unpacked.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
        if path.is_file():
            path.chmod(0o600)
    again = build(unpacked, tmp_path / "again", "--wheel", "--sdist")
    assert again.wheel.read_bytes() == built.wheel.read_bytes()
    assert again.sdist.read_bytes() == built.sdist.read_bytes()
    shutil.rmtree(unpacked)
