"""Paths to files to documents: which files there are, and which reader takes each."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from searchapp.errors import InputError
from searchapp.ingest.base import Item, Problem, Reader, SourceFile, printable
from searchapp.ingest.decoding import DecodingError
from searchapp.ingest.mapping import FieldMap
from searchapp.ingest.records import RecordError

_OWN_NAMES = FieldMap()
_RECORD_SUFFIXES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")


def _readers() -> dict[str, Reader]:
    # On first use: parsers are heavy, and `searchapp --help` needs none of them.
    from searchapp.ingest.html import read_html
    from searchapp.ingest.jsonl import read_jsonl
    from searchapp.ingest.markdown import read_markdown
    from searchapp.ingest.tables import TABLE_SUFFIXES, read_table
    from searchapp.ingest.text import read_text

    return {
        ".txt": read_text,
        ".md": read_markdown,
        ".markdown": read_markdown,
        ".html": read_html,
        ".htm": read_html,
        **dict.fromkeys(_RECORD_SUFFIXES, read_jsonl),
        **dict.fromkeys(TABLE_SUFFIXES, read_table),
    }


@dataclass(frozen=True, slots=True)
class Collection:
    """The files to read, in order, how many others were passed over, and folders that can't be
    read.
    """

    files: tuple[SourceFile, ...]
    other_files: int
    unreadable: tuple[Problem, ...] = ()


def collect(paths: Sequence[Path], fields: FieldMap = _OWN_NAMES) -> Collection:
    """The readable files under ``paths``, folders in order of name; hidden ones are left out.

    A document's id is its path from the folder that was named, that folder included. ``fields`` are
    foreign names in records and tables. Raises InputError for a path that is not there, where
    nothing can be read, or where no file has a name that ``fields`` gives.
    """
    for path in paths:
        if not path.exists():
            raise InputError(f"there is no {path}; name a file or a folder that exists")
    kinds = tuple(_readers())
    labels = _labels(paths)
    files: list[SourceFile] = []
    others = 0
    unreadable: list[Problem] = []
    for path in paths:
        if path.is_file():
            if not path.name.lower().endswith(kinds):
                raise InputError(f"{path} is of no kind that is read: {', '.join(kinds)}")
            files.append(SourceFile(path, labels[path], fields))
            continue
        for found in _walk(path, unreadable):
            if found.name.lower().endswith(kinds):
                relative = printable(found.relative_to(path).as_posix())
                files.append(SourceFile(found, f"{labels[path]}/{relative}", fields))
            else:
                others += 1
    if not files:
        named = ", ".join(map(str, paths))
        raise InputError(f"nothing to index in {named}; files read are {', '.join(kinds)}")
    if fields.names:
        _check_names(files, fields)
    unique = {os.path.realpath(file.path): file for file in reversed(files)}
    return Collection(
        tuple(f for f in files if unique[os.path.realpath(f.path)] is f), others, tuple(unreadable)
    )


def _check_names(files: Sequence[SourceFile], fields: FieldMap) -> None:
    """That foreign names are there, as far as that can be told before the files are read."""
    from searchapp.ingest.tables import TABLE_SUFFIXES, column_names

    tables = [file for file in files if file.path.name.lower().endswith(TABLE_SUFFIXES)]
    records = [file for file in files if file.path.name.lower().endswith(_RECORD_SUFFIXES)]
    if not tables and not records:
        raise InputError("--map is for tables and JSON Lines, and there are none")
    known = {name for table in tables for name in column_names(table)}
    missing = [name for name in fields.names.values() if name not in known]
    if missing and not records:
        shown = ", ".join(map(repr, sorted(known))) or "none that can be read"
        raise InputError(f"--map names {missing[0]!r}, which no table has; columns are {shown}")


def read(files: Sequence[SourceFile]) -> Iterator[tuple[SourceFile, Item]]:
    """Every document and problem in the files, in order; never raises for what a file holds."""
    readers = _readers()
    for file in files:
        name = file.path.name.lower()
        # The longest ending wins: .jsonl.gz before .gz.
        reader = readers[max((k for k in readers if name.endswith(k)), key=len)]
        try:
            for item in reader(file):
                yield file, item
        except (DecodingError, RecordError) as error:
            yield file, Problem(file.shown, str(error))
        except OSError as error:
            yield file, Problem(file.shown, f"can't be read ({error.strerror})")


def _walk(folder: Path, unreadable: list[Problem]) -> Iterator[Path]:
    def tell(error: OSError) -> None:
        where = printable(os.fsdecode(error.filename))
        unreadable.append(Problem(where, f"can't be read ({error.strerror})"))

    for root, folders, names in os.walk(folder, onerror=tell):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield Path(root, name)


def _labels(paths: Sequence[Path]) -> dict[Path, str]:
    """For each path the shortest end of it that no other has, at least its name."""
    parts = {path: path.resolve().parts for path in paths}
    labels = {}
    for path, own in parts.items():
        others = [p for p in parts.values() if p != own]
        length = 1
        while length < len(own) and any(p[-length:] == own[-length:] for p in others):
            length += 1
        labels[path] = printable("/".join(own[-length:])).lstrip("/") or "root"
    return labels
