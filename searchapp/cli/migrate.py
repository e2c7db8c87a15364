"""``searchapp migrate``: moves the live index to another engine."""

from __future__ import annotations

from pathlib import Path

import click

from searchapp.cli.building import progress_bar
from searchapp.cli.options import index_dir_option
from searchapp.config import Settings
from searchapp.engines.registry import NAMES
from searchapp.ingest.migrating import migrate


@click.command("migrate")
@click.option("--to", "engine", required=True, metavar="ENGINE", help=f"One of {', '.join(NAMES)}.")
@index_dir_option
def migrate_command(engine: str, index_dir: Path | None) -> None:
    """Move the live index to another engine, without the files that it was made of.

    Its documents and their terms are kept beside every index: nothing is read or analysed again.
    The live index keeps answering until the other is whole; `searchapp rollback` goes back to it.

    \b
    Example:
        searchapp migrate --to tantivy
    """
    settings = Settings.load(index_dir=index_dir)
    with progress_bar() as listener:
        report = migrate(engine, settings, listener)
    assert report.generation is not None
    click.echo(
        f"Moved {report.indexed} documents to {engine} in {report.build_s:.1f} s."
        f" Live index: {settings.index_dir / report.generation.name}"
    )
