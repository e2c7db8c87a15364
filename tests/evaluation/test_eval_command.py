from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from searchapp.cli import main as entry
from searchapp.cli.main import commands
from searchapp.errors import InputError

DOCUMENTS = [
    ("đường", "Đường Nguyễn Huệ", "Con đường đi bộ ở trung tâm thành phố."),
    ("đảng", "Xây dựng Đảng", "Hội nghị về công tác xây dựng Đảng và hệ thống chính trị."),
    ("hòa", "Hòa bình", "Hòa bình và thủy lợi ở Hòa Lạc, sức khỏe người dân."),
    ("hoa", "Hoa hồng", "Vườn hoa hồng nở rộ mùa xuân."),
]
QUERIES = [("q1", "xây dựng đảng"), ("q2", "hòa bình thủy lợi"), ("q3", "đường đi bộ")]


class Bench:
    """A small live index with queries and judgements, and a way to call eval on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.index = folder / "index"
        self.queries = folder / "queries.tsv"
        self.qrels = folder / "qrels.tsv"
        records = folder / "docs.jsonl"
        records.write_text(
            "".join(json.dumps({"id": i, "title": t, "text": x}) + "\n" for i, t, x in DOCUMENTS)
        )
        self.queries.write_text("".join(f"{i}\t{t}\n" for i, t in QUERIES), encoding="utf-8")
        self.qrels.write_text("q1\tđảng\t1\nq2\thòa\t1\nq3\tđường\t1\n", encoding="utf-8")
        options = ["index", str(records), "--index-dir", str(self.index), "--jobs", "1"]
        CliRunner().invoke(commands, options, catch_exceptions=False)

    def arguments(self, *options: object) -> list[str]:
        files = ("--queries", self.queries, "--qrels", self.qrels, "--index-dir", self.index)
        return ["eval", *map(str, files), *map(str, options)]

    def run(self, *options: object) -> Result:
        return CliRunner().invoke(commands, self.arguments(*options))

    def rows(self, *options: object) -> list[dict[str, Any]]:
        result = self.run("--json", *options)
        assert result.exception is None, result.exception
        rows: list[dict[str, Any]] = json.loads(result.stdout)["variants"]
        return rows


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("bench"))


@pytest.fixture
def bench(built: Bench, tmp_path: Path) -> Bench:
    """The index is shared; the files around it are each test's own."""
    own = object.__new__(Bench)
    own.folder, own.index = tmp_path, built.index
    own.queries, own.qrels = tmp_path / "queries.tsv", tmp_path / "qrels.tsv"
    own.queries.write_bytes(built.queries.read_bytes())
    own.qrels.write_bytes(built.qrels.read_bytes())
    return own


def test_json_of_one_variant(bench: Bench) -> None:
    (row,) = bench.rows()
    wanted = {"variant": "as-typed", "nDCG@10": 1, "MRR@10": 1, "P@1": 1, "R@100": 1, "queries": 3}
    assert row.items() >= wanted.items()
    assert "per_query" not in row
    assert "comparison" not in row


def test_variants_come_in_the_order_asked_once_each(bench: Bench) -> None:
    options = [x for name in ("upper", "nfd", "upper", "no-marks") for x in ("--variant", name)]
    rows = bench.rows(*options)
    assert [row["variant"] for row in rows] == ["upper", "nfd", "no-marks"]
    assert all(row["nDCG@10"] == 1 for row in rows)


def test_per_query_shows_the_text_searched(bench: Bench) -> None:
    (row,) = bench.rows("--per-query", "--variant", "no-marks")
    assert row["per_query"][0].items() >= {"query": "q1", "text": "xay dung dang", "P@1": 1}.items()


def test_table_is_aligned(bench: Bench) -> None:
    result = bench.run("--variant", "as-typed", "--variant", "tone-moved")
    head, first, second = result.stdout.splitlines()
    assert head.split()[:6] == ["variant", "nDCG@10", "MRR@10", "P@1", "R@100", "queries"]
    assert head.endswith("p50 ms   p95 ms")
    assert len(head) == len(first) == len(second)
    assert first.split()[:6] == ["as-typed", "1.0000", "1.0000", "1.0000", "1.0000", "3"]
    assert result.stderr == ""  # no bar off a terminal


def test_a_run_compared_with_itself(bench: Bench) -> None:
    out = bench.folder / "out.trec"
    bench.rows("--run-file", out)
    assert out.read_text(encoding="utf-8").split()[5] == "searchapp-as-typed"
    (row,) = bench.rows("--compare", out)
    assert row["comparison"].items() >= {"difference": 0, "p": 1, "ci95": [0, 0]}.items()
    assert "difference +0.0000" in bench.run("--compare", out).stdout


def test_each_variant_writes_its_run(bench: Bench) -> None:
    bench.rows("--run-file", bench.folder / "o.trec", "--variant", "vni", "--variant", "upper")
    assert sorted(p.name for p in bench.folder.glob("o*")) == ["o.upper.trec", "o.vni.trec"]


def test_a_run_that_lacks_a_query_counts_0_for_it(bench: Bench) -> None:
    other = bench.folder / "other.trec"
    other.write_text("q1 Q0 đảng 1 1.0 x\n", encoding="utf-8")
    result = bench.run("--json", "--compare", other)
    comparison = json.loads(result.stdout)["variants"][0]["comparison"]
    assert comparison["other"] == pytest.approx(1 / 3, abs=1e-6)
    assert "2 queries are not in" in result.stderr


def test_what_is_left_out_is_said(bench: Bench) -> None:
    bench.queries.write_text("q0\tkhông ai chấm\nq1\txây dựng đảng\n", encoding="utf-8")
    result = bench.run("--json")
    (row,) = json.loads(result.stdout)["variants"]
    assert row["queries"] == 1
    assert row["queries_without_qrels"] == 1
    assert row["qrels_without_query"] == 2
    assert f"'q0' ({bench.queries}:1)" in result.stderr
    assert "2 queries of" in result.stderr


def test_long_queries_are_cut_and_counted(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCHAPP_QUERY_MAX_CHARS", "14")
    (row,) = bench.rows("--per-query")
    assert row["queries_cut"] == 1
    assert [q["text"] for q in row["per_query"]] == [
        "xây dựng đảng",
        "hòa bình thủy",
        "đường đi bộ",
    ]
    assert "1 queries were too long" in bench.run().stderr


def test_files_that_do_not_belong_together(bench: Bench) -> None:
    bench.qrels.write_text("other\tđảng\t1\n", encoding="utf-8")
    result = bench.run()
    assert isinstance(result.exception, InputError)
    assert "belong together" in str(result.exception)


@pytest.mark.parametrize(
    ("file", "data", "said"),
    [
        ("queries", "q1 no tab\n", "queries.tsv:1: "),
        ("queries", "", "queries.tsv: is empty"),
        ("qrels", "q1\tđảng\t1\nq1\tđảng\n", "qrels.tsv:2: "),
        ("qrels", "", "qrels.tsv: is empty"),
    ],
)
def test_bad_input_is_one_line_and_status_2(
    bench: Bench,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    file: str,
    data: str,
    said: str,
) -> None:
    getattr(bench, file).write_text(data, encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["searchapp", *bench.arguments()])
    with pytest.raises(SystemExit) as caught:
        entry()
    assert caught.value.code == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("searchapp: ")
    assert said in shown.err
    assert shown.err.count("\n") == 1


@pytest.mark.parametrize(
    "options",
    [
        ("--variant", "unknown"),
        ("--limit", "0"),
        ("--compare", "no-such-file"),
        ("--run-file", "no-such-folder/out.trec"),
    ],
)
def test_a_wrong_call_has_status_2(bench: Bench, options: tuple[str, str]) -> None:
    result = bench.run(*options)
    assert result.exit_code == 2 or getattr(result.exception, "exit_code", None) == 2
    assert result.stdout == ""
