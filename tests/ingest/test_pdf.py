"""PDF: text by page, and what the file says of itself."""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest
from pdf_files import PARAGRAPH, WORDS, made, one_page

from searchapp.documents import Document
from searchapp.ingest.base import Problem, SourceFile
from searchapp.ingest.limits import Limits
from searchapp.ingest.reading import read_file

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


# -- what is read -------------------------------------------------------------------------------


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: chromium)")
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_page_that_a_browser_printed(read_bytes, tmp_path: Path, form: str) -> None:
    words = PARAGRAPH.split()
    paragraphs = [f"{n}. {' '.join(words[n % 40 :] + words[: n % 40])}" for n in range(60)]
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    html = "<html lang='vi'><meta charset='utf-8'><title>Chợ nổi</title><body>"
    text = html + unicodedata.normalize(form, body)
    (tmp_path / "in.html").write_text(text, encoding="utf-8")
    assert CHROMIUM is not None
    subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
         f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={tmp_path / 'out.pdf'}",
         str(tmp_path / "in.html")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    (document,), problems = read_bytes("a.pdf", (tmp_path / "out.pdf").read_bytes())
    assert problems == []
    assert (document.title, document.language) == ("Chợ nổi", "vi")
    assert unicodedata.is_normalized("NFC", document.text)
    assert document.text.split() == " ".join(paragraphs).split()
    assert len(set(paragraphs) & set(document.text.split("\n"))) > 50
    assert len(document.page_starts) >= 3
    assert document.page_starts[0] == 0
    last = document.text.index(paragraphs[59][:20])
    assert document.page_at(0) == 1
    assert document.page_at(last) == len(document.page_starts)


def test_pages_are_told(read_bytes) -> None:
    (document,), problems = read_bytes("a.pdf", made("Trang đầu có chữ.", "", "Trang ba cũng có."))
    assert problems == []
    assert document.text == "Trang đầu có chữ.\nTrang ba cũng có."
    assert [document.page_at(document.text.index(word)) for word in ("đầu", "ba", "có.")] == [
        1,
        3,
        3,
    ]
    assert len(document.page_starts) == 3


def test_a_sentence_goes_on_over_the_page(read_bytes) -> None:
    (document,), _ = read_bytes("a.pdf", made("Người ta xây", "dựng cầu mới."))
    assert document.text == "Người ta xây dựng cầu mới."
    assert document.page_at(document.text.index("dựng")) == 2


def test_torn_words(read_bytes) -> None:
    page = "All the infor-\nmation về kinh tế-\nxã hội và Cô-lôm-\nbi-a."
    (document,), _ = read_bytes("a.pdf", made(page))
    assert document.text == "All the information về kinh tế-xã hội và Cô-lôm-bi-a."


def test_page_numbers_and_running_titles_go(read_bytes) -> None:
    pages = [f"Báo cáo thường niên\nNội dung thứ {n} đã được ghi.\n- {n} -" for n in "123456"]
    (document,), _ = read_bytes("bc.pdf", made(*pages))
    assert document.text == "\n".join(f"Nội dung thứ {n} đã được ghi." for n in "123456")


@pytest.mark.parametrize(
    ("told", "title"),
    [
        ("Chợ nổi Cái Răng", "Chợ nổi Cái Răng"),
        (" Chợ \n nổi ", "Chợ nổi"),
        ("Microsoft Word - 12_QD-UBND.doc", "Quyết định về chợ"),
        ("Microsoft PowerPoint - Bài 1.pptx", "Quyết định về chợ"),
        ("quyetdinh.docx", "Quyết định về chợ"),
        ("untitled", "Quyết định về chợ"),
        ("Untitled-1", "Quyết định về chợ"),
        ("Document1", "Quyết định về chợ"),
        ("PowerPoint Presentation", "Quyết định về chợ"),
        ("...", "Quyết định về chợ"),
        ("", "Quyết định về chợ"),
        (None, "Quyết định về chợ"),
    ],
)
def test_titles(read_bytes, told: str | None, title: str) -> None:
    text = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n\nSố: 12/QĐ\n\n"
    (document,), _ = read_bytes(
        "a.pdf", made(text + "Quyết định về chợ\n\nĐiều 1. Họp.", title=told)
    )
    assert document.title == title


def test_a_file_that_says_nothing_is_called_by_its_name(read_bytes) -> None:
    (document,), _ = read_bytes("Bang-gia_2024.pdf", made("12\n34"))
    assert document.title == "Bang gia 2024"


def test_what_the_document_information_says(read_bytes) -> None:
    data = made(
        WORDS, author="Lê Na", keywords="chợ, sông; nước", lang="vi-VN", date="2024-03-05T20:00:00"
    )
    (document,), problems = read_bytes("a.pdf", data)
    assert problems == []
    assert (document.author, document.tags) == ("Lê Na", ("chợ", "sông", "nước"))
    assert (document.published, document.language) == ("2024-03-05", "vi-VN")


@pytest.mark.parametrize(
    ("told", "published"),
    [
        ("D:20240305080000+07'00'", "2024-03-05"),
        ("D:2024", "2024"),
        ("20240305", "2024-03-05"),
        ("D:20241305", None),
        ("D:20240231", None),
        ("hôm qua", None),
        ("D:0000", None),
    ],
)
def test_dates_of_a_pdf(read_bytes, told: str, published: str | None) -> None:
    data = made(WORDS, date="2001-01-01").replace(
        b"/CreationDate (D:20010101000000Z)", f"/CreationDate ({told})".encode()
    )
    (document,), _ = read_bytes("a.pdf", data)
    assert document.published == published


@pytest.mark.parametrize("name", ["a.pdf", "a.txt", "a", "a.docx", "a.zip"])
def test_a_pdf_is_one_whatever_its_name(read_bytes, name: str) -> None:
    (document,), problems = read_bytes(name, made(WORDS))
    assert (document.text, problems) == (WORDS, [])


def test_tcvn3_whose_horns_became_hyphens(read_bytes) -> None:
    """As PDFs from before Unicode have it: 0xAD is ư in their fonts and a hyphen in PDF."""
    lines = (
        "C\xe9ng h\xdfa x\xb7 h\xe9i ch\xf1 ngh\xdca Vi\xd6t Nam b\xb6o \xae\xb6m quy\xd2n"
        " c\xf1a nh\xb5 n\xad\xedc",
        "v\xb5 ng\xad\xeai d\xa9n, c\xf2ng nh\xad",
        "vi\xd6c x\xa9y d\xf9ng kinh t\xd5-x\xb7 h\xe9i.",
    )  # fmt: skip
    text = "BT /F 12 Tf 14 TL 50 700 Td " + "".join(f"({line}) Tj T* " for line in lines) + "ET"
    data = one_page(text).replace(b"/Helvetica", b"/Helvetica /Encoding /WinAnsiEncoding")
    (document,), (problem,) = read_bytes("a.pdf", data)
    assert document.text == (
        "Cộng hòa xã hội chủ nghĩa Việt Nam bảo đảm quyền của nhà nước "
        "và người dân, cũng như việc xây dựng kinh tế-xã hội."
    )
    assert problem.kept
    assert "TCVN3" in problem.reason


# -- what is left out and told ------------------------------------------------------------------


def test_a_scan_is_told(read_bytes) -> None:
    documents, (problem,) = read_bytes("a.pdf", made(None, None))
    assert (documents, problem.kept) == ([], False)
    assert "holds 2 pages and no text: a scan?" in problem.reason
    assert "ocrmypdf" in problem.reason


def test_scanned_pages_among_others_are_told_and_empty_ones_are_not(read_bytes) -> None:
    (document,), (problem,) = read_bytes("a.pdf", made(WORDS, None, None, "", None, WORDS))
    assert len(document.page_starts) == 6
    assert problem.kept
    assert "pages 2–3, 5 of 6 without text" in problem.reason


def test_nothing_at_all(read_bytes) -> None:
    documents, (problem,) = read_bytes("a.pdf", made("", ""))
    assert documents == []
    assert "2 pages and nothing on them" in problem.reason


def test_an_empty_user_password_is_no_lock(read_bytes) -> None:
    (document,), problems = read_bytes("a.pdf", made(WORDS, user_password=""))
    assert (document.text, problems) == (WORDS, [])


def test_a_password_is_told(read_bytes) -> None:
    documents, (problem,) = read_bytes("a.pdf", made(WORDS, user_password="bí mật"[:1] + "i"))
    assert documents == []
    assert "password" in problem.reason


def read_with(tmp_path: Path, data: bytes, limits: Limits) -> tuple[list[Document], list[Problem]]:
    (tmp_path / "a.pdf").write_bytes(data)
    items = list(read_file(SourceFile(tmp_path / "a.pdf", "a.pdf", limits=limits)))
    return (
        [i for i in items if isinstance(i, Document)],
        [i for i in items if isinstance(i, Problem)],
    )


def test_pages_beyond_the_limit_are_told(tmp_path: Path) -> None:
    (document,), (problem,) = read_with(tmp_path, made("một", "hai", "ba"), Limits(pages=2))
    assert document.text == "một hai"
    assert problem.kept
    assert "3 pages; those after 2" in problem.reason
    assert "file_max_pages" in problem.reason


def test_text_beyond_the_limit_is_told(tmp_path: Path) -> None:
    data = made("Trang một.", "Trang hai.", "Trang ba.")
    (document,), (problem,) = read_with(tmp_path, data, Limits(document_chars=15))
    assert (document.text, document.page_starts) == ("Trang một.\nTran", (0, 11))
    assert problem.kept
    assert "over 15 characters" in problem.reason
