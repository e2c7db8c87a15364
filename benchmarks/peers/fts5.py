"""SQLite's FTS5: an index without content beside a table of documents, in one file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from benchmarks.peers import LIMIT, Ask, Entry, Row

_TABLES = """\
CREATE TABLE documents (number INTEGER PRIMARY KEY, id TEXT UNIQUE, title TEXT, text TEXT);
CREATE VIRTUAL TABLE words USING fts5(
    pieces, content='', tokenize="unicode61 remove_diacritics 0 tokenchars '_'"
);
"""
_SEARCH = """\
SELECT id, title, text
FROM (SELECT rowid AS number, rank FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?)
JOIN documents USING (number)
ORDER BY rank
"""


def build(entries: Iterator[Entry], folder: Path) -> None:
    """Write the index, in one transaction and one segment."""
    folder.mkdir(parents=True)
    database = sqlite3.connect(folder / "index.db")
    database.executescript(_TABLES)
    for number, (row, words) in enumerate(entries, start=1):
        database.execute("INSERT INTO documents VALUES (?, ?, ?, ?)", (number, *row))
        database.execute("INSERT INTO words (rowid, pieces) VALUES (?, ?)", (number, words))
    database.execute("INSERT INTO words (words) VALUES ('optimize')")
    database.commit()
    database.close()


def open_index(folder: Path) -> Ask:
    """Open the index for searching."""
    database = sqlite3.connect(f"file:{folder / 'index.db'}?mode=ro", uri=True)

    def ask(words: list[str]) -> list[Row]:
        asked = " OR ".join(f'"{word.replace(chr(34), chr(34) * 2)}"' for word in words)
        return database.execute(_SEARCH, (asked, LIMIT)).fetchall()

    return ask
