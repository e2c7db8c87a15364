"""HTML trees to text: a line a block, white space as a browser shows it."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from searchapp.ingest.base import UnreadableError

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
_SELF_CLOSED = re.compile(
    r"<((?!(?:br|hr|img|input|link|meta|col|area|base)\b)[a-z]\w*+)([^<>]*)/>"
)


_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
_NEVER_HOLD = frozenset(
    (
        *("area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link"),
        *("meta", "option", "p", "param", "source", "td", "th", "tr", "track", "wbr"),
    )
)
_DEEPEST = 30_000


def parse_html(text: str) -> LexborHTMLParser:
    """A tree of HTML; of XHTML, too. Raises UnreadableError for one of absurd depth."""
    if text.lstrip("\ufeff \t\n").startswith("<?xml"):
        text = _SELF_CLOSED.sub(r"<\1\2></\1>", text)
    if _depth(text) > _DEEPEST:
        raise UnreadableError("is nested too deeply: no program makes such pages to be read")
    return LexborHTMLParser(text)


def _depth(text: str) -> int:
    """How deep elements stand in one another, about.

    Lexbor's time grows with its square: 1 s for 20,000, over a minute for 100,000.
    """
    if text.count("<") <= _DEEPEST:
        return 0
    depth = deepest = 0
    for closes, name in _TAG.findall(text):
        if closes:
            depth = max(depth - (name.lower() not in _NEVER_HOLD), 0)
        elif name.lower() not in _NEVER_HOLD:
            depth += 1
            deepest = max(deepest, depth)
    return deepest


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
