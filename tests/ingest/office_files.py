"""Files of office programs, made as those write them."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

import docx
import pptx
from odfdo import Document as OdfDocument
from odfdo import Header, List, ListItem, Note, Paragraph, Table

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CONTENT_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def packed(members: dict[str, str | bytes], stored: tuple[str, ...] = ("mimetype",)) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            kind = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(name, data, kind)
    return out.getvalue()


def made_docx(**properties: object) -> bytes:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Đầu trang"
    document.sections[0].footer.paragraphs[0].text = "Chân trang"
    document.add_heading("Quyết định về chợ nổi", level=0)
    document.add_paragraph("Căn cứ Luật Tổ chức chính quyền địa phương;")
    document.add_heading("Điều khoản", level=1)
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "giá", "món phở"
    document.add_paragraph("xoài", style="List Bullet")
    paragraph = document.add_paragraph("Ghe ")
    paragraph.add_run("xuồng").bold = True
    paragraph.add_run("\ttấp nập\nmỗi sáng")
    for name in ("title", "author"):
        setattr(document.core_properties, name, "")
    for name, value in properties.items():
        setattr(document.core_properties, name, value)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def made_odt(title: str = "") -> bytes:
    document = OdfDocument("text")
    document.body.clear()
    document.body.append(Header(1, "Quyết định về chợ nổi"))
    paragraph = Paragraph("Ghe xuồng tấp nập")
    paragraph.append(Note(note_id="n1", citation="1", body="Chú thích cuối trang"))
    document.body.append(paragraph)
    table = Table("Bảng", width=2, height=1)
    table.set_value("A1", "giá")
    table.set_value("B1", "món phở")
    document.body.append(table)
    items = List()
    items.append(ListItem("xoài"))
    document.body.append(items)
    document.meta.title = title
    document.meta.creator = "Lê Na"
    document.meta.initial_creator = "Lê Na"
    document.meta.language = "vi-VN"
    document.meta.keyword = "chợ"
    document.meta.date = datetime(2024, 3, 5, 8)  # noqa: DTZ001  # ODF's moments have no zone
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def made_pptx(title: str = "") -> bytes:
    show = pptx.Presentation()
    for n, text in enumerate(("Chợ nổi Cái Răng", "Ghe xuồng tấp nập"), start=1):
        slide = show.slides.add_slide(show.slide_layouts[1])
        slide.shapes.title.text = text
        slide.placeholders[1].text = f"Ý thứ {n}\nmỗi sáng"
    table = slide.shapes.add_table(1, 1, 0, 0, 99, 99).table
    table.cell(0, 0).text = "món phở"
    slide.notes_slide.notes_text_frame.text = "Nhớ nói chậm"
    ids = show.slides._sldIdLst  # the order of slides is no part of the library's interface
    ids.insert(0, ids[1])
    show.core_properties.title, show.core_properties.author = title, "Lê Na"
    out = io.BytesIO()
    show.save(out)
    return out.getvalue()


METADATA = """<dc:title>Chuyện chợ nổi</dc:title><dc:creator>Lê Na</dc:creator>
<dc:creator>Trần Ba</dc:creator><dc:date>2024-03-05T00:00:00Z</dc:date><dc:language>vi</dc:language>
<dc:subject>chợ</dc:subject><dc:subject>sông</dc:subject>"""
DOCTYPE = (
    '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN"'
    ' "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd"><html xmlns="http://www.w3.org/1999/xhtml">'
)


def made_epub(encryption: str = "", metadata: str = METADATA, **replaced: str | None) -> bytes:
    members: dict[str, str | bytes | None] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:container">'
        '<rootfiles><rootfile full-path="OEBPS/a.opf"/></rootfiles></container>',
        "OEBPS/a.opf": '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/'
        f'elements/1.1/"><metadata>{metadata}</metadata><manifest>'
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        '<item id="b" href="text/hai.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="a" href="text/ch%C6%B0%C6%A1ng%201.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="i" href="bia.jpg" media-type="image/jpeg"/></manifest>'
        '<spine><itemref idref="nav"/><itemref idref="a"/><itemref idref="b"/></spine></package>',
        "OEBPS/nav.xhtml": f"{DOCTYPE}<body>Mục lục</body></html>",
        "OEBPS/text/hai.xhtml": f"{DOCTYPE}<head><title/><script src='x.js'/></head><body>"
        "<h1>Hai</h1><p>Ghe xuồng<a id='p2'/> tấp nập&nbsp;đông.</p></body></html>",
        "OEBPS/text/chương 1.xhtml": f"{DOCTYPE}<body><h1>Một</h1><p>Sáng sớm.</p></body></html>",
        "META-INF/encryption.xml": encryption or None,
        **replaced,
    }
    return packed({name: data for name, data in members.items() if data is not None})
