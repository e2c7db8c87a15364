"""Building and searching the ways of benchmarks.engines_ways; what each took."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import common
from benchmarks.engines_ways import OURS, WAYS, missing, stages
from benchmarks.opensearch_server import Server
from benchmarks.processes import Answering, Reply, measured

_WARM_UP = 10
_CHILD = "benchmarks.engines_ways"

Key = tuple[str, str]
"""A way and one of its stages."""


@dataclass(frozen=True, slots=True)
class Race:
    """What the stages of all ways answered, each in the order of the questions.

    ``rss_mb`` is that of each answering process at the end, ``first_s`` the seconds from its start
    to its first answer.
    """

    replies: dict[Key, list[Reply]]
    rss_mb: dict[Key, float]
    first_s: dict[Key, float]


def chosen_ways(named: str | None, *, opensearch: bool) -> list[str]:
    """The ways that were named, or all; without those whose library is not installed."""
    ways = named.split(",") if named else [way for way in WAYS if way != "opensearch"]
    if opensearch and "opensearch" not in ways:
        ways.append("opensearch")
    for way in ways:
        if way not in WAYS:
            common.fail(f"there is no way {way!r}; choose from: {', '.join(WAYS)}")
    if "opensearch" in ways and not opensearch:
        common.fail("the way opensearch starts a server; it needs --opensearch")
    for way in list(ways):
        if library := missing(way):
            common.say(f"{way} is left out: {library} is not installed (pip install -e '.[bench]')")
            ways.remove(way)
    if not ways:
        common.fail("none of the ways can be measured")
    return sorted(ways, key=WAYS.index)


def build(
    way: str, source: Path, docs: int, folder: Path, jobs: int, server: Server | None
) -> common.Report:
    """Build one index in a process of its own, unless it lies there whole; what it took."""
    figures = folder.with_suffix(".json")
    if figures.is_file():
        kept: common.Report = json.loads(figures.read_text(encoding="utf-8"))
        return kept
    shutil.rmtree(folder, ignore_errors=True)
    words = (_CHILD, "build", way, source, folder, str(jobs))
    if way != "opensearch" or server is None:
        report = _took(words, docs)
        report["index_mb"] = _size_mb(folder)
    else:
        with server.watched() as watched:
            report = _took(words, docs, server.environ)
        report |= {**watched, "index_mb": round(_size_mb(folder) + server.stored_mb(), 1)}
    if way in OURS:
        report |= _parts_mb(folder)
    figures.write_text(json.dumps(report), encoding="utf-8")
    return report


def _took(
    words: Sequence[str | Path], docs: int, environ: dict[str, str] | None = None
) -> common.Report:
    run = measured(words, environ)
    return {
        "docs_per_s": round(docs / run.wall_s, 1),
        "build_s": round(run.wall_s, 2),
        "build_cpu_s": round(run.cpu_s, 2),
        "build_peak_mb": round(run.peak_mb),
    }


def _size_mb(folder: Path) -> float:
    return round(sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e6, 1)


def _parts_mb(folder: Path) -> common.Report:
    """The parts of an index of ours: for searching, for updates, of the language."""
    (generation,) = (f.parent for f in folder.glob("*/manifest.json"))
    parts = ("engine", "store", "language")
    return {f"{part}_mb": _size_mb(generation / part) for part in parts}


def race(folders: dict[str, Path], questions: Sequence[str], server: Server | None = None) -> Race:
    """Ask every stage of every way the questions, in turn, each question of all of them.

    Before that each answers the first ten, to warm up, while no other is asked.
    """
    environ = server.environ if server is not None else None
    with contextlib.ExitStack() as stack:
        asked: dict[Key, Answering] = {}
        for way, folder in folders.items():
            for stage in stages(way):
                one = stack.enter_context(
                    Answering((_CHILD, "answer", way, stage, folder), environ)
                )
                for question in questions[:_WARM_UP]:
                    one.ask(question)
                asked[way, stage] = one
        replies: dict[Key, list[Reply]] = {key: [] for key in asked}
        for question in questions:
            for key, one in asked.items():
                replies[key].append(one.ask(question))
        return Race(
            replies,
            {key: one.rss_mb() for key, one in asked.items()},
            {key: round(one.first_s or 0.0, 3) for key, one in asked.items()},
        )


def search_figures(race: Race) -> common.Report:
    """Median, 95th percentile and median processor time of each way and stage, in milliseconds."""
    report: common.Report = {}
    for (way, stage), replies in race.replies.items():
        timed = replies[_WARM_UP:] or replies
        name = f"{way}_{stage}"
        report |= common.p50_p95_ms(name, [reply.took_s for reply in timed])
        report[f"{name}_cpu_p50_ms"] = round(median(r.cpu_s for r in timed) * 1000, 3)
    return report
