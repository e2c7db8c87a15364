"""An hour of a server's life in ten minutes: traffic, rebuilds, updates, writes, workers killed.

Clients ask the real mix, and among it for documents that carry the number of the state they are of:
an answer is right when all of it is of one state, whole, and no older than that client saw before.
Meanwhile the index is rebuilt, updated and written to in turn, the settings are read anew (SIGHUP),
and a worker is killed now and then with what it was answering. Watched: what failed, what was
wrong, memory, open files, the folder's size. It ends by itself.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from benchmarks import common
from benchmarks.serving import SEARCHAPP, Server, serving
from benchmarks.traffic import Connection, Mix, Seen, figures

_SECTIONS = 3_000
_LEAST, _SPREAD = 40, 17  # documents of a state: its number tells how many
_STATED = "zuhause"  # a word that no section has
_CLIENTS = 6
_STATED_SHARE = 0.15
_CHANGE_S, _KILL_S, _RELOAD_S = 5.0, 20.0, 60.0


@dataclass
class Life:
    """What happened; memory in MB."""

    seen: Seen = field(default_factory=Seen)
    wrong: list[str] = field(default_factory=list)
    changes: int = 0
    kills: int = 0
    reloads: int = 0
    memory: list[float] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    disk: list[int] = field(default_factory=list)
    stopping: bool = False


def main() -> int:
    """Run it; exit status 1 if an answer was wrong, or failed without a worker being killed."""
    parser = common.parser("hour", __doc__)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-hour-") as temporary:
        report = _live(Path(temporary), args.seconds, args.workers)
    common.show(report, as_json=args.json)
    # A killed worker takes with it what it was answering.
    excused = report["workers_killed"] * _CLIENTS
    return 1 if report["wrong"] or report["failed"] or report["broken_off"] > excused else 0


def _live(home: Path, seconds: float, workers: int) -> common.Report:
    docs = home / "docs"
    docs.mkdir()
    common.write_jsonl(docs / "wiki.jsonl", common.records(common.WIKI, _SECTIONS))
    _write_state(docs, 0)
    _run(home, "index", str(docs))
    questions = common.questions(400)
    mix = Mix(questions, [f"docs/{n}.txt" for n in range(_LEAST)])
    life = Life()
    with serving(home / "index", workers, {"SEARCHAPP_KEEP_GENERATIONS": "1"}) as server:
        asyncio.run(_all_of_it(home, server, mix, life, seconds))
        left = sum(path.is_dir() for path in (home / "index").iterdir())
    warm = len(life.memory) // 5
    damage = subprocess.run(
        [sys.executable, "-c", SEARCHAPP, "verify", "--index-dir", str(home / "index")],
        cwd=common.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        "seconds": seconds,
        "workers": workers,
        "clients": _CLIENTS,
        **figures(life.seen, seconds),
        "failed": _failed(life.seen),
        "wrong": life.wrong[:10],
        "broken_off": len(life.seen.broken),
        "changes_of_the_index": life.changes,
        "workers_killed": life.kills,
        "reloads": life.reloads,
        "memory_mb_early_and_late": _early_and_late(life.memory[warm:]),
        "open_files_early_and_late": _early_and_late(life.files[warm:]),
        "disk_mb_most": round(max(life.disk) / 1e6, 1),
        "folders_left": left,
        "verify": damage.returncode,
    }


async def _all_of_it(home: Path, server: Server, mix: Mix, life: Life, seconds: float) -> None:
    work = [_client(server.port, mix.paths(), life, n) for n in range(_CLIENTS)]
    work += [
        _change(home, life),
        _kill(server, life),
        _reload(server, life),
        _watch(home, server, life),
    ]
    tasks = [asyncio.create_task(one) for one in work]
    await asyncio.sleep(seconds)
    life.stopping = True
    await asyncio.gather(*tasks)


async def _client(port: int, paths: Iterator[tuple[str, str]], life: Life, seed: int) -> None:
    connection, drawn, newest = Connection(port), random.Random(seed), 0
    stated = "/api/v1/search?" + urlencode({"q": _STATED, "size": 100})
    while not life.stopping:
        is_stated = drawn.random() < _STATED_SHARE
        kind, path = ("stated", stated) if is_stated else next(paths)
        begun = time.perf_counter()
        try:
            status, body = await connection.ask(path)
        except (OSError, EOFError) as error:
            life.seen.broken.append(f"{type(error).__name__}: {path}")
            continue
        # A document of a state that has gone is rightly not found.
        expected = 200 if status == 404 and kind == "document" else status
        life.seen.add(kind, path, expected, body, time.perf_counter() - begun)
        if is_stated and status == 200:
            newest = _checked(json.loads(body), newest, life)


def _failed(seen: Seen) -> int:
    """Answers that are neither right nor a refusal."""
    good = (200, 304, 429, 503)
    return sum(count for status, count in seen.statuses.items() if status not in good)


def _checked(answer: common.Record, newest: int, life: Life) -> int:
    states = {int(hit["title"].split()[-1]) for hit in answer["hits"]}
    state = max(states, default=-1)
    if len(states) != 1 or answer["total"] != _size_of(state) or state < newest:
        life.wrong.append(f"{answer['total']} documents of the states {sorted(states)}")
    return max(state, newest)


async def _change(home: Path, life: Life) -> None:
    """The next state of the collection, by a rebuild or an update in turn."""
    state = 0
    while not life.stopping:
        state += 1
        _write_state(home / "docs", state)
        command = ["index", str(home / "docs")] if state % 3 == 0 else ["update"]
        await asyncio.to_thread(_run, home, *command)
        life.changes += 1
        await asyncio.sleep(_CHANGE_S)


async def _kill(server: Server, life: Life) -> None:
    drawn = random.Random(3)
    while not life.stopping:
        await _pause(_KILL_S, life)
        workers = server.workers()
        if workers and not life.stopping:
            os.kill(drawn.choice(workers), signal.SIGKILL)
            life.kills += 1


async def _reload(server: Server, life: Life) -> None:
    while not life.stopping:
        await _pause(_RELOAD_S, life)
        if not life.stopping:
            os.kill(server.pid, signal.SIGHUP)
            life.reloads += 1


async def _watch(home: Path, server: Server, life: Life) -> None:
    while not life.stopping:
        await asyncio.sleep(2)
        life.memory.append(await asyncio.to_thread(server.memory_mb))
        life.files.append(server.open_files())
        life.disk.append(await asyncio.to_thread(common.disk_bytes, home / "index"))


async def _pause(seconds: float, life: Life) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and not life.stopping:
        await asyncio.sleep(0.2)


def _size_of(state: int) -> int:
    return _LEAST + state % _SPREAD


def _write_state(docs: Path, state: int) -> None:
    for number in range(_LEAST + _SPREAD):
        path = docs / f"{number}.txt"
        if number < _size_of(state):
            path.write_text(f"Bài {number} đời {state}\n{_STATED} chung một nhà", encoding="utf-8")
        else:
            path.unlink(missing_ok=True)


def _run(home: Path, *command: str) -> None:
    arguments = [sys.executable, "-c", SEARCHAPP, *command, "--index-dir", str(home / "index")]
    subprocess.run(arguments, cwd=home, check=True, capture_output=True, env=_environ())


def _environ() -> dict[str, str]:
    path = os.pathsep.join([str(common.ROOT), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "PYTHONPATH": path}


def _early_and_late(values: list[float] | list[int]) -> list[float]:
    """Means of the first and the last quarter."""
    quarter = max(len(values) // 4, 1)
    ends = values[:quarter], values[-quarter:]
    return [round(sum(part) / len(part), 1) for part in ends if part]


if __name__ == "__main__":
    raise SystemExit(main())
