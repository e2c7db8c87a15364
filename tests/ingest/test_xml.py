"""XML: feeds, sitemaps, dumps of MediaWiki, anything else; broken files and hostile ones."""

from __future__ import annotations

import bz2
import gzip
import io
import unicodedata
from pathlib import Path

import pytest

from searchapp.documents import Document
from searchapp.ingest.base import Problem
from searchapp.ingest.files import collect
from searchapp.ingest.reading import read_file
from searchapp.ingest.wikitext import CATEGORY, FILE, plain_text

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>Báo Đồng Xanh</title><link>https://vi.example</link><language>vi-vn</language>
<image><title>Biểu trưng</title></image>
<item><title>Chợ &lt;b&gt;nổi&lt;/b&gt; &amp;amp; ghe</title><link>https://vi.example/cho-noi</link>
<guid isPermaLink="false">bai-1</guid><media:title>Ảnh</media:title>
<description>Tóm tắt</description><content:encoded><![CDATA[<p>Ghe xuồng.</p>
<p>Trái cây &amp; hoa.</p>]]></content:encoded><dc:creator>Lê Na</dc:creator>
<category>Du lịch</category><category>Sông nước</category>
<pubDate>Tue, 05 Mar 2024 08:00:00 +0700</pubDate></item>
<item><title>Hồ sen</title><link>https://vi.example/sen</link>
<description>Sen nở.</description></item>
<item><title>Phở</title></item><item><link>https://vi.example/trong</link></item>
</channel></rss>"""

ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="vi">
<title>Báo Đồng Xanh</title><id>urn:feed</id><author><name>Ban biên tập</name></author>
<entry><id>urn:1</id><title type="html">Chợ &lt;i&gt;nổi&lt;/i&gt;</title>
<link rel="edit" href="https://vi.example/edit"/><link href="https://vi.example/cho-noi"/>
<author><name>Lê Na</name></author><author><name>Trần Bình</name></author>
<category term="dulich" label="Du lịch"/><category term="sông"/>
<published>2024-03-05T08:00:00+07:00</published><updated>2024-04-01T00:00:00Z</updated>
<summary>Tóm tắt</summary><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">
<p>Ghe <b>xuồng</b>.</p><p>Trái cây.</p></div></content></entry>
<entry xml:lang="en"><id>urn:2</id><title>a &lt; b</title>
<summary type="html">&lt;p&gt;Hồ&lt;/p&gt;</summary>
<updated>2024-04-01T00:00:00Z</updated></entry></feed>"""

RSS1 = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="x"><title>Báo</title></channel>
<item rdf:about="https://vi.example/1"><title>Chợ</title><link>https://vi.example/1</link>
<dc:date>2024-03-05</dc:date><dc:subject>sông</dc:subject></item></rdf:RDF>"""

SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://vi.example/1</loc><news:news><news:publication><news:name>Báo</news:name>
<news:language>vi</news:language></news:publication><news:title>Chợ nổi</news:title>
<news:publication_date>2024-03-05T08:00:00+07:00</news:publication_date>
<news:keywords>chợ, sông</news:keywords></news:news>
<image:image><image:loc>x</image:loc><image:caption>Ghe đầy trái cây</image:caption></image:image>
</url><url><loc>https://vi.example/2</loc></url></urlset>"""

WIKI = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="vi">
<siteinfo><sitename>Từ điển sông nước</sitename><base>https://vi.example/wiki/Trang_Ch%C3%ADnh</base>
<namespaces><namespace key="0"/><namespace key="6">Tập tin</namespace>
<namespace key="14">Thể loại</namespace></namespaces></siteinfo>
<page><title>Chợ nổi</title><ns>0</ns><id>7</id><revision><id>1</id>
<timestamp>2023-01-01T00:00:00Z</timestamp><text>cũ</text></revision><revision><id>2</id>
<timestamp>2024-03-05T08:00:00Z</timestamp><contributor><username>Lê Na</username></contributor>
<text xml:space="preserve">{{Hộp|x=1}}'''Chợ nổi''' là [[chợ]] trên [[Sông Hậu|sông]].
[[Tập tin:a.jpg|nhỏ|Ảnh]]
[[Thể loại:Chợ]][[Category:Sông]]</text></revision></page>
<page><title>Cho noi</title><ns>0</ns><id>8</id><redirect title="Chợ nổi"/><revision>
<text>#đổi [[Chợ nổi]]</text></revision></page>
<page><title>Thảo luận:Chợ nổi</title><ns>1</ns><id>9</id><revision><text>x</text></revision></page>
</mediawiki>"""


def read(path: Path, data: str | bytes) -> tuple[list[Document], list[Problem]]:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    (file,) = collect([path]).files
    items = list(read_file(file))
    return (
        [item for item in items if isinstance(item, Document)],
        [item for item in items if isinstance(item, Problem)],
    )


# -- feeds ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["x.xml", "x.rss", "no-ending", "x.dat"])
def test_rss(tmp_path: Path, name: str) -> None:
    documents, (problem,) = read(tmp_path / name, RSS)
    first, second, third = documents
    assert (first.id, first.title) == ("bai-1", "Chợ nổi & ghe")
    assert first.text == "Ghe xuồng.\nTrái cây & hoa."
    assert (first.url, first.source) == ("https://vi.example/cho-noi", "Báo Đồng Xanh")
    assert (first.author, first.tags) == ("Lê Na", ("Du lịch", "Sông nước"))
    assert (first.published, first.language) == ("2024-03-05", "vi-VN")
    assert (second.id, second.text) == ("https://vi.example/sen", "Sen nở.")
    assert third.id == f"{name}:3"
    assert problem.reason == "record 4 has neither title nor text"


def test_atom(tmp_path: Path) -> None:
    (first, second), problems = read(tmp_path / "x.atom", ATOM)
    assert problems == []
    assert (first.id, first.title, first.text) == ("urn:1", "Chợ nổi", "Ghe xuồng.\nTrái cây.")
    assert (first.url, first.source) == ("https://vi.example/cho-noi", "Báo Đồng Xanh")
    assert (first.author, first.tags) == ("Lê Na, Trần Bình", ("Du lịch", "sông"))
    assert (first.published, first.language) == ("2024-03-05", "vi")
    assert (second.title, second.text, second.language) == ("a < b", "Hồ", "en")
    assert second.published == "2024-04-01"


def test_rss_1(tmp_path: Path) -> None:
    (document,), problems = read(tmp_path / "x", RSS1)
    assert (document.id, document.title, problems) == ("https://vi.example/1", "Chợ", [])
    assert (document.published, document.tags) == ("2024-03-05", ("sông",))
    assert document.source == "Báo"


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "windows-1258"])
def test_the_encoding_is_told(tmp_path: Path, codec: str) -> None:
    raw = f'<?xml version="1.0" encoding="{codec.removesuffix("-sig")}"?><rss><channel><item>'
    raw += "<title>Chơ\u0323 phô\u0301</title></item></channel></rss>"
    (document,), problems = read(tmp_path / "x.xml", raw.encode(codec))
    assert (unicodedata.normalize("NFC", document.title), problems) == ("Chợ phố", [])


@pytest.mark.parametrize(
    ("broken", "title"),
    [
        ("<title>Chợ & ghe</title>", "Chợ"),
        ("<title>Chợ&nbsp;nổi</title>", "Chợ nổi"),
        ("<title>Chợ <br> nổi</title>", "Chợ"),
    ],
)
def test_a_broken_feed_is_read_as_far_as_it_goes(tmp_path: Path, broken: str, title: str) -> None:
    raw = f"<rss><channel><item>{broken}</item><item><title>Sen</title></item></channel></rss>"
    documents, problems = read(tmp_path / "x.xml", raw)
    assert documents[0].title.startswith(title)
    assert any("broken XML" in problem.reason and problem.kept for problem in problems)


def test_a_feed_cut_off_gives_what_comes_before(tmp_path: Path) -> None:
    documents, problems = read(tmp_path / "x.xml", RSS[: RSS.index("Hồ sen")])
    assert documents[0].id == "bai-1"
    assert any("broken XML" in problem.reason for problem in problems)


# -- sitemaps -------------------------------------------------------------------------------------


def test_a_sitemap_with_titles(tmp_path: Path) -> None:
    (document,), (problem,) = read(tmp_path / "sitemap.xml", SITEMAP)
    assert (document.id, document.url) == ("https://vi.example/1",) * 2
    assert (document.title, document.text) == ("Chợ nổi", "Ghe đầy trái cây")
    assert (document.source, document.language, document.tags) == ("Báo", "vi", ("chợ", "sông"))
    assert document.published == "2024-03-05"
    assert problem.kept
    assert "1 of 2 pages" in problem.reason


@pytest.mark.parametrize(
    "raw",
    [
        "<urlset><url><loc>https://vi.example/2</loc></url></urlset>",
        "<sitemapindex><sitemap><loc>https://vi.example/a.xml</loc></sitemap></sitemapindex>",
    ],
)
def test_a_list_of_addresses_says_what_to_do(tmp_path: Path, raw: str) -> None:
    documents, (problem,) = read(tmp_path / "sitemap.xml", raw)
    assert documents == []
    assert "save the pages" in problem.reason


# -- MediaWiki ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "pack"), [("w.xml", bytes), ("w.xml.bz2", bz2.compress), ("w.xml.gz", gzip.compress)]
)
def test_a_dump(tmp_path: Path, name: str, pack) -> None:
    (document,), (problem,) = read(tmp_path / name, pack(WIKI.encode()))
    assert (document.id, document.title) == (f"{name}:7", "Chợ nổi")
    assert document.text == "Chợ nổi là chợ trên sông."
    assert document.url == "https://vi.example/wiki/Ch%E1%BB%A3_n%E1%BB%95i"
    assert (document.author, document.published) == ("Lê Na", "2024-03-05")
    assert (document.source, document.language) == ("Từ điển sông nước", "vi")
    assert document.tags == ("Chợ", "Sông")
    assert problem.kept
    assert "1 redirects and 1 pages" in problem.reason


@pytest.mark.parametrize(
    ("wikitext", "text"),
    [
        ("'''Hà Nội''' là ''thủ đô''", "Hà Nội là thủ đô"),
        ("a<ref name=x>{{sách}} nguồn</ref>b", "ab"),
        ("{{a|{{b}}}}c", "c"),
        ("== Lịch sử ==\n* một\n* hai", "Lịch sử\nmột\nhai"),
        ("{|\n! Năm !! Dân\n|-\n| 2020 || 8 [[triệu]]\n|}", "Năm\nDân\n2020\n8 triệu"),
        ("[[Tập tin:a.jpg|nhỏ|Hồ [[Gươm]]]]x", "x"),
        ("[[Thể loại:Sông|*]]x[[:Thể loại:Sông]]", "xThể loại:Sông"),
        ("[[en:Hanoi]]x[[w:a|b]]", "xb"),
        ("[http://x.vn Trang chủ] [http://x.vn] http://y.vn", "Trang chủ http://y.vn"),
        ("a&nbsp;b &lt; c<!-- ghi chú --> __TOC__", "a b < c"),
        ("<nowiki>[[x]]</nowiki><br/>y<math>x^2</math>", "[[x]]\ny"),
        ("[[chưa đóng {{cũng {| vậy", "[[chưa đóng {{cũng {| vậy"),
    ],
)
def test_wikitext(wikitext: str, text: str) -> None:
    assert plain_text(wikitext, {"tập tin": FILE, "thể loại": CATEGORY})[0] == text


def test_a_large_dump_takes_little_memory(tmp_path: Path) -> None:
    import tracemalloc

    from searchapp.ingest.xml_stream import XmlStream

    page = "<page><title>T</title><revision><text>" + "từ " * 999 + "</text></revision></page>"
    junk = "<a><b>x</b></a>" * 99
    raw = ("<mediawiki>" + (page + junk) * 4000 + "</mediawiki>").encode()  # 26 MB
    tracemalloc.start()
    resident = _resident()
    assert sum(1 for _ in XmlStream(io.BytesIO(raw)).elements("page")) == 4000
    tracemalloc.stop()
    assert _resident() - resident < 8_000_000


def _resident() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024
    pytest.skip("this system does not tell a process's memory")


# -- other XML ------------------------------------------------------------------------------------


def test_other_xml_is_its_bare_text(tmp_path: Path) -> None:
    raw = (
        '<TEI xml:lang="vi"><head><title>Chợ nổi</title><date/></head><text><p>Ghe <hi>xuồng</hi>'
        " tấp nập.</p><p>Trái\n cây.</p><!-- ghi chú --></text></TEI>"
    )
    (document,), (problem,) = read(tmp_path / "x.xml", raw)
    assert (document.id, document.title) == ("x.xml", "Chợ nổi")
    assert (document.text, document.language) == ("Ghe xuồng tấp nập.\nTrái cây.", "vi")
    assert problem.kept
    assert "no known kind" in problem.reason


def test_a_page_that_is_called_xml(tmp_path: Path) -> None:
    raw = '<?xml version="1.0"?><html><body><h1>Chợ</h1><p>Ghe</p></body></html>'
    (document,), problems = read(tmp_path / "x.xml", raw)
    assert (document.title, document.text, problems) == ("Chợ", "Ghe", [])


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "is no XML"),
        (b"xin chao", "is no XML"),
        (b"\x00\x01\x02", "is no XML"),
        (b"<a/>", "without text"),
        (b'{"a": 1}', "is no XML"),
    ],
)
def test_what_is_no_xml_is_named(tmp_path: Path, raw: bytes, reason: str) -> None:
    documents, problems = read(tmp_path / "x.xml", raw)
    assert documents == []
    assert reason in problems[0].reason


# -- hostile --------------------------------------------------------------------------------------

LAUGHS = (
    "<!DOCTYPE rss [<!ENTITY a0 'haha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
    + "]>"
)


@pytest.mark.parametrize(
    ("doctype", "body", "secret"),
    [
        pytest.param(LAUGHS, "&a11;", "haha", id="billion laughs"),
        pytest.param("<!DOCTYPE rss [<!ENTITY x SYSTEM '{0}'>]>", "&x;", "bí mật", id="file"),
        pytest.param(
            "<!DOCTYPE rss [<!ENTITY % x SYSTEM '{0}'>%x;]>", "&y;", "bí mật", id="parameter entity"
        ),
        pytest.param("<!DOCTYPE rss SYSTEM '{0}'>", "&y;", "bí mật", id="external DTD"),
        pytest.param(
            "<!DOCTYPE rss [<!ATTLIST item x CDATA 'bí mật'>]>", "y", "bí mật", id="attribute"
        ),
    ],
)
@pytest.mark.parametrize(
    "wrap", ["<rss><channel><item><title>T{}</title></item></channel></rss>", "<x><y>T{}</y></x>"]
)
def test_entities_are_never_put_in(
    tmp_path: Path, doctype: str, body: str, secret: str, wrap: str
) -> None:
    (tmp_path / "secret.txt").write_text("<!ENTITY y 'bí mật'>bí mật", encoding="utf-8")
    doctype = doctype.replace("{0}", (tmp_path / "secret.txt").as_uri())
    documents, problems = read(tmp_path / "x.xml", doctype + wrap.format(body))
    assert len(documents) + len(problems) >= 1
    for one in documents:
        assert secret not in one.title + one.text
    for problem in problems:
        assert "\n" not in str(problem)
        assert secret not in problem.reason


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("<a>" * 100_000, id="deep"),
        pytest.param("<rss><channel><item>" + "<a>" * 100_000 + "x", id="deep in an item"),
        pytest.param("<a>" * 100_000 + "x" + "</a>" * 100_000, id="deep and whole"),
        pytest.param("<rss><channel><item><title>" + "x" * 30_000_000, id="a long text"),
        pytest.param("<a " + " ".join(f'b{n}="c"' for n in range(200_000)) + "/>", id="attributes"),
        pytest.param("<rss><item>" + "<a/>" * 500_000 + "</item></rss>", id="many elements"),
        pytest.param("<" + "a" * 11_000_000 + "/>", id="a long name"),
    ],
)
def test_what_no_document_does_is_stopped(tmp_path: Path, raw: str) -> None:
    documents, problems = read(tmp_path / "x.xml", raw)
    assert all(len(one.text) < 100 for one in documents)
    assert problems
    assert all("\n" not in str(problem) for problem in problems)
