"""Everything that is learnt of the language of a corpus while its index is built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from searchapp.analysis.analyzer import BatchTerms
from searchapp.analysis.base import Field
from searchapp.documents import Document
from searchapp.language.completion_builder import CompletionBuilder
from searchapp.language.counts import CorpusCounts
from searchapp.language.synonyms import AbbreviationMiner
from searchapp.storage import Storage


class LanguageBuilder:
    """Gathers counts, completions and abbreviations batch by batch; `write` ends with their files.

    ``folder`` is there already; what is gathered lies in it meanwhile. A builder may go on in
    another process: it holds no open file.
    """

    def __init__(self, folder: Path, storage: Storage) -> None:
        self._folder, self._storage = folder, storage
        self._spool = folder / "spool"
        storage.make_folder(self._spool)
        self._counts = CorpusCounts(self._spool, storage)
        self._completions = CompletionBuilder(self._spool, storage)
        self._miner = AbbreviationMiner()

    def add(self, documents: Sequence[Document], fields: Mapping[Field, BatchTerms]) -> None:
        """Take documents in, with the terms of their fields."""
        self._completions.add_titles(document.title for document in documents)
        self._completions.add_texts(fields[Field.BODY])
        for field, terms in fields.items():
            self._counts.add(terms)
            for document in documents:
                self._miner.add(document.title if field is Field.TITLE else document.text)

    def write(self) -> None:
        """Write the files into the folder."""
        self._counts.write(self._folder, self._storage)
        self._completions.write(self._folder, self._storage)
        self._miner.write(self._folder, self._storage)
        self._storage.remove_folder(self._spool)
