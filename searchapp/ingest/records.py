"""From named values, whatever they were read from, to a Document: checked once, in one place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from searchapp.documents import Document
from searchapp.ingest import legacy
from searchapp.ingest.base import Item, Problem, UnreadableError, with_notes

ID_MAX_CHARS = 512
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")
_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?")


class RecordError(UnreadableError):
    """The record can't become a document; the message says why."""


def make_document(values: Mapping[str, Any], path: str) -> tuple[Document, list[str]]:
    """A document from its values, and what had to be left out of it or converted in it.

    Raises RecordError without an id, or with neither title nor text.
    """
    notes: list[str] = []
    document_id = _text(values, "id").strip()
    if not document_id:
        raise RecordError("has no id")
    if len(document_id) > ID_MAX_CHARS:
        raise RecordError(f"has an id of over {ID_MAX_CHARS} characters")
    title, text = _text(values, "title").strip(), _text(values, "text")
    if not title and not text.strip():
        raise RecordError("has neither title nor text")
    finding = legacy.recognise(title, text)

    def modern(value: str) -> str:
        return value if finding is None else finding.convert(value)

    if finding is not None:
        notes.append(finding.note)
    published = values.get("published")
    try:
        published_text = _date(published)
    except ValueError:
        published_text = None
        notes.append(f"published {published!r} is no ISO 8601 date and was left out")
    return (
        Document(
            id=document_id,
            title=modern(title),
            text=modern(text),
            url=_text(values, "url").strip() or None,
            source=modern(_text(values, "source").strip()) or None,
            category=modern(_text(values, "category").strip()) or None,
            author=modern(_text(values, "author").strip()) or None,
            tags=tuple(dict.fromkeys(map(modern, _tags(values.get("tags"))))),
            published=published_text,
            language=_language(values.get("language")),
            path=path,
        ),
        notes,
    )


def record_items(
    values: Mapping[str, Any], path: str, number: int | None = None, notes: Sequence[str] = ()
) -> Iterator[Item]:
    """The document of a record and what has to be said of it, or why there is none.

    ``number`` is the record's place in the file, from 1 on, for messages; ``notes`` are those that
    were made while the record was read.
    """
    where = "" if number is None else f"record {number} "
    try:
        document, more = make_document(values, path)
    except RecordError as error:
        yield Problem(path, f"{where}{error}")
        return
    yield from with_notes(document, [f"{where}{note}" for note in (*notes, *more)], path)


def _language(value: Any) -> str | None:
    """A language tag (BCP 47), its parts written as usual; None for anything else.

    Files are full of empty and invented ones: that is no reason to say anything.
    """
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value.strip()):
        return None
    language, *rest = value.strip().replace("_", "-").split("-")
    return "-".join([language.lower(), *(p.upper() if len(p) == 2 else p for p in rest)])


def without_surrogates(text: str) -> str:
    """Halves of surrogate pairs, which JSON can smuggle in, joined or replaced by U+FFFD."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    if value is None:
        return ""
    if isinstance(value, str):
        return without_surrogates(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise RecordError(f"has {name} of type {type(value).__name__}, where text belongs")


def _tags(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list | tuple):
        raise RecordError(f"has tags of type {type(value).__name__}, where a list belongs")
    tags = (without_surrogates(str(item)).strip() for item in items)
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def _date(value: Any) -> str | None:
    """A date as YYYY-MM-DD, or as much of it as was given; raises ValueError."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    text = str(value).strip()
    partial = _PARTIAL_DATE.fullmatch(text)
    if partial:
        date(int(partial[1]), int(partial[2] or 1), 1)
        return text
    return datetime.fromisoformat(text).date().isoformat()
