"""RSS (0.9 to 2.0) and Atom: a document for each entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime

from searchapp.ingest.base import Item, SourceFile
from searchapp.ingest.fragments import html_to_text, maybe_html_to_text, one_line
from searchapp.ingest.records import record_items
from searchapp.ingest.xml_stream import (
    Element,
    XmlStream,
    child_text,
    inner_markup,
    local_name,
    namespace,
    text_of,
)

# Other namespaces have names of their own for the same things: media:title is no title.
_PREFIXES = {
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dc:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
}
_PLAIN = frozenset(
    (
        *("", "http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/"),
        *("http://backend.userland.com/rss2", "http://www.w3.org/2005/Atom"),
        "http://purl.org/atom/ns#",
    )
)
_OF_CHANNEL = ("title", "language")


def read_rss(xml: XmlStream, file: SourceFile) -> Iterator[Item]:
    """The items of a feed; what the channel says before them holds for all."""
    channel: dict[str, str] = {}
    number = 0
    for element in xml.elements("item", *_OF_CHANNEL):
        name = local_name(element)
        if name != "item":
            if local_name(element.getparent()) == "channel" and namespace(element) in _PLAIN:
                channel.setdefault(name, one_line(text_of(element)))
            continue
        number += 1
        yield from _item(element, channel, file, number)


def _item(
    element: Element, channel: Mapping[str, str], file: SourceFile, number: int
) -> Iterator[Item]:
    told = _told(element)

    def first(*names: str) -> str:
        return next((told[name][0] for name in names if told.get(name)), "")

    link = first("link")
    if not link and told.get("guid") and told["guid"][0].startswith(("http://", "https://")):
        link = told["guid"][0]
    values = {
        "id": first("guid") or element.get(_RDF_ABOUT) or link or f"{file.id}:{number}",
        "title": one_line(first("title", "dc:title", "itunes:title")),
        "text": maybe_html_to_text(
            first("content:encoded", "description", "dc:description", "itunes:summary")
        ),
        "url": link,
        "source": channel.get("title"),
        "author": one_line(first("dc:creator", "author", "itunes:author")),
        "tags": list(map(one_line, [*told.get("category", ()), *told.get("dc:subject", ())])),
        "published": _date(first("pubDate", "dc:date", "dc:created")),
        "language": first("dc:language") or channel.get("language") or None,
    }
    yield from record_items(values, file.shown, number)


_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"


def _told(element: Element) -> dict[str, list[str]]:
    """The children's texts by name; the prefix is there for names of another namespace."""
    told: dict[str, list[str]] = {}
    for child in element:
        space = namespace(child)
        prefix = "" if space in _PLAIN else _PREFIXES.get(space)
        text = text_of(child) if prefix is not None else ""
        if text:
            told.setdefault(f"{prefix}{local_name(child)}", []).append(text)
    return told


def read_atom(xml: XmlStream, file: SourceFile) -> Iterator[Item]:
    """The entries of a feed; what the feed says before them holds for all."""
    source = ""
    number = 0
    for element in xml.elements("entry", "title"):
        if local_name(element) == "title":
            source = source or one_line(text_of(element))
            continue
        number += 1
        yield from _entry(element, source, xml.language, file, number)


def _entry(
    element: Element, source: str, language: str | None, file: SourceFile, number: int
) -> Iterator[Item]:
    children = {
        local_name(child): child for child in reversed(element) if namespace(child) in _PLAIN
    }
    links = [child for child in element if local_name(child) == "link"]
    links.sort(key=lambda link: link.get("rel", "alternate") != "alternate")
    url = links[0].get("href") if links else None
    authors = [child_text(c, "name") for c in element if local_name(c) == "author"]
    body = children.get("content")
    if body is None or not text_of(body):
        body = children.get("summary")
    title = children.get("title")
    published = child_text(element, "published") or child_text(element, "updated")
    categories = [c for c in element if local_name(c) == "category"]
    xml_language = "{http://www.w3.org/XML/1998/namespace}lang"
    values = {
        "id": child_text(element, "id") or url or f"{file.id}:{number}",
        "title": "" if title is None else " ".join(_construct(title).split()),
        "text": "" if body is None else _construct(body),
        "url": url,
        "source": source,
        "author": ", ".join(filter(None, authors)),
        "tags": [c.get("label") or c.get("term") or text_of(c) for c in categories],
        "published": _date(published or child_text(element, "issued")),
        "language": element.get(xml_language) or language,
    }
    yield from record_items(values, file.shown, number)


def _construct(element: Element) -> str:
    """The text of what Atom calls a text construct (RFC 4287, 3.1)."""
    kind = (element.get("type") or "text").lower()
    if kind in {"xhtml", "application/xhtml+xml"}:
        return html_to_text(inner_markup(element))
    if kind in {"html", "text/html"}:
        return html_to_text(text_of(element))
    return text_of(element)


def _date(text: str) -> str:
    """RFC 822 as ISO 8601; anything else as it stands, to be checked with the record."""
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except (ValueError, TypeError, IndexError):
        return text
