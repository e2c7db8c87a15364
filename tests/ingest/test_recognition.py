"""What a file is by its content, whatever its name says."""

from __future__ import annotations

import io
import zipfile

import pytest
from office_files import CONTENT_TYPES, made_docx, made_epub, made_odt, made_pptx, packed


@pytest.mark.parametrize("name", ["a.docx", "a", "a.txt", "a.zip", "a.epub", "a.DOC"])
@pytest.mark.parametrize(
    ("data", "title"),
    [
        (made_docx(title="Từ Word"), "Từ Word"),
        (made_odt("Từ LibreOffice"), "Từ LibreOffice"),
        (made_pptx("Từ PowerPoint"), "Từ PowerPoint"),
        (made_epub(), "Chuyện chợ nổi"),
    ],
    ids=["docx", "odt", "pptx", "epub"],
)
def test_office_files_whatever_their_names(read_bytes, name: str, data: bytes, title: str) -> None:
    (document,), problems = read_bytes(name, data)
    assert (document.title, problems) == (title, [])


def test_entries_in_libreoffices_order(read_bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(made_docx(title="Từ Word"))) as archive:
        names = sorted(archive.namelist(), key=lambda name: (name == "[Content_Types].xml", name))
        data = packed({name: archive.read(name) for name in names})
    (document,), _ = read_bytes("a", data)
    assert document.title == "Từ Word"


HTML = "<html><head><title>Trang</title></head><body><p>Nội dung của trang này."


@pytest.mark.parametrize("name", ["a.docx", "a.txt", "a", "a.doc", "a.pdf"])
@pytest.mark.parametrize(
    "data",
    [
        HTML.encode(),
        ("\ufeff\n<!DOCTYPE html>\n" + HTML).encode(),
        ('<?xml version="1.0"?>\n<!-- Sao lưu -->' + HTML).encode(),
        HTML.encode("utf-16"),
    ],
    ids=["html", "doctype", "xhtml", "utf-16"],
)
def test_html_whatever_its_name(read_bytes, name: str, data: bytes) -> None:
    (document,), problems = read_bytes(name, data)
    assert (document.title, document.text, problems) == ("Trang", "Nội dung của trang này.", [])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", "<html>\n\nChào **bạn**."),
        ("a.txt", "<htmlx> là gì?\nMột thẻ."),
        ("a.txt", "PK là viết tắt\ncủa ai"),
        ("a.txt", "Tệp PDF bắt đầu bằng %PDF-1.7\nxem"),
    ],
)
def test_text_stays_text(read_bytes, name: str, text: str) -> None:
    (document,), problems = read_bytes(name, text.encode())
    assert problems == []
    assert document.title + document.text


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("stream", "said"),
    [
        ("WordDocument", "is an old Word file; save it as .docx"),
        ("Workbook", "is an old Excel file"),
        ("PowerPoint Document", "is an old PowerPoint file"),
        ("EncryptedPackage", "is locked with a password"),
        ("Gì khác", "old office program"),
    ],
)
@pytest.mark.parametrize("name", ["a.doc", "a.docx", "a"])
def test_old_office_files_are_told(read_bytes, name: str, stream: str, said: str) -> None:
    documents, (problem,) = read_bytes(name, OLE + stream.encode("utf-16-le") + bytes(99))
    assert documents == []
    assert said in problem.reason


@pytest.mark.parametrize("name", ["a.xlsx", "a", "a.zip"])
@pytest.mark.parametrize(
    "members",
    [
        {"[Content_Types].xml": CONTENT_TYPES, "xl/workbook.xml": "<workbook/>"},
        {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"},
    ],
    ids=["xlsx", "ods"],
)
def test_spreadsheets_are_told(read_bytes, name: str, members: dict[str, str | bytes]) -> None:
    documents, (problem,) = read_bytes(name, packed(members))
    assert documents == []
    assert "spreadsheet; save its sheets as .csv" in problem.reason


@pytest.mark.parametrize("name", ["a.docx", "a.odt", "a.epub", "a.pptx"])
def test_a_plain_zip_called_otherwise_is_told(read_bytes, name: str) -> None:
    documents, (problem,) = read_bytes(name, packed({"ghi chú.txt": "Chào"}))
    assert documents == []
    assert "has no " in problem.reason
