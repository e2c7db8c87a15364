"""HTML trees to text: a line a block, white space as a browser shows it."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

_HTML_SPACE = re.compile(r"[ \t\n\f\r]+")
_BLOCK = frozenset(
    (
        *("address", "article", "blockquote", "body", "br", "dd", "details", "div", "dl", "dt"),
        *("fieldset", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr"),
        *("li", "main", "ol", "option", "p", "pre", "section", "summary", "table", "td", "th"),
        *("tr", "ul"),
    )
)
UNSEEN = ("script", "style", "noscript", "template", "svg", "iframe", "object", "select", "button")
"""Elements whose text is nothing to read."""

# In XHTML <script/> is an element that is closed, in HTML it swallows all that follows.
_SELF_CLOSED = re.compile(r"<((?!(?:br|hr|img|input|link|meta|col|area|base)\b)[a-z]\w*)([^<>]*)/>")


def parse_xhtml(text: str) -> LexborHTMLParser:
    """A tree of HTML that was written as XML."""
    return LexborHTMLParser(_SELF_CLOSED.sub(r"<\1\2></\1>", text))


def node_text(node: LexborNode | None) -> str:
    """The text of a node in one line."""
    return "" if node is None else " ".join(node.text().split())


def block_text(root: LexborNode) -> str:
    """The text with a line for each block; white space inside a line collapsed."""
    parts: list[str] = []
    for node in root.traverse(include_text=True):
        if node.tag == "-text":
            parts.append(" ".join(_HTML_SPACE.split(node.text(deep=False))))
        elif node.tag in _BLOCK:
            parts.append("\n")
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)
