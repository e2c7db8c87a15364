"""Help for people who do not know what to type: it has to find something, always."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from searchapp.config import Settings
from searchapp.ingest.build import build
from searchapp.search import guidance
from searchapp.search.filtering import parse_filters
from searchapp.search.guidance import ExampleKind
from searchapp.search.service import Answer, SearchService
from searchapp.search.ways_out import Loosening, looser_queries

SEEDS = Path(__file__).parents[2] / "seeds"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> SearchService:
    """Over the sample corpus."""
    index_dir = tmp_path_factory.mktemp("guidance") / "index"
    build([SEEDS], Settings(index_dir=index_dir, jobs=1))
    return SearchService(Settings(index_dir=index_dir))


def over(folder: Path, *rows: dict[str, object]) -> SearchService:
    lines = "".join(json.dumps({"id": f"d{n}", **row}) + "\n" for n, row in enumerate(rows))
    (folder / "r.jsonl").write_text(lines, encoding="utf-8")
    build([folder / "r.jsonl"], Settings(index_dir=folder / "index", jobs=1))
    return SearchService(Settings(index_dir=folder / "index"))


# -- examples -----------------------------------------------------------------------------------


def test_there_is_an_example_of_each_kind_and_each_finds_something(service: SearchService) -> None:
    found = guidance.examples(service)
    assert [one.kind for one in found] == list(ExampleKind)
    assert found[1].text.isascii()
    assert found[2].text.startswith('"')
    for one in found:
        query = one.text if one.name is None else f'{one.name}:"{one.text}"'
        assert service.total(query) > 0, one


def test_a_bare_corpus_has_fewer_examples(tmp_path: Path) -> None:
    service = over(
        tmp_path,
        {"title": "Đồng bằng sông Cửu Long", "text": "Miền đất của đồng bằng."},
        {"title": "", "text": "Một đồng bằng khác, ở sông Hồng."},
    )
    found = guidance.examples(service)
    assert found
    assert all(one.kind is not ExampleKind.VALUE for one in found)
    assert all(service.total(one.text) for one in found)


def test_the_overview_is_made_once_for_each_generation(tmp_path: Path) -> None:
    service = over(tmp_path, {"title": "Hồ sen", "text": "Hồ sen nở"})
    overview = guidance.Overview(service)
    first = overview.get()
    assert first.stats.documents == 1
    assert overview.get() is first
    build([tmp_path / "r.jsonl"], Settings(index_dir=tmp_path / "index", jobs=1))
    assert overview.get() is not first


# -- related searches ---------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["nấu phở", "xay dung", "hà nội", "bão lũ", "xaay duwngj"])
def test_related_searches_find_something_else(service: SearchService, query: str) -> None:
    answer = service.search(query)
    found = guidance.related(service, answer)
    assert 1 <= len(found) <= 8
    assert len(set(map(str.lower, found))) == len(found)
    asked = answer.corrected.query if answer.corrected else query
    assert asked.lower() not in map(str.lower, found)
    for text in found:
        assert service.total(text) > 0, text


def test_tags_of_the_best_documents_come_first(service: SearchService) -> None:
    answer = service.search("nấu phở")
    assert guidance.related(service, answer)[0] in answer.hits[0].document.tags


@pytest.mark.parametrize("query", ["zzz qqq", "nguồn:VnExpress", "+phở -bò", "*"])
def test_what_is_meant_as_it_stands_has_no_related_searches(
    service: SearchService, query: str
) -> None:
    assert guidance.related(service, service.search(query)) == ()


def test_words_that_hits_share_are_written_as_they_are_there(tmp_path: Path) -> None:
    other = [{"title": "Bếp", "text": "Nấu cơm, rửa bát, quét nhà."} for _ in range(9)]
    service = over(
        tmp_path,
        {"title": "Lũ", "text": "Nước lũ tràn về Quảng Trị, người dân Quảng Trị sơ tán."},
        {"title": "Lũ", "text": "Nước lũ ở Quảng Trị rút chậm."},
        *other,
    )
    assert guidance.related(service, service.search("nước lũ")) == ("Quảng Trị",)


def test_related_searches_are_made_once_for_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"title": f"Lũ {n}", "text": "Nước lũ tràn về Quảng Trị."} for n in range(3)]
    other = [{"title": "Bếp", "text": "Nấu cơm, rửa bát."} for _ in range(9)]
    service = over(tmp_path, *rows, *other)
    made: list[str] = []

    def related(_: SearchService, answer: Answer) -> tuple[str, ...]:
        made.append(answer.query)
        return (f"{answer.query} {len(made)}",)

    monkeypatch.setattr(guidance, "related", related)
    searches = guidance.RelatedSearches(service)
    assert searches.of(service.search("nước lũ")) == ("nước lũ 1",)
    assert searches.of(service.search("nước lũ")) == ("nước lũ 1",)
    assert searches.of(service.search("nước lũ", page=1, size=1)) == ("nước lũ 2",), "other hits"
    build([tmp_path / "r.jsonl"], Settings(index_dir=tmp_path / "index", jobs=1))
    assert searches.of(service.search("nước lũ")) == ("nước lũ 3",), "another generation"
    partial = replace(service.search("quảng trị"), partial=True)
    assert [searches.of(partial), searches.of(partial)] == [("quảng trị 4",), ("quảng trị 5",)]


# -- ways out -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "looser"),
    [
        ('"nấu bún phở"', {Loosening.QUOTES: "nấu bún phở"}),
        ('"nấu bún"~2 phở', {Loosening.QUOTES: "nấu bún phở"}),
        ("+phở +xyzq", {Loosening.SIGNS: "phở xyzq", Loosening.WORDS: "phở"}),
        ("phở xyzq", {Loosening.WORDS: "phở"}),
        ("phở, xyzq.", {Loosening.SIGNS: "phở xyzq", Loosening.WORDS: "phở"}),
        ("bún chả, gió!", {Loosening.SIGNS: "bún chả gió"}),
        ('nguồn:"không có" phở', {Loosening.SIGNS: "phở"}),
        (
            '"bún chả" AND "gió xyzq"',
            {
                Loosening.QUOTES: "bún chả AND gió xyzq",
                Loosening.SIGNS: "bún chả gió xyzq",
                Loosening.WORDS: "bún chả gió",
            },
        ),
        ("phở -bò", {Loosening.SIGNS: "phở"}),
        ("tiêu_đề:(phở xyzq)", {Loosening.SIGNS: "phở xyzq", Loosening.WORDS: "phở"}),
        ("phở", {}),
        ("xyzq", {}),
        ("nguồn:abc", {}),
        ("ngày:2024", {}),
        ("", {}),
        ('")(', {}),
    ],
)
def test_looser_queries(query: str, looser: dict[Loosening, str]) -> None:
    found = list(looser_queries(query, lambda word: word != "xyzq"))
    assert {one.loosening: one.query for one in found} == looser
    for one in found:
        assert one.dropped == (("xyzq",) if one.loosening is Loosening.WORDS else ())


def test_only_ways_that_lead_somewhere_are_shown(service: SearchService) -> None:
    for query in ('"nấu bún phở"', "+phở +xyzq", "zzz qqq", '"zzz qqq"'):
        for way in guidance.ways_out(service, query):
            assert way.total == service.total(way.query) > 0
    assert guidance.ways_out(service, '"zzz qqq"') == ()


def test_filters_are_taken_off_first(service: SearchService) -> None:
    filters = parse_filters(["year:1999"])
    assert service.total("phở", filters) == 0
    (way,) = guidance.ways_out(service, "phở", filters)
    assert (way.loosening, way.query) == (Loosening.FILTERS, "phở")
    assert way.total == service.total("phở")
