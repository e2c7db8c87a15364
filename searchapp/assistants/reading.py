"""Answers as text that is read in order, by assistants that get no JSON.

What comes out of a document stands on a line of its own kind and can't leave it: line breaks become
spaces, and what is invisible goes. So no document can look like another one, or like us.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator

from searchapp.contract.answers import Facets, Hit, RelatedAnswer, SearchAnswer, SuggestAnswer
from searchapp.contract.tools import DocumentPart

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co"})


def read_search(answer: SearchAnswer) -> list[str]:
    """A page of hits: what was answered, the hits, and how to go on."""
    return ["\n".join(_search_lines(answer))]


def _search_lines(answer: SearchAnswer) -> Iterator[str]:
    asked = _quoted(answer.query)
    if answer.corrected is not None:
        read = _quoted(answer.corrected.query)
        yield f"Answered {read} in place of {asked}; verbatim=true takes the words as typed."
        asked = read
    if not answer.total:
        yield f"No document matches {asked}. Try fewer or other words, or fewer filters."
    else:
        documents = "document matches" if answer.total == 1 else "documents match"
        yield f"{answer.total} {documents} {asked}; here are {len(answer.hits)}."
    if answer.partial:
        yield "A part of the index did not answer in time: there may be more."
    if answer.suggestion is not None and answer.corrected is None:
        yield f"Perhaps meant: {_quoted(answer.suggestion.query)}"
    for note in answer.interpretation.notes:
        yield f"Note: {_line(note.text)}"
    yield from _facet_lines(answer.facets)
    for number, hit in enumerate(answer.hits, 1):
        yield from _hit_lines(number, hit)
    if answer.next_cursor is not None:
        yield ""
        yield f"For more, call search again with all the same and cursor={answer.next_cursor}"


def read_related(answer: RelatedAnswer) -> list[str]:
    """Documents like one, with their beginnings."""
    lines = [f"Documents like {_id(answer.id)}: {len(answer.hits) or 'none'}."]
    for number, hit in enumerate(answer.hits, 1):
        lines += _hit_lines(number, hit)
    return ["\n".join(lines)]


def read_suggestions(answer: SuggestAnswer) -> list[str]:
    """Ways to go on, one a line."""
    if not answer.completions:
        return [f"Nothing in the collection goes on from {_quoted(answer.query)}."]
    return [
        "\n".join(
            f"{_line(one.text)} ({one.kind}, in {one.count} document{'s' * (one.count > 1)})"
            for one in answer.completions
        )
    ]


def read_part(part: DocumentPart) -> list[str]:
    """What the document is, and apart from that its text as it stands."""
    lines = [f"Title: {_line(part.title)}", *_source_lines(part)]
    if part.page is not None:
        lines.append(f"page: {part.page}")
    if part.matches:
        lines.append(f"words of the query at: {', '.join(map(str, part.matches))}")
    lines.append(f"The text below is characters {part.start} to {part.end} of {part.chars}.")
    if part.next_start is not None:
        lines.append(f"For what follows, call document again with start={part.next_start}")
    return ["\n".join(lines), part.text]


def _hit_lines(number: int, hit: Hit) -> Iterator[str]:
    yield ""
    yield f"[{number}] {_line(hit.title) or '(no title)'}"
    for line in _source_lines(hit):
        yield f"    {line}"
    for snippet in hit.snippets:
        place = "" if snippet.page is None else f"page {snippet.page}: "
        yield f"    > {place}{_line(snippet.text)}"


def _source_lines(what: Hit | DocumentPart) -> Iterator[str]:
    yield f"id: {_id(what.id)}"
    for name in ("source", "category", "author", "published", "url"):
        value = getattr(what, name)
        if value is not None:
            yield f"{name}: {_line(value)}"


def _facet_lines(facets: Facets) -> Iterator[str]:
    for name in ("source", "category", "author", "tag", "year"):
        values = getattr(facets, name)
        if values:
            counted = (
                f"{'(none)' if v.value is None else _line(v.value)} {v.count}" for v in values
            )
            yield f"By {name}: {'; '.join(counted)}"


def _line(text: str) -> str:
    visible = "".join(
        c for c in " ".join(text.split()) if unicodedata.category(c) not in _INVISIBLE
    )
    return visible.strip()


def _quoted(text: str) -> str:
    return f"“{_line(text)}”"


def _id(document_id: str) -> str:
    """An id as it has to be sent back; as a string of JSON where it would not stay on its line."""
    plain = _line(document_id) == document_id and not document_id.startswith('"')
    return document_id if plain else json.dumps(document_id)
