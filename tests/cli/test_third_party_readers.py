"""Readers of other packages: found by their entry point, used by the commands, told when faulty."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

MAIN = [sys.executable, "-c", "from searchapp.cli import main; main()"]

READER = '''
from searchapp.ingest.base import UnreadableError
from searchapp.ingest.formats import Format
from searchapp.ingest.records import record_items


def read_song(file):
    """A song: its name behind a note, then its words."""
    first, _, words = file.path.read_text(encoding="utf-8").partition("\\n")
    if not first.startswith("♪"):
        raise UnreadableError("does not begin with ♪; put the song's name there")
    values = {"id": file.id, "title": first[1:], "text": words, "category": "bài hát"}
    yield from record_items(values, file.shown)


SONG = Format("song", (".song",), read_song, lambda head, name: head.startswith("♪".encode()))
NO_FORMAT = "bài hát"
'''


def install(folder: Path, entry: str, code: str = READER) -> Path:
    """A tiny installed package with one entry point."""
    site = folder / "site"
    info = site / "songs-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: songs\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text(f"[searchapp.readers]\nsong = {entry}\n", "utf-8")
    (site / "songs.py").write_text(code, "utf-8")
    return site


def call(*arguments: str, cwd: Path, site: Path) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SEARCHAPP_")}
    return subprocess.run(
        [*MAIN, *arguments],
        cwd=cwd,
        env={**kept, "PYTHONPATH": str(site)},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


def test_its_files_are_read_by_name_by_content_and_in_archives(tmp_path: Path) -> None:
    site = install(tmp_path, "songs:SONG")
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.song").write_text("♪Lý cây bông\nBông xanh bông trắng", "utf-8")
    (docs / "b.dat").write_text("♪Lý ngựa ô\nKhớp con ngựa ngựa ô", "utf-8")
    (docs / "c.song").write_text("không có nốt", "utf-8")
    with zipfile.ZipFile(docs / "d.zip", "w") as archive:
        archive.writestr("e.song", "♪Lý con sáo\nAi đem con sáo sang sông")
    built = call("index", "docs", "--jobs", "1", cwd=tmp_path, site=site)
    assert built.returncode == 0, built.stderr
    assert "c.song: does not begin with ♪; put the song's name there" in built.stderr
    found = call("search", "lý", "--json", cwd=tmp_path, site=site)
    hits = json.loads(found.stdout)["hits"]
    assert {hit["id"] for hit in hits} == {"docs/a.song", "docs/b.dat", "docs/d.zip/e.song"}
    assert {hit["category"] for hit in hits} == {"bài hát"}


@pytest.mark.parametrize(
    ("entry", "code", "reason"),
    [
        ("songs:NONE", READER, "can't be loaded"),
        ("missing_module:SONG", READER, "can't be loaded"),
        ("songs:SONG", "1 / 0", "can't be loaded (division by zero)"),
        ("songs:SONG", "raise ValueError('a\\nb')", "can't be loaded"),
        ("songs:NO_FORMAT", READER, "is no searchapp.ingest.formats.Format"),
    ],
)
def test_a_faulty_one_gives_one_line(tmp_path: Path, entry: str, code: str, reason: str) -> None:
    site = install(tmp_path, entry, code)
    (tmp_path / "a.txt").write_text("Chợ nổi", "utf-8")
    done = call("index", "a.txt", "--jobs", "1", cwd=tmp_path, site=site)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("searchapp: the reader 'song' ")
    assert reason in line
