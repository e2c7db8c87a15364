"""``searchapp search``: prints hits."""

from __future__ import annotations

from pathlib import Path

import click

from searchapp.cli.options import Words, echo_json, index_dir_option, json_option
from searchapp.config import Settings
from searchapp.search.answers import answer_json, describe
from searchapp.search.service import Answer, AnswerHit, SearchService
from searchapp.search.snippets import Snippet


@click.command("search")
@click.argument("query", type=Words())
@click.option("--limit", type=int, default=None, help="Hits to print (default: 10, at most 100).")
@click.option("--offset", type=int, default=0, show_default=True, help="Hits to pass over first.")
@click.option("--verbatim", is_flag=True, help="Search for the words as typed, whatever they are.")
@click.option("--explain", is_flag=True, help="Say what each score is made of.")
@json_option
@index_dir_option
def search_command(
    query: str,
    limit: int | None,
    offset: int,
    verbatim: bool,
    explain: bool,
    as_json: bool,
    index_dir: Path | None,
) -> None:
    """Search the live index.

    Words may be typed with or without marks; "quoted words" are a phrase. Raw Telex or VNI
    keystrokes are read as the text they stand for, and a query that finds nothing as its likeliest
    correction; --verbatim turns both off.

    \b
    Example:
        searchapp search "xay dung dang" --limit 3
    """
    service = SearchService(Settings.load(index_dir=index_dir))
    answer = service.search_from(query, offset, limit, verbatim=verbatim, explain=explain)
    if as_json:
        echo_json(answer_json(answer, explain=explain))
        return
    first = offset + 1
    click.echo(f"{answer.total} documents found in {answer.took_ms:.1f} ms")
    if answer.corrected:
        click.echo(f"Showing results for: {answer.corrected.query}  (as typed: --verbatim)")
    elif answer.suggestion:
        click.echo(f"Did you mean: {answer.suggestion.query}")
    if explain:
        click.echo(f"Found are: {describe(answer.plan.query.match)}")
        if answer.plan.query.first is not None:
            click.echo(f"First are: {describe(answer.plan.query.first)}")
    for number, hit in enumerate(answer.hits, start=first):
        _print_hit(number, hit)
    _print_more(answer, offset)


def _print_hit(number: int, hit: AnswerHit) -> None:
    document = hit.document
    click.echo()
    click.echo(f"{number}. {_marked(hit.title) or document.id}")
    about = [document.source, document.category, document.published, document.id]
    click.secho("   " + " · ".join(part for part in about if part), dim=True)
    for snippet in hit.snippets:
        if snippet.text:
            click.echo(f"   {_marked(snippet)}")
    for part in hit.explanation or ():
        score = part.weight * part.value
        click.echo(
            f"   {score:8.3f} = {part.weight:g} x {part.value:.3f}  {part.view}:{part.text}"
            f"  (in {part.document_frequency} documents)"
        )


def _print_more(answer: Answer, offset: int) -> None:
    shown = offset + len(answer.hits)
    if answer.hits and shown < answer.total:
        click.echo(f"\n{answer.total - shown} more: --offset {shown}")


def _marked(snippet: Snippet) -> str:
    parts, at = [], 0
    for start, end in snippet.highlights:
        parts += [snippet.text[at:start], click.style(snippet.text[start:end], bold=True)]
        at = end
    return "".join([*parts, snippet.text[at:]])
