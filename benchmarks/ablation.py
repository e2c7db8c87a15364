"""What each view and each step of the ranking is worth: on and off.

nDCG@10 over both retrieval sets, for queries as typed and without marks, with 95% confidence
intervals of the mean (bootstrap over queries, 2,000 rounds, seed 0). ``--svg FILE`` draws the
chart of docs/relevance.md, ``--markdown`` prints its table.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks import charts, common
from searchapp.config import Settings
from searchapp.evaluation.metrics import score_queries
from searchapp.evaluation.readers import read_qrels, read_queries
from searchapp.evaluation.variants import vary
from searchapp.ingest.build import build
from searchapp.search.live import Live
from searchapp.search.parts import Weights
from searchapp.search.planner import Planner
from searchapp.search.service import SearchService

_SETS = {
    "XQuAD-vi in the wiki": ("xquad_vi", [common.XQUAD_DOCS, common.WIKI]),
    "health questions": ("health_faq", ["eval/health_faq/docs.jsonl"]),
}
_VARIANTS = ("as-typed", "no-marks")
_FULL = "everything"
_STEPS: dict[str, Callable[[Weights], Weights]] = {
    _FULL: lambda w: w,
    "without words": lambda w: replace(w, word=0.0, name=0.0, restored_word=0.0),
    "without exact syllables": lambda w: replace(w, exact=0.0, restored_exact=0.0),
    "without pairs": lambda w: replace(w, pair=0.0),
    "without the likeliest reading": lambda w: replace(w, restored_word=0.0, restored_exact=0.0),
    "without abbreviations": lambda w: replace(w, synonym=0.0),
    "every unmarked syllable as it is": lambda w: replace(w, own_form_share=0.0),
    "any single word is enough": lambda w: replace(w, least_share=0.0),
}
_FOLDED_ONLY = "folded syllables only"

Row = dict[str, tuple[float, float, float]]


def main() -> int:
    """Run the benchmark; the exit status."""
    parser = common.parser("ablation", __doc__)
    parser.add_argument(
        "--every", type=common.positive, default=1, metavar="N", help="one query in N"
    )
    parser.add_argument("--svg", type=Path, help="draw the chart here")
    parser.add_argument("--markdown", action="store_true", help="print the table of the docs")
    args = parser.parse_args()
    table = measure(args.every)
    if args.svg:
        args.svg.write_text(draw(table), encoding="utf-8")
    if args.markdown:
        print(as_markdown(table))
    else:
        common.show(
            {f"{step} | {c}": v for step, row in table.items() for c, v in row.items()},
            as_json=args.json,
        )
    return 0


def measure(every: int) -> dict[str, Row]:
    """Mean nDCG@10 and the ends of its interval, by step and by "set, variant"."""
    table: dict[str, Row] = {}
    for title, (name, documents) in _SETS.items():
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(index_dir=Path(folder) / "index")
            build([common.data_file(d) for d in documents], settings)
            live = SearchService(settings).live()
            queries = read_queries(common.data_file(f"eval/{name}/queries.jsonl"))[::every]
            qrels = read_qrels(common.data_file(f"eval/{name}/qrels.tsv"))
            wanted = {q.id: qrels[q.id] for q in queries}
            for variant in _VARIANTS:
                texts = {q.id: vary(q.text, variant, 0, q.id) for q in queries}
                for step in (*_STEPS, _FOLDED_ONLY):
                    run = {i: _ranked(live, step, text) for i, text in texts.items()}
                    scores = [s["nDCG@10"] for s in score_queries(wanted, run).values()]
                    table.setdefault(step, {})[f"{title}, {variant}"] = _interval(scores)
                    common.say(f"{title}, {variant}, {step}: {np.mean(scores):.4f}")
    return table


def _ranked(live: Live, step: str, text: str) -> list[tuple[str, float]]:
    with live.planner() as planner:
        if step == _FOLDED_ONLY:
            # What "ASCII folding" does: no marks, no pairs, no knowledge of the language.
            weights = Weights(pair=0.0, least_share=0.0, short_query=0)
            plain = vary(text, "no-marks", 0, "")
            planned = Planner(planner.analyzer, weights=weights).plan(plain)
        else:
            planned = replace(planner, weights=_STEPS[step](planner.weights)).plan(text)
    found = live.searcher.search(planned.query, 10)
    return [(hit.document.id, hit.score) for hit in found.hits]


def _interval(scores: list[float]) -> tuple[float, float, float]:
    values = np.array(scores)
    rng = np.random.default_rng(0)
    means = [values[rng.integers(0, values.size, values.size)].mean() for _ in range(2_000)]
    low, high = np.percentile(means, [2.5, 97.5])
    return round(float(values.mean()), 4), round(float(low), 4), round(float(high), 4)


def as_markdown(table: dict[str, Row]) -> str:
    """The table of docs/relevance.md."""
    columns = list(next(iter(table.values())))
    lines = ["| | " + " | ".join(columns) + " |", "| --- |" + " --- |" * len(columns)]
    for step, row in table.items():
        cells = (f"{m:.3f} ({low:.3f}–{high:.3f})" for m, low, high in (row[c] for c in columns))
        lines.append(f"| {step} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def draw(table: dict[str, Row]) -> str:
    """The table as an SVG of dots with their intervals, a panel for each set and variant."""
    columns = list(next(iter(table.values())))
    row_height, left, width, gap, top = 24, 235, 190, 24, 52
    height = top + row_height * len(table) + 30
    total = left + len(columns) * (width + gap)
    parts = [
        charts.opening(total, height),
        charts.STYLE,
        f'<text class="soft" x="{left - 10}" y="20" text-anchor="end">nDCG@10, 95% interval</text>',
    ]
    for y, step in enumerate(table):
        at = top + row_height * y + 16
        parts.append(f'<text x="{left - 10}" y="{at}" text-anchor="end">{step}</text>')
    for x, column in enumerate(columns):
        begin = left + x * (width + gap)
        values = [value for row in table.values() for value in row[column]]
        low, high = min(values) - 0.005, max(values) + 0.005

        def place(value: float, begin: int = begin, low: float = low, high: float = high) -> str:
            return f"{begin + (value - low) / (high - low) * width:.1f}"

        title, variant = column.rsplit(", ", 1)
        parts.append(f'<text x="{begin}" y="20">{title}</text>')
        parts.append(f'<text class="soft" x="{begin}" y="38">{variant}</text>')
        end = top + row_height * len(table)
        full = place(table[_FULL][column][0])
        parts.append(
            f'<line class="line" x1="{begin}" y1="{end}" x2="{begin + width}" y2="{end}"/>'
        )
        parts.append(f'<line class="full" x1="{full}" y1="{top}" x2="{full}" y2="{end}"/>')
        parts += [
            f'<text class="soft middle" x="{place(tick)}" y="{end + 17}">{tick:.2f}</text>'
            for tick in (low + 0.005, high - 0.005)
        ]
        for y, row in enumerate(table.values()):
            mean, bottom, most = row[column]
            at = top + row_height * y + 12
            ends = f'x1="{place(bottom)}" y1="{at}" x2="{place(most)}" y2="{at}"'
            parts.append(f'<line class="bar" opacity=".45" {ends}/>')
            parts.append(f'<circle class="dot" cx="{place(mean)}" cy="{at}" r="4.5"/>')
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    raise SystemExit(main())
