"""JSON: one document, a list of records, or an export with lists of records somewhere in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

import ijson

from searchapp.ingest.base import Item, Problem, SourceFile, UnreadableError
from searchapp.ingest.opening import PACKED_DAMAGED, open_utf8
from searchapp.ingest.records import record_items

_MAX_DEPTH = 200
_BROKEN = (ijson.JSONError, ValueError, *PACKED_DAMAGED)
_WHOLE = ""  # the path of what is not in anything


@dataclass(slots=True)
class _Shape:
    """Where the records are, as far as the file could be scanned.

    ``lists`` are the paths of the objects in outermost lists, each with whether one of them has a
    title or a text; ``has_text`` and ``has_title`` tell of the outermost object; ``values`` counts
    what stands at the outside, behind one another.
    """

    lists: dict[str, bool] = field(default_factory=dict)
    has_text: bool = False
    has_title: bool = False
    values: int = 0

    def paths(self) -> list[str]:
        """The paths to read records from."""
        named = [path for path, has_any in self.lists.items() if has_any]
        if self.has_text or self.values > 1 or not self.lists:
            return [_WHOLE]
        return named or ([_WHOLE] if self.has_title else list(self.lists))


def read_json(file: SourceFile) -> Iterator[Item]:
    """The documents of a JSON file, read as it goes, however large.

    An object with a text is one; so is each object of a list, outermost or in objects
    (``{"articles": [...]}``). Of several lists those count whose objects have a title or a text.
    Objects behind one another are read as well. A record without an id gets the file's, with a
    colon and its number from 1 on, unless it is alone.
    """
    if not file.path.stat().st_size:
        raise UnreadableError("is empty")
    with open_utf8(file.path) as (stream, _):
        shape = _scan(stream, file)
    number = 0
    for path in shape.paths():
        with open_utf8(file.path) as (stream, notes):
            for note in notes if not number else ():
                yield Problem(file.shown, note, kept=True)
            records = _records(stream, path)
            try:
                for record in records:
                    number += 1
                    alone = path == _WHOLE and shape.values == 1
                    yield from _document(record, file, None if alone else number)
            except _BROKEN as error:
                yield Problem(file.shown, f"is broken behind record {number} ({_line(error)})")
            except _DeepError:
                yield Problem(file.shown, f"is nested too deeply behind record {number}")


class _DeepError(Exception):
    """It is nested more deeply than anybody means it to be."""


def _events(stream: IO[bytes]) -> Iterator[tuple[str, Any]]:
    """The events of the JSON. Raises _DeepError, before anything has been built so deeply: ijson's
    memory for that grows with the square of the depth, and Python's own stack ends.
    """
    depth = 0
    for event, value in ijson.basic_parse(stream, use_float=True, multiple_values=True):
        if event in {"start_map", "start_array"}:
            depth += 1
            if depth > _MAX_DEPTH:
                raise _DeepError
        elif event in {"end_map", "end_array"}:
            depth -= 1
        yield event, value


def _records(stream: IO[bytes], path: str) -> Iterator[Any]:
    return iter(ijson.items(ijson.parse(_events(stream)), path))


def _document(record: Any, file: SourceFile, number: int | None) -> Iterator[Item]:
    if not isinstance(record, dict):
        where = "holds" if number is None else f"record {number} is"
        yield Problem(file.shown, f"{where} no JSON object")
        return
    values = file.fields.fields_of(record)
    if values.get("id") is None:
        values["id"] = file.id if number is None else f"{file.id}:{number}"
    yield from record_items(values, file.shown, number)


def _scan(stream: IO[bytes], file: SourceFile) -> _Shape:
    """Where the records are."""
    text, title = (_first_key(file.fields.name_of(one)) for one in ("text", "title"))
    shape = _Shape()
    kinds: list[str] = []  # of what is open, by the events that opened it
    path: list[str] = []  # in each of it the key that is being read, "item" in a list
    try:
        for event, value in _events(stream):
            if event == "map_key":
                path[-1] = value
                if len(kinds) == 1:
                    shape.has_text |= value == text
                    shape.has_title |= value == title
                elif value in {text, title} and _listed(kinds[:-1]):
                    shape.lists[".".join(path[:-1])] = True
            elif event in {"end_map", "end_array"}:
                kinds.pop()
                path.pop()
            else:
                shape.values += not kinds
                if event == "start_map" and _listed(kinds):
                    shape.lists.setdefault(".".join(path), False)
                if event in {"start_map", "start_array"}:
                    kinds.append(event)
                    path.append("item")
    except (*_BROKEN, _DeepError):
        pass  # reading the records meets it as well, and tells it
    return shape


def _listed(kinds: list[str]) -> bool:
    """Whether what is open is one list, innermost, in nothing but objects."""
    return kinds[-1:] == ["start_array"] and kinds.count("start_array") == 1


def _first_key(name: str) -> str:
    """The outermost key of a name that may be a path."""
    return name.partition(".")[0]


def _line(error: Exception) -> str:
    """A message in one line: ijson's goes on with an excerpt and an arrow."""
    return str(error).strip().partition("\n")[0].strip() or type(error).__name__
