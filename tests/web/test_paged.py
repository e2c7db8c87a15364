"""Pages and languages of documents: in answers, in results, and in the document itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from searchapp.cli.main import commands
from searchapp.config import Settings
from searchapp.documents import Document
from searchapp.ingest.programs import put_documents
from searchapp.search.snippets import Snippet
from searchapp.web import create_app
from searchapp.web.marking import marked_paragraphs

PAGES = [
    "Mở đầu về kỳ lân.\nMột dòng nữa.\n\n",
    "",  # a page without text, as a picture is
    "Trang này nói về phượng hoàng.\n\n",
    "Ở đây lại có kỳ lân và phượng hoàng, viết trên hai trang ",
    "liền nhau, rồi đến rùa vàng.",
]
PAGED = Document(
    "sách/linh vật.pdf",
    "Bốn linh vật",
    "".join(PAGES),
    page_starts=tuple(sum(map(len, PAGES[:n])) for n in range(len(PAGES))),
)
ENGLISH = Document("en", "The unicorn", "A unicorn called kỳ lân.", language="en-GB")
PLAIN = Document("vi", "Kỳ lân", "Một bài về kỳ lân không chia trang.")


@pytest.fixture(scope="module")
def index_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("paged") / "index"
    put_documents([PAGED, ENGLISH, PLAIN], Settings(index_dir=target, jobs=1))
    return target


@pytest.fixture(scope="module")
def reader(index_dir: Path) -> FlaskClient:
    return create_app(Settings(index_dir=index_dir)).test_client()


@pytest.mark.parametrize(
    ("query", "pages"),
    [("kỳ lân", [1, 4]), ("phượng hoàng", [3]), ("rùa vàng", [5]), ("bốn linh vật", [1])],
)
def test_a_passage_names_its_page(reader: FlaskClient, query: str, pages: list[int]) -> None:
    answer = reader.get("/api/v1/search", query_string={"q": query}).json
    hit = next(one for one in answer["hits"] if one["id"] == PAGED.id)
    assert hit["snippets"][0]["page"] in pages
    for snippet in hit["snippets"]:
        assert isinstance(snippet["page"], int)
    other = [one for one in answer["hits"] if one["id"] != PAGED.id]
    assert {snippet["page"] for one in other for snippet in one["snippets"]} <= {None}


def test_documents_say_their_language(reader: FlaskClient) -> None:
    hits = reader.get("/api/v1/search?q=kỳ lân").json["hits"]
    assert {one["id"]: one["language"] for one in hits} == {
        PAGED.id: None,
        "en": "en-GB",
        "vi": None,
    }
    assert reader.get("/api/v1/documents/en").json["language"] == "en-GB"
    assert reader.get("/api/v1/documents/vi").json["language"] is None


@pytest.mark.parametrize(("language", "words"), [("vi", "trang\u00a03"), ("en", "page\u00a03")])
def test_a_result_leads_to_the_page(reader: FlaskClient, language: str, words: str) -> None:
    page = LexborHTMLParser(reader.get(f"/search?q=phượng hoàng&lang={language}").text)
    (link,) = [one for one in page.css(".at-page") if one.text() == words]
    assert link.attributes["lang"] == language
    address, _, place = (link.attributes["href"] or "").partition("#")
    document = LexborHTMLParser(reader.get(address).text)
    start = document.css_first(f"#{place}")
    assert start.attributes["role"] == "doc-pagebreak"
    assert start.text().replace(" ", "\u00a0").lower() == words
    assert start.attributes["aria-label"] == start.text()
    node = start.next
    while node is not None and node.tag != "p":
        node = node.next
    assert node is not None
    assert "phượng hoàng" in node.text()
    assert document.css_first("#match").text().lower().startswith("phượng")


def test_a_document_without_pages_has_no_marks_of_them(reader: FlaskClient) -> None:
    assert LexborHTMLParser(reader.get("/documents/vi").text).css(".page-start") == []
    results = LexborHTMLParser(reader.get("/search?q=không chia trang").text)
    (hit,) = [one for one in results.css(".hit") if "không chia" in one.text()]
    assert hit.css(".at-page") == []


def test_every_page_with_words_begins_once(reader: FlaskClient) -> None:
    document = LexborHTMLParser(reader.get(f"/documents/{PAGED.id}").text)
    places = [node.attributes["id"] for node in document.css(".page-start")]
    assert places == ["trang-1", "trang-3", "trang-4", "trang-5"]
    assert " ".join(node.text() for node in document.css(".text p")).split() == PAGED.text.split()


def test_texts_are_in_their_own_language(reader: FlaskClient) -> None:
    for address in ("/search?q=unicorn", "/search?q=unicorn&lang=en"):
        results = LexborHTMLParser(reader.get(address).text)
        assert results.css_first(".hit h2").attributes["lang"] == "en-GB"
        assert results.css_first(".snippet").attributes["lang"] == "en-GB"
    article = LexborHTMLParser(reader.get("/documents/en").text).css_first("article")
    assert article.attributes["lang"] == "en-GB"
    article = LexborHTMLParser(reader.get("/documents/vi?lang=en").text).css_first("article")
    assert article.attributes["lang"] == "vi"


def test_the_command_line_says_the_page(index_dir: Path) -> None:
    given_ = ["search", "phượng hoàng", "--index-dir", str(index_dir)]
    shown = CliRunner().invoke(commands, given_).stdout
    lines = [line for line in shown.splitlines() if "phượng" in line]
    assert lines
    assert all(line.endswith(("  p. 3", "  p. 4")) for line in lines)
    plain = CliRunner().invoke(commands, ["search", "chia", "--index-dir", str(index_dir)]).stdout
    assert "p. " not in plain
    tsv = CliRunner().invoke(commands, [*given_, "--format", "tsv"]).stdout
    assert "p. " not in tsv


@given(
    text=st.text(alphabet="ab \n\u00a0ỳ", max_size=60),
    starts=st.lists(st.integers(0, 60), max_size=6).map(sorted),
    spans=st.lists(st.integers(0, 60), max_size=6, unique=True).map(sorted),
)
def test_paragraphs_are_on_the_pages_that_the_document_says(
    text: str, starts: list[int], spans: list[int]
) -> None:
    document = Document("a", "", text, page_starts=tuple(starts))
    highlights = tuple(
        (a, b) for a, b in zip(spans[::2], spans[1::2], strict=False) if b <= len(text)
    )
    shown = marked_paragraphs(Snippet(text, highlights, 0, len(text)), document.page_starts)
    told = [one.page for one in shown if one.page is not None]
    assert told == sorted(set(told))
    assert bool(told) == bool(starts and text.strip())
    begun = {document.page_at(n) for n, char in enumerate(text) if char.strip()} - {None}
    assert set(told) == begun
    marks = [mark for one in shown for mark in re.findall("<mark[^>]*>(.*?)</mark>", one.html)]
    assert _letters(marks) == _letters(text[a:b] for a, b in highlights)
    plain = "".join(one.html.striptags() for one in shown)
    assert "".join(plain.split()) == "".join(text.split())


def _letters(pieces: Iterable[str]) -> str:
    return "".join("".join(pieces).split())
