"""A bit that flips on disk is found by `verify`, and nothing of it is ever served."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from subprocess import run

import pytest

from searchapp.config import Settings
from searchapp.errors import IndexRefusedError
from searchapp.generations import Generations
from searchapp.ingest.build import build
from searchapp.search.service import SearchService
from searchapp.verification import verify

FLIPS = 200
SEEDS = Path(__file__).parents[1] / "seeds"
ROOT = Path(__file__).parents[1]


def answer(index_dir: Path) -> list[tuple[str, float]]:
    return SearchService(Settings(index_dir=index_dir)).rank("xây dựng nông thôn mới", 20)


def test_every_flipped_bit_is_found_and_none_served(tmp_path: Path) -> None:
    build([SEEDS], Settings(index_dir=tmp_path / "index"))
    generation = Generations(tmp_path / "index").current()
    right = answer(tmp_path / "index")
    assert right
    paths = [path for path in sorted(generation.folder.rglob("*")) if path.is_file()]
    paths = [path for path in paths if path.stat().st_size]
    drawn = random.Random(200)
    # Every file at least once, whatever its size; the rest by the bytes they hold.
    chosen = paths + drawn.choices(
        paths, [path.stat().st_size for path in paths], k=FLIPS - len(paths)
    )
    refused = 0
    for path in chosen:
        whole = path.read_bytes()
        at = drawn.randrange(len(whole))
        flipped = bytearray(whole)
        flipped[at] ^= 1 << drawn.randrange(8)
        path.write_bytes(flipped)
        name = path.relative_to(generation.folder).as_posix()
        try:
            damage = verify(Generations(tmp_path / "index").current())
        except IndexRefusedError as error:
            damage = [str(error)]
        found = name if not name.startswith("manifest") else "manifest"
        assert any(found in line for line in damage), f"{name}, byte {at}: {damage}"
        try:
            assert answer(tmp_path / "index") == right, f"{name}, byte {at} was served"
        except IndexRefusedError:
            refused += 1
        else:
            assert name.startswith("store/"), f"{name}, byte {at} was opened"
        path.write_bytes(whole)
    assert refused > FLIPS // 3
    assert verify(Generations(tmp_path / "index").current(), deep=True) == []


def test_the_command_names_the_file(tmp_path: Path) -> None:
    build([SEEDS], Settings(index_dir=tmp_path / "index"))
    path = next(Generations(tmp_path / "index").current().store_folder.glob("chunk-*"))
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    done = run(
        [sys.executable, "-c", "from searchapp.cli import main; main()", "verify"],
        env={"SEARCHAPP_INDEX_DIR": str(tmp_path / "index"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert path.name in done.stderr


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux's /proc")
def test_killed_at_random_moments_of_every_change() -> None:
    """The benchmark does it 300 times; here it is tried on every run of the tests."""
    done = run(
        [sys.executable, "-m", "benchmarks.crashes", "--kills", "40", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["corrupt"], report["lost"], report["wrong"]) == (0, 0, 0)
    assert report["kills"] == 40
    assert report["old"] > 0
    assert report["rubble_after_the_next_build"] == 0
