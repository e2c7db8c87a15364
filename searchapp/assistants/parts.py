"""A part of a document: long ones are read piece by piece."""

from __future__ import annotations

from searchapp.contract.tools import DocumentPart
from searchapp.errors import QueryError
from searchapp.search.answers import document_answer
from searchapp.search.results import MarkedDocument

_BREAK_CHARS = 200  # a part ends between words, where one ends this near
_MATCHES = 20
_MATCH_APART_CHARS = 500  # nearer ones are read together anyway


def document_part(found: MarkedDocument, start: int, max_chars: int) -> DocumentPart:
    """The text from ``start``, a place in code points, on; at most ``max_chars`` of it.

    Raises QueryError for a start behind the end.
    """
    text = found.document.text
    if start and start >= len(text):
        raise QueryError(f"start is {start}, the document has {len(text)} characters", "start")
    end = _end(text, start, max_chars)
    whole = document_answer(found)
    spans = found.text.highlights
    return DocumentPart(
        id=whole.id,
        title=whole.title,
        title_highlights=whole.title_highlights,
        text=text[start:end],
        highlights=[
            [max(first, start) - start, min(last, end) - start]
            for first, last in spans
            if first < end and last > start
        ],
        url=whole.url,
        source=whole.source,
        category=whole.category,
        author=whole.author,
        tags=whole.tags,
        published=whole.published,
        language=whole.language,
        start=start,
        end=end,
        chars=len(text),
        next_start=end if end < len(text) else None,
        page=found.document.page_at(start),
        matches=_places([first for first, _ in spans]),
    )


def _places(starts: list[int]) -> list[int]:
    found: list[int] = []
    for start in starts:
        if not found or start - found[-1] >= _MATCH_APART_CHARS:
            found.append(start)
    return found[:_MATCHES]


def _end(text: str, start: int, max_chars: int) -> int:
    end = start + max_chars
    if end >= len(text):
        return len(text)
    # Half of the part at least stays, however near its words end.
    for place in range(end, max(end - _BREAK_CHARS, start + max_chars // 2), -1):
        if text[place - 1].isspace():
            return place
    return end
