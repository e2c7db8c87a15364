"""``searchapp stats`` and ``searchapp verify``: what is in the index, and whether it is whole."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from searchapp.cli.options import echo_json, index_dir_option, json_option
from searchapp.config import Settings
from searchapp.engines.registry import get_engine
from searchapp.generations import Generations


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
@json_option
@index_dir_option
def verify_command(as_json: bool, index_dir: Path | None) -> None:
    """Read the whole live index and say what is wrong with it; exit status 1 if anything is.

    \b
    Example:
        searchapp verify
    """
    generation = Generations(Settings.load(index_dir=index_dir).index_dir).current()
    damage = generation.damage()
    if not damage:  # only files that match are opened
        searcher = get_engine(generation.manifest.engine).open(generation.engine_folder)
        damage = list(searcher.check())
        if searcher.document_count != generation.manifest.document_count:
            damage.append(
                f"{generation.folder} holds {searcher.document_count} documents,"
                f" its manifest says {generation.manifest.document_count}"
            )
        searcher.close()
    if as_json:
        values = {"generation": generation.name, "whole": not damage, "damage": damage}
        echo_json(values)
    else:
        for line in damage:
            click.echo(f"searchapp: {line}", err=True)
        if damage:
            click.echo("searchapp: rebuild it with: searchapp index [PATH…]", err=True)
        else:
            count = generation.manifest.document_count
            click.echo(f"{generation.folder} is whole: {count} documents")
    if damage:
        sys.exit(1)
