"""Each format: what becomes of a file, and how one that can't be read is named."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

FRONT = """---
title: Chợ nổi
source: Báo Đồng Xanh
category: Du lịch
author: Lê Na
tags: [chợ, sông]
published: 2024-03-05
url: https://vi.example/cho-noi
---
"""
HTML = """<!DOCTYPE html><html><head><meta charset="{charset}"><title>Tiêu đề trang</title>
<meta name="author" content="Lê Na"><meta name="keywords" content="chợ, sông">
<meta property="article:published_time" content="2024-03-05T08:00:00+07:00">
<meta property="article:section" content="Du lịch"><meta property="og:site_name" content="Báo">
<link rel="canonical" href="https://vi.example/a">
<style>p {{ color: red }}</style><script>var biến = "mã";</script></head>
<body><nav>Điều hướng</nav><header><p>Đầu trang</p></header>
<article><h1>Chợ <b>nổi</b></h1><p>Ghe   xuồng
tấp nập.</p><p>Bán <em>trái</em> cây &amp; hoa<br>mỗi sáng.</p><aside>Quảng cáo</aside>
<script>alert("trong bài")</script><noscript>Hãy bật JavaScript</noscript>
<ul><li>xoài</li><li>mận</li></ul><!-- ghi chú --></article>
<footer>Chân trang</footer></body></html>"""
HTML_TEXT = "Ghe xuồng tấp nập.\nBán trái cây & hoa\nmỗi sáng.\nxoài\nmận"


# -- text --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "title", "text"),
    [
        pytest.param("Tiêu đề\nDòng một.\nDòng hai.\n", "Tiêu đề", "Dòng một.\nDòng hai.", id="lf"),
        pytest.param("Tiêu đề\r\nDòng một.\r\n", "Tiêu đề", "Dòng một.", id="crlf"),
        pytest.param("\n\n  Tiêu đề \n\nDòng một.", "Tiêu đề", "Dòng một.", id="empty lines first"),
        pytest.param("Chỉ một dòng", "Chỉ một dòng", "", id="one line"),
        pytest.param("\ufeffTiêu đề\nvăn bản", "Tiêu đề", "văn bản", id="byte order mark"),
    ],
)
def test_text(read_bytes, raw: str, title: str, text: str) -> None:
    (document,), problems = read_bytes("a.txt", raw.encode())
    assert (document.title, document.text, problems) == (title, text, [])
    assert document.id == "a.txt"
    assert document.path is not None
    assert Path(document.path).name == "a.txt"


def test_a_first_line_too_long_for_a_title_stays_in_the_text(read_bytes) -> None:
    line = "từ " * 200
    (document,), _ = read_bytes("a.txt", f"{line}\nhết".encode())
    assert len(document.title) <= 202
    assert document.title.endswith("từ …")
    assert document.text == f"{line}\nhết"


@pytest.mark.parametrize("codec", ["utf-16", "utf-32", "utf-8-sig"])
@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_a_byte_order_mark_tells_the_encoding(read_bytes, name: str, codec: str) -> None:
    raw = "Hà Nội mùa thu" if name != "a.html" else "<h1>Hà Nội mùa thu</h1><p>x</p>"
    (document,), problems = read_bytes(name, raw.encode(codec))
    assert problems == []
    assert "Hà Nội mùa thu" in (document.title, document.text)


# -- Markdown ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.md", "a.markdown", "A.MD"])
def test_markdown_with_front_matter(read_bytes, name: str) -> None:
    body = "# Đầu đề khác\n\nGhe **xuồng** [tấp nập](http://x).\n\n- xoài\n- mận\n\n`mã`\n"
    (document,), problems = read_bytes(name, (FRONT + body).encode())
    assert problems == []
    assert document.title == "Chợ nổi"
    assert document.text == "Đầu đề khác\n\nGhe xuồng tấp nập.\n\nxoài\n\nmận\n\nmã"
    assert (document.source, document.category, document.author) == (
        "Báo Đồng Xanh",
        "Du lịch",
        "Lê Na",
    )
    assert (document.tags, document.published) == (("chợ", "sông"), "2024-03-05")
    assert document.url == "https://vi.example/cho-noi"


def test_markdown_without_front_matter_takes_its_first_heading(read_bytes) -> None:
    (document,), problems = read_bytes(
        "a.md", "Mở đầu.\n\n## Chợ *nổi*\n\nGhe xuồng.\n\n# Sau\n".encode()
    )
    assert (document.title, problems) == ("Chợ nổi", [])
    assert "Ghe xuồng." in document.text


def test_markdown_with_crlf_front_matter(read_bytes) -> None:
    (document,), problems = read_bytes("a.md", FRONT.replace("\n", "\r\n").encode() + b"\r\nx")
    assert (document.title, document.text, problems) == ("Chợ nổi", "x", [])


def test_markdown_tables_and_code_are_text(read_bytes) -> None:
    raw = "# T\n\n| giá | món |\n| --- | --- |\n| 5 | phở |\n\n```python\nin_ra(1)\n```\n"
    (document,), _ = read_bytes("a.md", raw.encode())
    for word in ("giá", "món", "phở", "in_ra(1)"):
        assert word in document.text
    assert "---" not in document.text


@pytest.mark.parametrize(
    "front",
    [
        "title: [chưa đóng",
        "title: a: b",
        "\ttab: x",
        "published: 2024-13-45",
        "published: 2024-02-30 25:61:00",
        "x: " + "[" * 5_000,
        "x: !!python/object/apply:os.system ['true']",
        "x: &a [*b]",
        "x: !!binary ế",
        "x: !!int không",
        "? {a: b}\n: c",
    ],
    ids=[
        "open",
        "colons",
        "tab",
        "no such day",
        "no such time",
        "deep",
        "object",
        "alias",
        "binary",
        "int",
        "key",
    ],
)
def test_markdown_with_broken_front_matter_is_kept(read_bytes, front: str) -> None:
    (document,), problems = read_bytes("a.md", f"---\n{front}\n---\n\nGhe xuồng.\n".encode())
    assert "Ghe xuồng." in document.text
    assert all(problem.kept for problem in problems)
    if problems:
        assert problems[0].path.endswith("a.md")


def test_markdown_broken_front_matter_is_named_with_its_line(read_bytes) -> None:
    raw = "---\ntitle: ổn\nsource: a: b\nauthor: c\n---\nx\n"
    _, (problem,) = read_bytes("a.md", raw.encode())
    assert problem.kept
    assert "front matter" in problem.reason
    assert problem.line == 3


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        # Two rules in a text are no front matter: what stands before them stays.
        ("# Voi\n\nmột\n\n---\n\nhai\n\n---\n\nba", "Voi"),
        ("Voi\n---\n\nmột\n\nHổ\n---\n\nhai ba", "Voi"),
        ("một\n\n---\n\nnguồn: báo: hai\n\n---\n\nba", ""),
        ("---\n\nmột\n\n---\n\nhai ba", ""),
        ("---\n\nCâu một: có hai: dấu\n\n---\n\nba", ""),
    ],
    ids=["rules", "underlined headings", "colons between rules", "first line", "no name"],
)
def test_markdown_keeps_the_text_before_and_between_rules(read_bytes, raw, title) -> None:
    (document,), problems = read_bytes("a.md", raw.encode())
    for word in ("một", "hai", "ba"):
        assert word in f"{document.title} {document.text}"
    assert document.title == title
    assert all(problem.kept for problem in problems)


@pytest.mark.parametrize(
    ("front", "title", "published"),
    [
        ("title: Phở: bí quyết\ndate: 2024-03-05", "Phở: bí quyết", "2024-03-05"),
        ("date: 2024-02-30\ntitle: Phở", "Phở", None),
        ("title: Phở\ntags: [bò", "Phở", None),
        ("title: [Phở\ndate: 2024", "Nấu", "2024"),
    ],
    ids=["colon in the title", "no such day", "open list", "open title"],
)
def test_markdown_front_matter_with_a_slip_costs_only_itself(
    read_bytes, front: str, title: str, published: str | None
) -> None:
    (document,), problems = read_bytes("a.md", f"---\n{front}\n---\n\n# Nấu\n\nBún.".encode())
    assert (document.title, document.published) == (title, published)
    assert (document.text, document.tags) == ("Nấu\n\nBún.", ())
    assert len(problems) == 1
    assert problems[0].kept


@pytest.mark.parametrize(
    "raw",
    [
        "{\nkhông phải JSON\n}\nvăn bản",
        "+++\nkhông = \n+++\nvăn bản",
        "---\n- a\n- b\n---\nvăn bản",
        "---\nmột câu\n---\nvăn bản",
        "---\nvăn bản",
    ],
    ids=["braces", "pluses", "list", "scalar", "a lone rule"],
)
def test_markdown_that_only_looks_like_front_matter(read_bytes, raw: str) -> None:
    (document,), problems = read_bytes("a.md", raw.encode())
    assert "văn bản" in document.text
    assert all(problem.kept for problem in problems)


def test_front_matter_of_other_types_is_taken_where_it_makes_sense(read_bytes) -> None:
    raw = "---\nid: 17\ntitle: 2024\ntags: một, hai, một\npublished: 2024\n---\nx"
    (document,), problems = read_bytes("a.md", raw.encode())
    assert (document.id, document.title, problems) == ("17", "2024", [])
    assert (document.tags, document.published) == (("một", "hai"), "2024")


# -- HTML --------------------------------------------------------------------------------------


def assert_html(document) -> None:
    assert document.title == "Chợ nổi"
    assert document.text == HTML_TEXT
    assert (document.author, document.tags) == ("Lê Na", ("chợ", "sông"))
    assert (document.source, document.category) == ("Báo", "Du lịch")
    assert (document.published, document.url) == ("2024-03-05", "https://vi.example/a")


@pytest.mark.parametrize(
    ("charset", "codec"),
    [("utf-8", "utf-8"), ("utf-8", "utf-8-sig"), ("utf-16", "utf-16"), ("UTF8", "utf-8")],
)
def test_html(read_bytes, charset: str, codec: str) -> None:
    (document,), problems = read_bytes("a.html", HTML.format(charset=charset).encode(codec))
    assert problems == []
    assert_html(document)


@pytest.mark.parametrize(
    "declared",
    [
        '<meta charset="windows-1258">',
        "<META CHARSET=windows-1258>",
        '<meta http-equiv="Content-Type" content="text/html; charset=windows-1258">',
    ],
)
def test_html_in_a_declared_old_encoding(read_bytes, declared: str) -> None:
    # windows-1258 keeps letters with circumflex or horn whole and lets their tones combine.
    encodable = "Hà Nô\u0323i, Đươ\u0300ng phô\u0301, ngươ\u0300i Viê\u0323t"
    data = f"<html><head>{declared}</head><body><p>{encodable}</p></body></html>".encode("cp1258")
    (document,), problems = read_bytes("a.htm", data)
    assert problems == []
    assert unicodedata.normalize("NFC", document.text) == "Hà Nội, Đường phố, người Việt"


@pytest.mark.parametrize(
    "charset",
    [
        "không-có",
        "x-user-defined",
        "undefined",
        "idna",
        "punycode",
        "hex",
        "rot13",
        "utf-9",
        "mbcs",
        "unicode_escape",
    ],
)
def test_html_that_declares_an_encoding_we_do_not_know(read_bytes, charset: str) -> None:
    """It is read all the same, or named as a problem: never a crash."""
    documents, problems = read_bytes(
        "a.html", f'<meta charset="{charset}"><p>xin chào</p>'.encode()
    )
    assert len(documents) + len(problems) == 1
    if problems:
        assert problems[0].path.endswith("a.html")
        assert not problems[0].kept


@pytest.mark.parametrize(
    ("raw", "title", "text"),
    [
        pytest.param("<title> Chợ\n nổi </title><p>x</p>", "Chợ nổi", "x", id="title element"),
        pytest.param("<h1>Chợ</h1><p>x", "Chợ", "x", id="heading, no head"),
        pytest.param("<title>T</title><h1> </h1><p>x", "T", "x", id="empty heading"),
        pytest.param("<p>không có gì", "", "không có gì", id="neither"),
        pytest.param(
            "<body><p>ngoài</p><main><p>trong</p></main>", "", "trong", id="main over body"
        ),
        pytest.param("<p>a<b>b</b>c</p>", "", "abc", id="inline elements do not part words"),
        pytest.param("<p><em>trái</em>, <b>hoa</b>.", "", "trái, hoa.", id="marks stay at words"),
        pytest.param("<div>a</div><div>b</div>", "", "a\nb", id="blocks part lines"),
        pytest.param("<p>a&nbsp;b &lt;i&gt;", "", "a b <i>", id="entities"),
        pytest.param("<table><tr><td>a</td><td>b</td></tr></table>", "", "a\nb", id="cells"),
    ],
)
def test_html_pieces(read_bytes, raw: str, title: str, text: str) -> None:
    (document,), problems = read_bytes("a.html", raw.encode())
    assert (document.title, document.text, problems) == (title, text, [])


def test_html_nested_very_deeply(read_bytes) -> None:
    (document,), _ = read_bytes("a.html", ("<div>" * 20_000 + "đáy").encode())
    assert document.text == "đáy"


# -- bytes that are no text ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"xin ch\xe0o", "is not UTF-8 (byte 6)"),
        (b"\xff\xfex", "UTF-16"),
        (b"abc\x00def", "binary"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "UTF-8"),
    ],
    ids=["latin-1", "half a UTF-16 unit", "NUL", "PNG"],
)
def test_undecodable_files_are_named_with_the_reason(
    read_bytes, name: str, data: bytes, reason: str
) -> None:
    documents, (problem,) = read_bytes(name, data)
    assert documents == []
    assert problem.path.endswith(name)
    assert not problem.kept
    assert reason in problem.reason


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_empty_files_are_named(read_bytes, name: str) -> None:
    documents, (problem,) = read_bytes(name, b"")
    assert documents == []
    assert "neither title nor text" in problem.reason
