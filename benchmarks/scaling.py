"""Ours as the collection grows: building, disk, memory and searching, for each size and engine.

Documents are made by `benchmarks.recombined`, those of a small size being the first of a large one.
Each index is built in a process of its own and asked XQuAD questions by two more, in turn: the
whole service, and the engine alone with the service's plans. ``--work DIR`` keeps documents,
indexes and the figures of building, so that a run that was ended goes on where it was.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import common, recombined
from benchmarks.engine_runs import build, chosen_ways, race, search_figures
from benchmarks.engines_ways import OURS

_SIZES = (10_000, 51_000, 200_000)


def main() -> int:
    """Run the benchmark; the exit status."""
    args = _arguments()
    for name in (common.WIKI, common.XQUAD_QUERIES):
        common.data_file(name)
    report: common.Report = {}
    with tempfile.TemporaryDirectory(prefix="bench-scaling-") as temporary:
        folder = args.work or Path(temporary)
        for size, figures in _measured(folder, args):
            report |= {f"{size}_{name}": value for name, value in figures.items()}
            common.say(f"{size}: {figures}")
    report |= {
        "sizes": ",".join(map(str, args.sizes)),
        "ways": ",".join(args.ways),
        "queries": args.queries,
        "memory": "sum of RSS over processes, sampled",
        "load_per_core": common.load_per_core(),
    }
    common.show(report, as_json=args.json)
    return 0


def _arguments() -> argparse.Namespace:
    parser = common.parser("scaling", __doc__)
    parser.add_argument("--sizes", type=_sizes, default=_SIZES, metavar="N,N", help="of documents")
    parser.add_argument("--ways", default="whoosh,tantivy", metavar="A,B", help="engines")
    parser.add_argument("--queries", type=common.positive, default=200, metavar="N")
    parser.add_argument("--jobs", type=int, default=0, metavar="J", help="0: one a core")
    parser.add_argument(
        "--work", type=Path, metavar="DIR", help="keep everything here; delete after a change"
    )
    args = parser.parse_args()
    args.ways = chosen_ways(args.ways, opensearch=False)
    if others := [way for way in args.ways if way not in OURS]:
        common.fail(f"not an engine of ours: {', '.join(others)}")
    return args


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(map(common.positive, text.split(",")))


def _measured(folder: Path, args: argparse.Namespace) -> Iterator[tuple[int, common.Report]]:
    """Each size and its figures."""
    questions = common.spread(common.questions(), args.queries)
    for size in args.sizes:
        place = folder / f"made-{size}"
        place.mkdir(parents=True, exist_ok=True)
        source = place / "documents.jsonl"
        if not source.is_file():
            unfinished = source.with_suffix(".part")
            recombined.write(size, unfinished)
            unfinished.rename(source)
        figures: common.Report = {}
        for way in args.ways:
            built = build(way, source, size, place / way, args.jobs, None)
            figures |= {f"{way}_{name}": value for name, value in built.items()}
        # Alone, each: while one is asked, the other's files would leave the memory.
        for way in args.ways:
            raced = race({way: place / way}, questions)
            figures[f"{way}_first_answer_s"] = raced.first_s[way, "whole"]
            figures[f"{way}_search_rss_mb"] = raced.rss_mb[way, "whole"]
            figures |= search_figures(raced)
        yield size, figures


if __name__ == "__main__":
    raise SystemExit(main())
