"""bm25s: every word's BM25 value in every document, counted beforehand into a sparse matrix."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import bm25s

from benchmarks.peers import LIMIT, Ask, Entry, Row


def build(entries: Iterator[Entry], folder: Path) -> None:
    """Write the index; all of it is in memory until then."""
    rows: list[Row] = []

    def texts() -> Iterator[str]:
        for row, words in entries:
            rows.append(row)
            yield words

    tokenizer = bm25s.tokenization.Tokenizer(lower=False, splitter=str.split, stopwords=None)
    tokens = list(tokenizer.streaming_tokenize(texts()))
    retriever = bm25s.BM25()
    retriever.index((tokens, tokenizer.get_vocab_dict()), show_progress=False)
    folder.mkdir(parents=True)
    corpus = [{"id": name, "title": title, "text": text} for name, title, text in rows]
    retriever.save(folder, corpus=corpus, show_progress=False)


def open_index(folder: Path) -> Ask:
    """Open the index for searching, its files mapped into memory."""
    retriever = bm25s.BM25.load(folder, load_corpus=True, mmap=True, show_progress=False)

    def ask(words: list[str]) -> list[Row]:
        found, _ = retriever.retrieve([words], k=LIMIT, show_progress=False)
        return [(one["id"], one["title"], one["text"]) for one in found[0]]

    return ask
