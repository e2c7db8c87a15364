"""Wikitext to what a reader of the page sees of it, without templates, notes and pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import mwparserfromhell
from mwparserfromhell.nodes import ExternalLink, Heading, HTMLEntity, Node, Tag, Text, Wikilink
from mwparserfromhell.wikicode import Wikicode

FILE, CATEGORY = 6, 14
"""Numbers of namespaces, the same in every wiki."""

_INTERWIKI = re.compile(r"[a-z]{2,3}(?:-[a-z]+)*")  # [[en:Hanoi]]
_SWITCH = re.compile(r"__[A-Z]+__")
_UNSEEN = frozenset(("ref", "references", "gallery", "math", "timeline", "score", "style"))
_LINES = frozenset(
    ("br", "p", "div", "li", "dd", "dt", "table", "tr", "td", "th", "hr", "blockquote", "poem")
)
_SPACES = re.compile(r"[ \t\xa0]+")


def plain_text(wikitext: str, namespaces: Mapping[str, int]) -> tuple[str, list[str]]:
    """The text, a line a paragraph, cell or item; and the names of the categories.

    ``namespaces`` are the numbers of the wiki's namespaces by their names in small letters.
    """
    categories: list[str] = []
    parts = _parts(mwparserfromhell.parse(wikitext), namespaces, categories)
    text = _SWITCH.sub("", "".join(parts))
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line), list(dict.fromkeys(categories))


def _parts(
    code: Wikicode | None, namespaces: Mapping[str, int], categories: list[str]
) -> Iterator[str]:
    """The pieces of text, in order. Recursion is as deep as the parser lets things be: 40 levels.

    Wikicode.strip_code would need unwanted nodes removed first, which takes the square of their
    number: 18 s for 100 KB.
    """
    for node in () if code is None else code.nodes:
        if isinstance(node, Text):
            yield node.value
        elif isinstance(node, HTMLEntity):
            yield node.normalize()
        elif isinstance(node, Heading):
            yield from ("\n", *_parts(node.title, namespaces, categories), "\n")
        elif isinstance(node, Tag):
            yield from _tag(node, namespaces, categories)
        elif isinstance(node, Wikilink | ExternalLink):
            shown = _shown(node, namespaces, categories)
            yield from _parts(shown, namespaces, categories)


def _tag(node: Tag, namespaces: Mapping[str, int], categories: list[str]) -> Iterator[str]:
    name = str(node.tag).strip().lower()
    if name in _UNSEEN:
        return
    edge = "\n" if name in _LINES else ""
    yield from (edge, *_parts(node.contents, namespaces, categories))
    if not node.wiki_markup:
        yield edge


def _shown(node: Node, namespaces: Mapping[str, int], categories: list[str]) -> Wikicode | None:
    """What a link shows: a category shows nothing, a picture only itself."""
    if isinstance(node, ExternalLink):
        return node.url if node.title is None and not node.brackets else node.title
    assert isinstance(node, Wikilink)
    target = str(node.title).strip()
    prefix, colon, rest = target.partition(":")
    if colon and prefix:
        kind = namespaces.get(prefix.strip().lower().replace("_", " "))
        if kind == CATEGORY:
            categories.append(rest.strip())
        if kind in {FILE, CATEGORY} or _INTERWIKI.fullmatch(prefix):
            return None
    if node.text is not None:
        return node.text
    return Wikicode([Text(rest)]) if colon and not prefix else node.title  # [[:Thể loại:Sông]]
