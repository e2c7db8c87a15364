"""DOCX, what Word writes: the text of the body in order, with its notes, and its properties."""

from __future__ import annotations

import re
from collections.abc import Iterator

from searchapp.ingest.base import Item, SourceFile, with_notes
from searchapp.ingest.flow import Flow, Paragraph, paragraphs
from searchapp.ingest.ooxml import properties, related
from searchapp.ingest.package import Package
from searchapp.ingest.records import make_document
from searchapp.ingest.titles import choose_title
from searchapp.ingest.xml_events import events

_USUAL_BODY = "word/document.xml"
# Content controls, smart tags, insertions, fields and text boxes need no mention: their text is in
# "t" as everywhere. Deleted text and the commands of fields have names of their own.
_FLOW = Flow(
    paragraphs=frozenset(("p",)),
    texts=frozenset(("t",)),
    signs={"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": " "},
    skipped=frozenset(("Fallback", "pPrChange", "rPrChange", "tabs")),  # Fallback says it twice
    styled_by=("pStyle", "val"),
)
_CONTENTS = re.compile(r"(?:TOC|Mucluc)\d+", re.IGNORECASE)
_TITLES = re.compile(r"(?:Title|Tiu|Tiêuđề|Tiude|Heading1|u1|Đầuđề1)", re.IGNORECASE)


def read_docx(file: SourceFile) -> Iterator[Item]:
    """The one document of a DOCX file; headers, footers and comments are left out."""
    with Package(file, "Word") as package:
        body = next(iter(related(package, "", "officeDocument").values()), _USUAL_BODY)
        found = list(_part(package, body))
        notes_parts = (related(package, body, kind) for kind in ("footnotes", "endnotes"))
        for part in dict.fromkeys(name for one in notes_parts for name in one.values()):
            if part != body:
                found += _part(package, part)
        values = properties(package)
    lines = [one.text for one in found if not _CONTENTS.fullmatch(one.style)]
    styled = next((one.text for one in found if _TITLES.fullmatch(one.style)), "")
    title = choose_title(values.pop("title", None), "\n".join((styled, *lines)), file)
    document, notes = make_document(
        {"id": file.id, "title": title, "text": "\n".join(lines), **values}, file.shown
    )
    yield from with_notes(document, notes, file.shown)


def _part(package: Package, name: str) -> Iterator[Paragraph]:
    with package.open(name) as stream:
        yield from paragraphs(events(stream), _FLOW)
