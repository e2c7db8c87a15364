"""``searchapp tokens``: who may read, write and operate, while the service runs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from searchapp.cli.options import echo_json, index_dir_option, json_option
from searchapp.config import Settings
from searchapp.tokens import Scope, Token, TokensFile

_HEADINGS = ("NAME", "SCOPES", "CREATED", "EXPIRES", "ENDS WITH")


@click.group("tokens")
def tokens_command() -> None:
    """Make, list and revoke the tokens that programs and people prove themselves with.

    A running service takes each change at once. Tokens are in the file that the setting tokens_file
    names, by default tokens.json in the folder of the index; it holds their hashes alone.

    \b
    Example:
        searchapp tokens create crawler --scope write --days 90
        searchapp tokens list
        searchapp tokens revoke crawler
    """


@tokens_command.command("create")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice([scope.value for scope in Scope]),
    multiple=True,
    required=True,
    help="What it allows; may be given several times.",
)
@click.option(
    "--days", type=click.IntRange(min=1), help="How long it is valid (default: for ever)."
)
@json_option
@index_dir_option
def create_command(
    name: str, scopes: tuple[str, ...], days: int | None, as_json: bool, index_dir: Path | None
) -> None:
    """Make a token and print it, this once.

    To change a token without a stop: make another, have the program use it, revoke the first.

    \b
    Example:
        searchapp tokens create crawler --scope write --days 90
    """
    file = _file(index_dir)
    text = file.create(name, [Scope(scope) for scope in scopes], days)
    if as_json:
        (made,) = (token for token in file.tokens() if token.name == name)
        echo_json({"token": text, **_values(made)})
        return
    click.echo(text)
    click.echo(f"Keep it safe: it is shown only now, and {file.path} holds its hash.", err=True)


@tokens_command.command("list")
@json_option
@index_dir_option
def list_command(as_json: bool, index_dir: Path | None) -> None:
    """List tokens by name: their scopes and times, and how they end.

    \b
    Example:
        searchapp tokens list
    """
    file = _file(index_dir)
    tokens = file.tokens()
    if as_json:
        echo_json([_values(token) for token in tokens])
        return
    if not tokens:
        click.echo(
            f"No tokens in {file.path}; make one with: searchapp tokens create NAME --scope …"
        )
        return
    rows = [_HEADINGS, *(_row(token) for token in tokens)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


@tokens_command.command("revoke")
@click.argument("name")
@index_dir_option
def revoke_command(name: str, index_dir: Path | None) -> None:
    """Make a token invalid, at once and for good.

    \b
    Example:
        searchapp tokens revoke crawler
    """
    token = _file(index_dir).revoke(name)
    click.echo(f"Revoked {token.name}, which ended with {token.ends}")


def _file(index_dir: Path | None) -> TokensFile:
    return TokensFile(Settings.load(index_dir=index_dir).tokens_path)


def _values(token: Token) -> dict[str, object]:
    return {
        "name": token.name,
        "scopes": [scope.value for scope in token.scopes],
        "created": token.created,
        "expires": token.expires,
        "ends": token.ends,
    }


def _row(token: Token) -> tuple[str, ...]:
    expires = "never" if token.expires is None else token.expires[:10]
    if token.is_expired(datetime.now(UTC)):
        expires += " (expired)"
    return token.name, ",".join(token.scopes), token.created[:10], expires, token.ends
