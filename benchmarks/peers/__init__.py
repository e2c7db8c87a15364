"""What a Python user would otherwise search with: one module a library, all with the same words.

Each stores a document's id, title and text, and searches one field of both, parted at white space.
The words are pyvi's, in lower case. A module has ``build`` and ``open_index``.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import Any

Row = tuple[str, str, str]
"""A document as it is stored: id, title and text."""
Entry = tuple[Row, str]
"""A document and its words, with spaces between them."""
Ask = Callable[[list[str]], list[Row]]
"""The ten best documents for words of which no two are the same, best first."""

LIMIT = 10
PEERS = {
    "stock-whoosh": ("stock_whoosh", "whoosh"),
    "fts5": ("fts5", "sqlite3"),
    "bm25s": ("sparse", "bm25s"),
    "tantivy-alone": ("tantivy_alone", "tantivy"),
}
"""The peers: the module of each, and the library that it needs."""


def module(name: str) -> Any:
    """The module of a peer."""
    return importlib.import_module(f"benchmarks.peers.{PEERS[name][0]}")


def words_of(text: str) -> list[str]:
    """Words of a text by pyvi, in lower case, without what has no letter or digit in it."""
    from pyvi import ViTokenizer

    found = ViTokenizer.tokenize(text).lower().split()
    return [word for word in found if any(map(str.isalnum, word))]


def entries(records: Iterator[dict[str, Any]]) -> Iterator[Entry]:
    """Records as the peers are given them."""
    for record in records:
        row = (record["id"], record["title"], record["text"])
        yield row, " ".join(words_of(f"{record['title']}\n{record['text']}"))
