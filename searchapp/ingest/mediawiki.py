"""Dumps of MediaWiki: a document for each article, its wikitext as plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from searchapp.ingest.base import Item, Problem, SourceFile
from searchapp.ingest.records import record_items
from searchapp.ingest.wikitext import CATEGORY, FILE, plain_text
from searchapp.ingest.xml_stream import Element, XmlStream, child_text, local_name, text_of

_KNOWN = {"file": FILE, "image": FILE, "hình": FILE, "category": CATEGORY}
_REDIRECT = re.compile(r"\s*#(?:redirect|đổi)", re.IGNORECASE)


@dataclass(slots=True)
class _Site:
    """What a dump says of its wiki; its namespaces' numbers by their names in small letters."""

    name: str | None = None
    base: str | None = None
    namespaces: dict[str, int] = field(default_factory=lambda: dict(_KNOWN))

    def url(self, title: str) -> str | None:
        """The address of a page, made like that of the main page."""
        if not self.base:
            return None
        return f"{self.base.rpartition('/')[0]}/{quote(title.replace(' ', '_'), safe=':/(),')}"


def read_dump(xml: XmlStream, file: SourceFile) -> Iterator[Item]:
    """The articles of a dump; redirects and the pages of other namespaces are counted."""
    site = _Site()
    redirects = others = number = 0
    for element in xml.elements("siteinfo", "page"):
        if local_name(element) == "siteinfo":
            _read_site(element, site)
            continue
        number += 1
        revision = _last_revision(element)
        text = "" if revision is None else child_text(revision, "text")
        if child_text(element, "ns") not in {"", "0"}:
            others += 1
        elif _is_redirect(element, text):
            redirects += 1
        else:
            values = _values(element, revision, text, site, file, number)
            yield from record_items(values | {"language": xml.language}, file.shown, number)
    if redirects or others:
        told = f"{redirects} redirects and {others} pages that are no articles were left out"
        yield Problem(file.shown, told, kept=True)


def _read_site(element: Element, site: _Site) -> None:
    site.name = child_text(element, "sitename") or None
    site.base = child_text(element, "base") or None
    for part in element.iter():
        key = part.get("key") if local_name(part) == "namespace" else None
        if key is not None and re.fullmatch(r"-?\d{1,6}", key) and text_of(part):
            site.namespaces[text_of(part).lower()] = int(key)


def _last_revision(page: Element) -> Element | None:
    return next((part for part in reversed(page) if local_name(part) == "revision"), None)


def _is_redirect(page: Element, text: str) -> bool:
    told = any(local_name(part) == "redirect" for part in page)
    return told or _REDIRECT.match(text) is not None


def _values(
    page: Element, revision: Element | None, wikitext: str, site: _Site, file: SourceFile, n: int
) -> dict[str, Any]:
    title = child_text(page, "title")
    author = published = ""
    if revision is not None:
        published = child_text(revision, "timestamp")
        for part in revision:
            if local_name(part) == "contributor":
                author = child_text(part, "username") or child_text(part, "ip")
    text, categories = plain_text(wikitext, site.namespaces)
    return {
        "id": f"{file.id}:{child_text(page, 'id') or n}",
        "title": title,
        "text": text,
        "url": site.url(title),
        "source": site.name,
        "author": author,
        "tags": categories,
        "published": published,
    }
