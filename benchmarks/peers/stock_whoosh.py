"""Stock Whoosh 2.7.4: its own writer, codec and BM25F, one segment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from whoosh import analysis, fields, index, query

from benchmarks.peers import LIMIT, Ask, Entry, Row

_LIMIT_MB = 512  # more spills to disk more often; see DESIGN.md


def build(entries: Iterator[Entry], folder: Path) -> None:
    """Write the index."""
    schema = fields.Schema(
        id=fields.ID(unique=True, stored=True),
        title=fields.STORED,
        text=fields.STORED,
        words=fields.TEXT(analyzer=analysis.RegexTokenizer(r"\S+")),
    )
    folder.mkdir(parents=True)
    writer = index.create_in(str(folder), schema).writer(limitmb=_LIMIT_MB)
    for (name, title, text), words in entries:
        writer.add_document(id=name, title=title, text=text, words=words)
    writer.commit()


def open_index(folder: Path) -> Ask:
    """Open the index for searching."""
    searcher = index.open_dir(str(folder), readonly=True).searcher()

    def ask(words: list[str]) -> list[Row]:
        asked = query.Or([query.Term("words", word) for word in words])
        # Above 5,000 documents Whoosh would choose a tree of unions: the same ten in twice the time
        # at the 95th percentile.
        asked.matcher_type = query.Or.ARRAY_MATCHER
        found = (hit.fields() for hit in searcher.search(asked, limit=LIMIT))
        return [(one["id"], one["title"], one["text"]) for one in found]

    return ask
