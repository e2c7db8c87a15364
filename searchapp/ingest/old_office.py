"""Office files that are not read but told of: from before 2007, under a password, spreadsheets."""

from __future__ import annotations

import mmap
from collections.abc import Iterator

from searchapp.ingest.base import Item, SourceFile, UnreadableError

# Names of streams in the container, and what they make the file.
_KINDS = (
    ("EncryptedPackage", "is locked with a password; save it without one"),
    ("WordDocument", "is an old Word file; save it as .docx"),
    ("PowerPoint Document", "is an old PowerPoint file; save it as .pptx"),
    ("Workbook", "is an old Excel file; save it as .csv (UTF-8)"),
    ("__nameid_version1.0", "is an Outlook message; save it as .eml"),
)


def read_old_office(file: SourceFile) -> Iterator[Item]:
    """Nothing: raises UnreadableError, which says what the file is and how to save it."""
    with file.path.open("rb") as opened, mmap.mmap(opened.fileno(), 0, prot=mmap.PROT_READ) as data:
        for name, reason in _KINDS:
            if data.find(name.encode("utf-16-le")) >= 0:
                raise UnreadableError(reason)
    raise UnreadableError("is a file of an old office program; save it as .docx or PDF")
    yield  # a reader is a generator


def read_spreadsheet(_: SourceFile) -> Iterator[Item]:
    """Nothing: raises UnreadableError, which says how to save the sheets."""
    raise UnreadableError("is a spreadsheet; save its sheets as .csv (UTF-8)")
    yield  # a reader is a generator
