"""``searchapp report``: what was searched for, and a test made of it."""

from __future__ import annotations

import time
from pathlib import Path

import click

from searchapp.cli.options import echo_json, index_dir_option, json_option
from searchapp.config import Settings
from searchapp.search.service import SearchService
from searchapp.usage.judgements import QRELS_FILE, QUERIES_FILE, export, judged_queries
from searchapp.usage.nearest import How
from searchapp.usage.records import first_id
from searchapp.usage.report import Report, make_report
from searchapp.usage.report import as_json as report_json
from searchapp.usage.shares import Share
from searchapp.usage.store import open_to_read

_DAY_S = 24 * 3600
_BAR = 30  # characters
_HOW = {
    How.NOW: "finds it now",
    How.FILTERS: "without the filters",
    How.NEXT: "was asked next",
    How.CORRECTION: "is meant, perhaps",
    How.VOCABULARY: "has words of the index",
    How.LOOSER: "asks for less",
    How.COMPLETION: "begins like it",
}


@click.command("report")
@click.option(
    "--days",
    type=click.IntRange(1, 36500),
    default=30,
    show_default=True,
    help="How far back, in days.",
)
@click.option(
    "--top",
    type=click.IntRange(1, 10_000),
    default=20,
    show_default=True,
    help="Queries in each list.",
)
@json_option
@click.option(
    "--export",
    "export_folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write queries and judgements for searchapp eval into this folder, and print no report.",
)
@click.option(
    "--min-searches",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    help="Export queries shown at least so often.",
)
@click.option(
    "--min-clicks",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    help="Export documents clicked at least so often for a query.",
)
@index_dir_option
def report_command(
    days: int,
    top: int,
    as_json: bool,
    export_folder: Path | None,
    min_searches: int,
    min_clicks: int,
    index_dir: Path | None,
) -> None:
    """Say what was searched for: top queries, queries without results, clicks by rank.

    Searches are kept here, without addresses or identities; see docs/usage.md. Queries asked less
    often than report_min_count are counted and not shown.

    \b
    Examples:
        searchapp report --days 7
        searchapp report --export use/
        searchapp eval --queries use/queries.jsonl --qrels use/qrels.tsv
    """
    service = SearchService(Settings.load(index_dir=index_dir))
    if export_folder is not None:
        _export(service.settings, export_folder, days, min_searches, min_clicks)
        return
    report = make_report(service, days, top)
    if as_json:
        echo_json(report_json(report))
    else:
        _print(report)


def _export(
    settings: Settings, folder: Path, days: int, min_searches: int, min_clicks: int
) -> None:
    since = first_id(time.time() - days * _DAY_S)
    with open_to_read(settings.usage_path) as connection:
        least = max(min_searches, settings.report_min_count)
        queries = judged_queries(connection, since, least, min_clicks)
    export(folder, queries)
    judgements = sum(len(query.documents) for query in queries)
    click.echo(
        f"{len(queries)} queries and {judgements} judgements; measure with: searchapp eval"
        f" --queries {folder / QUERIES_FILE} --qrels {folder / QRELS_FILE}"
    )


def _print(report: Report) -> None:
    totals = report.totals
    _line("searches", f"{totals.searches:,} in {report.days} days, {totals.api:,} by programs")
    _line("without results", _share(Share(totals.empty, totals.searches)))
    _line("pages without click", _share(totals.unclicked))
    if totals.rr_clicked is not None and totals.rr_all is not None:
        _line(
            "MRR of clicks",
            f"{totals.rr_clicked:.3f} where something was clicked,"
            f" {totals.rr_all:.3f} over all pages",
        )
    _line("suggestions taken", _share(totals.suggestions))
    _line("corrected", f"{totals.corrections:,}, taken back {totals.corrections_undone:,} times")
    if totals.p50_ms is not None:
        _line("time", f"p50 {totals.p50_ms:.1f} ms, p95 {totals.p95_ms:.1f} ms")
    if totals.hidden:
        _line(
            "asked rarely",
            f"{totals.hidden:,} queries, {totals.hidden_searches:,} searches: fewer than"
            f" {report.min_count} times each, not shown (report_min_count)",
        )
    if totals.lost:
        _line("lost", f"{totals.lost:,} records could not be written")
    _print_queries(report)
    _print_empty(report)
    _print_curve(report.curve)
    if report.by_day:
        _head("By day")
        most = max(one.searches for one in report.by_day)
        for one in report.by_day:
            click.echo(
                f"  {one.day}  {one.searches:>7,}  {_bar(one.searches / most)}"
                + (f" {one.empty:,} without results" if one.empty else "")
            )


def _print_queries(report: Report) -> None:
    if report.top:
        _head("Top queries", f"{'asked':>9}{'finds':>9}{'clicked':>9}{'mean rank':>11}")
        for asked in report.top:
            value = asked.clicked.value
            shown = "–" if value is None else f"{value:.0%}"
            rank = "–" if asked.rank is None else f"{asked.rank:.1f}"
            click.echo(
                f"{asked.count:>9,}{asked.total:>9,}{shown:>9}{rank:>11}  {_one_line(asked.query)}"
            )
    if report.rising:
        _head("Asked more often of late", f"{'before':>9}{'since':>9}")
        for one in report.rising:
            click.echo(f"{one.before:>9,}{one.after:>9,}  {_one_line(one.query)}")


def _print_empty(report: Report) -> None:
    if not report.empty:
        return
    _head("Queries without results", f"{'asked':>9}")
    for empty in report.empty:
        click.echo(f"{empty.query.count:>9,}  {_one_line(empty.query.query)}")
        for near in empty.closest:
            query = _one_line(near.query)
            click.echo(f"{'':11}→ {query} finds {near.total:,} ({_HOW[near.how]})")
    if report.without_closest is not None:
        click.echo(
            f"searchapp: what comes closest is not known: {report.without_closest}", err=True
        )


def _print_curve(curve: tuple[Share, ...]) -> None:
    if not curve:
        return
    _head("Clicks by rank", f"rank{'shown':>9}{'clicked':>9}{'share':>9}{'95%':>16}")
    most = max((one.value or 0.0 for one in curve), default=0.0) or 1.0
    for rank, one in enumerate(curve, start=1):
        low, high = one.interval or (0.0, 0.0)
        value = one.value or 0.0
        span = f"{low:.1%}–{high:.1%}"
        click.echo(
            f"{rank:>4}{one.of:>9,}{one.count:>9,}{value:>9.1%}{span:>16}  {_bar(value / most)}"
        )


def _line(name: str, value: str) -> None:
    click.echo(f"{name:<20} {value}")


def _head(title: str, columns: str = "") -> None:
    click.echo(f"\n{title}")
    if columns:
        click.echo(columns)


def _share(one: Share) -> str:
    if one.value is None:
        return "–"
    low, high = one.interval or (0.0, 0.0)
    return f"{one.count:,} of {one.of:,}: {one.value:.1%} (95%: {low:.1%} to {high:.1%})"


def _bar(share: float) -> str:
    return "█" * round(share * _BAR)


def _one_line(query: str) -> str:
    """A query without what would move the terminal's cursor."""
    return "".join(letter if letter.isprintable() else " " for letter in query)
