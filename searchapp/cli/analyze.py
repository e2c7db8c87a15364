"""``searchapp analyze``: shows what a text becomes."""

from __future__ import annotations

from collections.abc import Sequence

import click

from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.base import Token
from searchapp.analysis.pyvi_model import load_pyvi_model
from searchapp.cli.options import Words, echo_json, json_option
from searchapp.search.answers import analysis_answer, plain


@click.command("analyze")
@click.argument("text", type=Words())
@json_option
def analyze_command(text: str, as_json: bool) -> None:
    """Show the tokens of a text, their offsets, and the terms of each view.

    \b
    Example:
        searchapp analyze "Xây dựng Đảng"
    """
    analysis = Analyzer(load_pyvi_model()).analyze(text)
    if as_json:
        echo_json(plain(analysis_answer(text, analysis)))
        return
    _print_tokens("words", analysis.words)
    _print_tokens("codes", analysis.codes)
    _print_tokens("syllables", analysis.exact)
    for name, terms in (
        ("words", [t.text for t in (*analysis.words, *analysis.codes)]),
        ("exact", [t.text for t in analysis.exact]),
        ("folded", [t.text for t in analysis.folded]),
        ("pairs", analysis.pairs),
    ):
        click.echo(f"{click.style(f'{name:<7}', bold=True)} {' '.join(terms)}")


def _print_tokens(title: str, tokens: Sequence[Token]) -> None:
    if not tokens:
        return
    width = max(len(title), *(len(token.surface) for token in tokens))
    click.secho(f"{title:<{width}}  start    end  position  term", bold=True)
    for token in tokens:
        offsets = f"{token.start:>5}  {token.end:>5}  {token.position:>8}"
        click.echo(f"{token.surface:<{width}}  {offsets}  {token.text}")
    click.echo()
