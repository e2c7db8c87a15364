"""What is searched: a document, as every reader makes it and every engine keeps it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    """One searchable document.

    ``id`` is unique in an index. ``published`` is an ISO 8601 date, or as much of one as is known
    (``2024``, ``2024-03``). ``path`` is the file it was read from, for messages and updates. What
    is unknown is None; tags may be empty.
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
    path: str | None = None
