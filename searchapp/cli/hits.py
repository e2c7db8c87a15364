"""Hits as text for people, and as lines of values for spreadsheets."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator

import click

from searchapp.cli.terminal import cell, shown
from searchapp.query.describe import describe
from searchapp.search.results import Answer, AnswerHit
from searchapp.search.snippets import Snippet

_TSV_COLUMNS = (
    "rank",
    "id",
    "score",
    "title",
    "source",
    "category",
    "author",
    "tags",
    "published",
    "url",
)
_MIN_WIDTH, _MAX_WIDTH = 40, 110


def print_answer(answer: Answer, offset: int, *, explain: bool) -> None:
    """Print an answer for people: hits with their marked passages, then facets."""
    noun = "document" if answer.total == 1 else "documents"
    click.echo(f"{answer.total} {noun} found in {answer.took_ms:.1f} ms")
    if answer.corrected:
        click.echo(f"Showing results for: {shown(answer.corrected.query)}  (as typed: --verbatim)")
    elif answer.suggestion:
        click.echo(f"Did you mean: {shown(answer.suggestion.query)}")
    for remark in answer.plan.remarks:
        click.secho(f"Note: {shown(remark.text)}", fg="yellow")
    if answer.plan.remarks or explain:
        click.echo(f"Understood as: {shown(answer.plan.understood)}")
    if explain:
        click.echo(f"Found are: {shown(describe(answer.plan.query.match))}")
        if answer.plan.query.first is not None:
            click.echo(f"First are: {shown(describe(answer.plan.query.first))}")
    margin = len(str(offset + len(answer.hits))) + 2
    for number, hit in enumerate(answer.hits, start=offset + 1):
        _print_hit(number, hit, margin)
    _print_facets(answer)
    printed = offset + len(answer.hits)
    if answer.hits and printed < answer.total:
        click.echo(f"\n{answer.total - printed} more: --offset {printed}")


def print_tsv(answer: Answer, offset: int) -> None:
    """Print one hit a line, values parted by tabs, with a line of names before them."""
    click.echo("\t".join(_TSV_COLUMNS))
    for number, hit in enumerate(answer.hits, start=offset + 1):
        document = hit.document
        values = (
            str(number),
            document.id,
            f"{hit.score:.6f}",
            document.title,
            document.source,
            document.category,
            document.author,
            ", ".join(document.tags),
            document.published,
            document.url,
        )
        click.echo("\t".join(cell(value or "") for value in values))


def _print_hit(number: int, hit: AnswerHit, margin: int) -> None:
    document = hit.document
    indent = " " * margin
    click.echo()
    title = _styled(hit.title, bold=True) or click.style(shown(document.id), bold=True)
    click.echo(f"{f'{number}.':>{margin - 1}} {title}")
    about = [document.source, document.category, document.published, document.id]
    click.secho(indent + " · ".join(shown(part) for part in about if part), dim=True)
    for snippet in hit.snippets:
        page = document.page_at(snippet.at)
        place = "" if page is None or not snippet.text else f"  p. {page}"
        *lines, last = [*_lines(snippet, margin + len(place))] or [""]
        for line in (*lines, last + click.style(place, dim=True) if place else last):
            click.echo(indent + line)
    for part in hit.explanation or ():
        score = part.weight * part.value
        click.echo(
            f"{indent}{score:8.3f} = {part.weight:g} x {part.value:.3f}"
            f"  {part.view}:{shown(part.text)}  (in {part.document_frequency} documents)"
        )


def _print_facets(answer: Answer) -> None:
    for column, values in answer.facets.items():
        if not values:
            continue
        click.echo()
        click.secho(column, bold=True)
        width = max(len(str(one.count)) for one in values)
        for one in values:
            name = click.style("(none)", dim=True) if one.value is None else shown(one.value)
            click.echo(f"  {one.count:>{width}}  {name}")


def _lines(snippet: Snippet, margin: int) -> Iterator[str]:
    """The passage in lines that fit the terminal, marks kept; in one line where there is none."""
    if not snippet.text:
        return
    if not sys.stdout.isatty():
        yield _styled(snippet)
        return
    width = min(max(shutil.get_terminal_size().columns - margin, _MIN_WIDTH), _MAX_WIDTH)
    start, text = 0, snippet.text
    while start < len(text):
        end = len(text)
        if end - start > width:
            space = text.rfind(" ", start, start + width + 1)
            end = space if space > start else start + width
        inside = tuple(
            (max(a, start) - start, min(b, end) - start)
            for a, b in snippet.highlights
            if a < end and b > start
        )
        yield _styled(Snippet(text[start:end], inside, start, end))
        start = end + (end < len(text) and text[end] == " ")


def _styled(snippet: Snippet, *, bold: bool = False) -> str:
    text = shown(snippet.text)  # as long as before: the places of the marks stay
    parts, at = [], 0
    for start, end in snippet.highlights:
        parts.append(click.style(text[at:start], bold=bold))
        parts.append(click.style(text[start:end], bold=True, fg="yellow"))
        at = end
    parts.append(click.style(text[at:], bold=bold))
    return "".join(parts)
