"""PDF files that tests make."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from fpdf import FPDF
from fpdf.enums import AccessPermission
from PIL import Image

FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
PARAGRAPH = (
    "Chợ nổi Cái Răng họp từ tờ mờ sáng, ghe xuồng từ khắp miệt vườn sông Hậu đổ về, chở đầy "
    "khoai, bí, dưa hấu, khóm; người mua chỉ cần nhìn cây bẹo treo trước mũi ghe là biết ghe ấy "
    "bán thứ gì, chẳng cần ai rao hàng."
)
WORDS = "Một trang giấy trắng chẳng nói được gì nhiều hơn một trang giấy có chữ."


def made(
    *pages: str | None, title: str | None = None, lang: str | None = None, date: str | None = None,
    user_password: str | None = None, author: str | None = None, keywords: str | None = None,
) -> bytes:  # fmt: skip
    """A PDF with these pages; None is a picture of a page."""
    if not FONT.exists():
        pytest.skip("needs the DejaVu fonts (Debian: fonts-dejavu-core)")
    pdf = FPDF()
    pdf.add_font("DejaVu", fname=FONT)
    pdf.set_font("DejaVu", size=12)
    for page in pages:
        pdf.add_page()
        if page is None:
            pdf.image(Image.new("L", (60, 80), 128), w=100)
        else:
            pdf.multi_cell(0, text=page, align="L")
    if title is not None:
        pdf.set_title(title)
    if author is not None:
        pdf.set_author(author)
    if keywords is not None:
        pdf.set_keywords(keywords)
    if lang is not None:
        pdf.set_lang(lang)
    if date is not None:
        pdf.set_creation_date(datetime.fromisoformat(date).replace(tzinfo=UTC))
    if user_password is not None:
        pdf.set_encryption(
            "chủ"[:1] + "hu", user_password or None, permissions=AccessPermission.none()
        )
    return bytes(pdf.output())


def raw_pdf(*objects: str, root: int = 1) -> bytes:
    """A PDF of hand-written objects, numbered from 1 on."""
    parts, places = ["%PDF-1.7\n"], []
    for number, body in enumerate(objects, start=1):
        places.append(sum(map(len, parts)))
        parts.append(f"{number} 0 obj\n{body}\nendobj\n")
    start = sum(map(len, parts))
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    parts.append(f"xref\n0 {size}\n0000000000 65535 f \n{table}")
    parts.append(f"trailer\n<< /Root {root} 0 R /Size {size} >>\nstartxref\n{start}\n%%EOF\n")
    return "".join(parts).encode("latin-1")


def stream(text: str, extra: str = "") -> str:
    return f"<< /Length {len(text)} {extra} >>\nstream\n{text}\nendstream"


def one_page(content: str, catalog: str = "", *more: str) -> bytes:
    return raw_pdf(
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R"
        " /Resources << /Font << /F 5 0 R >> >> >>",
        stream(content),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *more,
    )
