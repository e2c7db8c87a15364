"""Pieces of HTML, as feeds and mail have them, to text."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from searchapp.ingest.html_text import UNSEEN, block_text

_MARKUP = re.compile(r"<[A-Za-z/!]|&(?:#\w+|\w+);")


def html_to_text(html: str) -> str:
    """The text of a piece of HTML or of a page, a line a block."""
    tree = LexborHTMLParser(html)
    tree.strip_tags([*UNSEEN, "head"])
    return "" if tree.body is None else block_text(tree.body)


def maybe_html_to_text(text: str) -> str:
    """Text that may be HTML or may not, as nobody says in a feed, to text."""
    return html_to_text(text) if _MARKUP.search(text) else text.strip()


def one_line(text: str) -> str:
    """The same for a title: white space collapsed."""
    return " ".join(maybe_html_to_text(text).split())
