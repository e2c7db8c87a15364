"""HTML: the article without its navigation, and what its head says of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from searchapp.ingest.base import Item, Problem, SourceFile
from searchapp.ingest.decoding import decode_noted
from searchapp.ingest.records import make_document

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_HTML_SPACE = re.compile(r"[ \t\n\f\r]+")
_HEAD_BYTES = 2048  # where the HTML standard wants the declaration, and some more
_LEFT_OUT = ["script", "style", "nav", "footer", "aside", "form", "noscript", "template", "svg"]
_BLOCK = frozenset(
    (
        *("address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption"),
        *("figure", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol"),
        *("p", "pre", "section", "table", "td", "th", "tr", "ul"),
    )
)
_META = {
    "author": ("author", "article:author"),
    "tags": ("keywords", "news_keywords"),
    "published": ("article:published_time", "date", "dc.date"),
    "category": ("article:section",),
    "source": ("og:site_name",),
}


def read_html(file: SourceFile) -> Iterator[Item]:
    """The one document of an HTML file."""
    path, data = file.shown, file.path.read_bytes()
    declared = _CHARSET.search(data[:_HEAD_BYTES])
    html, decoding_notes = decode_noted(data, declared[1].decode("ascii") if declared else None)
    tree = LexborHTMLParser(html)
    values = {name: _meta(tree, names) for name, names in _META.items()}
    canonical = tree.css_first('link[rel="canonical"]')
    heading = tree.css_first("article h1") or tree.css_first("main h1") or tree.css_first("h1")
    title = _meta(tree, ("og:title",)) or _node_text(tree.css_first("title"))
    if heading is not None and _node_text(heading):
        title = _node_text(heading)
        heading.decompose()  # the title is a field of its own
    tree.strip_tags(_LEFT_OUT)
    root = tree.css_first("article") or tree.css_first("main") or tree.body
    document, notes = make_document(
        {
            "id": file.id,
            "title": title,
            "text": "" if root is None else _block_text(root),
            "url": canonical.attributes.get("href") if canonical is not None else None,
            **values,
        },
        path,
    )
    for note in (*decoding_notes, *notes):
        yield Problem(path, note, kept=True)
    yield document


def _meta(tree: LexborHTMLParser, names: tuple[str, ...]) -> str | None:
    for node in tree.css("meta"):
        attributes = node.attributes
        name = (attributes.get("name") or attributes.get("property") or "").lower()
        if name in names and attributes.get("content"):
            return attributes["content"]
    return None


def _node_text(node: LexborNode | None) -> str:
    return "" if node is None else " ".join(node.text().split())


def _block_text(root: LexborNode) -> str:
    """The text with a line for each block; white space inside a line collapsed."""
    parts: list[str] = []
    for node in root.traverse(include_text=True):
        if node.tag == "-text":
            parts.append(" ".join(_HTML_SPACE.split(node.text(deep=False))))
        elif node.tag in _BLOCK:
            parts.append("\n")
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)
