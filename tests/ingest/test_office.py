"""DOCX, ODT and EPUB: text in order, properties, and what each is by its content."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import docx
import pptx
import pytest
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


# -- DOCX ----------------------------------------------------------------------------------------


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


DOCX_TEXT = (
    "Quyết định về chợ nổi\nCăn cứ Luật Tổ chức chính quyền địa phương;\nĐiều khoản\n"
    "giá\nmón phở\nxoài\nGhe xuồng tấp nập\nmỗi sáng"
)


def test_docx(read_bytes) -> None:
    data = made_docx(
        title="Chợ nổi Cái Răng",
        author="Lê Na",
        keywords="chợ, sông; nước",
        category="Du lịch",
        language="vi-VN",
        created=datetime(2020, 1, 2, tzinfo=UTC),
        modified=datetime(2024, 3, 5, 8, tzinfo=UTC),
    )
    (document,), problems = read_bytes("a.docx", data)
    assert problems == []
    assert document.text == DOCX_TEXT
    assert (document.title, document.author) == ("Chợ nổi Cái Răng", "Lê Na")
    assert (document.tags, document.category) == (("chợ", "sông", "nước"), "Du lịch")
    assert (document.language, document.published) == ("vi-VN", "2024-03-05")


@pytest.mark.parametrize("title", ["", "Document1", "Microsoft Word - a.doc", "mau.dotx.doc"])
def test_a_docx_without_a_title_takes_its_heading(read_bytes, title: str) -> None:
    (document,), _ = read_bytes("a.docx", made_docx(title=title))
    assert document.title == "Quyết định về chợ nổi"


def raw_docx(body: str, **more: str) -> bytes:
    """A DOCX with this body; ``more`` are parts in word/ by name, related to the document."""
    related = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/{name}" Target="{name}.xml"/>'
        for n, name in enumerate(more)
    )
    return packed(
        {
            "[Content_Types].xml": CONTENT_TYPES,
            "_rels/.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r" Type="{OFFICE}'
            '/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/document.xml": f'<w:document xmlns:w="{W}" xmlns:mc="m"><w:body>{body}</w:body>'
            "</w:document>",
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{RELATIONS}">{related}'
            "</Relationships>",
            **{
                f"word/{name}.xml": f'<w:x xmlns:w="{W}">{text}</w:x>'
                for name, text in more.items()
            },
        }
    )


def p(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        pytest.param(
            f"<w:sdt><w:sdtContent>{p('trong')}</w:sdtContent></w:sdt>", "trong", id="control"
        ),
        pytest.param(
            "<w:p><w:smartTag><w:r><w:t>Huế</w:t></w:r></w:smartTag></w:p>", "Huế", id="smart tag"
        ),
        pytest.param(
            "<w:p><w:ins><w:r><w:t>thêm</w:t></w:r></w:ins><w:del><w:r><w:delText>bỏ</w:delText>"
            "</w:r></w:del></w:p>",
            "thêm",
            id="tracked changes",
        ),
        pytest.param(
            '<w:p><w:r><w:fldChar/><w:instrText>HYPERLINK "x"</w:instrText></w:r><w:hyperlink><w:r>'
            "<w:t>liên kết</w:t></w:r></w:hyperlink></w:p>",
            "liên kết",
            id="a field and a link",
        ),
        pytest.param(
            "<w:p><w:r><w:t>ngoài </w:t><mc:AlternateContent><mc:Choice><w:txbxContent>"
            f"{p('trong khung')}</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>"
            f"{p('trong khung')}</w:txbxContent></mc:Fallback></mc:AlternateContent><w:t>sau</w:t>"
            "</w:r></w:p>",
            "trong khung\nngoài sau",
            id="a text box, once",
        ),
        pytest.param(
            f'<w:p><w:pPr><w:pStyle w:val="TOC1"/></w:pPr><w:r><w:t>1</w:t></w:r></w:p>{p("a")}',
            "a",
            id="contents",
        ),
        pytest.param(
            '<w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr><w:r><w:t>'
            " xây </w:t></w:r><w:r><w:t>dựng</w:t><w:br/><w:t>Đảng</w:t></w:r></w:p>",
            "xây dựng\nĐảng",
            id="runs and breaks",
        ),
        pytest.param("<w:p><w:r><w:t>kinh tế</w:t><w:noBreakHyphen/><w:t>xã hội</w:t></w:r></w:p>",
                     "kinh tế-xã hội", id="hyphen"),
    ],
)  # fmt: skip
def test_docx_pieces(read_bytes, body: str, text: str) -> None:
    (document,), problems = read_bytes("a.docx", raw_docx(body))
    assert (document.text, problems) == (text, [])


def test_docx_notes_come_last_and_comments_do_not_come(read_bytes) -> None:
    data = raw_docx(p("thân bài"), endnotes=p("cuối"), footnotes=p("chú thích"), comments=p("sửa!"))
    (document,), _ = read_bytes("a.docx", data)
    assert document.text == "thân bài\nchú thích\ncuối"


def test_docx_as_strict_word_writes_it(read_bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(raw_docx(p("xin chào các bạn")))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    members["word/document.xml"] = members["word/document.xml"].replace(W.encode(), strict.encode())
    members["_rels/.rels"] = members["_rels/.rels"].replace(
        OFFICE.encode(), b"http://purl.oclc.org/ooxml/officeDocument/relationships"
    )
    (document,), _ = read_bytes("a.docx", packed(members))
    assert document.text == "xin chào các bạn"


# -- ODT -----------------------------------------------------------------------------------------


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


def test_odt(read_bytes) -> None:
    (document,), problems = read_bytes("a.odt", made_odt("Chợ nổi Cái Răng"))
    assert problems == []
    assert document.text == (
        "Quyết định về chợ nổi\nChú thích cuối trang\nGhe xuồng tấp nập\ngiá\nmón phở\nxoài"
    )
    assert (document.title, document.author) == ("Chợ nổi Cái Răng", "Lê Na")
    assert (document.tags, document.language) == (("chợ",), "vi-VN")
    assert document.published == "2024-03-05"


def test_an_odt_without_a_title_takes_its_heading(read_bytes) -> None:
    (document,), _ = read_bytes("a.odt", made_odt())
    assert document.title == "Quyết định về chợ nổi"


def raw_odt(body: str, manifest: str = "") -> bytes:
    return packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": '<office:document-content xmlns:office="o" xmlns:text="t"><office:body>'
            f"<office:text>{body}</office:text></office:body></office:document-content>",
            "META-INF/manifest.xml": f"<manifest>{manifest}</manifest>",
        }
    )


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<text:p>a<text:s text:c='3'/>b<text:tab/>c<text:line-break/>d</text:p>", "a b c\nd"),
        ("<text:p>Hà <text:span>Nội<text:span> phố</text:span></text:span></text:p>", "Hà Nội phố"),
        ("<text:tracked-changes><text:p>bỏ</text:p></text:tracked-changes><text:p>x</text:p>", "x"),
        ("<text:p>x<office:annotation><text:p>sửa!</text:p></office:annotation>y</text:p>", "xy"),
        (
            "<text:table-of-content><text:p>1</text:p></text:table-of-content><text:p>x</text:p>",
            "x",
        ),
    ],
    ids=["spaces", "spans", "deleted", "comment", "contents"],
)
def test_odt_pieces(read_bytes, body: str, text: str) -> None:
    (document,), problems = read_bytes("a.odt", raw_odt(body))
    assert (document.text, problems) == (text, [])


def test_a_locked_odt_is_told(read_bytes) -> None:
    documents, (problem,) = read_bytes(
        "a.odt", raw_odt("", "<file-entry><encryption-data/></file-entry>")
    )
    assert documents == []
    assert "password" in problem.reason


# -- PPTX ----------------------------------------------------------------------------------------


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


def test_pptx(read_bytes) -> None:
    (document,), problems = read_bytes("a.pptx", made_pptx("PowerPoint Presentation"))
    assert problems == []
    assert document.title == "Ghe xuồng tấp nập"
    assert document.text == (
        "Ghe xuồng tấp nập\nÝ thứ 2\nmỗi sáng\nmón phở\nNhớ nói chậm\n"
        "Chợ nổi Cái Răng\nÝ thứ 1\nmỗi sáng"
    )
    assert document.author == "Lê Na"
    assert document.page_starts == (0, document.text.index("Chợ nổi"))


# -- EPUB ----------------------------------------------------------------------------------------

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


def test_epub(read_bytes) -> None:
    (document,), problems = read_bytes("a.epub", made_epub())
    assert problems == []
    assert document.text == "Một\nSáng sớm.\nHai\nGhe xuồng tấp nập đông."
    assert (document.title, document.author) == ("Chuyện chợ nổi", "Lê Na, Trần Ba")
    assert (document.published, document.language) == ("2024-03-05", "vi")
    assert document.tags == ("chợ", "sông")


def test_an_epub_without_metadata(read_bytes) -> None:
    (document,), problems = read_bytes("a.epub", made_epub(metadata=""))
    assert (document.title, document.author, problems) == ("Một", None, [])


def test_a_lost_chapter_is_told(read_bytes) -> None:
    (document,), (problem,) = read_bytes("a.epub", made_epub(**{"OEBPS/text/hai.xhtml": None}))
    assert document.text == "Một\nSáng sớm."
    assert problem.kept
    assert "lacks chapters that it lists: hai.xhtml" in problem.reason


ENCRYPTED = """<encryption><EncryptedData><CipherData><CipherReference URI="{}"/></CipherData>
</EncryptedData></encryption>"""


@pytest.mark.parametrize(
    ("what", "locked"), [("OEBPS/text/hai.xhtml", True), ("OEBPS/fonts/a.otf", False)]
)
def test_a_book_under_lock_is_told_and_hidden_fonts_are_none(
    read_bytes, what: str, locked: bool
) -> None:
    documents, problems = read_bytes("a.epub", made_epub(ENCRYPTED.format(what)))
    assert len(documents) == (not locked)
    assert [("DRM" in problem.reason) for problem in problems] == [True] * locked


# -- what a file is by its content ---------------------------------------------------------------


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
