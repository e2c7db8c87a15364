"""The documentation's pictures show the pages as they are. ``make pictures`` takes them anew."""

from __future__ import annotations

import itertools
import os
import re
import shutil
from pathlib import Path

import pytest
from driving import Open
from pictures import CHARTS, FOLDER, PICTURES, Picture, colours, difference

PROJECT = FOLDER.parents[1]
WRITE = os.environ.get("PICTURES") == "write"
# Another run, another figure of time or edge of a letter makes less than 0.3; the pictures that are
# most alike, of the first page with and without completions, differ by 1.6.
MOST_DIFFERENT = 0.8


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_picture_shows_the_page_as_it_is(
    open_page: Open, tmp_path: Path, picture: Picture
) -> None:
    state = picture.what()
    page = open_page(state.path, picture.size, scheme=picture.scheme, reduced_motion="reduce")
    state.reach(page)
    taken = tmp_path / "taken.png"
    page.screenshot(path=taken)
    assert colours(taken) > 200, "a blank page"
    if WRITE:
        shutil.copyfile(taken, picture.path)
    assert difference(taken, picture.path) < MOST_DIFFERENT, "out of date: make pictures"


def test_pictures_can_be_told_apart() -> None:
    """The comparison is worth something: no picture passes for another."""
    for one, other in itertools.combinations(PICTURES, 2):
        if one.size == other.size:
            assert difference(one.path, other.path) > MOST_DIFFERENT, f"{one.name}, {other.name}"


def test_every_picture_is_made_by_a_program_and_shown() -> None:
    files = {path.name for path in FOLDER.iterdir()}
    assert files == {picture.path.name for picture in PICTURES} | set(CHARTS)
    pages = [PROJECT / "README.md", *(PROJECT / "docs").rglob("*.md")]
    shown = set(re.findall(r"images/([\w.-]+)", "".join(page.read_text("utf-8") for page in pages)))
    assert files == shown
    for program, option in CHARTS.values():
        assert f'"{option}"' in (PROJECT / program).read_text(encoding="utf-8")
