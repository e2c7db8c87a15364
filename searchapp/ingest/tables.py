"""Tables: a line of names, and a record a line, parted by commas, semicolons, tabs or bars."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from typing import IO

from searchapp.ingest.base import Item, Problem, SourceFile, with_notes
from searchapp.ingest.decoding import DecodingError
from searchapp.ingest.mapping import FIELDS, FieldMap
from searchapp.ingest.opening import PACKED_DAMAGED, open_text, plain_name
from searchapp.ingest.records import RecordError, make_document

_DELIMITERS = (",", ";", "\t", "|")  # in case of doubt the one named first
_CELL_MAX_CHARS = 1 << 27  # csv's own limit, 128 K, is less than many an article
_BROKEN = (csv.Error, UnicodeDecodeError, *PACKED_DAMAGED)


def read_table(file: SourceFile) -> Iterator[Item]:
    """The documents of a table; a row that can't be read is a Problem, and so is the rest of a
    table that is broken.

    A table without a column for ids gets them from its rows: the file's id, a colon and the number
    of the row, from 1 on.
    """
    path, line = file.shown, 0
    with open_text(file.path) as (text, notes):
        for note in notes:
            yield Problem(path, note, kept=True)
        try:
            names, rows = _open(text, file)
            unnamed = _unnamed(names, file)
            if unnamed is not None:
                yield Problem(path, unnamed, 1)
                return
            has_ids = file.fields.name_of("id") in names
            for number, (line, row) in enumerate(rows, start=1):
                yield from _record(names, row, file, line, None if has_ids else number)
        except _BROKEN as error:
            yield Problem(path, f"the table is broken behind this line ({error})", line or 1)


def column_names(file: SourceFile) -> tuple[str, ...]:
    """The names in the first line of a table; none if it can't be read."""
    try:
        with open_text(file.path) as (text, _):
            return _open(text, file)[0]
    except (*_BROKEN, DecodingError, OSError):
        return ()  # reading it will say why


def _open(
    text: IO[str], file: SourceFile
) -> tuple[tuple[str, ...], Iterator[tuple[int, list[str]]]]:
    """The names of the columns, and the rows that say anything with the line that each ends on."""
    csv.field_size_limit(_CELL_MAX_CHARS)
    first = text.readline()
    reader = csv.reader(_again(first, text), delimiter=_delimiter(first, file), strict=True)
    names = tuple(name.strip().removeprefix("\ufeff") for name in next(reader, ()))
    names = _own_names(names, file.fields)
    return names, ((reader.line_num, row) for row in reader if any(map(str.strip, row)))


def _own_names(names: Sequence[str], fields: FieldMap) -> tuple[str, ...]:
    """The names with ours in small letters: spreadsheets write Title and ID.

    One that --map gives, and one of which there are several, stay as they are.
    """
    mapped, small = fields.names.values(), [name.lower() for name in names]
    return tuple(
        one if one in FIELDS and small.count(one) == 1 and name not in mapped else name
        for name, one in zip(names, small, strict=True)
    )


def _again(first: str, rest: IO[str]) -> Iterator[str]:
    yield first
    yield from rest


def _delimiter(first: str, file: SourceFile) -> str:
    if plain_name(file.name).lower().endswith(".tsv"):
        return "\t"
    return max(_DELIMITERS, key=first.count)


def _unnamed(names: Sequence[str], file: SourceFile) -> str | None:
    """What is wrong with the names of the columns, if anything is."""
    if not names:
        return "is empty: a table begins with a line of names"
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        return f"has several columns named {', '.join(map(repr, twice))}"
    if not {file.fields.name_of("title"), file.fields.name_of("text")} & set(names):
        return (
            "has no column for title or text; its columns are"
            f" {', '.join(map(repr, names))}: say which with --map text=NAME"
        )
    return None


def _record(
    names: Sequence[str], row: list[str], file: SourceFile, line: int, number: int | None
) -> Iterator[Item]:
    path = file.shown
    if len(row) > len(names):
        reason = f"has {len(row)} cells, the first line names {len(names)} columns"
        yield Problem(path, reason, line)
        return
    values = file.fields.fields_of(dict(zip(names, row, strict=False)))
    if number is not None:
        values["id"] = f"{file.id}:{number}"
    try:
        document, notes = make_document(values, path)
    except RecordError as error:
        yield Problem(path, str(error), line)
        return
    yield from with_notes(document, notes, path, line)
