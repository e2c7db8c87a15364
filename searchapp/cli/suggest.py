"""``searchapp suggest``: completions, as the search box offers them."""

from __future__ import annotations

from pathlib import Path

import click

from searchapp.cli.options import Words, echo_json, index_dir_option, json_option
from searchapp.cli.terminal import shown
from searchapp.config import Settings
from searchapp.search.answers import plain, suggest_answer
from searchapp.search.service import SearchService

_MOST = 20


@click.command("suggest")
@click.argument("prefix", type=Words())
@click.option(
    "--limit",
    type=click.IntRange(1, _MOST),
    default=8,
    show_default=True,
    help="Most completions.",
)
@json_option
@index_dir_option
def suggest_command(prefix: str, limit: int, as_json: bool, index_dir: Path | None) -> None:
    """Complete what is being typed, from its second letter on.

    Titles, words and phrases of the corpus, with the number of documents that have them; marks may
    be left out, and one letter may be wrong.

    \b
    Example:
        searchapp suggest "xay d"
    """
    found = SearchService(Settings.load(index_dir=index_dir)).suggest(prefix, limit)
    if as_json:
        echo_json(plain(suggest_answer(prefix, found)))
        return
    if not found:
        click.echo("nothing begins so", err=True)
        return
    width = max(len(one.text) for one in found)
    for one in found:
        parts, at = [], 0
        for start, end in one.matched:
            parts += [shown(one.text[at:start]), click.style(shown(one.text[start:end]), bold=True)]
            at = end
        parts.append(shown(one.text[at:]))
        padding = " " * (width - len(one.text))
        click.echo("".join(parts) + padding + click.style(f"  {one.count:>6} {one.kind}", dim=True))
