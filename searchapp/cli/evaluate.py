"""``searchapp eval``: measures the live index with queries and judgements."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from tqdm import tqdm

from searchapp.cli.options import echo_json, index_dir_option, json_option
from searchapp.config import Settings
from searchapp.errors import InputError
from searchapp.evaluation.evaluate import Outcome, Task, evaluate, match
from searchapp.evaluation.metrics import METRICS, score_queries
from searchapp.evaluation.readers import read_qrels, read_queries
from searchapp.evaluation.runs import read_run, variant_path, write_run
from searchapp.evaluation.significance import Comparison, compare
from searchapp.evaluation.variants import AS_TYPED, VARIANTS
from searchapp.search.service import SearchService

_COMPARED = "nDCG@10"
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("eval")
@click.option("--queries", "queries_file", type=_FILE, required=True, help="JSON Lines or TSV.")
@click.option("--qrels", "qrels_file", type=_FILE, required=True, help="TSV or TREC qrels.")
@click.option(
    "--variant",
    "variants",
    multiple=True,
    type=click.Choice(list(VARIANTS)),
    help="How the queries are typed; may be repeated (default: as-typed).",
)
@click.option("--per-query", is_flag=True, help="Add the measures of every query.")
@click.option("--run-file", type=click.Path(dir_okay=False, path_type=Path), help="Write the run.")
@click.option("--compare", "other_file", type=_FILE, help="Test against this TREC run.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of all that is random.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    help="Documents ranked for a query; below 100, R@100 counts only these.",
)
@json_option
@index_dir_option
def eval_command(
    queries_file: Path,
    qrels_file: Path,
    variants: tuple[str, ...],
    per_query: bool,
    run_file: Path | None,
    other_file: Path | None,
    seed: int,
    limit: int,
    as_json: bool,
    index_dir: Path | None,
) -> None:
    """Measure the live index: nDCG@10, MRR@10, P@1 and R@100 over queries and judgements.

    \b
    Example:
        searchapp eval --queries queries.jsonl --qrels qrels.tsv --variant as-typed --variant typo
    """
    task = _read_task(queries_file, qrels_file)
    theirs = None if other_file is None else _read_scores(other_file, task)
    names = tuple(dict.fromkeys(variants)) or (AS_TYPED,)
    if run_file is not None and not run_file.parent.is_dir():
        raise InputError(f"{run_file}: there is no folder {run_file.parent}", "run_file")
    service = SearchService(Settings.load(index_dir=index_dir))
    outcomes = []
    with tqdm(
        total=len(names) * len(task.queries),
        unit=" queries",
        file=sys.stderr,
        disable=not sys.stderr.isatty(),
        dynamic_ncols=True,
    ) as bar:
        for name in names:
            bar.set_description(name)
            done = evaluate(service, task, name, seed=seed, limit=limit, after_query=bar.update)
            if run_file is not None:
                path = run_file if len(names) == 1 else variant_path(run_file, name)
                write_run(path, done.run, f"searchapp-{name}")
            outcomes.append(done)
    comparisons = [None if theirs is None else _compare(o, theirs, seed) for o in outcomes]
    if as_json:
        rows = [
            _row(outcome, comparison, task, per_query)
            for outcome, comparison in zip(outcomes, comparisons, strict=True)
        ]
        echo_json({"variants": rows})
        return
    _print_table(outcomes)
    for outcome, comparison in zip(outcomes, comparisons, strict=True):
        if comparison is not None:
            _print_comparison(outcome.variant, comparison, other_file)
    if per_query:
        _print_queries(outcomes)


def _read_task(queries_file: Path, qrels_file: Path) -> Task:
    task = match(read_queries(queries_file), read_qrels(qrels_file))
    if not task.queries:
        raise InputError(
            f"{qrels_file}: has no relevant document for any query of {queries_file};"
            " do the two belong together?"
        )
    if task.without_qrels:
        first = task.without_qrels[0]
        click.echo(
            f"note: {len(task.without_qrels)} queries without a relevant document in {qrels_file}"
            f" are left out, the first is {first.id!r} ({queries_file}:{first.line})",
            err=True,
        )
    if task.without_query:
        click.echo(
            f"note: {len(task.without_query)} queries of {qrels_file} are not in {queries_file},"
            f" the first is {task.without_query[0]!r}",
            err=True,
        )
    return task


def _read_scores(other_file: Path, task: Task) -> dict[str, float]:
    other = read_run(other_file)
    missing = [query.id for query in task.queries if query.id not in other]
    if len(missing) == len(task.queries):
        raise InputError(f"{other_file}: ranks none of the queries")
    if missing:
        click.echo(
            f"note: {len(missing)} queries are not in {other_file} and count 0 there,"
            f" the first is {missing[0]!r}",
            err=True,
        )
    return {q: scores[_COMPARED] for q, scores in score_queries(task.qrels, other).items()}


def _compare(outcome: Outcome, theirs: dict[str, float], seed: int) -> Comparison:
    ours = {q: scores[_COMPARED] for q, scores in outcome.per_query.items()}
    return compare(list(ours.values()), [theirs[q] for q in ours], seed)


def _row(
    outcome: Outcome, comparison: Comparison | None, task: Task, per_query: bool
) -> dict[str, object]:
    row: dict[str, object] = {"variant": outcome.variant}
    row |= {name: round(outcome.means[name], 6) for name in METRICS}
    row |= {
        "queries": len(task.queries),
        "queries_without_qrels": len(task.without_qrels),
        "qrels_without_query": len(task.without_query),
        "queries_cut": outcome.cut,
        "p50_ms": round(outcome.p50_ms, 3),
        "p95_ms": round(outcome.p95_ms, 3),
    }
    if comparison is not None:
        row["comparison"] = {
            "metric": _COMPARED,
            "this": round(comparison.ours, 6),
            "other": round(comparison.theirs, 6),
            "difference": round(comparison.difference, 6),
            "ci95": [round(comparison.low, 6), round(comparison.high, 6)],
            "p": comparison.p_value,
        }
    if per_query:
        row["per_query"] = [
            {"query": q, "text": outcome.texts[q]} | {n: round(s, 6) for n, s in scores.items()}
            for q, scores in outcome.per_query.items()
        ]
    return row


def _print_table(outcomes: list[Outcome]) -> None:
    width = max(len("variant"), *(len(o.variant) for o in outcomes))
    head = "".join(f"{name:>9}" for name in (*METRICS, "queries", "p50 ms", "p95 ms"))
    click.secho(f"{'variant':<{width}}{head}", bold=True)
    for o in outcomes:
        means = "".join(f"{o.means[name]:>9.4f}" for name in METRICS)
        times = f"{o.p50_ms:>9.2f}{o.p95_ms:>9.2f}"
        click.echo(f"{o.variant:<{width}}{means}{len(o.per_query):>9}{times}")
    cut = max(outcomes, key=lambda o: o.cut)
    if cut.cut:
        click.echo(f"note: {cut.cut} queries were too long and cut ({cut.variant})", err=True)


def _print_comparison(variant: str, comparison: Comparison, other_file: Path | None) -> None:
    click.echo(
        f"\n{variant} against {other_file}: {_COMPARED} {comparison.ours:.4f} and"
        f" {comparison.theirs:.4f}\n  difference {comparison.difference:+.4f}, 95% interval"
        f" {comparison.low:+.4f} to {comparison.high:+.4f}, p = {comparison.p_value:.4f}"
    )


def _print_queries(outcomes: list[Outcome]) -> None:
    for o in outcomes:
        click.secho(f"\n{o.variant:<20}" + "".join(f"{name:>9}" for name in METRICS), bold=True)
        for query_id, scores in o.per_query.items():
            means = "".join(f"{scores[name]:>9.4f}" for name in METRICS)
            click.echo(f"{query_id:<20}{means}  {o.texts[query_id]}")
