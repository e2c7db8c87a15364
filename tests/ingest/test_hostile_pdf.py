"""PDF files that are broken, or made to do harm."""

from __future__ import annotations

import pytest
from pdf_files import WORDS, made, one_page, raw_pdf, stream

TEXT = "BT /F 12 Tf 50 700 Td (Xin chao) Tj ET"


@pytest.mark.parametrize("cut", [5, 9, 100, 0.3, 0.6, 0.9, 0.99])
def test_a_truncated_pdf_never_crashes(read_bytes, cut: float) -> None:
    data = made(WORDS, WORDS)
    documents, problems = read_bytes("a.pdf", data[: int(cut * len(data)) if cut < 1 else int(cut)])
    assert len(documents) + len(problems) >= 1
    assert all("\n" not in problem.reason for problem in problems)


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7\n" + bytes(range(256)) * 50, b"%PDF-", b"rac" * 99]
)
def test_garbage_is_told(read_bytes, data: bytes) -> None:
    documents, (problem,) = read_bytes("a.pdf", data)
    assert documents == []
    assert "damaged or no PDF" in problem.reason


def test_scripts_and_packed_files_do_no_harm(read_bytes) -> None:
    catalog = (
        "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"
        " /AA << /WC << /S /Launch /F (/bin/true) >> >>"
        " /Names << /EmbeddedFiles << /Names [(x.exe) 6 0 R] >> >>"
    )
    more = (
        "<< /Type /Filespec /F (x.exe) /EF << /F 7 0 R >> >>",
        stream("MZ", "/Type /EmbeddedFile"),
    )
    (document,), problems = read_bytes("a.pdf", one_page(TEXT, catalog, *more))
    assert (document.text, problems) == ("Xin chao", [])


@pytest.mark.parametrize(
    "pages",
    [
        pytest.param("<< /Type /Pages /Kids [2 0 R] /Count 1 >>", id="a loop"),
        pytest.param("<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2000000000 >>", id="a huge count"),
        pytest.param("<< /Type /Pages /Kids [] /Count -5 >>", id="a negative count"),
        pytest.param("<< /Type /Pages /Kids 2 0 R /Count 1 >>", id="kids that are none"),
        pytest.param("<< /Type /Pages /Kids [99 0 R] /Count 1 >>", id="kids that are not there"),
        pytest.param("2 0 R", id="an object that is itself"),
        pytest.param("[" * 100_000 + "]" * 100_000, id="deep lists"),
        pytest.param("<< /A " * 50_000 + ">>" * 50_000, id="deep dictionaries"),
    ],
)
def test_page_trees_that_lead_nowhere(read_bytes, pages: str) -> None:
    documents, problems = read_bytes("a.pdf", raw_pdf("<< /Type /Catalog /Pages 2 0 R >>", pages))
    assert documents == []
    assert len(problems) == 1


def test_a_form_that_draws_itself(read_bytes) -> None:
    form = stream(
        "/X Do",
        "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 4 0 R >> >>",
    )
    data = raw_pdf(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 5 0 R"
        " /Resources << /XObject << /X 4 0 R >> >> >>",
        form,
        stream("/X Do"),
    )
    documents, (problem,) = read_bytes("a.pdf", data)
    assert documents == []
    assert "1 pages and no" in problem.reason or "nothing" in problem.reason
