"""Marked texts as HTML for the pages."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from searchapp.search.snippets import Snippet

_LINE_END = re.compile("\n")


def marked_html(snippet: Snippet) -> Markup:
    """A snippet's HTML, which is escaped by construction."""
    return Markup(snippet.html)  # noqa: S704  # Snippet.html escapes all but its own marks


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line as HTML; ``page`` is the number of the page that begins with it, from 1 on."""

    html: Markup
    page: int | None = None


def marked_paragraphs(snippet: Snippet, page_starts: Sequence[int] = ()) -> list[Paragraph]:
    """The lines of a marked text that say something; ``page_starts`` are those of its document.

    The first mark has the id ``match``, for those who want to go there. A line that goes over the
    end of a page is two paragraphs.
    """
    paragraphs = []
    highlights = deque(snippet.highlights)
    named = False
    told = 0
    for start, line in _lines(snippet.text, page_starts):
        end = start + len(line)
        inside = []
        while highlights and highlights[0][0] < end:
            a, b = highlights[0]
            if b > start:
                inside.append((max(a, start) - start, min(b, end) - start))
            if b > end:
                break  # a phrase goes on in the next line
            highlights.popleft()
        if line.strip():
            html = marked_html(Snippet(line, tuple(inside), start, end))
            if inside and not named:
                named = True
                html = html.replace("<mark>", Markup('<mark id="match">'), 1)
            # As `Document.page_at` counts.
            page = max(bisect_right(page_starts, start), 1) if page_starts else 0
            paragraphs.append(Paragraph(html, page if page != told else None))
            told = page
    return paragraphs


def _lines(text: str, page_starts: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Each line and where it begins; pages begin lines, too."""
    inner = (start for start in page_starts if 0 < start < len(text))
    starts = sorted({0, *(found.end() for found in _LINE_END.finditer(text)), *inner})
    for start, end in pairwise([*starts, len(text)]):
        yield start, text[start:end].removesuffix("\n")
