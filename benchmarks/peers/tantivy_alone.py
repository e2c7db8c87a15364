"""Tantivy by itself: one field of words, the best ten without a count of all that is found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import tantivy

from benchmarks.peers import LIMIT, Ask, Entry, Row

_HEAP_BYTES = 160_000_000  # as much as our engine gives it
_STORED = ("id", "title", "text")


def build(entries: Iterator[Entry], folder: Path) -> None:
    """Write the index, with a thread a core."""
    builder = tantivy.SchemaBuilder()
    for name in _STORED:
        builder.add_bytes_field(name, stored=True)
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="position")
    folder.mkdir(parents=True)
    writer = tantivy.Index(builder.build(), str(folder), reuse=False).writer(_HEAP_BYTES)
    for row, words in entries:
        made = tantivy.Document()
        for name, value in zip(_STORED, row, strict=True):
            made.add_bytes(name, value.encode())
        made.add_text("words", words)
        writer.add_document(made)
    writer.commit()
    writer.wait_merging_threads()


def open_index(folder: Path) -> Ask:
    """Open the index for searching."""
    index = tantivy.Index.open(str(folder))
    schema, searcher = index.schema, index.searcher()

    def ask(words: list[str]) -> list[Row]:
        asked = tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Should, tantivy.Query.term_query(schema, "words", word, "freq"))
                for word in words
            ]
        )
        rows = []
        for _, address in searcher.search(asked, LIMIT, count=False).hits:
            stored = searcher.doc(address).to_dict()
            name, title, text = (bytes(stored[field][0]).decode() for field in _STORED)
            rows.append((name, title, text))
        return rows

    return ask
