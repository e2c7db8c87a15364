"""Figures of a made log whose numbers are known."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from usage_helpers import DAY_S, NOON, search, write

from searchapp.cli.main import commands
from searchapp.config import Settings
from searchapp.ingest.build import build
from searchapp.search.service import SearchService
from searchapp.usage import report as report_module
from searchapp.usage.nearest import How
from searchapp.usage.records import Click, Search
from searchapp.usage.report import Report, make_report
from searchapp.usage.shares import Share

DOCUMENTS = [
    ("a", "Xây dựng Đảng", "Hội nghị về công tác xây dựng Đảng."),
    ("b", "Đường đi bộ", "Con đường đi bộ ở trung tâm thành phố, xây dựng năm ngoái."),
    ("c", "Hòa bình", "Hòa bình và thủy lợi ở Hòa Lạc."),
    ("d", "Sốt xuất huyết", "Muỗi vằn truyền bệnh sốt xuất huyết."),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("report")
    records = home / "docs.jsonl"
    records.write_text(
        "".join(json.dumps({"id": i, "title": t, "text": x}) + "\n" for i, t, x in DOCUMENTS)
    )
    build([records], Settings(index_dir=home / "index", jobs=1))
    return home / "index"


def made_log(file: Path) -> None:
    """10 searches for one query with clicks, some for others; two days."""
    entries: list[Search | Click] = []
    for n in range(10):
        one = search("xây dựng đảng" if n < 8 else "XÂY DỰNG  ĐẢNG", NOON - (n % 2) * DAY_S)
        entries.append(one)
        if n < 4:
            entries.append(Click(one.id, 1, "a"))
        if n in (3, 4):
            entries.append(Click(one.id, 2, "b"))
    # Filters and further pages of the same query are no searches of their own.
    entries += [
        search("xây dựng đảng", before="xây dựng đảng", filters=("year:2024",)),
        search("xây dựng đảng", before="xây dựng đảng", page=2, shown=("d",), total=11),
    ]
    # A suggestion, taken twice of three times.
    entries += [search("xay dung", suggestion="xây dựng") for _ in range(3)]
    entries += [search("xây dựng", before="xay dung") for _ in range(2)]
    # A correction, taken back once.
    entries += [search("hoaf binhf", corrected="hòa bình") for _ in range(2)]
    entries += [search("hoaf binhf", before="hoaf binhf", verbatim=True, total=0, shown=())]
    # Nothing found, and what was asked next.
    entries += [search("sốt rét rừng", total=0, shown=()) for _ in range(3)]
    entries += [search("sốt xuất huyết", before="sốt rét rừng")]
    entries += [search("hòa bình", filters=("year:1900",), total=0, shown=()) for _ in range(2)]
    entries += [search("chuyện riêng", total=0, shown=())]
    # Programs, and what is too old.
    entries += [search("xây dựng", kind="api") for _ in range(5)]
    entries += [search("cũ lắm rồi", NOON - 40 * DAY_S) for _ in range(9)]
    write(file, *entries, lost=4)


@pytest.fixture
def report(index: Path, tmp_path: Path) -> Report:
    file = tmp_path / "u.sqlite"
    made_log(file)
    service = SearchService(Settings(index_dir=index, usage_file=file))
    return make_report(service, 30, 10, now=NOON + 3600)


def test_sums(report: Report) -> None:
    totals = report.totals
    assert totals.searches == 10 + 3 + 2 + 2 + 3 + 1 + 2 + 1
    assert totals.empty == 3 + 2 + 1
    assert totals.api == 5
    assert totals.lost == 4
    assert totals.suggestions == Share(2, 3)
    assert (totals.corrections, totals.corrections_undone) == (2, 1)
    assert (totals.p50_ms, totals.p95_ms) == (4.5, 4.5)
    assert (totals.hidden, totals.hidden_searches) == (2, 2), "asked once each"


def test_clicks(report: Report) -> None:
    # 12 pages of the first query and 8 of others have hits; clicks on 5: ranks 1 four times, 2 once
    assert report.totals.unclicked == Share(15, 20)
    assert report.totals.rr_clicked == pytest.approx((4 * 1 + 1 / 2) / 5)
    assert report.totals.rr_all == pytest.approx((4 * 1 + 1 / 2) / 20)
    assert report.curve[:3] == (Share(4, 19), Share(2, 19), Share(0, 19))
    assert len(report.curve) == 3, "rank 11 was shown once, and is behind the curve"


def test_queries(report: Report) -> None:
    first = report.top[0]
    assert (first.query, first.count, first.total) == ("xây dựng đảng", 10, 3)
    assert first.clicked == Share(5, 12)
    assert first.rank == pytest.approx((4 * 1 + 2) / 5)
    shown = [asked.query for asked in report.top]
    assert "chuyện riêng" not in shown
    assert "sốt xuất huyết" not in shown
    assert "cũ lắm rồi" not in shown
    assert shown[1:] == ["sốt rét rừng", "xay dung", "hoaf binhf", "hòa bình", "xây dựng"]


def test_days_are_those_of_this_machine(report: Report) -> None:
    days = [datetime.fromtimestamp(NOON - n * DAY_S).astimezone().date() for n in (1, 0)]
    assert [one.day for one in report.by_day] == days
    assert [one.searches for one in report.by_day] == [5, 19]
    assert [one.empty for one in report.by_day] == [0, 6]


def test_what_comes_closest(report: Report) -> None:
    by_query = {one.query.query: one.closest for one in report.empty}
    assert list(by_query) == ["sốt rét rừng", "hòa bình"]
    nearest = by_query["sốt rét rừng"][0]
    assert (nearest.query, nearest.total, nearest.how) == ("sốt xuất huyết", 1, How.NEXT)
    (unfiltered,) = by_query["hòa bình"]
    assert (unfiltered.total, unfiltered.how) == (1, How.FILTERS)


@pytest.mark.parametrize(
    ("query", "how", "found"),
    [
        ("đường đi bộ", How.NOW, "đường đi bộ"),
        ('"bộ đi đường"', How.LOOSER, "bộ đi đường"),
        ("thhành", How.CORRECTION, "thành"),
        ("huuyyết", How.VOCABULARY, "huyết"),
        ('+"thành phố" +vũ +trụ', How.LOOSER, "thành phố"),
        ("xyzw", None, None),
    ],
)
def test_ways_to_something_close(
    index: Path, tmp_path: Path, query: str, how: How | None, found: str | None
) -> None:
    file = tmp_path / "u"
    write(file, search(query, total=0, shown=()))
    settings = Settings(index_dir=index, usage_file=file, report_min_count=1)
    made = make_report(SearchService(settings), 30, 5, now=NOON)
    closest = {(one.how, one.query): one.total for one in made.empty[0].closest}
    if how is None:
        assert closest == {}
    else:
        assert closest.get((how, found), 0) > 0, closest


def test_rising(index: Path, tmp_path: Path) -> None:
    old, new = NOON - 25 * DAY_S, NOON - 2 * DAY_S
    write(
        tmp_path / "u",
        *(search("đều đặn", when) for when in (old, old, old, new, new, new)),
        *(search("mới nổi", when) for when in (old, new, new, new)),
        *(search("mới toanh", new) for _ in range(4)),
        *(search("ít quá", new) for _ in range(2)),
    )
    settings = Settings(index_dir=index, usage_file=tmp_path / "u")
    rising = make_report(SearchService(settings), 30, 5, now=NOON).rising
    assert [(one.query, one.before, one.after) for one in rising] == [
        ("mới toanh", 0, 4),
        ("mới nổi", 1, 3),
    ]


def test_intervals_are_wilsons() -> None:
    # By hand: 2 of 10 is .0567 to .5098 (Wilson 1927; the usual example of the literature).
    low, high = Share(2, 10).interval or (0, 0)
    assert (low, high) == (pytest.approx(0.0567, abs=1e-4), pytest.approx(0.5098, abs=1e-4))
    assert Share(0, 5).interval == (pytest.approx(0.0), pytest.approx(0.4345, abs=1e-4))
    assert (Share(0, 0).value, Share(0, 0).interval) == (None, None)


# -- the command --------------------------------------------------------------------------------


def run(
    index: Path, file: Path, monkeypatch: pytest.MonkeyPatch, *options: str, **env: str
) -> Result:
    monkeypatch.setattr("time.time", lambda: NOON + 3600)
    environ = {"SEARCHAPP_USAGE_FILE": str(file), **env}
    arguments = ["report", "--index-dir", str(index), *options]
    return CliRunner().invoke(commands, arguments, env=environ)


def test_the_command_prints_every_part(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_log(tmp_path / "u")
    result = run(index, tmp_path / "u", monkeypatch)
    assert result.exception is None
    for part in (
        "24 in 30 days, 5 by programs",
        "2 of 3: 66.7%",
        "2 queries, 2 searches: fewer than 2 times each, not shown (report_min_count)",
        "4 records could not be written",
        "       10        3      42%        1.2  xây dựng đảng",
        "→ sốt xuất huyết finds 1 (was asked next)",
        "   1       19        4    21.1%",
    ):
        assert part in result.stdout
    assert "chuyện riêng" not in result.stdout
    all_of_it = run(index, tmp_path / "u", monkeypatch, SEARCHAPP_REPORT_MIN_COUNT="1")
    assert "chuyện riêng" in all_of_it.stdout


def test_json_has_the_same(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made_log(tmp_path / "u")
    made = json.loads(run(index, tmp_path / "u", monkeypatch, "--json", "--top", "1").stdout)
    assert made["searches"] == 24
    assert made["suggestions_taken"]["share"] == 0.6667
    assert [one["query"] for one in made["top_queries"]] == ["xây dựng đảng"]
    assert made["queries_without_results"][0]["closest"][0] == {
        "query": "sốt xuất huyết",
        "total": 1,
        "how": "next",
    }
    assert made["click_curve"][0]["of"] == 19
    short = json.loads(run(index, tmp_path / "u", monkeypatch, "--json", "--days", "1").stdout)
    assert short["searches"] < 24


def test_without_an_index_the_log_is_reported_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_log(tmp_path / "u")
    result = run(tmp_path / "none", tmp_path / "u", monkeypatch)
    assert result.exception is None
    assert "sốt rét rừng" in result.stdout
    assert "what comes closest is not known: there is no index" in result.stderr


def test_without_a_log_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(tmp_path, tmp_path / "none", monkeypatch)
    assert result.exit_code != 0
    assert "there is no usage log at" in str(result.exception)


def test_an_empty_log_is_a_report(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "u")
    result = run(index, tmp_path / "u", monkeypatch)
    assert result.exception is None
    assert "0 in 30 days" in result.stdout
    assert json.loads(run(index, tmp_path / "u", monkeypatch, "--json").stdout)["click_curve"] == []


def test_figures_are_of_one_moment(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is recorded while the report is made is in none of its figures."""
    file = tmp_path / "u"
    made_log(file)

    def meanwhile(service: object, found: object) -> tuple[tuple[()], None]:
        write(file, *(search("đang lúc ấy") for _ in range(5)))
        return (), None

    monkeypatch.setattr(report_module, "_with_closest", meanwhile)
    service = SearchService(Settings(index_dir=index, usage_file=file))
    assert make_report(service, 30, 10, now=NOON + 3600).totals.searches == 24
