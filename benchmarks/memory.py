"""How much memory a build needs, and whether that grows with the collection.

`searchapp.ingest.build.build` over the first ``--docs`` sections of the wiki file and over all of
them, each in a process of its own. Memory is Pss (a page that n processes share counts 1/n in
each), sampled every 50 ms: the largest sum over the building process and all that it started, and
the largest of the building process alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import common

_SAMPLE_S = 0.05


def main() -> int:
    """Run the benchmark; the exit status."""
    parser = common.parser("memory", __doc__)
    parser.add_argument("--docs", type=common.positive, default=10_000, metavar="N")
    parser.add_argument(
        "--jobs", type=int, default=0, metavar="J", help="processes that analyse (0: one a core)"
    )
    parser.add_argument("--large", type=common.positive, default=common.WIKI_SECTIONS, metavar="N")
    args = parser.parse_args()
    common.data_file(common.WIKI)
    report: common.Report = {}
    for name, docs in (("small", args.docs), ("large", args.large)):
        figures = _measure(docs, args.jobs)
        common.say(f"{name}: {figures}")
        report |= {f"{name}_{key}": value for key, value in figures.items()}
    for kind in ("tree", "main"):
        ratio = report[f"large_{kind}_peak_mb"] / report[f"small_{kind}_peak_mb"]
        report[f"{kind}_peak_ratio"] = round(ratio, 2)
    report["load_per_core"] = common.load_per_core()
    common.show(report, as_json=args.json)
    return 0


def _measure(docs: int, jobs: int) -> common.Report:
    """Build an index of the first documents in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-memory-") as temporary:
        folder = Path(temporary)
        source = folder / "documents.jsonl"
        count = common.write_jsonl(source, common.records(common.WIKI, docs))
        child = subprocess.Popen(
            [
                *(sys.executable, "-m", "benchmarks.indexing_ways"),
                *("ours", source, folder / "index", str(jobs)),
            ],
            cwd=common.ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        tree_peak = main_peak = 0.0
        while child.poll() is None:
            sizes = [common.memory_mb(pid)[1] for pid in common.process_tree(child.pid)]
            tree_peak = max(tree_peak, sum(sizes))
            main_peak = max(main_peak, sizes[0])
            time.sleep(_SAMPLE_S)
        assert child.stdout is not None
        out = child.stdout.read()
        if child.returncode:
            raise SystemExit(f"the build ended with status {child.returncode}")
    build_s = json.loads(out)["build_s"]
    return {
        "docs": count,
        "tree_peak_mb": round(tree_peak, 1),
        "main_peak_mb": round(main_peak, 1),
        "build_s": build_s,
        "docs_per_s": round(count / build_s, 1),
    }


if __name__ == "__main__":
    raise SystemExit(main())
