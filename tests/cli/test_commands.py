"""The commands, in process: what they print, where, and with which exit status."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from searchapp.cli.main import _COMMANDS, commands
from searchapp.errors import SearchappError, SynonymsFileError

RECORDS = [
    {"id": "hn", "title": "Hà Nội mùa thu", "text": "Mùa thu Hà Nội có hoa sữa.", "source": "Báo"},
    *({"id": f"n{n:02}", "title": f"Bản tin {n}", "text": "thời tiết"} for n in range(15)),
]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the project's own index, nor what the environment says."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("SEARCHAPP_")]:
        monkeypatch.delenv(name)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands, list(arguments))


def output(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    assert result.exception is None
    return result.stdout


def refused(*arguments: str) -> SearchappError:
    """The error of ours that a call ends with; `main` turns it into a line and a status."""
    result = run(*arguments)
    assert isinstance(result.exception, SearchappError), result.exception
    assert "\n" not in str(result.exception)
    return result.exception


@pytest.fixture(scope="module")
def index_dir(tmp_path_factory: pytest.TempPathFactory) -> str:
    home = tmp_path_factory.mktemp("cli")
    lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in RECORDS)
    (home / "r.jsonl").write_text("".join(lines), encoding="utf-8")
    output("index", str(home / "r.jsonl"), "--index-dir", str(home / "index"), "--jobs", "1")
    return str(home / "index")


# -- help --------------------------------------------------------------------------------------


def test_help_lists_every_command_with_examples() -> None:
    shown = output("--help")
    for name in _COMMANDS:
        assert f"  {name} " in shown
    assert 'searchapp search "' in shown


@pytest.mark.parametrize("name", _COMMANDS)
def test_every_command_shows_an_example_and_each_option(name: str) -> None:
    shown = output(name, "--help")
    assert shown == output(name, "-h")
    assert "Example" in shown
    assert f"searchapp {name}" in shown.split("Example", 1)[1]
    command = commands.get_command(click.Context(commands), name)
    assert command is not None
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help or parameter.name == "port", parameter.name


def test_version() -> None:
    from searchapp import __version__

    assert __version__ in output("--version")


# -- index -------------------------------------------------------------------------------------


def test_index_says_what_it_did(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.txt").write_text("Hà Nội", encoding="utf-8")
    (docs / "b.txt").write_bytes(b"ch\xe0o")
    (docs / "c.png").write_bytes(b"x")
    rows = '{"id": "1", "title": "x", "published": "hôm qua"}\n{"id": "1", "title": "y"}\n'
    (docs / "d.jsonl").write_text(rows, encoding="utf-8")
    result = run("index", "docs", "--jobs", "1")
    assert result.exit_code == 0
    assert result.stdout.startswith("Indexed 2 documents in ")
    for part in ("1 skipped", "1 replaced", "1 with warnings", "1 files of other kinds"):
        assert part in result.stdout
    assert "Live index: index/" in result.stdout
    errors = result.stderr.splitlines()
    assert any(e.startswith("skipped: docs/b.txt: is not UTF-8") for e in errors)
    assert any(e.startswith("warning: docs/d.jsonl:1: published 'hôm qua'") for e in errors)
    assert any(e.startswith("warning: ") and "later one wins" in e for e in errors)


def test_index_reads_seeds_when_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_text("Hà Nội", encoding="utf-8")
    assert output("index", "--jobs", "1").startswith("Indexed 1 documents")
    assert json.loads(output("stats", "--json"))["sources"] == ["seeds"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["index", "không-có"], "there is no không-có"),
        (["index", "empty"], "nothing to index"),
        (["index", "a.png"], "of no kind"),
        (["index"], "nothing is named, and there is no folder seeds here; name what to read"),
        (["watch"], "nothing is named, and there is no folder seeds here; name what to read"),
        (["index", "a.txt", "--engine", "lucene"], "whoosh"),
    ],
    ids=["absent", "empty", "other kind", "no seeds", "no seeds to watch", "engine"],
)
def test_index_refuses(tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.png").write_bytes(b"x")
    (tmp_path / "a.txt").write_text("Hà Nội", encoding="utf-8")
    error = refused(*arguments)
    assert said in str(error)
    assert error.exit_code == 2
    assert not (tmp_path / "index" / "current").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["index", "--jobs", "0"],
        ["index", "--jobs", "x"],
        ["serve", "--port", "70000"],
        ["serve", "--workers", "0"],
        ["search"],
        ["search", "a", "--limit", "x"],
        ["search", "a", "b"],
        ["analyze"],
        ["nonsense"],
        ["stats", "--nonsense"],
    ],
    ids=" ".join,
)
def test_a_wrong_call_is_a_usage_error(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Error: " in result.stderr
    assert "Traceback" not in result.output


# -- search ------------------------------------------------------------------------------------


def test_search_prints_hits(index_dir: str) -> None:
    shown = output("search", "Hà Nội", "--index-dir", index_dir)
    assert "1. Hà Nội mùa thu" in shown
    assert "Báo · hn" in shown
    assert "Mùa thu Hà Nội có hoa sữa." in shown


def test_search_json_is_what_the_endpoint_answers(index_dir: str) -> None:
    from searchapp.config import Settings
    from searchapp.web import create_app

    shown = output("search", "Hà Nội", "--json", "--limit", "5", "--index-dir", index_dir)
    assert "\\u" not in shown
    printed = json.loads(shown)
    client = create_app(Settings(index_dir=Path(index_dir))).test_client()
    served = client.get("/api/v1/search?q=Hà Nội&size=5").json
    printed.pop("took_ms")
    served.pop("took_ms")
    assert printed == served


def test_search_pages(index_dir: str) -> None:
    shown = output("search", "bản tin", "--limit", "4", "--offset", "4", "--index-dir", index_dir)
    assert [line[:2] for line in shown.splitlines() if line[:1].isdigit() and ". " in line] == [
        "5.", "6.", "7.", "8.",
    ]  # fmt: skip
    assert "--offset 8" in shown
    last = output("search", "bản tin", "--limit", "4", "--offset", "12", "--index-dir", index_dir)
    assert "more:" not in last


def test_nothing_found_is_no_failure(index_dir: str) -> None:
    assert output("search", "zzzqqq", "--index-dir", index_dir).startswith("0 documents")
    printed = json.loads(output("search", "zzzqqq", "--json", "--index-dir", index_dir))
    assert (printed["total"], printed["hits"]) == (0, [])


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ([""], "q"),
        (["  "], "q"),
        (["a" * 1001], "q"),
        (["a", "--limit", "0"], "size"),
        (["a", "--limit", "101"], "size"),
        (["a", "--offset", "-1"], "offset"),
        (["a", "--offset", "9999"], "offset"),
    ],
    ids=["empty", "blank", "long", "limit 0", "limit 101", "offset -1", "offset 9999"],
)
def test_search_out_of_range(index_dir: str, arguments: list[str], field: str) -> None:
    error = refused("search", *arguments, "--index-dir", index_dir)
    assert error.exit_code == 2
    assert getattr(error, "field", None) == field


@pytest.mark.parametrize("query", ['"', "((", "AND", "*", "--", "🧊", "\x01", "-x", "%s"])
def test_odd_queries_are_answered(index_dir: str, query: str) -> None:
    output("search", "--index-dir", index_dir, "--", query)


@pytest.mark.parametrize(
    "arguments", [["search", "a"], ["stats"], ["verify"], ["search", "a", "--json"]], ids=" ".join
)
def test_without_an_index_each_says_how_to_build_one(arguments: list[str]) -> None:
    error = refused(*arguments)
    assert error.exit_code == 2
    assert "searchapp index" in str(error)


# -- stats, verify, analyze --------------------------------------------------------------------


def test_stats(index_dir: str) -> None:
    values = json.loads(output("stats", "--json", "--index-dir", index_dir))
    assert (values["documents"], values["engine"]) == (16, "whoosh")
    assert values["bytes"] > 0
    shown = output("stats", "--index-dir", index_dir)
    for name in values:
        assert name in shown


def test_verify_a_whole_index(index_dir: str) -> None:
    assert "is whole: 16 documents" in output("verify", "--index-dir", index_dir)
    values = json.loads(output("verify", "--json", "--index-dir", index_dir))
    assert (values["whole"], values["damage"]) == (True, [])


def test_verify_a_damaged_index(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Hà Nội", encoding="utf-8")
    output("index", "a.txt", "--jobs", "1")
    (harmed,) = (tmp_path / "index").glob("*/engine/*.trm")
    harmed.write_bytes(harmed.read_bytes()[:-1])
    result = run("verify")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert harmed.name in result.stderr
    assert "searchapp index" in result.stderr
    values = json.loads(run("verify", "--json").stdout)
    assert values["whole"] is False
    assert len(values["damage"]) == 1
    error = refused("search", "hà nội")
    assert error.exit_code == 2
    assert harmed.name in str(error)


@pytest.mark.parametrize("name", ["manifest.json", "manifest.json.sha256"])
def test_verify_an_index_with_a_damaged_manifest(tmp_path: Path, name: str) -> None:
    (tmp_path / "r.jsonl").write_text(json.dumps(RECORDS[0]) + "\n", encoding="utf-8")
    output("index", "r.jsonl")
    (manifest,) = (tmp_path / "index").glob(f"*/{name}")
    manifest.write_bytes(b"x" + manifest.read_bytes()[1:])
    result = run("verify")
    assert result.exit_code == 1
    assert "is damaged; rebuild it with" in result.stderr
    values = json.loads(run("verify", "--json").stdout)
    assert values["whole"] is False
    assert len(values["damage"]) == 1


def test_serve_tells_of_bad_synonyms_before_it_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCHAPP_SYNONYMS_FILE", "none.txt")
    error = refused("serve", "--port", "0")
    assert isinstance(error, SynonymsFileError)
    assert "none.txt" in str(error)


def test_analyze() -> None:
    shown = output("analyze", "Xây dựng Đảng")
    for term in ("xây_dựng", "đảng", "xay", "xay_dung dung_dang"):
        assert term in shown
    values = json.loads(output("analyze", "Xây dựng Đảng", "--json"))
    assert [word["term"] for word in values["words"]] == ["xây_dựng", "đảng"]
    assert [(t["start"], t["end"]) for t in values["exact"]] == [(0, 3), (4, 8), (9, 13)]
    assert values["pairs"] == ["xay_dung", "dung_dang"]


@pytest.mark.parametrize("text", ["", " ", "🧊", "\n", "...", "a" * 5_000])
def test_analyze_takes_any_text(text: str) -> None:
    output("analyze", text)
    json.loads(output("analyze", text, "--json"))


def test_settings_come_from_the_environment(index_dir: str, monkeypatch) -> None:
    monkeypatch.setenv("SEARCHAPP_INDEX_DIR", index_dir)
    assert json.loads(output("stats", "--json"))["documents"] == 16
    monkeypatch.setenv("SEARCHAPP_PAGE_SIZE", "3")
    assert json.loads(output("search", "bản tin", "--json"))["size"] == 3
    monkeypatch.setenv("SEARCHAPP_PAGE_SIZE", "nhiều")
    monkeypatch.setenv("SEARCHAPP_JOBS", "-1")
    error = refused("search", "bản tin")
    assert "SEARCHAPP_PAGE_SIZE" in str(error)
    assert "SEARCHAPP_JOBS" in str(error)
