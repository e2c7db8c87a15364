"""Which formats are read: the table of our own, and those of other packages.

A package adds one by an entry point of the group ``searchapp.readers`` that names a `Format`::

    [project.entry-points."searchapp.readers"]
    rtf = "my_package:RTF"
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points

from searchapp.errors import InputError
from searchapp.ingest import recognition, signatures
from searchapp.ingest.base import Item, Reader, SourceFile
from searchapp.ingest.opening import COMPRESSED_SUFFIXES

ENTRY_POINTS = "searchapp.readers"
HEAD_BYTES = 8192


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file and its reader.

    ``suffixes`` are the endings of its names, in small letters. ``recognises`` is given the first
    `HEAD_BYTES` bytes of a file and its name; True says that it is of this kind whatever its name.
    ``packed`` says that other files are packed in it, ``streams`` that its reader goes through
    `opening.py`, record by record, and so reads compressed files of any size as they are.
    """

    name: str
    suffixes: tuple[str, ...]
    read: Reader
    recognises: Callable[[bytes, str], bool] = lambda *_: False
    packed: bool = False
    streams: bool = False


def _ours(module: str, function: str) -> Reader:
    """A reader of ours, imported on first use: parsers are heavy."""

    def read(file: SourceFile) -> Iterator[Item]:
        reader: Reader = getattr(importlib.import_module(f"searchapp.ingest.{module}"), function)
        return reader(file)

    return read


TABLE_SUFFIXES = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
RECORD_SUFFIXES = (".jsonl", ".ndjson", ".json")
ARCHIVE_SUFFIXES = (".zip", ".tar", ".tgz", ".tbz2", ".txz")
MAPPED_SUFFIXES = (*RECORD_SUFFIXES, *ARCHIVE_SUFFIXES, *COMPRESSED_SUFFIXES)
"""Where there may be records that names are mapped in, apart from tables."""
COMPRESSED, TAR = "compressed file", "TAR"

# Where several recognise a file the first has it: what is packed in a ZIP file comes before ZIP.
_OURS = (
    Format("PDF", (".pdf",), _ours("pdf", "read_pdf"), recognition.is_pdf),
    Format("DOCX", (".docx", ".docm"), _ours("docx", "read_docx"), recognition.is_docx),
    Format("PPTX", (".pptx", ".pptm"), _ours("pptx", "read_pptx"), recognition.is_pptx),
    Format("spreadsheet", (), _ours("old_office", "read_spreadsheet"), recognition.is_spreadsheet),
    Format("ODT", (".odt",), _ours("odt", "read_odt"), recognition.is_odt),
    Format("EPUB", (".epub",), _ours("epub", "read_epub"), recognition.is_epub),
    Format(
        "old office file", (), _ours("old_office", "read_old_office"), recognition.is_old_office
    ),
    Format("plain text", (".txt",), _ours("text", "read_text")),
    Format("Markdown", (".md", ".markdown"), _ours("markdown", "read_markdown")),
    Format("HTML", (".html", ".htm", ".xhtml"), _ours("html", "read_html"), recognition.is_html),
    Format(
        "JSON Lines",
        (".jsonl", ".ndjson"),
        _ours("jsonl", "read_jsonl"),
        signatures.is_json_lines,
        streams=True,
    ),
    Format("JSON", (".json",), _ours("json_file", "read_json"), signatures.is_json, streams=True),
    Format(
        "table", (".csv", ".tsv"), _ours("tables", "read_table"), signatures.is_table, streams=True
    ),
    Format(
        "XML",
        (".xml", ".rss", ".atom"),
        _ours("xml_file", "read_xml"),
        signatures.is_known_xml,
        streams=True,
    ),
    Format("e-mail", (".eml",), _ours("mail", "read_eml"), signatures.is_eml, packed=True),
    Format("mailbox", (".mbox",), _ours("mail", "read_mbox"), signatures.is_mbox, packed=True),
    Format(
        "ZIP", ARCHIVE_SUFFIXES[:1], _ours("archives", "read_zip"), signatures.is_zip, packed=True
    ),
    Format(
        TAR,
        ARCHIVE_SUFFIXES[1:],
        _ours("archives", "read_tar"),
        signatures.is_tar,
        packed=True,
    ),
    Format(
        COMPRESSED,
        COMPRESSED_SUFFIXES,
        _ours("compressed", "read_compressed"),
        signatures.is_compressed_file,
        packed=True,
    ),
)


@cache
def formats() -> tuple[Format, ...]:
    """Every format: those of other packages first, so that they can take over one of ours.

    Raises InputError for an entry point that names no Format.
    """
    theirs = []
    for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda entry: entry.name):
        try:
            found = entry.load()
        except Exception as error:  # another package's code: anything can go wrong in it
            why = " ".join(str(error).split())
            raise InputError(f"the reader {entry.name!r} can't be loaded ({why})") from error
        if not isinstance(found, Format):
            raise InputError(f"the reader {entry.name!r} is no searchapp.ingest.formats.Format")
        theirs.append(found)
    return (*theirs, *_OURS)


def suffixes() -> tuple[str, ...]:
    """The endings of names that are read."""
    return tuple(dict.fromkeys(suffix for one in formats() for suffix in one.suffixes))


def format_of(name: str, head: bytes) -> Format | None:
    """The format of a file: what its content says, else what its name does; None if neither."""
    lower = name.lower()
    for one in formats():
        if one.recognises(head, lower):
            return one
    # The longest ending wins: .jsonl.gz before .gz.
    named = [(s, one) for one in formats() for s in one.suffixes if lower.endswith(s)]
    return max(named, key=lambda pair: len(pair[0]))[1] if named else None
