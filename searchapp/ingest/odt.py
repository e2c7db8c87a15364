"""ODT, what LibreOffice writes: the body's text in order, with its notes, and its properties."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from searchapp.ingest.base import Item, SourceFile, UnreadableError, with_notes
from searchapp.ingest.flow import Flow, paragraphs
from searchapp.ingest.ooxml import day
from searchapp.ingest.package import Package
from searchapp.ingest.records import make_document
from searchapp.ingest.titles import choose_title
from searchapp.ingest.xml_events import events, texts

_FLOW = Flow(
    paragraphs=frozenset(("p", "h")),
    signs={"s": " ", "tab": " ", "line-break": "\n"},
    # What was deleted, comments, numbers of notes, contents, and what drawings are called.
    skipped=frozenset(
        (
            *("tracked-changes", "annotation", "note-citation", "table-of-content", "title"),
            *("desc", "script", "forms", "event-listeners", "bibliography-source"),
        )
    ),
)


def read_odt(file: SourceFile) -> Iterator[Item]:
    """The one document of an ODT file; headers, footers and comments are left out."""
    with Package(file, "OpenDocument") as package:
        if _is_locked(package):
            raise UnreadableError("is locked with a password; save it without one")
        with package.open("content.xml") as stream:
            found = list(paragraphs(events(stream), _FLOW))
        values = _properties(package)
    lines = [one.text for one in found]
    styled = next((one.text for one in found if one.element == "h" or one.style == "Title"), "")
    title = choose_title(values.pop("title", None), "\n".join((styled, *lines)), file)
    document, notes = make_document(
        {"id": file.id, "title": title, "text": "\n".join(lines), **values}, file.shown
    )
    yield from with_notes(document, notes, file.shown)


def _is_locked(package: Package) -> bool:
    manifest = "META-INF/manifest.xml"
    if manifest not in package:
        return False
    with package.open(manifest) as stream:
        return bool(texts(stream, "encryption-data"))


def _properties(package: Package) -> dict[str, Any]:
    if "meta.xml" not in package:
        return {}
    named = ("title", "creator", "initial-creator", "keyword", "language", "date", "creation-date")
    with package.open("meta.xml") as stream:
        told = [(start.name, text) for start, text in texts(stream, *named) if text]
    first = dict(reversed(told))
    return {
        "title": first.get("title"),
        "author": first.get("initial-creator") or first.get("creator"),
        "language": first.get("language"),
        "published": day(first.get("date") or first.get("creation-date")),
        "tags": [text for name, text in told if name == "keyword"],
    }
