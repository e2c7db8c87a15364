"""What two versions of a page must have in common, taken out of its Markdown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER = MarkdownIt("commonmark").enable("table")
# 1,203 is 1.203 in Vietnamese, and .887 is 0,887: what is compared are the digits.
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass
class Section:
    """A heading and what stands below it, up to the next one."""

    level: int
    title: str
    numbers: Counter[str] = field(default_factory=Counter)
    names: set[str] = field(default_factory=set)  # in code
    targets: set[str] = field(default_factory=set)  # of links and pictures, by their last part
    fences: list[tuple[str, str]] = field(default_factory=list)  # language, text without remarks
    tables: list[list[int]] = field(default_factory=list)  # cells of each row


def sections(text: str) -> list[Section]:
    """The sections of a page in order; the first has what stands before any heading."""
    found = [Section(0, "")]
    tokens = _PARSER.parse(text)
    for at, token in enumerate(tokens):
        here = found[-1]
        if token.type == "heading_open":
            found.append(Section(int(token.tag[1]), tokens[at + 1].content))
        elif token.type == "inline":
            _inline(token, here)
        elif token.type == "fence":
            here.fences.append((token.info, without_remarks(token.content, token.info)))
        elif token.type == "code_block":
            here.numbers.update(_numbers(token.content))
        elif token.type == "table_open":
            here.tables.append([])
        elif token.type == "tr_open":
            here.tables[-1].append(0)
        elif token.type in ("td_open", "th_open"):
            here.tables[-1][-1] += 1
    return found


def _inline(token: Token, here: Section) -> None:
    for child in token.children or []:
        if child.type == "code_inline":
            here.names.add(" ".join(child.content.split()))
        elif child.type in ("link_open", "image"):
            target = str(child.attrs.get("href") or child.attrs.get("src"))
            here.targets.add(target if ":" in target else _file_named(target))
            here.numbers.update(_numbers(child.content) if child.type == "image" else [])
        elif child.type == "text":
            here.numbers.update(_numbers(child.content))


def _file_named(target: str) -> str:
    """The file that a link leads to; two have the site's name for it in Vietnamese."""
    name = PurePosixPath(target.partition("#")[0]).name
    return {"README.md": "start.md", "SECURITY.md": "security.md"}.get(name, name)


def _numbers(text: str) -> Iterator[str]:
    return (re.sub("[.,]", "", found).lstrip("0") or "0" for found in _NUMBER.findall(text))


def without_remarks(code: str, language: str) -> str:
    """Code as it is run: what a remark says is for readers, and in their language."""
    if language not in ("sh", "bash", "console", "python", "ini", "toml", "yaml"):
        return code
    return re.sub(r"[ \t]+# .*$|^# .*$", "", code, flags=re.MULTILINE)
