"""How a build is shown while it goes on, and what is said when it is done."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import click
from tqdm import tqdm

from searchapp.cli.terminal import shown
from searchapp.errors import InputError
from searchapp.ingest.base import Problem
from searchapp.ingest.report import Listener, Progress, Report, Work

report_option = click.option(
    "--report",
    "report_file",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="Write what was done, and what was left out and why, into this file as JSON.",
)


@contextlib.contextmanager
def progress_bar() -> Iterator[Listener]:
    """A bar on a terminal; problems are said as they come, wherever standard error goes."""
    with tqdm(
        unit="B",
        unit_scale=True,
        file=sys.stderr,
        disable=not sys.stderr.isatty(),
        dynamic_ncols=True,
    ) as bar:
        yield _listener(bar)


def _listener(bar: tqdm[NoReturn]) -> Listener:
    def problem(found: Problem) -> None:
        tqdm.write(
            f"{'warning' if found.kept else 'skipped'}: {shown(str(found))}", file=sys.stderr
        )

    def started(work: Work) -> None:
        bar.total = work.bytes or None
        unchanged = f", {work.unchanged} as they were" if work.unchanged else ""
        bar.set_description(f"{work.files} files{unchanged}")

    def progress(now: Progress) -> None:
        rate = now.documents / elapsed if (elapsed := bar.format_dict["elapsed"]) else 0.0
        name = now.file.rsplit("/", 1)[-1]
        bar.set_postfix_str(f"{now.documents:,} docs, {rate:,.0f} docs/s, {name}", refresh=False)
        bar.update(max(now.bytes - bar.n, 0))

    def writing() -> None:
        bar.set_postfix_str("")
        bar.set_description("writing the index")
        bar.refresh()

    return Listener(started=started, problem=problem, progress=progress, writing=writing)


def left_out(report: Report) -> str:
    """What did not come into the index as it is, in brackets; nothing if all of it did."""
    counts = (
        (report.skipped, "skipped"),
        (report.replaced, "replaced by a later one with the same id"),
        (report.warnings, "with warnings"),
        (report.other_files, "files of other kinds passed over"),
        (report.posted, "put by programs"),
    )
    details = [f"{count} {what}" for count, what in counts if count]
    return f" ({'; '.join(details)})" if details else ""


def write_report(report: Report, path: Path | None) -> None:
    """Write the report where it was asked for. Raises InputError if it can't be written."""
    if path is None:
        return
    text = json.dumps(report.as_json(), ensure_ascii=False, indent=2) + "\n"
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"the report {path} can't be written ({error.strerror}); the index is live all the same"
        ) from error
