"""HTML: the article without its navigation, and what its head says of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from searchapp.ingest.base import Item, SourceFile, with_notes
from searchapp.ingest.decoding import decode_noted
from searchapp.ingest.html_article import article_of
from searchapp.ingest.html_text import block_text, node_text, parse_html
from searchapp.ingest.opening import whole_bytes
from searchapp.ingest.records import make_document

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"<\?xml[^>]{0,100}encoding\s*=\s*[\"']([\w.:-]+)")
_HEAD_BYTES = 2048  # where the HTML standard wants the declaration, and some more
_META = {
    "author": ("author", "article:author", "dc.creator"),
    "tags": ("keywords", "news_keywords"),
    "published": ("article:published_time", "date", "dc.date", "pubdate"),
    "category": ("article:section",),
    "source": ("og:site_name",),
}
_IS_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_LINKED_DATA_MOST = 20
_ARTICLE_TYPES = re.compile(r"(?:\w*Article|\w*Posting|Report|WebPage)")


def read_html(file: SourceFile) -> Iterator[Item]:
    """The one document of an HTML file."""
    path = file.shown
    html, decoding_notes = decode_html(whole_bytes(file))
    tree = parse_html(html)
    linked_data = _linked_data(tree)
    values = {name: _meta(tree, names) or linked_data.get(name) for name, names in _META.items()}
    if _IS_ADDRESS.match(values["author"] or ""):  # Facebook wants a profile's address there
        values["author"] = linked_data.get("author")
    canonical = tree.css_first('link[rel="canonical"]')
    root = tree.css_first("html")
    heading = tree.css_first("article h1") or tree.css_first("main h1") or tree.css_first("h1")
    title = _meta(tree, ("og:title",)) or node_text(tree.css_first("title"))
    if heading is not None and node_text(heading):
        title = node_text(heading)
        heading.decompose()  # the title is a field of its own
    article = article_of(tree)
    document, notes = make_document(
        {
            "id": file.id,
            "title": title or linked_data.get("title"),
            "text": "" if article is None else block_text(article),
            "url": canonical.attributes.get("href") if canonical is not None else None,
            "language": root.attributes.get("lang") or root.attributes.get("xml:lang")
            if root is not None
            else None,
            **values,
        },
        path,
    )
    yield from with_notes(document, (*decoding_notes, *notes), path)


def decode_html(data: bytes) -> tuple[str, list[str]]:
    """The text of an HTML file in the encoding that it declares, and notes for a person.

    Raises DecodingError.
    """
    head = data[:_HEAD_BYTES]
    declared = _CHARSET.search(head) or _XML_ENCODING.search(head)
    return decode_noted(data, declared[1].decode("ascii", "replace") if declared else None)


def _meta(tree: LexborHTMLParser, names: tuple[str, ...]) -> str | None:
    for node in tree.css("meta"):
        attributes = node.attributes
        name = (attributes.get("name") or attributes.get("property") or "").lower()
        if name in names and attributes.get("content"):
            return attributes["content"]
    return None


def _linked_data(tree: LexborHTMLParser) -> dict[str, str]:
    """What the page says of its article in JSON-LD, by our names."""
    for node in tree.css('script[type="application/ld+json"]')[:_LINKED_DATA_MOST]:
        try:
            told = json.loads(node.text())
        except (ValueError, RecursionError):
            continue  # broken scripts are common, and the page's own elements say the same
        graph = told.get("@graph") if isinstance(told, dict) else None
        for thing in (
            graph if isinstance(graph, list) else told if isinstance(told, list) else [told]
        ):
            if isinstance(thing, dict) and _ARTICLE_TYPES.fullmatch(_first_text(thing, "@type")):
                return _article_values(thing)
    return {}


def _article_values(thing: Mapping[str, Any]) -> dict[str, str]:
    named = {
        "title": _first_text(thing, "headline"),
        "published": _first_text(thing, "datePublished"),
        "author": _first_text(thing, "author"),
        "category": _first_text(thing, "articleSection"),
        "source": _first_text(thing, "publisher"),
    }
    return {name: value for name, value in named.items() if value}


def _first_text(thing: Mapping[str, Any], key: str) -> str:
    """A value of JSON-LD as text: it may be a string, a thing with a name, or a list of those."""
    value = thing.get(key)
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name")
    return value.strip() if isinstance(value, str) else ""
