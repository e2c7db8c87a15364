"""``searchapp index``: builds an index and makes it live."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click
from tqdm import tqdm

from searchapp.cli.options import index_dir_option
from searchapp.config import Settings
from searchapp.documents import Document
from searchapp.ingest.base import Problem, SourceFile
from searchapp.ingest.build import Listener, Report, build
from searchapp.ingest.files import Collection
from searchapp.ingest.mapping import FieldMap


@click.command("index")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH…]")
@click.option("--engine", default=None, help="Engine to build for (default: whoosh).")
@click.option(
    "--jobs", type=click.IntRange(min=1), default=None, help="Processes (default: one a core)."
)
@click.option(
    "--map",
    "fields",
    metavar="FIELD=NAME,…",
    help="Foreign names of fields in tables and JSON Lines: id, title, text, url, source, category,"
    " author, tags, published, language.",
)
@index_dir_option
def index_command(
    paths: tuple[Path, ...],
    engine: str | None,
    jobs: int | None,
    fields: str | None,
    index_dir: Path | None,
) -> None:
    """Build an index from files and folders (default: seeds/) and make it live.

    Reads .txt, .md, .html, .csv, .tsv and .jsonl, the last three also as .gz. The live index keeps
    answering until the new one is whole; if the build fails, it stays.

    \b
    Example:
        searchapp index docs/ extra.jsonl.gz --jobs 4
        searchapp index articles.csv --map text=body,title=headline
    """
    settings = Settings.load(index_dir=index_dir, engine=engine, jobs=jobs)
    with tqdm(
        unit=" docs", file=sys.stderr, disable=not sys.stderr.isatty(), dynamic_ncols=True
    ) as bar:
        names = None if fields is None else FieldMap.parse(fields)
        report = build(list(paths) or [Path("seeds")], settings, _progress(bar), names)
    _summary(report, settings)


def _progress(bar: tqdm[NoReturn]) -> Listener:
    def problem(found: Problem) -> None:
        tqdm.write(f"{'warning' if found.kept else 'skipped'}: {found}", file=sys.stderr)

    def started(collection: Collection) -> None:
        bar.set_description(f"{len(collection.files)} files")

    def document(file: SourceFile, _: Document) -> None:
        bar.set_postfix_str(file.path.name, refresh=False)
        bar.update()

    def writing() -> None:
        bar.set_postfix_str("")
        bar.set_description("writing the index")
        bar.refresh()

    return Listener(problem=problem, document=document, started=started, writing=writing)


def _summary(report: Report, settings: Settings) -> None:
    left_out = [
        f"{count} {what}"
        for count, what in (
            (report.skipped, "skipped"),
            (report.replaced, "replaced by a later one with the same id"),
            (report.warnings, "with warnings"),
            (report.other_files, "files of other kinds passed over"),
        )
        if count
    ]
    details = f" ({'; '.join(left_out)})" if left_out else ""
    assert report.generation is not None
    click.echo(
        f"Indexed {report.indexed} documents in {report.build_s:.1f} s{details}."
        f" Live index: {settings.index_dir / report.generation.name}"
    )
