"""DOCX, ODT, PPTX and EPUB: text in order, and properties."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import pytest
from office_files import (
    CONTENT_TYPES,
    OFFICE,
    RELATIONS,
    W,
    made_docx,
    made_epub,
    made_odt,
    made_pptx,
    packed,
)

# -- DOCX ----------------------------------------------------------------------------------------


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
