"""``searchapp backup``, ``restore`` and ``rollback``: going back to an index that was."""

from __future__ import annotations

from pathlib import Path

import click

from searchapp import backups
from searchapp.cli.options import index_dir_option
from searchapp.config import Settings
from searchapp.generation_files import Generation
from searchapp.generations import Generations


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path), metavar="FILE")
@index_dir_option
def backup_command(target: Path, index_dir: Path | None) -> None:
    """Write the live index into a file, while it is searched and built.

    The file is a tar archive with a checksum of everything in it; `restore` checks them all.

    \b
    Example:
        searchapp backup index-2026-03-01.tar
    """
    generations = Generations(Settings.load(index_dir=index_dir).index_dir)
    generation = backups.backup(generations, target)
    size = target.stat().st_size / 1_000_000
    click.echo(f"Backed up {_described(generation)} into {target}, {size:.1f} MB")


@click.command("restore")
@click.argument("source", type=click.Path(path_type=Path), metavar="FILE")
@index_dir_option
def restore_command(source: Path, index_dir: Path | None) -> None:
    """Make the index in a backup the live one.

    The live index keeps answering until the other is whole and checked. `searchapp rollback` takes
    it back.

    \b
    Example:
        searchapp restore index-2026-03-01.tar
    """
    settings = Settings.load(index_dir=index_dir)
    generation = backups.restore(Generations(settings.index_dir), source, settings)
    click.echo(f"Restored {_described(generation)} from {source}")


@click.command("rollback")
@click.option("--to", "name", help="The index to go back to (default: the one before).")
@click.option("--list", "only_list", is_flag=True, help="List the indexes that are kept.")
@index_dir_option
def rollback_command(name: str | None, only_list: bool, index_dir: Path | None) -> None:
    """Go back to the index that was live before; called again, one further.

    How many are kept is the setting keep_generations. What is gone back from stays, and can be gone
    forward to with --to.

    \b
    Example:
        searchapp rollback
        searchapp rollback --list
    """
    settings = Settings.load(index_dir=index_dir)
    generations = Generations(settings.index_dir)
    if only_list:
        live = generations.current()
        for one in sorted([live, *generations.earlier()], key=lambda one: one.name):
            mark = "*" if one.name == live.name else " "
            click.echo(f"{mark} {_described(one)}, built {one.manifest.built}")
        return
    click.echo(f"Back to {_described(backups.roll_back(generations, settings, name))}")


def _described(generation: Generation) -> str:
    count = generation.manifest.document_count
    return f"{generation.name}: {count} document{'' if count == 1 else 's'}"
