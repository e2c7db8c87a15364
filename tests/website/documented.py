"""The commands and the Python that the documents show, and why some of them are not run here.

A block that needs what a test does not have says so in a comment before it, which no reader sees:
``<!-- not run: a cluster -->``. The reasons are those of ``REASONS``; a command that has one of its
own, whatever block it stands in, is named in ``NEEDS``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

REASONS = {
    "a cluster": "a running OpenSearch, as tests/opensearch has it",
    "a database": "a PostgreSQL server; tests/ingest/test_postgresql.py starts one where it can",
    "a test": "a test of its own, which runs where such tests do",
    "the network": "packages or images from elsewhere",
    "root": "rights that a test must not have",
    "a server": "folders and users of a machine that serves, as deployment sets them up",
    "a container": "Docker or its like",
    "a web server": "nginx or its like",
    "the tests": "it runs all tests, this one among them",
    "data": "the measuring data, which is no part of the project",
    "another machine": "a machine that is not there",
    "use": "searches and clicks of people over some time",
    "an extra": "an optional package that the tests do without",
}
# What a command needs, by how it begins; the first line that fits counts.
NEEDS = (
    (r"(sudo|systemctl|journalctl|useradd|chown|runuser) ", "root"),
    (r"(docker|podman) ", "a container"),
    (r"nginx ", "a web server"),
    (r"(pip|\S*/pip|\S*python -m pip|apt-get|git clone) ", "the network"),
    (r"(ssh|scp|rsync) ", "another machine"),
    (r"make (test|check)\b", "the tests"),
    (r"make cluster\b|\S*python -m cluster\b", "a cluster"),
    (r"\S*searchapp .*--engine opensearch", "a cluster"),
    (r"\S*searchapp index postgresql://", "a database"),
    (r"rm index/usage|\S*searchapp report --(days|json|export)", "use"),
    (r"\S*searchapp eval --queries use/", "use"),
    (r"SEARCHAPP_OTEL_ENDPOINT=", "an extra"),
    (r"make bench\b|\S*python -m benchmarks\.", "data"),
)
# Folders of the system: nothing that names one is run here, whoever runs the tests.
_SERVER = re.compile(r"(?<![\w.:/~-])/(bin|boot|etc|home|mnt|opt|root|run|sbin|srv|tmp|usr|var)\b")
_SHELL = ("sh", "bash", "console")
_MARK = re.compile(r"<!--\s*not run:\s*(.*?)\s*-->")
_PARSER = MarkdownIt("commonmark")


@dataclass(frozen=True)
class Block:
    """A fence of a page, 1-based line; `reason` is why it is not run, or None."""

    page: Path
    line: int
    language: str
    text: str
    reason: str | None


@dataclass(frozen=True)
class Command:
    """What is typed, and what a page shows of what it prints: None where it shows nothing."""

    text: str
    output: str | None
    reason: str | None


def blocks(page: Path) -> list[Block]:
    """The blocks of shell and Python of a page, in order."""
    found = []
    reason = None
    for token in _PARSER.parse(page.read_text(encoding="utf-8")):
        if token.type == "html_block":
            mark = _MARK.search(token.content)
            reason = mark[1] if mark else None
        elif token.type == "fence" and token.info in (*_SHELL, "python"):
            line = (token.map or [0])[0] + 1
            found.append(Block(page, line, token.info, token.content, reason))
            reason = None
        elif token.nesting >= 0:
            reason = None
    return found


def commands(block: Block) -> Iterator[Command]:
    """The commands of a block of shell; a line that ends in a backslash goes on in the next."""
    assert block.language in _SHELL
    lines = iter(block.text.splitlines())
    if block.language == "console":
        for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
            typed, _, output = part.partition("\n")
            yield Command(typed, output, _reason(block, typed))
        return
    for line in lines:
        text = line
        while text.endswith("\\"):
            text = text[:-1] + next(lines)
        if text.strip() and not text.startswith("#"):
            yield Command(text.strip(), None, _reason(block, text))


def _reason(block: Block, text: str) -> str | None:
    needs = (reason for pattern, reason in NEEDS if re.match(pattern, text))
    return block.reason or next(needs, "a server" if _SERVER.search(text) else None)
