"""What an index is to be made of, and what of it need not be read again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from searchapp import __version__
from searchapp.documents import Document
from searchapp.ingest.base import SourceFile
from searchapp.ingest.chunks import content_digest
from searchapp.ingest.files import Root
from searchapp.ingest.limits import Limits
from searchapp.ingest.mapping import FieldMap
from searchapp.ingest.sql import SqlSource, read_query
from searchapp.ingest.stamps import Stamp, is_unchanged
from searchapp.ingest.store import Entry, Store

STDIN = "stdin"
"""The key of the entry with what came from standard input."""
POSTED = "posted"
"""The key of the entry with the documents that programs put."""
_FILE = "file:"


@dataclass(frozen=True, slots=True)
class Sources:
    """What somebody named: files and folders, queries of databases, standard input, and foreign
    names of fields in them.
    """

    roots: tuple[Root, ...] = ()
    fields: FieldMap = FieldMap()
    queries: tuple[SqlSource, ...] = ()
    stdin: bool = False

    @classmethod
    def of(cls, head: dict[str, Any]) -> Sources:
        """The sources that the head of a journal has."""
        return cls(
            tuple(Root(Path(path), shown, folder) for path, shown, folder in head["roots"]),
            FieldMap(head["fields"]),
            tuple(SqlSource(u, q, FieldMap(head["fields"])) for u, q in head["queries"]),
            head["stdin"],
        )

    def head(self) -> dict[str, Any]:
        """These sources, for the head of a journal; no password comes into it."""
        return {
            "roots": [[str(root.path), root.shown, root.is_folder] for root in self.roots],
            "fields": dict(self.fields.names),
            "queries": [[source.shown, source.query] for source in self.queries],
            "stdin": self.stdin,
        }

    @property
    def shown(self) -> list[str]:
        """The sources as they were written."""
        return [
            *(root.shown for root in self.roots),
            *(source.shown for source in self.queries),
            *(["standard input"] if self.stdin else []),
        ]


@dataclass(frozen=True, slots=True)
class Step:
    """Something whose documents come next: taken from a store, read from a file or a database, or
    given.
    """

    entry: Entry
    store: Store | None = None
    file: SourceFile | None = None
    query: SqlSource | None = None
    documents: Iterable[Document] = ()


def read_with(fields: FieldMap, limits: Limits) -> str:
    """What, beside the bytes of a file, its reading depends on."""
    return json.dumps([__version__, dict(fields.names), asdict(limits)], sort_keys=True)


def plan_files(files: Iterable[SourceFile], with_what: str, stores: Sequence[Store]) -> list[Step]:
    """A step for each file: from the first store that has it as it is now, else read."""
    return [_plan_file(file, with_what, stores) for file in files]


def _plan_file(file: SourceFile, with_what: str, stores: Sequence[Store]) -> Step:
    key = _file_key(file.path)
    for store in stores:
        entry = store.entries.get(key)
        if (
            entry is not None
            and (entry.id, entry.read_with) == (file.id, with_what)
            and store.is_sound(entry.runs)
            and _is_as_it_was(file, entry)
        ):
            return Step(entry, store)
    return Step(Entry(key, file.id, with_what, None), file=file)


def plan_query(source: SqlSource, with_what: str, live: Store | None) -> Step:
    """The step for a query: from the store if it gives the same documents as before.

    Raises InputError if the database can't be asked.
    """
    key = query_key(source)
    entry = None if live is None else live.entries.get(key)
    if (
        live is not None
        and entry is not None
        and entry.stamp is not None
        and entry.read_with == with_what
        and live.is_sound(entry.runs)
        and _answer_stamp(source) == entry.stamp
    ):
        return Step(entry, live)
    return Step(Entry(key, "", with_what, None), query=source)


def query_key(source: SqlSource) -> str:
    """The key of a query's entry."""
    return f"query:{source.shown}\n{source.query}"


class AnswerStamp:
    """What tells a changed answer of a database: the number of documents, and a checksum."""

    def __init__(self) -> None:
        self.count = 0
        self._digest = hashlib.sha256()

    def add(self, document: Document) -> None:
        """Take the next document in."""
        self.count += 1
        self._digest.update(content_digest(document).encode())

    def stamp(self) -> Stamp:
        """The stamp of all that was taken in."""
        return Stamp(self.count, 0, 0, 0, self._digest.hexdigest())


def _answer_stamp(source: SqlSource) -> Stamp:
    seen = AnswerStamp()
    for item in read_query(source):
        if isinstance(item, Document):
            seen.add(item)
    return seen.stamp()


def in_order(
    roots: Iterable[Root], steps: Iterable[Step], live: Store, left_alone: frozenset[Root]
) -> list[Step]:
    """Steps in the order of the roots; those of what is ``left_alone`` are as the live index has
    them.
    """
    planned = {step.entry.key: step for step in steps}
    stored = {entry.key: Step(entry, live) for entry in live.entries.values()}
    found: dict[str, Step] = {}
    for root in roots:
        for key, step in (stored if root in left_alone else planned).items():
            if _is_under(key, root.path):
                found.setdefault(key, step)
    return list(found.values())


def _is_as_it_was(file: SourceFile, entry: Entry) -> bool:
    if entry.stamp is None:  # it was not read to its end
        return False
    try:
        return is_unchanged(file.path, entry.stamp)
    except OSError:
        return False  # reading it says why


def _file_key(path: Path) -> str:
    return f"{_FILE}{path}"


def _is_under(key: str, folder: Path) -> bool:
    return key.startswith(_FILE) and Path(key.removeprefix(_FILE)).is_relative_to(folder)


def without_runs(entry: Entry) -> Entry:
    """An entry for another store: where its documents are is told anew."""
    return replace(entry, runs=())
