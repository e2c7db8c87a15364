"""kill -9 at any moment: the old answer or the new one, whole; the next build mends the rest."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from searchapp.config import Settings
from searchapp.generations import Generations
from searchapp.ingest.build import build
from searchapp.search.service import SearchService

KILLS = 25
COUNT = 200


@pytest.fixture(autouse=True)
def rubble(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder for what killed processes leave of their temporary files."""
    monkeypatch.setenv("TMPDIR", str(tmp_path_factory.mktemp("temporary")))


def corpus(path: Path, word: str, count: int) -> Path:
    """Documents that all hold one word, which tells the corpora apart."""
    drawn = random.Random(count)
    syllables = [
        "xây",
        "dựng",
        "nhà",
        "nước",
        "sông",
        "núi",
        "biển",
        "trời",
        "mưa",
        "nắng",
        "học",
        "sinh",
        "thầy",
        "cô",
        "bạn",
        "bè",
    ]
    rows = (
        {
            "id": f"{word}-{n}",
            "title": f"{word} {n}",
            "text": " ".join(drawn.choices(syllables, k=60)),
        }
        for n in range(count)
    )
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def start_build(records: Path, index_dir: Path, jobs: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from searchapp.cli import main; main()",
            "index",
            str(records),
            "--index-dir",
            str(index_dir),
            "--jobs",
            str(jobs),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def answers(index_dir: Path, service: SearchService) -> str:
    """Which corpus answers; all of it has to, in a new service and in a running one."""
    fresh = SearchService(Settings(index_dir=index_dir))
    totals = {word: fresh.search(word, size=100, verbatim=True).total for word in ("cũ", "mới")}
    assert sorted(totals.values()) == [0, COUNT]
    assert {word: service.search(word, size=100, verbatim=True).total for word in totals} == totals
    manifest = fresh.manifest()
    assert manifest.document_count == COUNT
    assert fresh.generation().damage() == []
    return max(totals, key=totals.__getitem__)


def assert_no_rubble(index_dir: Path) -> None:
    """Only the lock, the name, and whole generations: the live one and the one kept."""
    there = {p.name for p in index_dir.iterdir()}
    generations = {p.name for p in index_dir.iterdir() if p.is_dir()}
    assert there == {"lock", "current", *generations}
    assert len(generations) <= 2
    for name in generations:
        assert (index_dir / name / "manifest.json").exists()
        assert not list((index_dir / name).rglob("spool"))


def test_killed_at_any_moment(tmp_path: Path) -> None:
    records = {word: corpus(tmp_path / f"{word}.jsonl", word, COUNT) for word in ("cũ", "mới")}
    index_dir = tmp_path / "index"
    settings = Settings(index_dir=index_dir, jobs=1)
    build([records["cũ"]], settings)
    service = SearchService(settings)
    service.search("cũ")

    begun = time.monotonic()
    assert start_build(records["mới"], index_dir, jobs=1).wait() == 0
    usual_s = time.monotonic() - begun
    live = answers(index_dir, service)
    assert live == "mới"

    drawn = random.Random(20261122)
    outcomes = set()
    for _ in range(KILLS):
        wanted = "cũ" if live == "mới" else "mới"
        process = start_build(records[wanted], index_dir, jobs=1)
        # Most of the time goes to starting; what is of interest comes after.
        time.sleep(usual_s * drawn.triangular(0.15, 1.1, 0.85))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        now = answers(index_dir, service)
        outcomes.add(now == wanted)
        live = now
    assert False in outcomes, "no build was killed before its end: the moments are badly chosen"

    report = build([records["mới"]], settings)
    assert report.indexed == COUNT
    assert answers(index_dir, service) == "mới"
    assert_no_rubble(index_dir)


# Each moment by name too, so that none is left to chance; the number of calls let pass before.
MOMENTS = [
    ("searchapp.engines.whoosh_writer:WhooshWriter.add", 0),
    ("searchapp.engines.whoosh_writer:WhooshWriter.commit", 0),
    ("searchapp.generations:Generations.publish", 0),
    ("searchapp.storage:Storage.sync", 3),
    ("searchapp.storage:Storage.write_text", 0),
    ("searchapp.storage:Storage.write_text", 1),
    ("searchapp.storage:Storage.write_text", 2),
    ("searchapp.storage:Storage.replace", 0),
    ("searchapp.generations:Generations._clear", 0),
]
_KILLED_AT = """
import importlib, os, signal, sys
module, name = sys.argv[1].split(":")
holder = importlib.import_module(module)
*path, name = name.split(".")
for part in path:
    holder = getattr(holder, part)
real, calls, wanted = getattr(holder, name), 0, int(sys.argv[2])
def deadly(*args, **kwargs):
    global calls
    if calls == wanted:
        os.kill(os.getpid(), signal.SIGKILL)
    calls += 1
    return real(*args, **kwargs)
setattr(holder, name, deadly)
sys.argv[1:] = ["index", *sys.argv[3:], "--jobs", "1"]
from searchapp.cli import main
main()
"""


@pytest.fixture(scope="module")
def living(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Path]]:
    home = tmp_path_factory.mktemp("moments")
    records = {word: corpus(home / f"{word}.jsonl", word, COUNT) for word in ("cũ", "mới")}
    build([records["cũ"]], Settings(index_dir=home / "index", jobs=1))
    return home / "index", records


@pytest.mark.parametrize(("moment", "passed"), MOMENTS)
def test_killed_at_a_named_moment(
    living: tuple[Path, dict[str, Path]], moment: str, passed: int
) -> None:
    index_dir, records = living
    service = SearchService(Settings(index_dir=index_dir))
    live = "cũ" if service.search("cũ", verbatim=True).total else "mới"
    wanted = "cũ" if live == "mới" else "mới"
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            _KILLED_AT,
            moment,
            str(passed),
            str(records[wanted]),
            "--index-dir",
            str(index_dir),
        ],
        capture_output=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, f"the moment never came: {done.stderr.decode()}"
    assert answers(index_dir, service) == (wanted if "_clear" in moment else live)
    build([records[wanted]], Settings(index_dir=index_dir, jobs=1))
    assert service.search(wanted, size=100).total == COUNT
    assert_no_rubble(index_dir)


# -- orphans -----------------------------------------------------------------------------------


def members(group: int) -> list[int]:
    """The living processes of a process group."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[2]) == group and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def wait_until(true, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize("alive_for_s", [0.0, 1.0], ids=["starting", "at work"])
def test_workers_end_with_their_parent(tmp_path: Path, alive_for_s: float) -> None:
    records = corpus(tmp_path / "many.jsonl", "nhiều", 30_000)
    process = start_build(records, tmp_path / "index", jobs=2)
    try:
        assert wait_until(lambda: len(members(process.pid)) >= 3, 60), "no pool was started"
        time.sleep(alive_for_s)
        assert process.poll() is None, "the build ended too soon"
        os.kill(process.pid, signal.SIGKILL)  # the parent alone
        process.wait()
        assert wait_until(lambda: not members(process.pid), 60), "orphans go on"
    finally:
        if members(process.pid):
            os.killpg(process.pid, signal.SIGKILL)
    (tmp_path / "few.txt").write_text("Hà Nội", encoding="utf-8")
    settings = Settings(index_dir=tmp_path / "index", jobs=1)
    build([tmp_path / "few.txt"], settings)
    assert Generations(settings.index_dir).current().damage() == []
    assert_no_rubble(settings.index_dir)
