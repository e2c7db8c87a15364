"""Our service on each of its engines, and what else a Python user would search with.

The same documents (wiki sections and the XQuAD paragraphs) from raw text to searchable, then the
same XQuAD questions, the top 10 with title and text. Ours is `searchapp.ingest.build.build` and
`SearchService.search`; the peers get pyvi's words (`ViTokenizer.tokenize`) in lower case, in one
field parted at white space. Each way builds in a process of its own, timed from its start to its
end, and answers in another; all are asked in turn, question by question.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import tempfile
from pathlib import Path
from statistics import mean

from benchmarks import charts, common
from benchmarks.engine_runs import Race, build, chosen_ways, race, search_figures
from benchmarks.engines_ways import OURS, WAYS
from benchmarks.opensearch_server import serving
from searchapp.evaluation.metrics import score_queries
from searchapp.evaluation.readers import Query, read_qrels, read_queries


def main() -> int:
    """Run the benchmark; the exit status."""
    args = _arguments()
    for name in (common.WIKI, common.XQUAD_DOCS, common.XQUAD_QUERIES, common.XQUAD_QRELS):
        common.data_file(name)
    queries = read_queries(common.data_file(common.XQUAD_QUERIES))
    kept = set(common.spread([query.id for query in queries], args.queries))
    queries = [query for query in queries if query.id in kept]
    with contextlib.ExitStack() as stack:
        folder = args.dir and args.dir / f"engines-{args.docs}"
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-engines-")))
        folder.mkdir(parents=True, exist_ok=True)
        source = folder / "documents.jsonl"
        docs = common.write_jsonl(
            source,
            itertools.chain(
                common.records(common.WIKI, args.docs), common.records(common.XQUAD_DOCS)
            ),
        )
        server = None
        if "opensearch" in args.ways:
            server = stack.enter_context(serving(folder / "cluster"))
        report: common.Report = {}
        for way in args.ways:
            built = build(way, source, docs, folder / way, args.jobs, server)
            report |= {f"{way}_{name}": value for name, value in built.items()}
            common.say(f"{way}: {built}")
        raced = race(
            {way: folder / way for way in args.ways}, [query.text for query in queries], server
        )
        report |= search_figures(raced)
        report |= {f"{way}_search_rss_mb": raced.rss_mb[way, "whole"] for way in args.ways}
        report |= _quality(queries, raced)
        if server is not None:
            report["opensearch_jvm_search_rss_mb"] = server.rss_mb()
    report |= {
        "docs": docs,
        "queries": len(queries),
        "ways": " ".join(args.ways),
        "memory": "sum of RSS over processes, sampled",
        "load_per_core": common.load_per_core(),
    }
    if args.chart:
        args.chart.write_text(_draw(args.ways, report), encoding="utf-8")
    common.show(report, as_json=args.json)
    return 0


def _arguments() -> argparse.Namespace:
    parser = common.parser("engines", __doc__)
    parser.add_argument("--docs", type=common.positive, default=10_000, metavar="N")
    parser.add_argument("--queries", type=common.positive, default=300, metavar="N")
    parser.add_argument(
        "--ways", metavar="A,B", help=f"only these of {', '.join(WAYS)} (default: all at hand)"
    )
    parser.add_argument(
        "--opensearch", action="store_true", help="ours on a node of OpenSearch, started for it"
    )
    parser.add_argument("--jobs", type=int, default=0, metavar="J", help="of ours (0: one a core)")
    parser.add_argument(
        "--dir", type=Path, help="keep the indexes here for the next run; delete after a change"
    )
    parser.add_argument("--chart", type=Path, metavar="FILE.svg", help="draw a chart")
    args = parser.parse_args()
    args.ways = chosen_ways(args.ways, opensearch=args.opensearch)
    return args


def _quality(queries: list[Query], raced: Race) -> common.Report:
    """Mean nDCG@10 of each way, over all the questions."""
    qrels = read_qrels(common.data_file(common.XQUAD_QRELS))
    wanted = {query.id: qrels[query.id] for query in queries}
    report = {}
    for (way, stage), replies in raced.replies.items():
        if stage == "whole":
            run = {
                query.id: [(name, 0.0) for name in reply.ids]
                for query, reply in zip(queries, replies, strict=True)
            }
            scores = score_queries(wanted, run).values()
            report[f"{way}_ndcg_at_10"] = round(mean(s["nDCG@10"] for s in scores), 4)
    return report


_PANELS = {
    "docs_per_s": ("build", "documents a second"),
    "index_mb": ("index", "MB on disk"),
    "build_peak_mb": ("memory of a build", "MB at most"),
    "whole_p50_ms": ("question to ten documents", "ms, median"),
    "engine_p50_ms": ("the engine alone", "ms, median"),
    "ndcg_at_10": ("nDCG@10", "XQuAD-vi questions"),
}


def _draw(ways: list[str], report: common.Report) -> str:
    names = {way: f"ours on {way}" if way in OURS else way.replace("-", " ") for way in ways}
    return charts.bars(
        {
            title: {names[way]: float(report[f"{way}_{figure}"]) for way in ways}
            for figure, title in _PANELS.items()
        },
        pale=[names[way] for way in ways if way not in OURS],
    )


if __name__ == "__main__":
    raise SystemExit(main())
