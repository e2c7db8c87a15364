"""``searchapp search``: prints hits."""

from __future__ import annotations

import os
from pathlib import Path

import click

from searchapp.cli.hits import print_answer, print_tsv
from searchapp.cli.options import Words, echo_json, index_dir_option
from searchapp.config import Settings
from searchapp.query.filters import Sort
from searchapp.search.answers import plain, search_answer
from searchapp.search.service import SearchService

_FACET_VALUES = 10  # shown of each facet; --format json has as many as the API by default
_FACET_VALUES_JSON = 20


@click.command("search")
@click.argument("query", type=Words())
@click.option("--limit", type=int, default=None, help="Hits to print (default: 10, at most 100).")
@click.option("--offset", type=int, default=0, show_default=True, help="Hits to pass over first.")
@click.option(
    "--filter",
    "filters",
    type=Words(),
    multiple=True,
    metavar="FIELD:VALUE",
    help="Only documents with this source, category, author, tag, year or published; may be"
    " repeated. Nothing behind the colon: those without a value.",
)
@click.option("--from", "published_from", metavar="DATE", help="Published on this day or later.")
@click.option("--to", "published_to", metavar="DATE", help="Published on this day or before.")
@click.option(
    "--sort",
    type=click.Choice([sort.value for sort in Sort]),
    default=Sort.RELEVANCE.value,
    show_default=True,
    help="Order of the hits.",
)
@click.option("--facets", is_flag=True, help="Count the hits by source, category, author …")
@click.option("--verbatim", is_flag=True, help="Search for the words as typed, whatever they are.")
@click.option("--explain", is_flag=True, help="Say what each score is made of.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "tsv"]),
    default="text",
    show_default=True,
    help="For people, for programs, or for spreadsheets.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colours in text; auto leaves them out of files and where NO_COLOR is set.",
)
@index_dir_option
@click.pass_context
def search_command(
    context: click.Context,
    query: str,
    limit: int | None,
    offset: int,
    filters: tuple[str, ...],
    published_from: str | None,
    published_to: str | None,
    sort: str,
    facets: bool,
    verbatim: bool,
    explain: bool,
    form: str,
    as_json: bool,
    color: str,
    index_dir: Path | None,
) -> None:
    """Search the live index.

    Words may be typed with or without marks; "quoted words" are a phrase, and there are operators,
    conditions, beginnings and more: see docs/query-language.md. Raw Telex or VNI keystrokes are
    read as the text they stand for, and a query that finds nothing as its likeliest correction;
    --verbatim turns both off.

    \b
    Examples:
        searchapp search "xay dung dang" --limit 3
        searchapp search 'sông HOẶC biển' --sort newest --from 2023 --facets
        searchapp search 'luật -thuế~1' --filter "category:Pháp luật" --format tsv
    """
    service = SearchService(Settings.load(index_dir=index_dir))
    as_json = as_json or form == "json"
    counted = _FACET_VALUES_JSON if as_json else _FACET_VALUES if facets else 0
    answer = service.search(
        query,
        size=limit,
        offset=offset,
        filters=filters,
        published_from=published_from,
        published_to=published_to,
        sort=Sort(sort),
        facet_size=counted,
        verbatim=verbatim,
        explain=explain,
    )
    if answer.partial:
        click.echo(
            "searchapp: a part of the index did not answer in time; there may be more", err=True
        )
    if as_json:
        echo_json(plain(search_answer(answer, explain=explain)))
    elif form == "tsv":
        print_tsv(answer, offset)
    else:
        if color != "auto":
            context.color = color == "always"
        elif os.environ.get("NO_COLOR"):
            context.color = False
        print_answer(answer, offset, explain=explain)
