"""Raw text to a searchable index: `build` as users call it against the textbook way.

Ours: `searchapp.ingest.build.build` over a JSON Lines file, one process a core, until the index is
live. Textbook: pyvi's ``tokenize`` of title and text, one TEXT field that splits on white space,
stock Whoosh's writer and commit, one process. Each runs in a process of its own and is timed from
its start to its end, imports included; ``*_build_s`` is the time without imports.

``*_peak_mb``: the largest sum of the RSS of a process and all that it started, sampled every 50 ms,
or the ru_maxrss of one of them if that is more. Pages that processes share count in each.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from benchmarks import common
from benchmarks.processes import measured


def main() -> int:
    """Run the benchmark; the exit status."""
    parser = common.parser("indexing", __doc__)
    parser.add_argument("--docs", type=common.positive, default=5_000, metavar="N")
    parser.add_argument(
        "--jobs", type=int, default=0, metavar="J", help="processes of ours (0: one a core)"
    )
    parser.add_argument("--ours-only", action="store_true", help="leave the textbook way out")
    args = parser.parse_args()
    common.data_file(common.WIKI)
    with tempfile.TemporaryDirectory(prefix="bench-indexing-") as temporary:
        folder = Path(temporary)
        source = folder / "documents.jsonl"
        docs = common.write_jsonl(source, common.records(common.WIKI, args.docs))
        ours = _measure("ours", source, folder / "ours", args.jobs)
        report = {"ours_docs_per_s": round(docs / ours["process_s"], 1), **_named("ours", ours)}
        if not args.ours_only:
            textbook = _measure("textbook", source, folder / "textbook", 1)
            report = {
                "ratio": round(textbook["process_s"] / ours["process_s"], 2),
                **report,
                "textbook_docs_per_s": round(docs / textbook["process_s"], 1),
                **_named("textbook", textbook),
            }
    report |= {
        "docs": docs,
        "memory": "sum of RSS over processes, sampled",
        "load_per_core": common.load_per_core(),
    }
    common.show(report, as_json=args.json)
    return 0


def _named(prefix: str, figures: common.Report) -> common.Report:
    return {f"{prefix}_{name}": value for name, value in figures.items()}


def _measure(way: str, source: Path, folder: Path, jobs: int) -> common.Report:
    """Run one way in a process of its own; seconds, and MB of memory and of disk."""
    run = measured(("benchmarks.indexing_ways", way, source, folder, str(jobs)))
    said = json.loads(run.out)
    return {
        "process_s": round(run.wall_s, 2),
        "build_s": said["build_s"],
        "peak_mb": round(max(run.peak_mb, said["max_rss_mb"])),
        "index_mb": round(sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e6, 1),
    }


if __name__ == "__main__":
    raise SystemExit(main())
