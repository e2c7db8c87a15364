"""What a file is by its first bytes, whatever it is called."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ZIP = b"PK\x03\x04"
_HEADER_BYTES = 30  # of an entry; its name follows
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_NOT_FOR_THEIR_CONTENT = (".md", ".markdown")  # a README may well begin with a piece of HTML


def is_pdf(head: bytes, name: str) -> bool:
    """A PDF; some have a few bytes of the program that sent them in front."""
    stripped = head.lstrip(b"\x00\t\n\r\f \xef\xbb\xbf")
    return stripped.startswith(b"%PDF-") or (name.endswith(".pdf") and b"%PDF-" in head[:1024])


def is_html(head: bytes, name: str) -> bool:
    """A whole HTML page, not a piece of one."""
    if name.endswith(_NOT_FOR_THEIR_CONTENT):
        return False
    for mark in _MARKS:
        head = head.removeprefix(mark)
    # UTF-16 and UTF-32 of what counts here are ASCII with NULs between.
    return _HTML.match(head.replace(b"\x00", b"")) is not None


def is_docx(head: bytes, name: str) -> bool:
    """A Word file: of its first entries one lies in ``word/``, or it is called so."""
    return _is_package(head, name, b"word/", (".docx", ".docm"))


def is_pptx(head: bytes, name: str) -> bool:
    """A PowerPoint file: of its first entries one lies in ``ppt/``, or it is called so."""
    return _is_package(head, name, b"ppt/", (".pptx", ".pptm"))


def is_odt(head: bytes, name: str) -> bool:
    """An OpenDocument text, which says so in its first entry, or is called so."""
    told = _told_type(head)
    if told is not None:
        return told.startswith(b"application/vnd.oasis.opendocument.text")
    return head.startswith(_ZIP) and name.endswith(".odt")


def is_epub(head: bytes, name: str) -> bool:
    """An EPUB, which says so in its first entry, or is called so."""
    told = _told_type(head)
    if told is not None:
        return told.startswith(b"application/epub+zip")
    return head.startswith(_ZIP) and name.endswith(".epub")


def is_spreadsheet(head: bytes, name: str) -> bool:
    """A sheet of Excel or LibreOffice."""
    told = _told_type(head)
    if told is not None:
        return told.startswith(b"application/vnd.oasis.opendocument.spreadsheet")
    return _is_package(head, name, b"xl/", (".xlsx", ".xlsm", ".ods"))


def is_old_office(head: bytes, _: str) -> bool:
    """A file of Word, Excel or PowerPoint as they were until 2003, or a new one under a lock."""
    return head.startswith(_OLE)


def _is_package(head: bytes, name: str, folder: bytes, endings: tuple[str, ...]) -> bool:
    if not head.startswith(_ZIP):
        return False
    names = list(_entries(head))
    belongs = any(one in (b"[Content_Types].xml", b"_rels/.rels") for one in names)
    inside = any(one.startswith(folder) for one in names)
    return (belongs and inside) or (name.endswith(endings) and _told_type(head) is None)


def _told_type(head: bytes) -> bytes | None:
    """What the entry ``mimetype`` says, which some formats want first and unpacked."""
    begin = _HEADER_BYTES + len(b"mimetype")
    if not head.startswith(_ZIP) or head[_HEADER_BYTES:begin] != b"mimetype":
        return None
    extra = int.from_bytes(head[28:30], "little")
    return head[begin + extra : begin + extra + 100]


def _entries(head: bytes) -> Iterator[bytes]:
    """The names of the entries that begin in the head of a ZIP file."""
    at = head.find(_ZIP)
    while at >= 0:
        length = int.from_bytes(head[at + 26 : at + 28], "little")
        yield head[at + _HEADER_BYTES : at + _HEADER_BYTES + length]
        at = head.find(_ZIP, at + 4)
