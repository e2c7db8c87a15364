"""XML: feeds, sitemaps and dumps by their root; of any other the bare text."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from searchapp.ingest.base import Item, Problem, SourceFile
from searchapp.ingest.feeds import read_atom, read_rss
from searchapp.ingest.html import read_html
from searchapp.ingest.mediawiki import read_dump
from searchapp.ingest.opening import PACKED_DAMAGED, open_bytes
from searchapp.ingest.records import record_items
from searchapp.ingest.sitemap import read_sitemap
from searchapp.ingest.xml_stream import Element, XmlStream, local_name, text_of

_TITLES = ("title", "article-title", "headline", "head")

_READERS: dict[str, Callable[[XmlStream, SourceFile], Iterator[Item]]] = {
    "rss": read_rss,
    "RDF": read_rss,
    "feed": read_atom,
    "urlset": read_sitemap,
    "sitemapindex": read_sitemap,
    "mediawiki": read_dump,
}


def read_xml(file: SourceFile) -> Iterator[Item]:
    """The documents of an XML file, read as it goes.

    What is broken is mended where it can be, and told; what is cut off gives what comes before.
    """
    with open_bytes(file.path) as stream:
        try:
            xml = XmlStream(stream)
            if local_name(xml.root).lower() == "html":
                yield from read_html(file)
                return
            yield from _READERS.get(local_name(xml.root), _read_other)(xml, file)
        except PACKED_DAMAGED as error:
            yield Problem(file.shown, f"ends too early or is damaged ({error})")
            return
    if xml.damage is not None:
        reason = f"is broken XML ({xml.damage}); it was read as far as that goes"
        yield Problem(file.shown, reason, kept=True)


def _read_other(xml: XmlStream, file: SourceFile) -> Iterator[Item]:
    """One document: a line for each element that holds text, with what is marked in it."""
    title, size = "", 0
    lines: list[str] = []
    for name, line in _all_lines(xml):
        size += len(line)
        if size > file.limits.document_chars:
            yield Problem(file.shown, "has too much text; the rest was left out", kept=True)
            break
        if not title and name.lower() in _TITLES:
            title = line
        else:
            lines.append(line)
    if not title and not lines:
        yield Problem(file.shown, "is XML of no known kind, and without text")
        return
    values = {"id": file.id, "title": title, "text": "\n".join(lines), "language": xml.language}
    note = "is XML of no known kind; its bare text was indexed"
    yield from record_items(values, file.shown, notes=(note,))


def _all_lines(xml: XmlStream) -> Iterator[tuple[str, str]]:
    for element in xml.elements():
        yield from _lines(element)
    alone = (xml.root.text or "").strip()
    if alone:
        yield local_name(xml.root), " ".join(alone.split())


def _lines(element: Element) -> Iterator[tuple[str, str]]:
    """Each element that holds text, and its text in one line; no deeper than the parser allows."""
    if (element.text or "").strip() or any((child.tail or "").strip() for child in element):
        yield local_name(element), " ".join(text_of(element).split())
        return
    for child in element:
        yield from _lines(child)
