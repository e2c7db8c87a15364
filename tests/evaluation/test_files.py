from __future__ import annotations

from pathlib import Path

import pytest

from searchapp.errors import InputError
from searchapp.evaluation.readers import Query, read_qrels, read_queries
from searchapp.evaluation.runs import read_run, variant_path, write_run


def _file(folder: Path, data: str | bytes) -> Path:
    path = folder / "f"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize(
    "data",
    [
        '{"id": "a", "text": "đường"}\n\n{"id": 7, "text": " xây\\tdựng "}\n',
        "a\tđường\n\n7\txây\tdựng\n",
        "\ufeffa\tđường\r\n\r\n7\txây\tdựng",
    ],
)
def test_queries_in_either_format(tmp_path: Path, data: str) -> None:
    first, second = read_queries(_file(tmp_path, data))
    assert first == Query("a", "đường", 1)
    assert (second.id, second.text.split(), second.line) == ("7", ["xây", "dựng"], 3)


@pytest.mark.parametrize(
    ("data", "line", "problem"),
    [
        ('{"id": "a", "text": "b"}\n{"id": "a"', 2, "is not JSON"),
        ('{"id": "a", "text": "b"}\nb\tc', 2, "is not JSON"),
        ('{"id": "a"}', 1, "both strings"),
        ('{"id": true, "text": "b"}', 1, "both strings"),
        ('{"id": "a", "text": "b"}\n[]', 2, "a JSON object"),
        ('{"id": "a", "text": " "}', 1, "is empty"),
        ('{"id": "a", "text": "\\ud800"}', 1, "surrogate"),
        ("{" * 100_000, 1, "is not JSON"),
        ("a\tb\nc d", 2, "a tab"),
        ("a\tb\n\tc", 2, "the id is empty"),
        ("a\tb\na\tc", 2, "line 1"),
        (b"a\tb\nc\t\xff", 2, "UTF-8"),
    ],
)
def test_a_bad_query_is_named(tmp_path: Path, data: str | bytes, line: int, problem: str) -> None:
    path = _file(tmp_path, data)
    with pytest.raises(InputError, match=problem) as caught:
        read_queries(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        "q1\td1\t1\nq1\td2\t0\nq2\td1\t2\n",
        "query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t0\nq2\td1\t2\n",
        "q1 0 d1 1\nq1  0  d2  0\nq2\t0\td1\t2\n",
        "q1\t0\td1\t1\nq1\t0\td2\t0\nq1\t0\td2\t0\n\nq2\t0\td1\t2",
    ],
)
def test_qrels_in_either_format(tmp_path: Path, data: str) -> None:
    assert read_qrels(_file(tmp_path, data)) == {"q1": {"d1": 1, "d2": 0}, "q2": {"d1": 2}}


def test_ids_between_tabs_may_hold_spaces(tmp_path: Path) -> None:
    assert read_qrels(_file(tmp_path, "q 1\tmột tệp.txt\t1")) == {"q 1": {"một tệp.txt": 1}}


@pytest.mark.parametrize(
    ("data", "line", "problem"),
    [
        ("q1\td1\t1\nq1 0 d1 1", 2, "between tabs"),
        ("q1 0 d1 1\nq1 d1", 2, "white space"),
        ("q1 d1 1", 1, "white space"),
        ("q1\td1\tgood", 1, "'good' should be a whole number"),
        ("q1\t\t1", 1, "between tabs"),
        ("q1\td1\t1\nq1\td1\t2", 2, "judged 1"),
        (b"q1\td1\t1\n\xff", 2, "UTF-8"),
    ],
)
def test_a_bad_judgement_is_named(
    tmp_path: Path, data: str | bytes, line: int, problem: str
) -> None:
    path = _file(tmp_path, data)
    with pytest.raises(InputError, match=problem) as caught:
        read_qrels(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")


@pytest.mark.parametrize("read", [read_queries, read_qrels, read_run])
@pytest.mark.parametrize("data", ["", "\n \n", "\ufeff"])
def test_an_empty_file_is_named(tmp_path: Path, read: object, data: str) -> None:
    path = _file(tmp_path, data)
    with pytest.raises(InputError, match="is empty"):
        read(path)  # type: ignore[operator]


def test_qrels_of_a_title_line_alone(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no judgement"):
        read_qrels(_file(tmp_path, "query\tdocument\trelevance\n"))


def test_a_run_comes_back_as_it_was(tmp_path: Path) -> None:
    run = {
        "q1": [("b", 3.25), ("a", 1 / 3), ("z", 1 / 3), ("c", 1 / 3)],  # ties keep their order
        "q 2": [("một tệp.txt", 0.1)],
    }
    path = tmp_path / "out.trec"
    write_run(path, run, "searchapp-typo")
    assert read_run(path) == run
    assert path.read_text(encoding="utf-8").split("\n")[0].split() == [
        "q1",
        "Q0",
        "b",
        "1",
        "3.25",
        "searchapp-typo",
    ]


def test_a_run_of_others_is_sorted_by_score(tmp_path: Path) -> None:
    path = _file(tmp_path, "q1 Q0 a 9 1.5 t\nq1 Q0 b 2 7 t\nq1 Q0 c 1 1.5 t\n")
    assert read_run(path) == {"q1": [("b", 7.0), ("c", 1.5), ("a", 1.5)]}


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ("q1 Q0 a 1 2 t\nq1 Q0 a 2 1 t", "f:2: .*twice"),
        ("q1 Q0 a 1 2", "f:1: should be"),
        ("q1 Q0 a 1 x t", "f:1: rank and score"),
        ("q1 Q0 a 1 nan t", "f:1: .*finite"),
    ],
)
def test_a_bad_run_is_named(tmp_path: Path, data: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        read_run(_file(tmp_path, data))


def test_what_a_run_file_cannot_hold(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't stand"):
        write_run(tmp_path / "out", {"q": [("a\tb", 1.0)]}, "t")
    with pytest.raises(InputError, match="can't be written"):
        write_run(tmp_path / "no" / "out", {"q": [("a", 1.0)]}, "t")


def test_each_variant_has_its_file() -> None:
    assert variant_path(Path("x/out.trec"), "no-marks") == Path("x/out.no-marks.trec")
    assert variant_path(Path("out"), "vni") == Path("out.vni")
