"""``searchapp index``: builds an index and makes it live."""

from __future__ import annotations

from pathlib import Path

import click

from searchapp.cli.building import left_out, progress_bar, report_option, write_report
from searchapp.cli.options import index_dir_option
from searchapp.cli.sources import Named, named_or_samples, no_terminal_awaited
from searchapp.config import Settings
from searchapp.ingest.build import build
from searchapp.ingest.limits import Limits
from searchapp.ingest.mapping import FieldMap


@click.command("index")
@click.argument("arguments", nargs=-1, metavar="[PATH…]")
@click.option("--engine", default=None, help="Engine to build for (default: whoosh).")
@click.option(
    "--jobs", type=click.IntRange(min=1), default=None, help="Processes (default: one a core)."
)
@click.option(
    "--map",
    "fields",
    metavar="FIELD=NAME,…",
    help="Foreign names of fields in tables, JSON and JSON Lines (there also a.b for what is in"
    " objects): id, title, text, url, source, category, author, tags, published, language.",
)
@click.option("--query", metavar="SQL", help="What to read from a database named as PATH.")
@click.option(
    "--discard-posted",
    is_flag=True,
    help="Drop what programs put through the API; without this it stays in the index.",
)
@report_option
@index_dir_option
def index_command(
    arguments: tuple[str, ...],
    engine: str | None,
    jobs: int | None,
    fields: str | None,
    query: str | None,
    discard_posted: bool,
    report_file: Path | None,
    index_dir: Path | None,
) -> None:
    """Build an index from files and folders (default: seeds/) and make it live.

    Reads text, Markdown, HTML, PDF, DOCX, PPTX, ODT, EPUB, mail, tables, JSON, JSON Lines, feeds
    and dumps of MediaWiki, also compressed and in .zip and .tar archives. The live index keeps
    answering until the new one is whole; if the build fails, it stays. A build that was interrupted
    goes on where it was when it is started again.

    \b
    Example:
        searchapp index docs/ extra.jsonl.gz --jobs 4
        searchapp index articles.csv --map text=body,title=headline
    """
    settings = Settings.load(index_dir=index_dir, engine=engine, jobs=jobs)
    names = FieldMap() if fields is None else FieldMap.parse(fields)
    named = Named.of(named_or_samples(arguments))
    queries = named.queries(query, names)
    no_terminal_awaited(named)
    with named.spooled(Limits.of(settings), names) as stdin, progress_bar() as listener:
        report = build(
            named.paths,
            settings,
            listener,
            names,
            queries=queries,
            stdin=stdin,
            keep_posted=not discard_posted,
        )
    assert report.generation is not None
    click.echo(
        f"Indexed {report.indexed} documents in {report.build_s:.1f} s{left_out(report)}."
        f" Live index: {settings.index_dir / report.generation.name}"
    )
    write_report(report, report_file)
