"""Lines of a page to paragraphs; running lines; pages in a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.documents import Document
from searchapp.ingest.pages import join_pages, with_page_starts, without_running_lines
from searchapp.ingest.reflow import join_lines

FULL = "Ban Thường vụ Tỉnh ủy tổ chức hội nghị triển khai phong trào thi đua xây"


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        pytest.param([FULL, "dựng Đảng."], f"{FULL} dựng Đảng.", id="a sentence"),
        pytest.param([FULL, "Đảng bộ tỉnh."], f"{FULL} Đảng bộ tỉnh.", id="a name in a sentence"),
        pytest.param(["Đoạn một.", FULL], f"Đoạn một.\n{FULL}", id="a short line ends one"),
        pytest.param([FULL, "", "Đảng bộ."], f"{FULL}\nĐảng bộ.", id="an empty line ends one"),
        pytest.param(
            ["NGHỊ QUYẾT", "Về việc họp", FULL], f"NGHỊ QUYẾT\nVề việc họp\n{FULL}", id="head"
        ),
        pytest.param(
            [FULL, "Điều 2. Thi hành"], f"{FULL}\nĐiều 2. Thi hành", id="an article of law"
        ),
        pytest.param([FULL, "- xoài", "- mận"], f"{FULL}\n- xoài\n- mận", id="items"),
        pytest.param([FULL, "1. Họp", "b) Ghi"], f"{FULL}\n1. Họp\nb) Ghi", id="numbered items"),
        pytest.param([FULL, "2.5 triệu đồng"], f"{FULL} 2.5 triệu đồng", id="a number is no item"),
        pytest.param(["kinh tế-", "xã hội"], "kinh tế-xã hội", id="a hyphen of Vietnamese"),
        pytest.param(["Cô-lôm-", "bi-a"], "Cô-lôm-bi-a", id="a foreign name"),
        pytest.param(["the infor-", "mation"], "the information", id="a torn English word"),
        pytest.param(["Nhµ n\u00ad", "íc"], "Nhµ n\u00ad íc", id="a soft hyphen may be TCVN3"),
        pytest.param(["Hà Nội -", "Huế"], "Hà Nội - Huế", id="a dash"),
        pytest.param(["  a \t b  ", "c"], "a b c", id="spaces"),
        pytest.param([], "", id="nothing"),
        pytest.param(["", " "], "", id="blank lines"),
    ],
)
def test_lines_become_paragraphs(lines: list[str], text: str) -> None:
    assert join_lines(lines) == text


@given(st.lists(st.text(alphabet="aảđB .-1)\u00ad", max_size=20), max_size=12))
def test_joining_changes_only_space_and_hyphens(lines: list[str]) -> None:
    def bare(text: str) -> str:
        return "".join(c for c in text if not c.isspace() and c not in "-\u00ad")

    assert bare(join_lines(lines)) == bare("".join(lines))


@pytest.mark.parametrize(
    ("pages", "kept"),
    [
        (
            [["BÁO CÁO", "a", "1"], ["BÁO CÁO", "b", "2"], ["BÁO CÁO", "c", "3"]],
            [["a"], ["b"], ["c"]],
        ),
        ([["a", "Trang 5/9"], ["b", "Trang 6/9"], ["c", "Trang 7/9"]], None),
        ([["a", "- 5 -"], ["b", "- 6 -"], ["c", "- 7 -"]], [["a"], ["b"], ["c"]]),
        ([["a", "Báo Mẫu | 2"], ["b", "Báo Mẫu | 3"], ["c", "Báo Mẫu | 4"]], [["a"], ["b"], ["c"]]),
        ([["a", "120"], ["b", "75"], ["c", "900"]], None),
        ([["a", "hết"], ["b", "hết"]], None),
        ([["a"], [], ["b"]], None),
        ([], None),
    ],
    ids=["title and number", "of", "dashes", "one line", "figures", "two pages", "empty", "none"],
)
def test_running_lines(pages: list[list[str]], kept: list[list[str]] | None) -> None:
    assert without_running_lines(pages) == (pages if kept is None else kept)


@given(st.lists(st.text(alphabet="aĐ.\n\f ", max_size=8), min_size=1, max_size=8))
def test_each_page_begins_where_it_is_said_to(pages: list[str]) -> None:
    document = with_page_starts(Document(id="1", title="", text=join_pages(pages)))
    assert len(document.page_starts) == len(pages)
    assert list(document.page_starts) == sorted(document.page_starts)
    for start, page in zip(document.page_starts, pages, strict=True):
        assert document.text.startswith(page.replace("\f", " "), start)
