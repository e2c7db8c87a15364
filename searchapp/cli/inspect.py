"""``searchapp stats`` and ``searchapp verify``: what is in the index, and whether it is whole."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from searchapp.cli.options import echo_json, index_dir_option, json_option
from searchapp.config import Settings
from searchapp.errors import IndexRefusedError
from searchapp.generations import Generations
from searchapp.verification import verify


@click.command("stats")
@json_option
@index_dir_option
def stats_command(as_json: bool, index_dir: Path | None) -> None:
    """Say what the live index holds.

    \b
    Example:
        searchapp stats --json
    """
    generation = Generations(Settings.load(index_dir=index_dir).index_dir).current()
    manifest = generation.manifest
    values = {
        "generation": generation.name,
        "engine": manifest.engine,
        "documents": manifest.document_count,
        "sources": manifest.sources,
        "built": manifest.built,
        "build_s": manifest.build_s,
        "bytes": sum(size for size, _ in manifest.files.values()),
        "analyzer_version": manifest.analyzer_version,
        "pyvi_version": manifest.pyvi_version,
    }
    if as_json:
        echo_json(values)
        return
    for name, value in values.items():
        shown = ", ".join(value) if isinstance(value, list) else value
        click.echo(f"{name:<17} {shown}")


@click.command("verify")
@click.option("--deep", is_flag=True, help="Also analyse a sample of the documents again.")
@json_option
@index_dir_option
def verify_command(deep: bool, as_json: bool, index_dir: Path | None) -> None:
    """Read the whole live index and say what is wrong with it; exit status 1 if anything is.

    Every file is held against its checksum, and every posting against the document it stands for.

    \b
    Example:
        searchapp verify --deep
    """
    settings = Settings.load(index_dir=index_dir)
    try:
        generation = Generations(settings.index_dir).current()
    except IndexRefusedError as error:
        # Its manifest can't be read: that is damage as any other.
        if as_json:
            echo_json({"generation": None, "whole": False, "damage": [str(error)]})
        else:
            click.echo(f"searchapp: {error}", err=True)
        sys.exit(1)
    damage = verify(generation, settings, deep=deep)
    if as_json:
        echo_json({"generation": generation.name, "whole": not damage, "damage": damage})
    else:
        for line in damage:
            click.echo(f"searchapp: {line}", err=True)
        if damage:
            click.echo(
                "searchapp: go back to the index before with: searchapp rollback; restore a backup"
                " with: searchapp restore FILE; or rebuild it with: searchapp index [PATH…]",
                err=True,
            )
        else:
            count = generation.manifest.document_count
            click.echo(f"{generation.folder} is whole: {count} documents")
    if damage:
        sys.exit(1)
