"""What the documents say exists: commands, options, settings, targets."""

from __future__ import annotations

import re
import shlex
from dataclasses import fields
from pathlib import Path

import click
import pytest

from searchapp.cli.main import _COMMANDS, commands
from searchapp.config import PREFIX, Settings
from searchapp.setting_sources import FILE_VARIABLE

PROJECT = Path(__file__).resolve().parents[1]
DOCS = [PROJECT / "README.md", *sorted((PROJECT / "docs").rglob("*.md"))]
_FENCE = re.compile(r"^```(?:sh|bash|console|text|)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`((?:make|searchapp)\s[^`]+)`")


def read(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


def command_lines(text: str) -> list[str]:
    """The lines of shell in a document, in fences and in running text."""
    lines = [
        line.strip().removeprefix("$ ")
        for block in _FENCE.findall(text)
        for line in block.splitlines()
    ]
    return [*lines, *_INLINE.findall(text)]


def calls(program: str) -> list[tuple[str, list[str]]]:
    """Each call of a program in the documents: the file and the words behind its name."""
    found = []
    for path in DOCS:
        for line in command_lines(path.read_text(encoding="utf-8")):
            for part in re.split(r"&&|\|\||[|;]", line.split(" #")[0]):
                try:
                    words = shlex.split(part)
                except ValueError:
                    continue
                while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                    words = words[1:]
                if words and words[0].rsplit("/", 1)[-1] == program:
                    at = 3 if words[1:2] == ["--config"] else 1
                    found.append((path.name, words[at:]))
    return found


def targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", read("Makefile"), re.MULTILINE))


def test_readme_shows_the_two_commands_that_matter() -> None:
    named = [words for name, words in calls("make") if name == "README.md"]
    assert ["serve"] in named
    assert ["test"] in named


def test_every_make_target_in_the_documents_exists() -> None:
    found = calls("make")
    assert found
    for name, words in found:
        for word in words:
            if "=" not in word and not word.startswith("-"):
                assert word in targets(), f"{name}: make {word}"


def test_every_make_target_says_what_it_does() -> None:
    makefile = read("Makefile")
    phony = set(re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[0].split())
    assert phony == targets()
    for target in targets():
        assert re.search(rf"^{target}:.*## ", makefile, re.MULTILINE), target


def test_every_searchapp_call_in_the_documents_exists() -> None:
    found = calls("searchapp")
    assert any(name == "README.md" for name, _ in found)
    for name, words in found:
        where = f"{name}: searchapp {' '.join(words)}"
        if not words or words[0] in ("--help", "-h", "--version"):
            continue
        assert words[0] in _COMMANDS, where
        command = commands.get_command(click.Context(commands), words[0])
        assert command is not None
        known = {o for p in command.params for o in (*p.opts, *p.secondary_opts)} | {"--help", "-h"}
        for word in words[1:]:
            if word.startswith("-") and len(word) > 1 and not word.startswith("-…"):
                assert word.split("=")[0] in known, where


@pytest.mark.parametrize("name", _COMMANDS)
def test_every_command_is_in_the_documents(name: str) -> None:
    assert any(words[:1] == [name] for _, words in calls("searchapp")), f"no searchapp {name}"


@pytest.mark.parametrize("row", fields(Settings), ids=lambda row: row.name)
def test_every_setting_is_in_the_documents(row) -> None:
    for name in ("docs/settings.md", "docs/vi/settings.md"):
        text = read(name)
        assert PREFIX in text
        lines = [x for x in text.splitlines() if x.startswith(f"| `{row.name}` |")]
        assert len(lines) == 1, f"{name}: no row of its own for {row.name}; write it there"
        (line,) = lines
        _, _, default, about, _ = (cell.strip() for cell in line.split("|"))
        assert default == ("" if row.default is None else f"`{row.default}`")
        assert (about == row.metadata["about"]) == (name == "docs/settings.md"), name


def test_the_documents_name_no_setting_that_is_not_there() -> None:
    known = {PREFIX + row.name.upper() for row in fields(Settings)}
    known |= {f"{PREFIX}{r.name.upper()}_FILE" for r in fields(Settings) if r.metadata["secret"]}
    for path in DOCS:
        named = set(re.findall(rf"{PREFIX}[A-Z_]*[A-Z]", path.read_text(encoding="utf-8")))
        named -= {FILE_VARIABLE}
        assert named <= known, path.name


def test_links_between_documents_lead_somewhere() -> None:
    for path in DOCS:
        for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:", target):
                assert (path.parent / target).exists(), f"{path.name} links to {target}"
