"""What is shown of a document's fields: whatever stands in one, an answer stays within bounds.

A field that is cut or left out is named beside the document. What is indexed is whole all the same:
words at the end of an endless title are found.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from typing import Literal, get_args

from searchapp.documents import Document
from searchapp.engines.base import FacetValue
from searchapp.search.snippets import Snippet

TITLE_MAX_CHARS = 300
VALUE_MAX_CHARS = 200
"""Of source, category, author, and each tag."""
TAGS_MAX = 50
TAGS_MAX_CHARS = 2_000
"""Of all tags together."""
URL_MAX_CHARS = 2_048
LANGUAGE_MAX_CHARS = 35  # RFC 5646, 4.4.1
PASSAGE_MAX_TIMES = 4  # a passage may be so many times as long as it was asked for
_ELLIPSIS = "…"
_BREAK_CHARS = 40  # what is cut ends with a word, where one ends this near

FieldName = Literal["title", "url", "source", "category", "author", "tags", "language"]
"""What may be cut."""


def shown(document: Document) -> tuple[Document, tuple[FieldName, ...]]:
    """A document as it is shown, and the names of its fields that are not whole.

    Title, source, category and author end with "…" where they are cut. A tag that is too long is
    left out, so that each that is shown can be searched by; so is an address, which would lead
    elsewhere. The text is the business of who shows it.
    """
    values = {
        "title": shortened(document.title, TITLE_MAX_CHARS),
        "url": _short_or_none(document.url, URL_MAX_CHARS),
        "source": _value(document.source),
        "category": _value(document.category),
        "author": _value(document.author),
        "tags": _tags(document.tags),
        "language": _short_or_none(document.language, LANGUAGE_MAX_CHARS),
    }
    names: tuple[FieldName, ...] = get_args(FieldName)
    cut = tuple(name for name in names if values[name] != getattr(document, name))
    return (replace(document, **values) if cut else document), cut  # type: ignore[arg-type]


def shown_values(values: Iterable[FacetValue]) -> tuple[FacetValue, ...]:
    """The values of a facet without those too long to be chosen."""
    return tuple(v for v in values if v.value is None or len(v.value) <= VALUE_MAX_CHARS)


def shortened(text: str, most: int) -> str:
    """``text`` in at most ``most`` characters; with "…" at its end if it is cut."""
    if len(text) <= most:
        return text
    end = most - 1
    while end > most // 2 and unicodedata.combining(text[end]):
        end -= 1  # a letter keeps its marks
    space = max(
        text.rfind(" ", end - _BREAK_CHARS, end + 1), text.rfind("\n", end - _BREAK_CHARS, end + 1)
    )
    return text[: space if space > 0 else end].rstrip() + _ELLIPSIS


def bounded(passage: Snippet, max_chars: int) -> Snippet:
    """A passage that is no longer than it may be at most, its highlights within it.

    Passages are cut in cleaned text. Invisible characters are not counted there, and a phrase may
    hold any number of signs between its words.
    """
    most = max_chars * PASSAGE_MAX_TIMES
    if len(passage.text) <= most:
        return passage
    spans = tuple((a, min(b, most)) for a, b in passage.highlights if a < most)
    return replace(passage, text=passage.text[:most], highlights=spans)


def _tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    if len(tags) <= TAGS_MAX and sum(map(len, tags)) <= VALUE_MAX_CHARS:
        return tags  # nearly always
    kept: list[str] = []
    left = TAGS_MAX_CHARS
    for tag in tags:
        if len(kept) == TAGS_MAX:
            break
        if len(tag) <= min(VALUE_MAX_CHARS, left):
            kept.append(tag)
            left -= len(tag)
    return tuple(kept)


def _value(value: str | None) -> str | None:
    return None if value is None else shortened(value, VALUE_MAX_CHARS)


def _short_or_none(value: str | None, most: int) -> str | None:
    return None if value is None or len(value) > most else value
