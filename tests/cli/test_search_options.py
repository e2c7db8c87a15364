"""What `searchapp search` and `searchapp suggest` take and print beyond a plain query."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from searchapp.cli.main import commands
from searchapp.errors import QueryError

SEEDS = Path(__file__).parents[2] / "seeds"


@pytest.fixture(scope="module")
def index_dir(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("options") / "index"
    result = CliRunner().invoke(
        commands, ["index", str(SEEDS), "--index-dir", str(folder), "--jobs", "1"]
    )
    assert result.exit_code == 0
    return str(folder)


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("SEARCHAPP_", "NO_COLOR"))]:
        monkeypatch.delenv(name)


def run(index_dir: str, command: str, *arguments: str, color: bool = False) -> Result:
    given = [command, "--index-dir", index_dir, *arguments]
    return CliRunner().invoke(commands, given, color=color)


def output(index_dir: str, command: str, *arguments: str) -> str:
    result = run(index_dir, command, *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def answer(index_dir: str, *arguments: str) -> dict:
    return json.loads(output(index_dir, "search", "--format", "json", *arguments))


def test_filters_narrow_and_widen(index_dir: str) -> None:
    everything = answer(index_dir, "*")
    years = {one["value"]: one["count"] for one in everything["facets"]["year"]}
    one = answer(index_dir, "*", "--filter", "year:2022")
    two = answer(index_dir, "*", "--filter", "year:2022", "--filter", "year:2023")
    assert one["total"] == years["2022"]
    assert two["total"] == years["2022"] + years["2023"]
    assert answer(index_dir, "*", "--filter", "year:")["total"] == years[None]
    assert answer(index_dir, "*", "--from", "2022", "--to", "2023")["total"] == two["total"]
    both = answer(index_dir, "*", "--filter", "year:2022", "--filter", "category:Tin tức")
    assert 0 < both["total"] < one["total"]
    # A facet keeps showing the alternatives to what it was filtered by.
    assert {o["value"] for o in both["facets"]["year"]} > {"2022"}


@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_orders_by_date(index_dir: str, sort: str) -> None:
    hits = answer(index_dir, "*", "--sort", sort, "--limit", "100")["hits"]
    days = [hit["published"] for hit in hits]
    dated = [day for day in days if day]
    assert dated == sorted(dated, reverse=sort == "newest")
    assert days[len(dated) :] == [None] * (len(days) - len(dated))


def test_titles_in_the_order_of_a_dictionary(index_dir: str) -> None:
    hits = answer(index_dir, "*", "--sort", "title", "--limit", "100")["hits"]
    firsts = [hit["title"].lstrip('“"')[0].lower() for hit in hits]
    letters = "0123456789abcdđeghiklmnopqrstuvx"
    places = [letters.index(c) for c in firsts if c in letters]
    assert places == sorted(places)
    assert len(places) > 40


def test_tab_separated_values(index_dir: str) -> None:
    text = output(index_dir, "search", "sông", "--format", "tsv", "--limit", "5", "--offset", "1")
    rows = list(csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE))
    assert len(rows) == 5
    assert [row["rank"] for row in rows] == ["2", "3", "4", "5", "6"]
    assert all(row["id"] and row["title"] and float(row["score"]) > 0 for row in rows)
    assert None not in rows[0]


def test_facets_are_printed_when_asked_for(index_dir: str) -> None:
    assert "\ncategory\n" not in output(index_dir, "search", "sông")
    shown = output(index_dir, "search", "sông", "--facets", "--limit", "1")
    assert "\ncategory\n" in shown
    assert "  (none)" in shown


def test_colours_only_where_wanted(index_dir: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[" not in output(index_dir, "search", "sông")
    assert "\x1b[" in output(index_dir, "search", "sông", "--color", "always")
    assert "\x1b[" in run(index_dir, "search", "sông", color=True).stdout
    assert "\x1b[" not in run(index_dir, "search", "sông", "--color", "never", color=True).stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run(index_dir, "search", "sông", color=True).stdout


def test_what_was_not_understood_is_said(index_dir: str) -> None:
    shown = output(index_dir, "search", "foo:bar sông", "--limit", "1")
    assert "Note: foo is no field; taken as words" in shown
    assert "Understood as: foo:bar sông" in shown


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (["--filter", "nơi:Huế"], "filter"),
        (["--filter", "published:hôm qua"], "filter"),
        (["--from", "hôm qua"], "from"),
        (["--to", "2024-13"], "to"),
        (["--from", "2025", "--to", "2024"], "from"),
    ],
)
def test_bad_calls_name_what_is_wrong(index_dir: str, arguments: list[str], field: str) -> None:
    error = run(index_dir, "search", "sông", *arguments).exception
    assert isinstance(error, QueryError)
    assert error.field == field


def test_completions(index_dir: str) -> None:
    values = json.loads(output(index_dir, "suggest", "xay d", "--json"))
    assert values["query"] == "xay d"
    assert {one["kind"] for one in values["completions"]} == {"title", "phrase"}
    for one in values["completions"]:
        assert set(one) == {"text", "matched", "kind", "count"}
        ((start, end),) = one["matched"]
        assert one["text"][start:end].lower() == "xây d"
        assert answer(index_dir, one["text"])["total"] >= 1
    lines = output(index_dir, "suggest", "xay d", "--limit", "1").splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(values["completions"][0]["text"])


def test_nothing_to_complete(index_dir: str) -> None:
    result = run(index_dir, "suggest", "zzzz")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "nothing begins so\n"
    assert json.loads(output(index_dir, "suggest", "x", "--json"))["completions"] == []
    assert run(index_dir, "suggest", "xây", "--limit", "0").exit_code == 2
