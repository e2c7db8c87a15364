"""kill -9 at random moments of builds, updates, writes by programs, restores and rollbacks.

Each change runs in a process of its own, forked from this one so that all of its time is spent on
the change, and is killed somewhere in it. Afterwards the index has to hold exactly the documents
that it held before, or exactly those of after, each found by its own word; a file that does not
match its checksum counts as corrupt. Deterministic but for the moments at which the kernel kills.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks import common
from searchapp import backups
from searchapp.analysis.pyvi_model import load_pyvi_model
from searchapp.config import Settings
from searchapp.documents import Document
from searchapp.errors import SearchappError
from searchapp.generations import Generations
from searchapp.ingest.build import build, update
from searchapp.ingest.programs import delete_documents, put_documents
from searchapp.search.service import SearchService
from searchapp.verification import verify

_FILES = 40
_CHECK_DEEPLY_EVERY = 10
_SYLLABLES = "nhà nước sông núi biển trời mưa nắng học sinh thầy cô bạn bè hoa lá"  # of the texts

Documents = dict[str, str]


@dataclass
class World:
    """A folder of files, what programs put, and what the live index holds, by id."""

    home: Path
    drawn: random.Random
    files: Documents = field(default_factory=dict)
    posted: Documents = field(default_factory=dict)
    live: Documents = field(default_factory=dict)
    backup: Documents = field(default_factory=dict)
    count: int = 0

    @property
    def settings(self) -> Settings:
        return Settings(index_dir=self.home / "index", jobs=1, keep_generations=1)

    def text(self) -> str:
        self.count += 1
        words = " ".join(self.drawn.choices(_SYLLABLES.split(), k=40))
        return f"chung từ{self.count} {words}"

    def write(self, name: str) -> None:
        text = self.text()
        self.files[f"docs/{name}"] = text
        (self.home / "docs" / name).write_text(text, encoding="utf-8")

    def edit(self) -> None:
        for _ in range(self.drawn.randint(1, 4)):
            self.write(f"{self.drawn.randrange(_FILES)}.txt")
        gone = self.drawn.choice(sorted(self.files))
        del self.files[gone]
        (self.home / gone).unlink()


def main() -> int:
    """Run it; exit status 1 if anything was corrupt, lost or wrong."""
    parser = common.parser("crashes", __doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=20261124)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        report = run(Path(home), options.kills, random.Random(options.seed))
    if options.json:
        print(json.dumps(report))
    else:
        for name, value in report.items():
            print(f"{name}: {value}")
    return 1 if report["corrupt"] or report["lost"] or report["wrong"] else 0


def run(home: Path, kills: int, drawn: random.Random) -> common.Report:
    """Kill so many changes; what came of it."""
    world = World(home, drawn)
    (home / "docs").mkdir()
    for number in range(_FILES):
        world.write(f"{number}.txt")
    load_pyvi_model()  # before the fork: no change spends its time on it
    build([home / "docs"], world.settings)
    world.live = dict(world.files)
    backups.backup(Generations(home / "index"), home / "backup.tar")
    world.backup = dict(world.live)
    usual: dict[str, list[float]] = {}
    found: Counter[str] = Counter()
    killed = 0
    while killed < kills:
        name = drawn.choice(["build", "update", "update", "put", "delete", "restore"])
        change, after = _change(name, world)
        times = usual.setdefault(name, [])
        moment = None if len(times) < 2 else median(times) * drawn.uniform(0.0, 1.1)
        begun = time.perf_counter()
        if _fork(change, moment):
            killed += 1
            found[f"killed in {name}"] += 1
        else:
            times.append(time.perf_counter() - begun)
        found += _check(world, after, deeply=killed % _CHECK_DEEPLY_EVERY == 0)
    build([home / "docs"], world.settings)
    rubble = [
        path.name
        for path in (home / "index").iterdir()
        if path.is_dir() and not (path / "manifest.json").exists()
    ]
    return {
        "kills": killed,
        **{name: found[name] for name in ("old", "new", "corrupt", "lost", "wrong")},
        "rubble_after_the_next_build": len(rubble),
        "by_change": {name[10:]: n for name, n in sorted(found.items()) if "killed in" in name},
    }


def _change(name: str, world: World) -> tuple[Callable[[], object], Documents]:
    """A change of the index, and what it holds afterwards."""
    home, settings = world.home, world.settings
    if name in ("build", "update"):
        world.edit()
        after = {**world.files, **world.posted}
        if name == "build":
            return lambda: build([home / "docs"], settings), after
        return lambda: update([], settings), after
    if name == "restore":
        return lambda: backups.restore(
            Generations(home / "index"), home / "backup.tar", Settings()
        ), dict(world.backup)
    if name == "put":
        put = {f"p{world.drawn.randrange(20)}": world.text() for _ in range(3)}
        documents = [Document(id=one, title="", text=text) for one, text in put.items()]
        return lambda: put_documents(documents, settings), {**world.live, **put}
    gone = [f"p{number}" for number in world.drawn.sample(range(20), 5)]
    after = {one: text for one, text in world.live.items() if one not in gone}
    return lambda: delete_documents(gone, settings), after


def _fork(change: Callable[[], object], moment: float | None) -> bool:
    """Run a change in a process of its own; whether it was killed before it was done."""
    child = os.fork()
    if child == 0:
        try:
            change()
        except SearchappError:
            os._exit(1)
        finally:
            os._exit(0)
    if moment is not None:
        time.sleep(moment)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def _check(world: World, after: Documents, *, deeply: bool) -> Counter[str]:
    """Hold the live index against what it was and what it was to be."""
    generation = Generations(world.settings.index_dir).current()
    if verify(generation) if deeply else generation.damage():
        return Counter(corrupt=1)
    service = SearchService(world.settings)
    documents = service._index.get().searcher.documents()
    held = {one.id: f"{one.title} {one.text}".strip() for one in documents}
    before = world.live
    if held not in (before, after):
        missing = (before.keys() & after.keys()) - held.keys()
        return Counter(lost=1) if missing else Counter(wrong=1)
    world.live = held
    world.posted = {one: text for one, text in held.items() if one.startswith("p")}
    one = world.drawn.choice(sorted(held))
    number = held[one].split()[1]
    answers = (
        [hit.document.id for hit in service.search(number, verbatim=True).hits],
        service.search("chung", verbatim=True).total,
    )
    if answers != ([one], len(held)):
        return Counter(wrong=1)
    return Counter(new=1) if held == after != before else Counter(old=1)


if __name__ == "__main__":
    sys.exit(main())
