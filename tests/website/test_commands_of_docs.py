"""What the documents tell their readers to type, typed.

The Vietnamese pages have the same commands; ``test_translations.py`` sees to that.
"""

from __future__ import annotations

import ast
import gzip
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from documented import NEEDS, REASONS, Block, Command, blocks, commands
from running import Reader, prints_as_shown

from searchapp.config import Settings
from searchapp.contract.answers import Facets, SearchAnswer
from searchapp.ingest.build import build
from website.pages import PROJECT

PAGES = [
    path
    for path in (PROJECT / "README.md", PROJECT / "SECURITY.md", *(PROJECT / "docs").glob("*.md"))
    if path.exists() and blocks(path)
]
RECORDS = [
    {"id": "tin/1", "title": "Sông Hương", "text": "Nước sông xuống thấp."},
    {"id": "tin/2", "title": "Muỗi mùa mưa", "text": "Diệt muỗi.", "category": "Sức khỏe"},
]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of the sample corpus, built once; each page has a copy of it."""
    index_dir = tmp_path_factory.mktemp("pages") / "index"
    build([PROJECT / "seeds"], Settings(index_dir=index_dir, jobs=1))
    return index_dir


@pytest.fixture
def reader(built: Path, tmp_path: Path) -> Iterator[Reader]:
    """A reader in a folder like a checkout, with the files that the pages speak of."""
    shutil.copytree(built, tmp_path / "index", symlinks=True)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "seeds").symlink_to(PROJECT / "seeds")
    (tmp_path / "site").mkdir()  # what `make site` makes; test_site.py has that
    shutil.copytree(PROJECT / "seeds" / "suc-khoe", tmp_path / "tai-lieu")
    if (PROJECT / "deploy").is_dir():
        shutil.copytree(PROJECT / "deploy", tmp_path / "deploy")
    lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in RECORDS)
    (tmp_path / "tin-moi.jsonl").write_text(lines, encoding="utf-8")
    (tmp_path / "export.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    for name in ("q.jsonl", "queries.jsonl"):
        query = {"id": "q1", "text": "nước triều Bạch Đằng"}
        (tmp_path / name).write_text(json.dumps(query) + "\n", encoding="utf-8")
    (tmp_path / "qrels.tsv").write_text("q1\tls-001\t1\n", encoding="utf-8")
    one = Reader(tmp_path)
    yield one
    one.leaves()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_can_be_followed(page: Path, reader: Reader) -> None:
    for block in blocks(page):
        reader.begins_anew()
        if block.language == "python":
            if block.reason is None:
                reader.runs(block.text)
            continue
        for command in commands(block):
            if command.reason is not None:
                continue
            if made := re.match(r"make (\w+)", command.text):
                plans(made[1])
                continue
            printed = reader.types(command)
            if command.output is not None:
                where = f"{page.name}:{block.line}: {command.text}\n{printed}"
                assert prints_as_shown(printed, command.output), where


def plans(target: str) -> None:
    """What a target of the Makefile would run; the commands in it have tests of their own."""
    done = subprocess.run(
        ["make", "--dry-run", target], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_is_not_run_says_why(page: Path) -> None:
    for block in blocks(page):
        assert block.reason is None or block.reason in REASONS, f"{page.name}:{block.line}"
        if block.language == "python":
            ast.parse(block.text.replace("…", "..."))
        else:
            for command in commands(block):
                done = subprocess.run(
                    ["bash", "-n", "-c", command.text], capture_output=True, text=True, check=False
                )
                assert done.returncode == 0, f"{page.name}:{block.line}: {done.stderr}"


def test_most_of_what_is_shown_is_run() -> None:
    found = [
        command
        for page in PAGES
        for block in blocks(page)
        if block.language != "python"
        for command in commands(block)
    ]
    assert sum(command.reason is None for command in found) > 25
    assert {reason for _, reason in NEEDS} <= set(REASONS)


def test_every_extra_that_is_named_exists() -> None:
    known = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    named = {
        extra
        for page in PROJECT.glob("docs/**/*.md")
        for group in re.findall(r"(?:searchapp|\.)\[([a-z,]+)\]", page.read_text(encoding="utf-8"))
        for extra in group.split(",")
    }
    assert "opensearch" in named
    assert named <= set(known["optional-dependencies"])


def test_the_answer_that_readme_shows_is_one() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```json\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    answer_shown = json.loads(shown.replace(", …", ""))  # it leaves out most facets, and says so
    answer_shown["facets"] = {key: [] for key in names_of(Facets)} | answer_shown["facets"]
    answer = msgspec.convert(answer_shown, type=SearchAnswer)
    assert set(answer_shown) == names_of(SearchAnswer)
    assert set(answer_shown["facets"]) == names_of(Facets)
    assert answer.hits[0].snippets[0].text[9:17] == "xây dựng"


def names_of(struct: type[msgspec.Struct]) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(struct)}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("searchapp search 'a b' --json", None),
        ("curl http://127.0.0.1:8080/var/x", None),
        ("install -m 0644 deploy/nginx.conf /etc/nginx/conf.d/searchapp.conf", "a server"),
        ("openssl rand -hex 32 > /etc/searchapp/token", "a server"),
        ("sudo make me", "root"),
    ],
)
def test_nothing_is_run_that_reaches_out_of_the_folder(text: str, reason: str | None) -> None:
    block = Block(PROJECT / "README.md", 1, "sh", text + "\n", None)
    assert [command.reason for command in commands(block)] == [reason]


@pytest.mark.parametrize("text", ["rm -rf index", "dd if=x", "git push", "X=1 reboot"])
def test_what_is_not_known_is_not_run(reader: Reader, text: str) -> None:
    with pytest.raises(AssertionError, match="say why it is not run"):
        reader.types(Command(text, None, None))
    assert (reader.home / "index").is_dir()


@pytest.mark.parametrize(
    ("printed", "shown", "same"),
    [
        ("8 documents found in 3.2 ms\n", "8 documents found in 41 ms\n", True),
        ("9 documents found in 3.2 ms\n", "8 documents found in 3.2 ms\n", False),
        ("one\ntwo\nthree\n", "one\n…\nthree\n", True),
        ("one\ntwo\n", "one\n…\nthree\n", False),
        ("one\n", "", False),
    ],
)
def test_the_comparison_sees_differences(printed: str, shown: str, same: bool) -> None:
    assert prints_as_shown(printed, shown) is same
