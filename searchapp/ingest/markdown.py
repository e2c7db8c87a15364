"""Markdown, with or without YAML front matter: its text without the marks."""

from __future__ import annotations

from collections.abc import Iterator

import frontmatter
import yaml
from frontmatter.default_handlers import YAMLHandler
from markdown_it import MarkdownIt
from markdown_it.token import Token

from searchapp.ingest.base import Item, Problem, SourceFile, with_notes
from searchapp.ingest.decoding import decode_noted
from searchapp.ingest.opening import whole_bytes
from searchapp.ingest.records import make_document

_INLINE_TEXT = frozenset(("text", "code_inline"))
_BREAKS = frozenset(("softbreak", "hardbreak"))
_DEEPEST = 100  # its own limit, 20, is less than some quoted mail, and drops what is deeper
_BLOCKS = frozenset(("fence", "code_block"))


def read_markdown(file: SourceFile) -> Iterator[Item]:
    """The one document of a Markdown file; titled by its front matter or its first heading."""
    path = file.shown
    raw, decoding_notes = decode_noted(whole_bytes(file))
    try:
        values, body = frontmatter.parse(raw, handler=YAMLHandler())
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # ValueError: YAML's own types take "2024-13-01" for a date.
        mark = getattr(error, "problem_mark", None)
        line = None if mark is None else mark.line + 1  # 0-based, from the opening --- on
        yield Problem(path, "its front matter is not YAML; indexed without it", line, kept=True)
        values, body = {}, raw
    heading, text = _plain(body)
    values.setdefault("language", values.get("lang"))
    if heading is not None and not values.get("title"):
        values = {**values, "title": heading}
    document, notes = make_document({"id": file.id, **values, "text": text}, path)
    yield from with_notes(document, (*decoding_notes, *notes), path)


def _plain(markdown: str) -> tuple[str | None, str]:
    """The first heading, and the text of all blocks with an empty line between them."""
    blocks: list[str] = []
    heading: str | None = None
    inside: list[str] = []
    for token in MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable("table").parse(markdown):
        if token.nesting == 1:
            inside.append(token.type)
        elif token.nesting == -1:
            inside.pop()
        text = ""
        if token.type == "inline":
            text = _inline(token)
        elif token.type in _BLOCKS:
            text = token.content.strip()
        if text:
            if inside and inside[-1] == "heading_open" and heading is None:
                heading = text
            blocks.append(text)
    return heading, "\n\n".join(blocks)


def _inline(token: Token) -> str:
    parts = []
    for child in token.children or []:
        if child.type in _INLINE_TEXT or child.type == "image":
            parts.append(child.content)
        elif child.type in _BREAKS:
            parts.append(" ")
    return "".join(parts)
