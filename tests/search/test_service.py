"""From words typed to an answer over the live index: limits, shapes, threads and rebuilds."""

from __future__ import annotations

import itertools
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from searchapp.config import Settings
from searchapp.documents import Document
from searchapp.errors import NoIndexError, NotFoundError, QueryError
from searchapp.generations import Generations
from searchapp.ingest.build import build
from searchapp.search.answers import plain, search_answer
from searchapp.search.service import SearchService

RECORDS = [
    {
        "id": "hn",
        "title": "Hà Nội mùa thu",
        "text": "Mùa thu Hà Nội có hoa sữa. " * 3 + "Cốm làng Vòng thơm.",
        "source": "Báo Đồng Xanh",
        "category": "Du lịch",
        "author": "Lê Na",
        "tags": ["thu", "hoa sữa"],
        "published": "2024-03-05",
        "url": "https://vi.example/hn",
    },
    {"id": "hue", "title": "Huế", "text": "Sông Hương ở Huế, không phải Hà Nội."},
    *({"id": f"n{n:02}", "title": f"Bản tin {n}", "text": "Bản tin thời tiết."} for n in range(25)),
]


def write_records(path: Path, records: list[dict]) -> Path:
    lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    path.write_text("".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def index_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("service")
    records = write_records(home / "records.jsonl", RECORDS)
    build([records], Settings(index_dir=home / "index", jobs=1))
    return home / "index"


@pytest.fixture(scope="module")
def service(index_dir: Path) -> SearchService:
    return SearchService(Settings(index_dir=index_dir))


def test_an_answer(service: SearchService) -> None:
    answer = service.search("Hà Nội mùa thu")
    assert (answer.query, answer.total, answer.page, answer.size) == ("Hà Nội mùa thu", 2, 1, 10)
    assert answer.took_ms > 0
    first = answer.hits[0]
    assert first.document.id == "hn"
    assert first.score > answer.hits[1].score > 0
    assert first.title.html.startswith("<mark>Hà Nội</mark> <mark>mùa")
    assert first.snippets[0].highlights


def test_the_shape_of_an_answer_is_fixed(service: SearchService) -> None:
    values = plain(search_answer(service.search("Hà Nội")))
    assert set(values) >= {
        "query",
        "total",
        "total_is_exact",
        "page",
        "size",
        "took_ms",
        "hits",
        "suggestion",
        "facets",
    }
    assert values["total_is_exact"] is True
    hit = next(hit for hit in values["hits"] if hit["id"] == "hn")
    assert (
        hit.items()
        >= {
            "id": "hn",
            "title": "Hà Nội mùa thu",
            "url": "https://vi.example/hn",
            "source": "Báo Đồng Xanh",
            "category": "Du lịch",
            "published": "2024-03-05",
        }.items()
    )
    other = next(hit for hit in values["hits"] if hit["id"] == "hue")
    assert other["url"] is other["source"] is other["category"] is other["published"] is None
    for snippet in hit["snippets"]:
        assert set(snippet) == {"text", "highlights", "html", "page"}
        for start, end in snippet["highlights"]:
            assert snippet["text"][start:end].lower() in ("hà nội", "hà", "nội")
    assert json.loads(json.dumps(values)) == values


def test_pages_follow_each_other(service: SearchService) -> None:
    whole = [hit.document.id for hit in service.search("bản tin", size=100).hits]
    assert len(whole) == 25
    pages = [service.search("bản tin", page, 4) for page in range(1, 9)]
    assert [hit.document.id for page in pages for hit in page.hits] == whole
    assert {page.total for page in pages} == {25}
    assert {page.pages for page in pages} == {7}
    moved = service.search("bản tin", size=5, offset=7)
    assert [hit.document.id for hit in moved.hits] == whole[7:12]


@pytest.mark.parametrize(
    ("query", "page", "size", "field"),
    [
        pytest.param("", 1, 10, "q", id="empty"),
        pytest.param(" \t\n\u3000", 1, 10, "q", id="white space"),
        pytest.param("a" * 1001, 1, 10, "q", id="1,001 characters"),
        pytest.param("hà", 0, 10, "page", id="page 0"),
        pytest.param("hà", -1, 10, "page", id="page -1"),
        pytest.param("hà", 1, 0, "size", id="size 0"),
        pytest.param("hà", 1, -5, "size", id="size -5"),
        pytest.param("hà", 1, 101, "size", id="size 101"),
        pytest.param("hà", 101, 100, "page", id="behind the window"),
        pytest.param("hà", 10**9, 1, "page", id="far behind the window"),
    ],
)
def test_what_is_out_of_range_names_its_field(
    service: SearchService, query: str, page: int, size: int, field: str
) -> None:
    with pytest.raises(QueryError) as caught:
        service.search(query, page, size)
    assert caught.value.field == field
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("query", "page", "size"),
    [("a" * 1000, 1, 10), ("hà", 100, 100), ("hà", 10_000, 1), ("hà", 1, 100)],
    ids=["1,000 characters", "last page of 100", "last page of 1", "size 100"],
)
def test_the_limits_themselves_are_served(
    service: SearchService, query: str, page: int, size: int
) -> None:
    assert service.search(query, page, size).size == size


@pytest.mark.parametrize(
    ("offset", "limit", "field"),
    [(-1, 10, "offset"), (9_995, 10, "offset"), (0, 0, "size"), (0, 101, "size")],
)
def test_offsets_out_of_range(service: SearchService, offset: int, limit: int, field: str) -> None:
    with pytest.raises(QueryError) as caught:
        service.search("hà", size=limit, offset=offset)
    assert caught.value.field in (field, "limit" if field == "size" else field)


@hypothesis_settings(max_examples=150)
@given(query=st.text(min_size=1, max_size=60).filter(str.strip))
def test_any_text_is_answered(service: SearchService, query: str) -> None:
    answer = service.search(query)
    assert answer.total >= len(answer.hits)
    assert answer.query == query


@hypothesis_settings(max_examples=100)
@given(
    words=st.lists(
        st.sampled_from(
            [
                "Hà",
                "Nội",
                "ha noi",
                '"',
                '"hà nội"',
                "(",
                ")",
                "AND",
                "*",
                "-",
                ":",
                "~",
                "\\",
                "/",
                "“",
                "huế",
            ]
        ),
        min_size=1,
    )
)
def test_any_mixture_of_words_and_signs_is_answered(
    service: SearchService, words: list[str]
) -> None:
    service.search(" ".join(words))


# -- documents ---------------------------------------------------------------------------------


def test_a_document_whole_and_marked(service: SearchService) -> None:
    found = service.document("hn", "hà nội")
    document, text = found.document, found.text
    assert isinstance(document, Document)
    assert text.text == document.text
    assert [text.text[a:b] for a, b in text.highlights] == ["Hà Nội"] * 3


@pytest.mark.parametrize("query", [None, "", "x" * 1001], ids=["none", "empty", "too long"])
def test_a_document_without_a_query_is_unmarked(service: SearchService, query: str | None) -> None:
    found = service.document("hn", query)
    assert (found.text.text, found.text.highlights) == (found.document.text, ())
    assert (found.title.text, found.title.highlights) == (found.document.title, ())


@pytest.mark.parametrize("name", ["absent", "", "hn ", "HN", "\ud800", "x" * 10_000])
def test_a_document_that_is_not_there(service: SearchService, name: str) -> None:
    with pytest.raises(NotFoundError):
        service.document(name)


# -- the live index ----------------------------------------------------------------------------


def test_without_an_index(tmp_path: Path) -> None:
    service = SearchService(Settings(index_dir=tmp_path / "absent"))
    for call in (lambda: service.search("hà"), service.manifest, lambda: service.document("x")):
        with pytest.raises(NoIndexError, match="searchapp index"):
            call()


def test_an_index_that_is_built_later_is_found(tmp_path: Path) -> None:
    settings = Settings(index_dir=tmp_path / "index", jobs=1)
    service = SearchService(settings)
    with pytest.raises(NoIndexError):
        service.search("hà nội")
    build([write_records(tmp_path / "r.jsonl", RECORDS)], settings)
    assert service.search("hà nội").total == 2


@pytest.mark.parametrize("keep", [0, 1])
def test_a_rebuild_is_seen_by_the_next_search(tmp_path: Path, keep: int) -> None:
    settings = Settings(index_dir=tmp_path / "index", jobs=1, keep_generations=keep)
    service = SearchService(settings)
    for number in range(3):
        records = [{"id": f"{number}", "title": "Hà Nội"}]
        build([write_records(tmp_path / "r.jsonl", records)], settings)
        assert [hit.document.id for hit in service.search("hà nội").hits] == [f"{number}"]
        assert service.manifest().document_count == 1


def test_eight_threads_get_the_answers_of_one(service: SearchService) -> None:
    queries = ["Hà Nội", "bản tin", '"hoa sữa"', "thoi tiet", "huế", "cốm", "zzz", "mùa thu"] * 6
    alone = [service.search(query).hits for query in queries]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            together = pool.map(lambda query: service.search(query).hits, queries)
            assert list(together) == alone


@pytest.fixture
def two_corpora(tmp_path: Path) -> tuple[Path, Path]:
    """Two corpora that answer "hà nội" in full with ids beginning with a, or with b."""
    return tuple(  # type: ignore[misc]
        write_records(
            tmp_path / f"{letter}.jsonl",
            [{"id": f"{letter}{n}", "title": "Hà Nội", "text": "mùa thu"} for n in range(20)],
        )
        for letter in "ab"
    )


@pytest.mark.parametrize("keep", [0, 1])
def test_no_search_fails_while_the_index_is_rebuilt(
    tmp_path: Path, two_corpora: tuple[Path, Path], keep: int
) -> None:
    """Threads that come and go, as a server's do: each opens the index anew."""
    settings = Settings(
        index_dir=tmp_path / "index", jobs=1, keep_generations=keep, search_timeout_ms=0
    )
    build([two_corpora[0]], settings)
    service = SearchService(settings)
    stop, wrong, served = threading.Event(), [], itertools.count()

    def ask() -> None:
        try:
            hits = service.search("hà nội", size=20).hits
            first_letters = {hit.document.id[0] for hit in hits}
            if len(hits) != 20 or len(first_letters) != 1:
                wrong.append(sorted(hit.document.id for hit in hits))
            next(served)
        except Exception as error:  # noqa: BLE001  # whatever a request meets is wrong
            wrong.append(error)

    def hammer() -> None:
        while not stop.is_set():
            one = threading.Thread(target=ask)
            one.start()
            one.join()

    def hammer_on_one_thread() -> None:
        while not stop.is_set():
            ask()

    threads = [threading.Thread(target=t) for t in (hammer, hammer, hammer_on_one_thread)]
    for thread in threads:
        thread.start()
    for number in range(6):
        build([two_corpora[(number + 1) % 2]], settings)
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert next(served) > 10
    assert Generations(settings.index_dir).current_name() == service.generation().name
