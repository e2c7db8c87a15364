"""``searchapp update``: brings the live index up to date."""

from __future__ import annotations

from pathlib import Path

import click

from searchapp.cli.building import left_out, progress_bar, report_option, write_report
from searchapp.cli.options import index_dir_option
from searchapp.cli.sources import Named
from searchapp.config import Settings
from searchapp.errors import InputError
from searchapp.ingest.build import update
from searchapp.ingest.report import Report


@click.command("update")
@click.argument("arguments", nargs=-1, metavar="[PATH…]")
@click.option(
    "--jobs", type=click.IntRange(min=1), default=None, help="Processes (default: one a core)."
)
@report_option
@index_dir_option
def update_command(
    arguments: tuple[str, ...],
    jobs: int | None,
    report_file: Path | None,
    index_dir: Path | None,
) -> None:
    """Bring the live index up to date: new, changed and deleted documents.

    Looks at everything that the index was built from, reads what has changed since, and switches in
    one step. With PATH only the files and folders named; one that is new is added to the index.

    \b
    Example:
        searchapp update
        searchapp update docs/
    """
    settings = Settings.load(index_dir=index_dir, jobs=jobs)
    named = Named.of(arguments)
    if named.stdin:
        raise InputError("standard input can't be brought up to date; index it anew")
    with progress_bar() as listener:
        report = update(named.paths, settings, listener, urls=named.urls)
    click.echo(summary(report, settings))
    write_report(report, report_file)


def summary(report: Report, settings: Settings) -> str:
    """What an update did, in a line."""
    if report.generation is None:
        return f"Nothing has changed: {report.indexed} documents{left_out(report)}."
    return (
        f"Updated in {report.build_s:.1f} s: {report.added} added, {report.changed} changed,"
        f" {report.removed} removed; {report.indexed} documents{left_out(report)}."
        f" Live index: {settings.index_dir / report.generation.name}"
    )
