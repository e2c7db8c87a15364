"""A server under load: throughput and times for 1 to 64 clients, and at ten times what it can bear.

The mix is half completions, a third searches, pages and documents, questions drawn from XQuAD by
Zipf's law, over indexes of the wiki, with the settings as they come. Clients run in this process on
the same machine, so that the server has less than all of it. Then requests come at ten times what
it answers to 16 clients, whatever becomes of them: what is accepted should be as fast as ever, the
rest refused at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from benchmarks import common, line_chart, opensearch_server
from benchmarks.serving import SEARCHAPP, Server, serving
from benchmarks.traffic import Connection, Mix, Seen, closed_loop, figures, open_loop
from searchapp.config import Settings
from searchapp.contract.requests import SearchParameters
from searchapp.ingest.build import build
from searchapp.search.service import SearchService

_CLIENTS = (1, 2, 4, 8, 16, 32, 64)
_TIMES_CAPACITY = 10
_FORGETFUL = {"SEARCHAPP_ANSWERS_REMEMBERED": "0"}
_BARE = 200  # questions for the cost of HTTP


def main() -> int:
    """Run the benchmark; the exit status."""
    parser = common.parser("load", __doc__)
    parser.add_argument("--index", type=Path, action="append", metavar="DIR", help="an index of it")
    parser.add_argument(
        "--opensearch", action="store_true", help="the first one on a node started for it, too"
    )
    parser.add_argument("--seconds", type=float, default=15.0, help="of each step")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--chart", type=Path, metavar="FILE", help="write an SVG there")
    args = parser.parse_args()
    report: common.Report = {}
    curves: dict[str, dict[int, common.Report]] = {}
    with tempfile.TemporaryDirectory(prefix="bench-load-") as temporary:
        folders = args.index or [Path(temporary)]
        if args.index is None:
            build([common.data_file(common.WIKI)], Settings(index_dir=folders[0]))
        for folder in folders:
            report |= _measured(folder, args.workers, args.seconds, {}, curves)
        if args.opensearch:
            with _on_opensearch(folders[0], Path(temporary)) as (folder, environ):
                report |= _measured(folder, args.workers, args.seconds, environ, curves)
    if args.chart is not None:
        args.chart.write_text(chart(curves), encoding="utf-8")
    report |= {"workers": args.workers, "seconds": args.seconds}
    common.show(report, as_json=args.json)
    return 0


def _measured(
    folder: Path,
    workers: int,
    seconds: float,
    environ: Mapping[str, str],
    curves: dict[str, dict[int, common.Report]],
) -> common.Report:
    name, curve, more = measure(folder.resolve(), workers, seconds, environ)
    curves[name] = curve
    report = {
        f"{name}_{clients}_clients_{figure}": value
        for clients, found in curve.items()
        for figure, value in found.items()
    }
    return report | {f"{name}_{figure}": value for figure, value in more.items()}


@contextlib.contextmanager
def _on_opensearch(folder: Path, work: Path) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """A copy of an index on a node of its own, and the settings that lead there."""
    copy = work / "opensearch"
    shutil.copytree(folder, copy, copy_function=os.link)
    with opensearch_server.serving(work / "node") as node:
        common.say("moving the documents to OpenSearch")
        command = [sys.executable, "-c", SEARCHAPP, "migrate", "--to", "opensearch"]
        subprocess.run(
            [*command, "--index-dir", str(copy)],
            cwd=common.ROOT,
            env={**os.environ, **node.environ},
            stdout=sys.stderr,  # ours is the report
            check=True,
        )
        yield copy, node.environ


def measure(
    folder: Path, workers: int, seconds: float, environ: Mapping[str, str]
) -> tuple[str, dict[int, common.Report], common.Report]:
    """The engine of an index, its figures by number of clients, and those of overload."""
    settings = replace(Settings.load(environ), index_dir=folder, answers_remembered=0)
    service = SearchService(settings)
    engine = service.manifest().engine
    questions = common.questions()
    documents = [hit.document.id for q in questions[:200] for hit in service.search(q, size=2).hits]
    mix = Mix(questions, documents)
    curve: dict[int, common.Report] = {}
    with serving(folder, workers, environ) as server:
        _run(server, mix, 4, seconds / 2)  # warm
        for clients in _CLIENTS:
            curve[clients] = {
                **_run(server, mix, clients, seconds),
                "memory_mb": server.memory_mb(),
            }
            common.say(f"{engine}, {clients} clients: {curve[clients]}")
    with serving(folder, workers, {**environ, **_FORGETFUL}) as server:
        _run(server, mix, 4, seconds / 2)
        forgetful = _run(server, mix, 8, seconds)
    more = {
        "remembering_nothing_8_clients": forgetful,
        **_http_cost(folder, service, questions, environ),
        **_overloaded(folder, workers, mix, seconds, environ),
    }
    common.say(f"{engine}: {more}")
    return engine, curve, more


def _run(server: Server, mix: Mix, clients: int, seconds: float) -> common.Report:
    seen = Seen()
    asyncio.run(closed_loop(server.port, mix, clients, seconds, seen))
    return figures(seen, seconds)


def _overloaded(
    folder: Path, workers: int, mix: Mix, seconds: float, environ: Mapping[str, str]
) -> common.Report:
    """What it answers to 16 clients, and then at half of that and at ten times that."""
    found: common.Report = {}
    with serving(folder, workers, environ) as server:
        _run(server, mix, 4, seconds / 2)
        usual = _run(server, mix, 16, seconds)
        capacity = usual["answers_per_s"]
        found |= {f"before_{figure}": value for figure, value in usual.items()}
        for name, share in (("half", 0.5), ("tenfold", _TIMES_CAPACITY)):
            seen = Seen()
            asyncio.run(open_loop(server.port, mix, capacity * share, seconds, seen))
            found |= {f"{name}_{figure}": value for figure, value in figures(seen, seconds).items()}
            found[f"{name}_asked_per_s"] = round(capacity * share, 1)
            if seen.refusals:
                found |= {
                    f"{name}_refusal_p50_ms": round(1000 * median(seen.refusals), 1),
                    f"{name}_refusal_most_ms": round(1000 * max(seen.refusals), 1),
                }
    return found


def _http_cost(
    folder: Path, service: SearchService, questions: list[str], environ: Mapping[str, str]
) -> common.Report:
    """A search by the service and over HTTP, one after another, in turns; medians."""
    bare, over_http = [], []
    with serving(folder, 1, {**environ, **_FORGETFUL}) as server:
        asyncio.run(_in_turns(server, service, questions[:_BARE], bare, over_http))
    half = len(bare) // 2  # the first half warms both
    return {
        "search_bare_p50_ms": round(1000 * median(bare[half:]), 2),
        "search_over_http_p50_ms": round(1000 * median(over_http[half:]), 2),
    }


async def _in_turns(
    server: Server,
    service: SearchService,
    questions: list[str],
    bare: list[float],
    over_http: list[float],
) -> None:
    connection = Connection(server.port)
    for question in questions:
        asked = SearchParameters(q=question)  # the API counts facets unless it is told not to
        begun = time.perf_counter()
        service.search(asked.q, facet_size=asked.facet_size)
        bare.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        await connection.ask("/api/v1/search?" + urlencode({"q": question}))
        over_http.append(time.perf_counter() - begun)
    connection.close()


def chart(curves: Mapping[str, Mapping[int, common.Report]]) -> str:
    """Throughput and the 95th percentile by clients, a line an engine."""
    return line_chart.panels(
        {
            ("Answers a second", "more is better"): {
                name: {n: found["answers_per_s"] for n, found in curve.items()}
                for name, curve in curves.items()
            },
            ("95 % answered within, ms", "less is better"): {
                name: {n: found["p95_ms"] for n, found in curve.items()}
                for name, curve in curves.items()
            },
        },
        "clients at the same time",
    )


if __name__ == "__main__":
    raise SystemExit(main())
