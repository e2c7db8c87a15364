"""Use becomes a test: what clicks say against what ranks alone would bring, and the way back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from usage_helpers import NOON, search, write

from searchapp.cli.main import commands
from searchapp.config import Settings
from searchapp.errors import InputError
from searchapp.evaluation.readers import read_qrels, read_queries
from searchapp.ingest.build import build
from searchapp.usage.judgements import JudgedQuery, export, judged_queries
from searchapp.usage.records import Click, Search
from searchapp.usage.store import open_to_read


def asked(query: str, times: int, clicks: dict[int, int], **more: object) -> list[Search | Click]:
    """A query shown so often, with so many clicks on each rank."""
    shown = more.setdefault("shown", ("a", "b", "c"))
    assert isinstance(shown, tuple)
    entries: list[Search | Click] = []
    searches = [search(query, **more) for _ in range(times)]
    for rank, count in clicks.items():
        entries += [Click(one.id, rank, shown[rank - 1]) for one in searches[:count]]
    return [*searches, *entries]


def judge(file: Path, searches: int = 5, clicks: int = 2) -> dict[str, JudgedQuery]:
    with open_to_read(file) as log:
        return {one.text: one for one in judged_queries(log, 0, searches, clicks)}


def test_clicks_are_held_against_their_ranks(tmp_path: Path) -> None:
    # 20 pages with 10 clicks on rank 1, 4 on rank 2 and 4 on rank 3: shares .5, .2 and .2.
    write(
        tmp_path / "u",
        *asked("sông hồng", 10, {1: 8, 2: 1}),
        *asked("bún chả", 10, {1: 2, 2: 3, 3: 4}),
    )
    judged = judge(tmp_path / "u")
    first = {one.document: one for one in judged["sông hồng"].documents}
    assert set(first) == {"a"}, "one click is too few"
    assert first["a"].expected == pytest.approx(10 * 0.5)
    assert first["a"].relevance == 1, "8 clicks for 5 expected"
    second = {one.document: one.relevance for one in judged["bún chả"].documents}
    # a: 2 for 5 expected; b: 3 for 2; c: 4 for 2.
    assert second == {"a": 0, "b": 1, "c": 2}
    assert judged["bún chả"].pages == 10


def test_a_document_is_judged_over_all_ranks_that_it_had(tmp_path: Path) -> None:
    write(
        tmp_path / "u",
        *asked("lũ", 10, {1: 5, 2: 1}),
        *asked("lũ", 10, {1: 5, 2: 3}, shown=("b", "a"), generation="g2"),
    )
    documents = {one.document: one for one in judge(tmp_path / "u")["lũ"].documents}
    # Shares: rank 1 10/20, rank 2 4/20. a and b were shown 10 times on each.
    assert documents["a"].expected == pytest.approx(10 * 0.5 + 10 * 0.2)
    assert documents["a"].clicks == 5 + 3
    assert documents["b"].clicks == 1 + 5
    assert (documents["a"].relevance, documents["b"].relevance) == (1, 0)


def test_the_second_page_counts_with_its_ranks(tmp_path: Path) -> None:
    shown = tuple(f"d{n}" for n in range(10))
    write(
        tmp_path / "u",
        *asked("lũ", 20, {1: 10}, shown=shown, total=12),
        *(search("lũ", page=2, before="lũ", shown=("x", "y"), total=12) for _ in range(5)),
        *(entry for _ in range(3) for entry in second_page_click()),
    )
    documents = {one.document: one for one in judge(tmp_path / "u")["lũ"].documents}
    assert documents["y"].expected == pytest.approx(8 * 3 / 8)
    assert documents["y"].relevance == 1


def second_page_click() -> list[Search | Click]:
    one = search("lũ", page=2, before="lũ", shown=("x", "y"), total=12)
    return [one, Click(one.id, 12, "y")]


@pytest.mark.parametrize(
    "more",
    [{"filters": ("year:2024",)}, {"sort": "newest"}, {"kind": "api"}],
    ids=["filtered", "by date", "by a program"],
)
def test_what_is_no_ranking_judges_nothing(tmp_path: Path, more: dict[str, object]) -> None:
    write(tmp_path / "u", *asked("lũ", 10, {1: 8}, **more))
    assert judge(tmp_path / "u") == {}
    write(tmp_path / "u", *asked("lũ", 10, {1: 8}))
    assert judge(tmp_path / "u")["lũ"].pages == 10
    assert [one.clicks for one in judge(tmp_path / "u")["lũ"].documents] == [8]


def test_what_is_rare_personal_or_unwritable_is_left_out(tmp_path: Path) -> None:
    # All are clicked as often as their ranks bring, and would be relevant.
    write(
        tmp_path / "u",
        *asked("hiếm", 4, {1: 4}),
        *asked("gọi 0912345678", 10, {1: 10}),
        *asked("lạ", 10, {1: 10}, shown=("có\ttab",)),
        *asked("cách", 10, {1: 10}, shown=(" thụt vào",)),
        *asked("thường", 10, {1: 10}),
    )
    assert list(judge(tmp_path / "u")) == ["thường"]
    assert "hiếm" in judge(tmp_path / "u", searches=4)


def test_nothing_to_export_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--min-searches and --min-clicks"):
        export(tmp_path / "use", [])
    assert not (tmp_path / "use").exists()


def test_what_is_exported_is_what_eval_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = ("tin/1", "tin 2", 'tin "3"')
    records = tmp_path / "docs.jsonl"
    texts = ("sông Hồng mùa lũ", "sông Hồng mùa cạn", "sông Hồng")
    records.write_text(
        "".join(json.dumps({"id": i, "text": t}) + "\n" for i, t in zip(ids, texts, strict=True))
    )
    index = tmp_path / "index"
    build([records], Settings(index_dir=index, jobs=1))
    write(
        index / "usage.sqlite",
        *asked('"sông Hồng"', 10, {1: 2, 2: 6}, shown=ids),
        *asked("lũ", 10, {1: 9}, shown=(ids[0],), total=1),
    )
    monkeypatch.setattr("time.time", lambda: NOON + 3600)
    folder = tmp_path / "mới" / "use"
    runner = CliRunner()
    place = ["--index-dir", str(index)]
    made = runner.invoke(commands, ["report", "--export", str(folder), *place])
    assert made.exception is None
    assert made.stdout.startswith("2 queries and 3 judgements; measure with: searchapp eval")
    queries = read_queries(folder / "queries.jsonl")
    assert {query.text for query in queries} == {'"sông Hồng"', "lũ"}
    by_text = {query.text: query.id for query in queries}
    assert read_qrels(folder / "qrels.tsv") == {
        by_text['"sông Hồng"']: {"tin 2": 1, "tin/1": 0},
        by_text["lũ"]: {"tin/1": 1},
    }
    files = ["--queries", folder / "queries.jsonl", "--qrels", folder / "qrels.tsv"]
    measured = runner.invoke(commands, ["eval", *map(str, files), "--json", *place])
    assert measured.exception is None
    (row,) = json.loads(measured.stdout)["variants"]
    assert row["queries"] == 2
    assert row["R@100"] == 1.0
    again = runner.invoke(commands, ["report", "--export", str(folder), *place])
    assert again.exception is None
    assert {query.id for query in read_queries(folder / "queries.jsonl")} == set(by_text.values())
