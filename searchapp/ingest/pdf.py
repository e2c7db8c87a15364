"""PDF: its text page by page, and what the document information says of it."""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby

import pypdfium2
from pypdfium2 import raw

from searchapp.ingest.base import Item, SourceFile, UnreadableError, with_notes
from searchapp.ingest.horns import with_horns
from searchapp.ingest.pages import join_pages, with_page_starts, without_running_lines
from searchapp.ingest.records import make_document
from searchapp.ingest.reflow import join_lines
from searchapp.ingest.titles import choose_title

_DATE = re.compile(r"(?:D:)?(\d{4})(?:(\d{2})(\d{2})?)?")
_LIST_SEPARATORS = re.compile(r"[,;]")
_TORN = re.compile("[\x02\ufffe]")  # PDFium's sign for a hyphen and the line's end behind it
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\ue000-\uf8ff\uffff]")
_SHOWN_RANGES = 10


def read_pdf(file: SourceFile) -> Iterator[Item]:
    """The one document of a PDF file.

    Pages beyond the limit, pages that are broken and pages with pictures only are told of. Raises
    UnreadableError for a file that is broken, locked, or has no text at all.
    """
    with file.path.open("rb") as opened:
        pdf = _open(opened)
        try:
            yield from _read(pdf, file)
        finally:
            pdf.close()


def _open(opened: object) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(opened)
    except pypdfium2.PdfiumError as error:
        code = getattr(error, "err_code", None)
        if code == raw.FPDF_ERR_PASSWORD:
            raise UnreadableError("is locked with a password; save it without one") from error
        if code == raw.FPDF_ERR_SECURITY:
            raise UnreadableError("is locked in a way that is not known; print it anew") from error
        raise UnreadableError("is damaged or no PDF; copy or print it anew") from error


def _read(pdf: pypdfium2.PdfDocument, file: SourceFile) -> Iterator[Item]:
    path, count = file.shown, len(pdf)
    lines: list[list[str]] = []
    broken: list[int] = []
    pictures: list[int] = []
    chars = 0
    for number in range(1, min(count, file.limits.pages) + 1):
        try:
            page_lines, is_picture = _page(pdf, number - 1)
        except pypdfium2.PdfiumError:
            broken.append(number)
            page_lines, is_picture = [], False
        lines.append(page_lines)
        if is_picture:
            pictures.append(number)
        chars += sum(map(len, page_lines))
        if chars > file.limits.document_chars:
            break  # the rest would be cut off
    if not chars:
        raise UnreadableError(_without_text(count, broken, bool(pictures)))
    information = pdf.get_metadata_dict(skip_empty=True)
    pages = with_horns([join_lines(page) for page in without_running_lines(lines)])
    document, notes = make_document(
        {
            "id": file.id,
            "title": choose_title(
                information.get("Title"), "\n".join(page for page in pages if page), file
            ),
            "text": join_pages(pages),
            "author": _clean(information.get("Author", "")),
            "tags": [
                _clean(tag) for tag in _LIST_SEPARATORS.split(information.get("Keywords", ""))
            ],
            "published": _date(information.get("CreationDate") or information.get("ModDate")),
            "language": _language(pdf),
        },
        path,
    )
    if count > file.limits.pages:
        notes.append(
            f"has {count} pages; those after {file.limits.pages} were left out:"
            " file_max_pages allows more"
        )
    if broken:
        notes.append(f"{_pages(broken, count)} can't be read: damaged")
    if pictures:
        notes.append(
            f"{_pages(pictures, count)} without text: scans? read the file with OCR first,"
            " e.g. ocrmypdf --skip-text"
        )
    yield from with_notes(with_page_starts(document), notes, path)


def _page(pdf: pypdfium2.PdfDocument, index: int) -> tuple[list[str], bool]:
    """The lines of a page, and whether something else stands on it that could be text."""
    page = pdf[index]
    try:
        textpage = page.get_textpage()
        try:
            text = textpage.get_text_bounded()
        finally:
            textpage.close()
        lines = [_clean(line) for line in _TORN.sub("-\n", text).splitlines()]
        lines = [line for line in lines if line]
        return lines, not lines and next(page.get_objects(max_depth=1), None) is not None
    finally:
        page.close()


def _clean(text: str) -> str:
    """NFC (pdfium gives some letters as parts), without what can't be seen."""
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text)).strip()


def _language(pdf: pypdfium2.PdfDocument) -> str | None:
    size = raw.FPDFCatalog_GetLanguage(pdf, None, 0)  # in bytes, of UTF-16 with a closing NUL
    buffer = ctypes.create_string_buffer(size)
    pointer = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort))
    raw.FPDFCatalog_GetLanguage(pdf, pointer, size)
    return buffer.raw.decode("utf-16-le", "replace").strip("\x00") or None


def _date(told: str | None) -> str | None:
    """The day of a PDF date (``D:20240305080000+07'00'``); None for one that is none."""
    found = _DATE.match(told or "")
    if found is None or not 1 <= int(found[2] or 1) <= 12 or not 1 <= int(found[3] or 1) <= 31:
        return None
    return "-".join(part for part in found.groups() if part)


def _without_text(count: int, broken: Sequence[int], has_pictures: bool) -> str:
    if len(broken) == count or not count:
        return f"is damaged: none of its {count} pages can be read; copy or print it anew"
    if not has_pictures:
        return f"holds {count} pages and nothing on them"
    return f"holds {count} pages and no text: a scan? read it with OCR first, e.g. ocrmypdf"


def _pages(numbers: Sequence[int], count: int) -> str:
    """``pages 3, 5–7 of 12``."""
    runs = [
        [number for _, number in run]
        for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])
    ]
    shown = [f"{run[0]}" if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]
    more = ", …" if len(shown) > _SHOWN_RANGES else ""
    listed = ", ".join(shown[:_SHOWN_RANGES]) + more
    return f"{'page' if len(numbers) == 1 else 'pages'} {listed} of {count}"
