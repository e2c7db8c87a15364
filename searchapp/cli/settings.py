"""``searchapp config``: what the settings are, and where each value came from."""

from __future__ import annotations

import textwrap
from dataclasses import Field, fields
from pathlib import Path
from typing import Any

import click

from searchapp.cli.options import echo_json, index_dir_option, json_option
from searchapp.config import Settings
from searchapp.setting_sources import USUAL_FILE, Gathered
from searchapp.setting_values import toml_text

_WIDTH = 100


@click.command("config")
@click.option("--example", is_flag=True, help="Print a file with all settings, to be filled in.")
@json_option
@index_dir_option
def config_command(example: bool, as_json: bool, index_dir: Path | None) -> None:
    """Show each setting, its value and where that came from.

    What the command line says wins, then the environment (SEARCHAPP_ and the name in capitals),
    then the file: the one that `searchapp --config FILE` or SEARCHAPP_CONFIG names, else
    searchapp.toml in the working folder. Secrets are not shown.

    \b
    Example:
        searchapp config
        searchapp config --example > searchapp.toml
    """
    if example:
        click.echo(_example(), nl=False)
        return
    found = Settings.gathered(index_dir=index_dir)
    settings = Settings(**found.values)
    if as_json:
        echo_json(_described(settings, found))
        return
    file = f"{USUAL_FILE}, which is not there" if found.file is None else found.file.absolute()
    click.echo(f"File of settings: {file}")
    for row in fields(Settings):
        value = _shown(getattr(settings, row.name), row)
        click.echo(f"\n{row.name} = {value}    {found.origins.get(row.name, 'default')}")
        click.echo(textwrap.indent(textwrap.fill(row.metadata["about"], _WIDTH - 4), "    "))


def _described(settings: Settings, found: Gathered) -> dict[str, Any]:
    return {
        "file": None if found.file is None else str(found.file.absolute()),
        "settings": [
            {
                "name": row.name,
                "value": _plain(getattr(settings, row.name), row),
                "default": _plain(row.default, row),
                "source": found.origins.get(row.name, "default"),
                "about": row.metadata["about"],
                "secret": row.metadata["secret"],
            }
            for row in fields(Settings)
        ],
    }


def _plain(value: object, row: Field[Any]) -> object:
    """A value as JSON has it; of a secret only whether there is one."""
    if row.metadata["secret"]:
        return "not set" if value is None else "set"
    return str(value) if isinstance(value, Path) else value


def _shown(value: object, row: Field[Any]) -> str:
    if row.metadata["secret"] or value is None:
        return "not set" if value is None else "set"
    return toml_text(value)


def _example() -> str:
    """A file in which every setting stands with its default, as a comment."""
    lines = [
        "# Settings of searchapp. Take the # away in front of what is to be another value.",
        "# The command line and the environment (SEARCHAPP_ and the name in capitals) win.",
    ]
    for row in fields(Settings):
        about = textwrap.fill(row.metadata["about"], _WIDTH - 2)
        lines.append("")
        lines.extend(f"# {line}" for line in about.splitlines())
        if row.metadata["secret"]:
            lines.append(f"# (better in a file of its own: {row.name}_file names it)")
        lines.append(f"#{row.name} = {toml_text('' if row.default is None else row.default)}")
    return "\n".join(lines) + "\n"
