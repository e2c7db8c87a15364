"""XML as a stream of elements: those that are asked for, one after the other, then forgotten.

libxml2 keeps to its own limits (256 levels, 10 MB in one text) and mends what it can, for feeds are
often broken. Entities that a document declares are never put in, and nothing is fetched: neither
files nor addresses.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from lxml import etree

from searchapp.ingest.base import UnreadableError

Element = Any
"""An element of lxml, which has no types of its own."""

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_MOST_ELEMENTS = 200_000
"""In one element that is asked for; more is no article."""


class XmlStream:
    """A document that is read once. Raises UnreadableError for what has not even a root."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._events = etree.iterparse(
            stream,
            events=("start", "end"),
            recover=True,
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            first = next(self._events, None)
        except etree.XMLSyntaxError:
            first = None
        if first is None:
            raise UnreadableError("is no XML")
        self.root: Element = first[1]
        """As it began: its name and attributes; without what is in it."""

    def elements(self, *names: str) -> Iterator[Element]:
        """The elements with these local names that are in none such; without names the root's
        children.

        Each is whole when it is given, and empty afterwards. Raises UnreadableError for one of more
        than 200,000 elements.
        """
        asked: Element = None
        size = 0
        for event, element in self._events:
            if event == "start":
                size += 1
                if asked is None and self._is_asked(element, names):
                    asked, size = element, 0
                elif asked is not None and size > _MOST_ELEMENTS:
                    raise UnreadableError(
                        f"has a {local_name(asked)} of over {_MOST_ELEMENTS} elements"
                    )
            elif asked is None or element is asked:
                if element is asked:
                    yield element
                    asked = None
                if element is not self.root:
                    _forget(element)

    def _is_asked(self, element: Element, names: tuple[str, ...]) -> bool:
        return local_name(element) in names if names else element.getparent() is self.root

    @property
    def language(self) -> str | None:
        """What the root says of the language, if it says anything."""
        value: str | None = self.root.get(_LANGUAGE)
        return value

    @property
    def damage(self) -> str | None:
        """What was found broken so far, in one line; None if nothing was."""
        errors = self._events.error_log.filter_from_errors()
        if not len(errors):
            return None
        first = errors[0]
        return f"{' '.join(first.message.split())}, line {first.line}"


def _forget(element: Element) -> None:
    element.clear()
    parent = element.getparent()
    while element.getprevious() is not None:  # what follows it may be parsed already
        del parent[0]


def local_name(element: Element) -> str:
    """The name of an element without its namespace; empty for an entity that is not known."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def namespace(element: Element) -> str:
    """The namespace of an element; empty if it has none."""
    tag = element.tag if isinstance(element.tag, str) else ""
    return tag[1:].partition("}")[0] if tag.startswith("{") else ""


def text_of(element: Element) -> str:
    """All the text in an element, trimmed; an entity that is not known stays as ``&name;``."""
    return "".join(element.itertext()).strip()


def child_text(element: Element, name: str) -> str:
    """The text of the first child of that local name; empty if there is none."""
    return next((text_of(child) for child in element if local_name(child) == name), "")


def inner_markup(element: Element) -> str:
    """What is in an element, as HTML."""
    pieces = (etree.tostring(child, method="html", encoding="unicode") for child in element)
    return (element.text or "") + "".join(pieces)
