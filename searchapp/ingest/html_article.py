"""The article of a web page: what is left when navigation and its kin are taken away.

A lost article is found by nobody, a menu that stays costs a little precision: so a part goes only
if what it is called or its links say that it is no article, and never if it holds much of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from selectolax.lexbor import LexborHTMLParser, LexborNode

from searchapp.ingest.html_text import UNSEEN

_NEVER_ARTICLE = frozenset(("nav", "footer", "aside", "form", "menu", "dialog"))
_ROLES = frozenset(("navigation", "banner", "contentinfo", "complementary", "search", "dialog"))
_NAMES = re.compile(
    r"(?:(?:main|sub|top|mega|side|left|right|bottom|foot|mobile)?-?(?:nav|navbar|navi|navigation|"
    r"menus?|sidebars?|footers?)|bread-?crumbs?|cookies?|consent|gdpr|comments?|binh-?luan|"
    r"related|lien-?quan|share|sharing|socials?|adverts?|advertisements?|ads?|quang-?cao|"
    r"banners?|popups?|modal|newsletter|subscribe|pagination|pager|paging|widgets?|promo|"
    r"sponsor(?:ed)?|recommend(?:ed|ations?)?|login|toolbar|toc|skip|search|copyright|"
    r"tags?|tin-?khac|xem-?them|doc-?nhieu|most-?read)"
)
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_LISTS = frozenset(("ul", "ol", "dl", "table", "tr", "td", "div", "section", "header"))
# Not "p": the preambles of laws are sentences of links.

_MUCH = 0.4  # of the page's text: a part with so much of it stays, whatever it is called
_LINKED = 0.6  # of a part's text lies in links: it is a list of links
_LEAST_LINKS = 3
_LEAST_CHARS = 140  # so much text outside of the links makes a part worth keeping
_LARGEST_ARTICLE = 0.6  # of the text of all <article>s: else the page is a list of them


@dataclass(slots=True)
class _Part:
    """An element, and the characters in it: all, those of links, and how many links."""

    node: LexborNode
    chars: int = 0
    linked: int = 0
    links: int = 0


def article_of(tree: LexborHTMLParser) -> LexborNode | None:
    """The element that holds the article, cleaned of what is none. The tree is changed."""
    tree.strip_tags(list(UNSEEN))
    root = _root(tree)
    if root is not None:
        parts = list(_parts(root))
        total = parts[-1].chars if parts else 0
        # Inner parts come first, so that none is touched after the one around it is gone.
        for part in parts[:-1]:
            if _is_no_article(part, total):
                part.node.decompose()
    return root


def _root(tree: LexborHTMLParser) -> LexborNode | None:
    articles = [(len(node.text()), node) for node in tree.css("article")[:100]]
    if articles:
        largest, node = max(articles, key=lambda pair: pair[0])
        if largest >= _LARGEST_ARTICLE * sum(size for size, _ in articles):
            return node
    return tree.css_first("main") or tree.css_first('[role="main"]') or tree.body


def _parts(root: LexborNode) -> Iterator[_Part]:
    """Every element under ``root`` that may go, after those in it; ``root`` itself is the last.

    One walk without recursion, so that depth is no matter.
    """
    open_ = [_Part(root)]
    node: LexborNode | None = root.child
    while node is not None:
        if node.tag == "-text":
            open_[-1].chars += len("".join(node.text(deep=False).split()))
        elif node.child is not None:
            open_.append(_Part(node))
            node = node.child
            continue
        while node.next is None:
            part = open_.pop()
            yield part
            if not open_:
                return
            around = open_[-1]
            is_link = part.node.tag == "a"
            around.chars += part.chars
            around.linked += part.chars if is_link else part.linked
            around.links += 1 if is_link else part.links
            node = part.node
        node = node.next
    yield open_.pop()


def _is_no_article(part: _Part, total: int) -> bool:
    if part.chars > _MUCH * total:
        return part.node.tag in ("nav", "menu")
    node = part.node
    if node.tag in _NEVER_ARTICLE or (node.attributes.get("role") or "") in _ROLES:
        return True
    if node.tag == "header" and node.css_first("h1") is None:
        return True
    return _is_named_so(node) or _is_list_of_links(part)


def _is_named_so(node: LexborNode) -> bool:
    attributes = node.attributes
    for name in (*(attributes.get("class") or "").split(), attributes.get("id") or ""):
        words = [word.lower() for word in _WORDS.findall(name)]
        pairs = ("-".join(pair) for pair in pairwise(words))
        if any(_NAMES.fullmatch(word) for word in (*words, *pairs)):
            return True
    return False


def _is_list_of_links(part: _Part) -> bool:
    return (
        part.node.tag in _LISTS
        and part.links >= _LEAST_LINKS
        and part.linked >= _LINKED * part.chars
        and part.chars - part.linked < _LEAST_CHARS
    )
