"""EPUB: the chapters of a book in reading order, and what its package says of it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from searchapp.ingest.base import Item, SourceFile, UnreadableError, with_notes
from searchapp.ingest.decoding import DecodingError
from searchapp.ingest.html import decode_html
from searchapp.ingest.html_text import UNSEEN, block_text, parse_html
from searchapp.ingest.ooxml import day
from searchapp.ingest.package import Package
from searchapp.ingest.records import make_document
from searchapp.ingest.titles import choose_title
from searchapp.ingest.xml_events import texts

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_CHAPTER_TYPES = frozenset(("application/xhtml+xml", "text/html", "application/x-dtbook+xml"))
_METADATA = ("title", "creator", "date", "language", "subject")
_SHOWN_CHAPTERS = 5


@dataclass(frozen=True, slots=True)
class _Book:
    """The names of the chapters in the package, in order, and values by our names."""

    chapters: tuple[str, ...]
    values: dict[str, Any]


def read_epub(file: SourceFile) -> Iterator[Item]:
    """The one document of an EPUB file. Raises UnreadableError for a book under lock (DRM)."""
    notes: list[str] = []
    texts_: list[str] = []
    lost: list[str] = []
    with Package(file, "EPUB") as package:
        book = _book(package)
        locked = _locked(package).intersection(book.chapters)
        if locked:
            raise UnreadableError("is locked by its seller (DRM); get it without, e.g. from him")
        chars = 0
        for chapter in book.chapters:
            try:
                text, decoding_notes = _chapter(package, chapter)
            except DecodingError as error:
                notes.append(f"{posixpath.basename(chapter)} {error}")
                continue
            if text is None:
                lost.append(posixpath.basename(chapter))
                continue
            notes += decoding_notes
            texts_.append(text)
            chars += len(text)
            if chars > file.limits.document_chars:
                break  # the rest would be cut off
    if lost:
        shown = ", ".join(lost[:_SHOWN_CHAPTERS]) + (", …" if len(lost) > _SHOWN_CHAPTERS else "")
        notes.append(f"lacks chapters that it lists: {shown}")
    text = "\n".join(filter(None, texts_))
    if not text:
        raise UnreadableError("holds no text: a book of pictures, or damaged")
    values = {**book.values, "title": choose_title(book.values.get("title"), text, file)}
    document, more = make_document({"id": file.id, "text": text, **values}, file.shown)
    yield from with_notes(document, (*dict.fromkeys(notes), *more), file.shown)


def _chapter(package: Package, name: str) -> tuple[str | None, list[str]]:
    if name not in package:
        return None, []
    html, notes = decode_html(package.read(name))
    tree = parse_html(html if html.lstrip().startswith("<?xml") else f"<?xml?>{html}")
    tree.strip_tags([*UNSEEN, "nav"])
    return "" if tree.body is None else block_text(tree.body), notes


def _book(package: Package) -> _Book:
    with package.open(_CONTAINER) as stream:
        roots = [start.attributes.get("full-path", "") for start, _ in texts(stream, "rootfile")]
    if not roots:
        raise UnreadableError("names no book in its container: it is damaged; get it anew")
    folder = posixpath.dirname(roots[0])
    items: dict[str, str] = {}
    order: list[str] = []
    told: list[tuple[str, str]] = []
    with package.open(roots[0]) as stream:
        for start, text in texts(stream, "item", "itemref", *_METADATA):
            attributes = start.attributes
            if start.name == "item":
                is_contents = "nav" in attributes.get("properties", "").split()
                if attributes.get("media-type") in _CHAPTER_TYPES and not is_contents:
                    items[attributes.get("id", "")] = _resolved(folder, attributes.get("href", ""))
            elif start.name == "itemref":
                order.append(attributes.get("idref", ""))
            elif text:
                told.append((start.name, text))
    first = dict(reversed(told))
    values = {
        "title": first.get("title"),
        "author": ", ".join(dict.fromkeys(text for name, text in told if name == "creator")),
        "published": day(first.get("date")),
        "language": first.get("language"),
        "tags": [text for name, text in told if name == "subject"],
    }
    chapters = tuple(dict.fromkeys(items[one] for one in order if one in items))
    return _Book(chapters, values)


def _locked(package: Package) -> frozenset[str]:
    """What is encrypted; mere fonts often are."""
    if _ENCRYPTION not in package:
        return frozenset()
    with package.open(_ENCRYPTION) as stream:
        found = texts(stream, "CipherReference")
    return frozenset(_resolved("", start.attributes.get("URI", "")) for start, _ in found)


def _resolved(folder: str, target: str) -> str:
    path = unquote(target.partition("#")[0])
    return posixpath.normpath(posixpath.join("/", folder, path)).lstrip("/")
