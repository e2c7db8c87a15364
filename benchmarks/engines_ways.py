"""The ways that benchmarks.engines compares, as processes of their own.

``engines_ways build WAY SOURCE FOLDER JOBS`` makes an index of a JSON Lines file.
``engines_ways answer WAY STAGE FOLDER`` reads a question a line, as JSON, and answers each with a
line: the ids found, best first, with seconds of time and of processor time.

The stages: ``whole`` is from the words typed to ten documents (ours: with snippets, corrections and
the total). ``engine`` is the engine alone: what is made of the words typed (ours: the plan; peers:
pyvi's words) is made before the clock runs. ``library``, of ours on Tantivy only, is what our
engine asks of Tantivy, put to it once more without our engine.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import common, peers

OURS = {"whoosh": "whoosh", "tantivy": "tantivy", "opensearch": "opensearchpy"}
"""Our ways, each named as its engine, and the library that it needs."""
WAYS = (*OURS, *peers.PEERS)


def missing(way: str) -> str | None:
    """The library that a way needs and that is not installed; None if nothing is missing."""
    library = OURS[way] if way in OURS else peers.PEERS[way][1]
    return None if importlib.util.find_spec(library) else library


def stages(way: str) -> tuple[str, ...]:
    """What of a way can be asked."""
    return ("whole", "engine", "library") if way == "tantivy" else ("whole", "engine")


@dataclass(frozen=True, slots=True)
class Stage:
    """``ask`` is timed, and gives ids; ``prepare`` makes of a question what it is given."""

    prepare: Callable[[str], Any]
    ask: Callable[[Any], list[str]]


def main() -> int:
    """Do what benchmarks.engines asks for."""
    if sys.argv[1] == "build":
        way, source, folder, jobs = sys.argv[2:]
        _build(way, Path(source), Path(folder), int(jobs))
        return 0
    way, name, folder = sys.argv[2:]
    stage = _peer_stage(way, name, Path(folder)) if way in peers.PEERS else _our_stage(name, folder)
    for line in sys.stdin:
        prepared = stage.prepare(json.loads(line))
        begun, used = time.perf_counter(), time.process_time()
        ids = stage.ask(prepared)
        took_s, cpu_s = time.perf_counter() - begun, time.process_time() - used
        print(json.dumps({"ids": ids, "took_s": took_s, "cpu_s": cpu_s}), flush=True)
    return 0


def _build(way: str, source: Path, folder: Path, jobs: int) -> None:
    if way in peers.PEERS:
        peers.module(way).build(peers.entries(common.records(str(source.resolve()))), folder)
        return
    from searchapp.ingest.build import build

    build([source], _settings(folder, engine=way, jobs=jobs))


def _settings(folder: str | Path, **more: Any) -> Any:
    """The defaults but for where OpenSearch is: other settings in the environment would tell."""
    from searchapp.config import PREFIX, Settings

    server = {k: v for k, v in os.environ.items() if k.startswith(f"{PREFIX}OPENSEARCH_")}
    # Questions are asked more than once, and are to be answered each time.
    return Settings.load(server, index_dir=Path(folder), answers_remembered=0, **more)


def _peer_stage(way: str, name: str, folder: Path) -> Stage:
    ask = peers.module(way).open_index(folder)

    def words(text: str) -> list[str]:
        return list(dict.fromkeys(peers.words_of(text)))

    def engine(asked: list[str]) -> list[str]:
        return [row[0] for row in ask(asked)]

    if name == "engine":
        return Stage(words, engine)
    return Stage(lambda text: text, lambda text: engine(words(text)))


def _our_stage(name: str, folder: str) -> Stage:
    from searchapp.search.service import SearchService

    service = SearchService(_settings(folder))
    if name == "whole":
        return Stage(
            lambda text: text,
            lambda text: [hit.document.id for hit in service.search(text).hits],
        )
    live = service.live()

    def plan(text: str) -> Any:
        with live.planner() as planner:
            return planner.plan(text).query

    def engine(query: Any) -> list[str]:
        return [hit.document.id for hit in live.searcher.search(query, peers.LIMIT).hits]

    return (
        _library(plan, live.generation.engine_folder) if name == "library" else Stage(plan, engine)
    )


def _library(plan: Callable[[str], Any], folder: Path) -> Stage:
    """The searches that our engine makes of a plan, heard on their way to Tantivy and made again.

    Documents are read as our engine reads them.
    """
    import tantivy

    from searchapp.engines.tantivy_opening import open_index
    from searchapp.engines.tantivy_reader import Ranked, TantivySearcher
    from searchapp.engines.tantivy_schema import DOCUMENT, decode

    heard: list[tuple[tantivy.Query, int]] = []

    class Heard(TantivySearcher):
        def _top(self, asked: tantivy.Query, wanted: int) -> tuple[list[Ranked], int]:
            heard.append((asked, wanted))
            return super()._top(asked, wanted)

    ours = Heard(folder)
    searcher = open_index(folder).searcher()

    def prepare(text: str) -> list[tuple[tantivy.Query, int]]:
        heard.clear()
        ours.search(plan(text), peers.LIMIT)
        return list(heard)

    def ask(searches: list[tuple[tantivy.Query, int]]) -> list[str]:
        hits = [hit for one, most in searches for hit in searcher.search(one, most).hits]
        found = [searcher.doc(where).to_dict() for _, where in hits[: peers.LIMIT]]
        return [decode(bytes(stored[DOCUMENT][0])).id for stored in found]

    return Stage(prepare, ask)


if __name__ == "__main__":
    raise SystemExit(main())
