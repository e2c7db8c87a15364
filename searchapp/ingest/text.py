"""Plain text: the first line that says something is the title, the rest is the text."""

from __future__ import annotations

from collections.abc import Iterator

from searchapp.ingest.base import Item, SourceFile, with_notes
from searchapp.ingest.decoding import decode_noted
from searchapp.ingest.opening import whole_bytes
from searchapp.ingest.records import make_document

TITLE_MAX_CHARS = 200


def read_text(file: SourceFile) -> Iterator[Item]:
    """The one document of a text file."""
    path = file.shown
    raw, decoding_notes = decode_noted(whole_bytes(file))
    title, text = split_title(raw)
    document, notes = make_document({"id": file.id, "title": title, "text": text}, path)
    yield from with_notes(document, (*decoding_notes, *notes), path)


def split_title(text: str) -> tuple[str, str]:
    """Title and text; a first line too long for a title stays in the text as well, whole."""
    title, _, rest = text.strip().partition("\n")
    title = title.strip()
    if len(title) > TITLE_MAX_CHARS:
        return title[:TITLE_MAX_CHARS].rsplit(" ", 1)[0] + " …", text.strip()
    return title, rest.strip()
