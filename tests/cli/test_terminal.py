"""Documents that would steer a terminal or a spreadsheet."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from searchapp.cli.main import commands
from searchapp.cli.terminal import cell, shown

ESCAPE = "\x1b]0;đổi tên\x07\x1b[2J\x9b31m\u202e"


def test_what_a_terminal_obeys_is_shown() -> None:
    text = f"Hà Nội{ESCAPE}\r\n"
    assert len(shown(text)) == len(text)
    assert not set(shown(text)) & set("\x1b\x07\x9b\u202e\r\n")
    assert shown("Tiếng Việt – “có dấu” 🧊") == "Tiếng Việt – “có dấu” 🧊"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", "\r=", " =", "＝"])
def test_a_formula_is_text(sign: str) -> None:
    assert cell(f'{sign}HYPERLINK("http://evil.example")').startswith("'")


def test_a_cell_is_one_line() -> None:
    assert cell("a\tb\nc") == "a b c"
    assert cell("") == ""
    assert cell("5 - 3 = 2") == "5 - 3 = 2"


@pytest.fixture(scope="module")
def index_dir(tmp_path_factory: pytest.TempPathFactory) -> str:
    home = tmp_path_factory.mktemp("terminal")
    record = {
        "id": f"=a{ESCAPE}",
        "title": f"=cmd|' /C calc'!A0 kỳ lân {ESCAPE}",
        "text": f"kỳ lân {ESCAPE} rồng",
        "source": f"@SUM(1) {ESCAPE}",
        "tags": ["+1"],
    }
    (home / "r.jsonl").write_text(json.dumps(record) + "\n", encoding="utf-8")
    words = ["index", str(home / "r.jsonl"), "--index-dir", str(home / "index"), "--jobs", "1"]
    result = CliRunner().invoke(commands, words)
    assert result.exit_code == 0, result.output
    return str(home / "index")


def output(index_dir: str, *words: str) -> str:
    # With colours, as on a terminal: there click passes on what it would strip from a file.
    result = CliRunner().invoke(
        commands, ["search", *words, "--index-dir", index_dir], color=True, catch_exceptions=False
    )
    return result.stdout


def test_hits_steer_no_terminal(index_dir: str) -> None:
    printed = output(index_dir, "kỳ lân", "--explain")
    assert "kỳ" in printed
    assert "\x1b[1m" in printed, "colours of our own are there"
    assert "\x1b]0" not in printed
    assert "\x1b[2J" not in printed
    assert not set(printed) & set("\x07\x9b\u202e")


def test_no_cell_is_a_formula(index_dir: str) -> None:
    (row,) = output(index_dir, "kỳ lân", "--format", "tsv").splitlines()[1:]
    cells = row.split("\t")
    assert len(cells) == 10
    assert not any(one.startswith(("=", "+", "-", "@")) for one in cells)
    assert cells[3].startswith("'=cmd|")
