"""Readers in several processes while an index is built, updated and written to, over and over.

Each state of the collection carries its number in every text, and has a number of documents of its
own. An answer is right when all of it comes from one state, whole, and no older one than the
reader has seen before. Watched besides: memory and open files of every reader, the folder's size,
and how long the longest answer took. Bounded: it ends after so many changes, or so many seconds.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import common
from searchapp.config import Settings
from searchapp.documents import Document
from searchapp.generations import Generations
from searchapp.ingest.build import build, update
from searchapp.ingest.programs import put_documents
from searchapp.search.service import SearchService
from searchapp.verification import verify

_LEAST, _SPREAD = 40, 17  # documents of a state: its number tells how many
_WARM = 20  # changes before memory is first read: caches fill


@dataclass
class Seen:
    """What one reader saw; memory in MB."""

    answers: int = 0
    failed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    states: int = 0
    longest_ms: float = 0.0
    memory_mb: list[float] = field(default_factory=list)
    files: list[int] = field(default_factory=list)


def main() -> int:
    """Run it; exit status 1 if an answer failed or was wrong."""
    parser = common.parser("soak", __doc__)
    parser.add_argument("--changes", type=int, default=200)
    parser.add_argument("--readers", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=600.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        report = run(Path(home), options.changes, options.readers, options.seconds)
    if options.json:
        print(json.dumps(report))
    else:
        for name, value in report.items():
            print(f"{name}: {value}")
    return 1 if report["failed"] or report["wrong"] or report["damage"] else 0


def run(home: Path, changes: int, readers: int, seconds: float) -> common.Report:
    """Change the index so often while so many read; what came of it."""
    settings = Settings(index_dir=home / "index", jobs=1)
    (home / "docs").mkdir()
    _write_state(home, 0)
    build([home / "docs"], settings)
    context = multiprocessing.get_context("spawn")
    stop, results = context.Event(), context.Queue()
    processes = [
        context.Process(target=_read, args=(settings, stop, results, seed))
        for seed in range(readers)
    ]
    for process in processes:
        process.start()
    sizes: list[int] = []
    until, done = time.monotonic() + seconds, 0
    try:
        for state in range(1, changes + 1):
            _change(home, state, settings)
            sizes.append(common.disk_bytes(home / "index"))
            done = state
            if time.monotonic() > until:
                break
    finally:
        stop.set()
        seen: list[Seen] = [results.get(timeout=60) for _ in processes]
        for process in processes:
            process.join()
    return {
        "changes": done,
        "readers": readers,
        "answers": sum(one.answers for one in seen),
        "failed": [line for one in seen for line in one.failed],
        "wrong": [line for one in seen for line in one.wrong],
        "states_seen_by_a_reader": [one.states for one in seen],
        "longest_answer_ms": round(max(one.longest_ms for one in seen), 1),
        "memory_mb_first_and_last": [_ends(one.memory_mb) for one in seen],
        "open_files_first_and_last": [_ends(one.files) for one in seen],
        "disk_mb_first_and_most": [
            round(sizes[min(_WARM, len(sizes) - 1)] / 1e6, 2),
            round(max(sizes) / 1e6, 2),
        ],
        "folders_left": sum(path.is_dir() for path in (home / "index").iterdir()),
        "damage": verify(Generations(home / "index").current(), deep=True),
    }


def size_of(state: int) -> int:
    """How many documents a state has."""
    return _LEAST + state % _SPREAD


def _write_state(home: Path, state: int) -> None:
    for number in range(_LEAST + _SPREAD):
        path = home / "docs" / f"{number}.txt"
        if number < size_of(state):
            path.write_text(f"Bài {number}\nđời thứ {state} chung một nhà", encoding="utf-8")
        else:
            path.unlink(missing_ok=True)


def _change(home: Path, state: int, settings: Settings) -> None:
    """The next state, by one of the three roads in turn."""
    if state % 3 == 2:
        # All of it at once through the API's road: files stand behind what programs put.
        ids = [f"docs/{number}.txt" for number in range(size_of(state))]
        _write_state(home, state)
        build([home / "docs"], settings, keep_posted=False)
        put_documents(
            [
                Document(id=one, title=f"Bài {n}", text=f"đời thứ {state} chung một nhà")
                for n, one in enumerate(ids)
            ],
            settings,
        )
        return
    _write_state(home, state)
    if state % 3 == 0:
        build([home / "docs"], settings, keep_posted=False)
    else:
        update([], settings)


def _read(settings: Settings, stop: Any, results: Any, seed: int) -> None:
    drawn, seen = random.Random(seed), Seen()
    service = SearchService(settings)
    newest, begun = -1, time.monotonic()
    while not stop.is_set():
        start = time.perf_counter()
        try:
            answer = service.search(drawn.choice(["chung một nhà", "chung mot nha"]), size=100)
        except Exception as error:  # noqa: BLE001  # any failure is what is looked for
            seen.failed.append(f"{type(error).__name__}: {error}")
            continue
        seen.longest_ms = max(seen.longest_ms, (time.perf_counter() - start) * 1000)
        seen.answers += 1
        states = {int(hit.document.text.split()[2]) for hit in answer.hits}
        state = max(states)
        if len(states) > 1 or answer.total != size_of(state) or state < newest:
            seen.wrong.append(f"{answer.total} documents of the states {sorted(states)}")
        seen.states += state != newest
        newest = max(newest, state)
        if seen.states > _WARM and time.monotonic() - begun > 1:
            begun = time.monotonic()
            seen.memory_mb.append(round(common.memory_mb(os.getpid())[0], 1))
            seen.files.append(len(list(Path("/proc/self/fd").iterdir())))
    results.put(seen)


def _ends(values: list[Any]) -> list[Any]:
    return [values[0], values[-1]] if values else []


if __name__ == "__main__":
    sys.exit(main())
