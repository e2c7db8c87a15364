"""What documents are filtered, counted and sorted by: their values, not their words."""

from __future__ import annotations

import enum


class Column(enum.StrEnum):
    """A value of documents that filters and facets name."""

    SOURCE = "source"
    CATEGORY = "category"
    AUTHOR = "author"
    TAG = "tag"
    YEAR = "year"


class Sort(enum.StrEnum):
    """An order of hits. Ties are broken by id; documents without a date come last."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"
    TITLE = "title"
