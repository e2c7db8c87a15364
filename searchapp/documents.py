"""What is searched: a document, as every reader makes it and every engine keeps it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    """One searchable document.

    ``id`` is unique in an index. ``published`` is an ISO 8601 date, or as much of one as is known
    (``2024``, ``2024-03``). ``language`` is a tag of BCP 47 (``vi``, ``en-GB``) as the file has it.
    ``path`` is the file it was read from, for messages. ``page_starts`` are the places in ``text``,
    in code points, where its pages begin, for what has pages. What is unknown is None; tags and
    pages may be empty.
    """

    id: str
    title: str
    text: str
    url: str | None = None
    source: str | None = None
    category: str | None = None
    author: str | None = None
    tags: tuple[str, ...] = ()
    published: str | None = None
    language: str | None = None
    path: str | None = None
    page_starts: tuple[int, ...] = ()

    def page_at(self, offset: int) -> int | None:
        """The page, from 1 on, of a place in the text; None for what has no pages."""
        if not self.page_starts:
            return None
        return max(bisect_right(self.page_starts, offset), 1)
