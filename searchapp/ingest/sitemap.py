"""Sitemaps: the pages of which they tell more than an address (news, pictures, films)."""

from __future__ import annotations

from collections.abc import Iterator

from searchapp.ingest.base import Item, Problem, SourceFile
from searchapp.ingest.records import record_items
from searchapp.ingest.xml_stream import Element, XmlStream, child_text, local_name, text_of

_TEXTS = ("caption", "description")
_ADVICE = "it lists addresses, and this reads files, not the web: save the pages and index those"


def read_sitemap(xml: XmlStream, file: SourceFile) -> Iterator[Item]:
    """A document for each page with a title or a text; the others are counted.

    Titles come from the extension for news, else from the first picture or film; captions and
    descriptions are the text.
    """
    number = told = 0
    for element in xml.elements("url", "sitemap"):
        number += 1
        values = _values(element, file, number)
        if values["title"] or values["text"]:
            told += 1
            yield from record_items(values, file.shown, number)
    if not told:
        yield Problem(file.shown, f"has no page with a title or a text: {_ADVICE}")
    elif told < number:
        counted = f"{number - told} of {number} pages have no title and no text"
        yield Problem(file.shown, f"{counted} and were left out: {_ADVICE}", kept=True)


def _values(element: Element, file: SourceFile, number: int) -> dict[str, object]:
    url = child_text(element, "loc")
    news = next((child for child in element if local_name(child) == "news"), None)
    publication = None
    if news is not None:
        publication = next((c for c in news if local_name(c) == "publication"), None)
    inside = [part for child in element for part in child.iter() if part is not child]
    titles = [text_of(part) for part in inside if local_name(part) == "title"]
    texts = [text_of(part) for part in inside if local_name(part) in _TEXTS]
    title = next(filter(None, titles), "")
    return {
        "id": url or f"{file.id}:{number}",
        "title": title,
        "text": "\n".join(dict.fromkeys(t for t in (*titles, *texts) if t and t != title)),
        "url": url,
        "source": None if publication is None else child_text(publication, "name"),
        "language": None if publication is None else child_text(publication, "language"),
        "tags": "" if news is None else child_text(news, "keywords"),
        "published": "" if news is None else child_text(news, "publication_date"),
    }
