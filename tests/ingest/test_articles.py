"""The article of a web page, on pages that mark it badly or not at all."""

from __future__ import annotations

import json

import pytest

ARTICLE = [
    "Chợ nổi Cái Răng họp từ tờ mờ sáng, ghe xuồng từ khắp miệt vườn đổ về chở đầy khoai và bí.",
    "Người mua chỉ cần nhìn cây bẹo treo trước mũi ghe là biết ghe ấy bán thứ gì, khỏi cần ai rao.",
    "Mấy năm nay đường bộ thuận tiện hơn, thương hồ lên bờ dần; tỉnh đang tìm cách giữ lấy chợ.",
]
MENU = ["Trang chủ", "Thời sự", "Thế giới", "Kinh doanh", "Giải trí", "Thể thao", "Pháp luật"]
NEWS = ["Giá vàng tăng mạnh phiên đầu tuần", "Bão số 4 đổi hướng", "Đội tuyển nữ thắng đậm"]


def links(texts: list[str], around: str = "li") -> str:
    return "".join(
        f'<{around}><a href="/{n}">{text}</a></{around}>' for n, text in enumerate(texts)
    )


PARAGRAPHS = "".join(f"<p>{text}</p>" for text in ARTICLE)
LAYOUTS = {
    "names": f"""<div id="main-menu"><ul>{links(MENU)}</ul></div>
<div class="breadcrumb">Trang chủ › Du lịch</div><div class="contentDetail"><h1>Chợ nổi</h1>
<div class="share-box">Chia sẻ bài này</div>{PARAGRAPHS}</div><div class="tinLienQuan related-news">
<h3>Tin liên quan</h3>{links(NEWS)}</div><div class="rightSidebar">Đọc nhiều nhất</div>
<div class="comments">Bình luận: bài rất hay</div><div class="cookie-banner">Đồng ý cookie</div>
<div id="footer">Giấy phép số 1/GP-BTTTT</div>""",
    "tables": f"""<table><tr><td>{links(MENU, "span")}</td></tr><tr><td><table>
{links(MENU, "tr")}</table></td><td><font size="4">{"<br><br>".join(ARTICLE)}</font></td>
<td>{links(NEWS, "b")}</td></tr></table><h1>Chợ nổi</h1>""",
    "nothing": f"""<div class="a1">{links(MENU, "span")}</div><div class="b2"><h1>Chợ nổi</h1>
{PARAGRAPHS}</div><div class="c3">{links(NEWS, "div")}</div>""",
    "roles": f"""<div role="navigation">{links(MENU)}</div><div role="main"><h1>Chợ nổi</h1>
{PARAGRAPHS}</div><div role="contentinfo">Giấy phép</div>""",
    "article": f"""<header><h2>Báo Mẫu</h2></header><article><header><h1>Chợ nổi</h1></header>
{PARAGRAPHS}<div class="tags">Từ khóa: chợ</div></article><article><p>Tin vắn khác.</p></article>
<dialog>Mời đăng ký</dialog>""",
    "form": f"""<form action="/"><h1>Chợ nổi</h1><div class="nav">{links(MENU)}</div>{PARAGRAPHS}
</form>""",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_article_and_nothing_else(read_bytes, layout: str) -> None:
    page = f"<html><body>{LAYOUTS[layout]}</body></html>"
    (document,), problems = read_bytes("a.html", page.encode())
    assert (document.title, problems) == ("Chợ nổi", [])
    assert document.text == "\n".join(ARTICLE)


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        pytest.param(
            f'<div class="content menu-open">{PARAGRAPHS}</div>', ARTICLE, id="its wrapper"
        ),
        pytest.param(
            f'<body class="has-sidebar single"><div class="page">{PARAGRAPHS}</div>',
            ARTICLE,
            id="body",
        ),
        pytest.param(f"<ul>{links(NEWS)}</ul>", NEWS, id="a page of links"),
        pytest.param(
            f"{PARAGRAPHS}<p>Căn cứ <a>Luật Chợ</a>, <a>Luật Sông</a> và <a>Luật Nước</a>.</p>",
            [*ARTICLE, "Căn cứ Luật Chợ, Luật Sông và Luật Nước."],
            id="links in sentences",
        ),
        pytest.param(
            "".join(f"<article><p>{text}</p></article>" for text in ARTICLE), ARTICLE, id="a list"
        ),
        pytest.param(
            f'{PARAGRAPHS}<div class="comment-heading shares-not">x</div>',
            ARTICLE,
            id="a name in it",
        ),
        pytest.param(
            f'{PARAGRAPHS}<div class="navy upload">màu xanh</div>', ["màu xanh"], id="navy"
        ),
    ],
)
def test_what_has_to_stay(read_bytes, page: str, kept: list[str]) -> None:
    (document,), _ = read_bytes("a.html", f"<html>{page}</html>".encode())
    assert all(text in document.text for text in kept)


NEWS_ARTICLE = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Chợ nổi",
    "datePublished": "2024-03-05T08:00:00+07:00",
    "author": [{"@type": "Person", "name": "Lê Na"}],
    "publisher": {"@type": "Organization", "name": "Báo Mẫu"},
    "articleSection": "Du lịch",
}


@pytest.mark.parametrize(
    "told",
    [
        NEWS_ARTICLE,
        [{"@type": "BreadcrumbList"}, NEWS_ARTICLE],
        {"@graph": [{"@type": "WebSite", "name": "x"}, NEWS_ARTICLE]},
        {**NEWS_ARTICLE, "@type": ["NewsArticle", "Report"], "author": "Lê Na"},
    ],
    ids=["one", "a list", "a graph", "several types"],
)
def test_linked_data(read_bytes, told: object) -> None:
    page = f"""<html lang="vi-vn"><script type="application/ld+json">{{"hỏng": </script>
<script type="application/ld+json">{json.dumps(told)}</script><meta property="article:author"
content="https://facebook.com/bao"><body>{PARAGRAPHS}"""
    (document,), problems = read_bytes("a.html", page.encode())
    assert problems == []
    assert (document.title, document.author, document.source) == ("Chợ nổi", "Lê Na", "Báo Mẫu")
    assert (document.published, document.category) == ("2024-03-05", "Du lịch")
    assert document.language == "vi-VN"


@pytest.mark.parametrize(
    "told",
    [
        [1],
        None,
        "x",
        {"@graph": {"@graph": []}},
        {"@type": {"a": 1}},
        {"@type": "Article", "author": 7},
        {"@type": "Article", "datePublished": "hôm qua"},
    ],
)
def test_linked_data_that_is_none(read_bytes, told: object) -> None:
    page = f'<script type="application/ld+json">{json.dumps(told)}</script>{PARAGRAPHS}'
    (document,), problems = read_bytes("a.html", page.encode())
    assert all(problem.kept for problem in problems)
    assert (document.text, document.author) == ("\n".join(ARTICLE), None)


def test_the_pages_own_word_goes_before_linked_data(read_bytes) -> None:
    page = f"""<meta name="author" content="Trần Ba"><script type="application/ld+json">
{json.dumps(NEWS_ARTICLE)}</script><h1>Chợ khác</h1>{PARAGRAPHS}"""
    (document,), _ = read_bytes("a.html", page.encode())
    assert (document.title, document.author) == ("Chợ khác", "Trần Ba")


@pytest.mark.parametrize("key", ["lang", "language"])
def test_front_matter_tells_the_language(read_bytes, key: str) -> None:
    (document,), _ = read_bytes("a.md", f"---\n{key}: vi\n---\nChào bạn.".encode())
    assert document.language == "vi"
