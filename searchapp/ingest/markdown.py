"""Markdown, with or without YAML front matter: its text without the marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

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
_NAMED = re.compile(r"(?P<name>[A-Za-z_]\w*):(?:[ \t]+(?P<value>.*)|$)", re.MULTILINE)
_OPENING = tuple("[{&*!|>'\"")  # what opens a value that its line does not hold whole


def read_markdown(file: SourceFile) -> Iterator[Item]:
    """The one document of a Markdown file; titled by its front matter or its first heading."""
    path = file.shown
    raw, decoding_notes = decode_noted(whole_bytes(file))
    values, body, problem = _front_matter(raw.strip())
    if problem is not None:
        reason, line = problem
        yield Problem(path, reason, line, kept=True)
    heading, text = _plain(body)
    values.setdefault("language", values.get("lang"))
    values.setdefault("published", values.get("date"))  # as most makers of web sites name it
    if heading is not None and not values.get("title"):
        values = {**values, "title": heading}
    document, notes = make_document({"id": file.id, **values, "text": text}, path)
    yield from with_notes(document, (*decoding_notes, *notes), path)


def _front_matter(raw: str) -> tuple[dict[str, Any], str, tuple[str, int | None] | None]:
    """What the front matter says, the text behind it, and what is wrong with it, on which line.

    A rule further down, or a pair of them, parts text from text: front matter begins on the first
    line. Between rules there, too, may be text.
    """
    handler = YAMLHandler()
    if not handler.detect(raw):
        return {}, raw, None
    try:
        front, body = handler.split(raw)
    except ValueError:
        return {}, raw, None  # a lone rule
    try:
        values = handler.load(front, Loader=_Loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = None if mark is None else mark.line + 1  # 0-based, from the opening --- on
        if _NAMED.match(front.lstrip()) is None:
            return {}, raw, ("its front matter is not YAML; indexed as text", line)
        reason = "its front matter is not YAML; read line by line"
        return _line_by_line(front), body, (reason, line)
    return (values, body, None) if isinstance(values, dict) else ({}, raw, None)


def _line_by_line(front: str) -> dict[str, Any]:
    """The values that stand on one line each; most often a colon in a title is what is wrong."""
    values: dict[str, Any] = {}
    for line in front.splitlines():
        named = _NAMED.match(line)
        if named is None:
            continue
        value = (named["value"] or "").strip()
        try:
            values.update(_Loader(line).get_single_data())
        except (yaml.YAMLError, ValueError, RecursionError):
            if not value.startswith(_OPENING):
                values[named["name"]] = value
    return values


class _Loader(yaml.SafeLoader):
    """YAML in which a day that the calendar does not have stays text, to be named as such."""

    def timestamp(self, node: yaml.ScalarNode) -> Any:
        try:
            return self.construct_yaml_timestamp(node)
        except ValueError:
            return node.value


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.timestamp)


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
