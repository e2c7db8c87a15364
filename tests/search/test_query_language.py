"""Queries as typed against plain loops: what the language says is what is found."""

from __future__ import annotations

import json
import random
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from searchapp.config import Settings
from searchapp.ingest.build import build
from searchapp.query.filters import Column, Sort
from searchapp.search.service import SearchService

# Whole syllables that pyvi, the synonyms and the corrections leave alone.
WORDS = ["sông", "hồng", "đê", "lũ", "mưa", "nắng", "học", "trường", "núi", "biển", "gió", "thuyền"]
SOURCES = ["Báo Sông", "Đài Núi", None]
CATEGORIES = ["Y tế", "Giáo dục", "Đời sống", None]
TAGS = ["lũ lụt", "mùa hè", "đê điều"]
DATES = ["2022-05-01", "2023-02-28", "2023-12-31", "2024-03-05", None]


def plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@dataclass(frozen=True)
class Record:
    id: str
    title: list[str]
    text: list[str]
    source: str | None
    category: str | None
    tags: tuple[str, ...]
    published: str | None


def drawn_records(count: int) -> list[Record]:
    drawn = random.Random(11)
    return [
        Record(
            id=f"bài {number:03}",
            title=drawn.choices(WORDS, k=drawn.randint(0, 3)),
            text=drawn.choices(WORDS, range(1, len(WORDS) + 1), k=drawn.randint(1, 9)),
            source=drawn.choice(SOURCES),
            category=drawn.choice(CATEGORIES),
            tags=tuple(drawn.sample(TAGS, drawn.randint(0, 2))),
            published=drawn.choice(DATES),
        )
        for number in range(count)
    ]


RECORDS = drawn_records(150)
Test = Callable[[Record], bool]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> SearchService:
    home = tmp_path_factory.mktemp("language")
    with (home / "records.jsonl").open("w", encoding="utf-8") as file:
        for one in RECORDS:
            values = {
                "id": one.id,
                "title": " ".join(one.title),
                "text": " ".join(one.text),
                "source": one.source,
                "category": one.category,
                "tags": list(one.tags),
                "published": one.published,
            }
            file.write(json.dumps(values, ensure_ascii=False) + "\n")
    build([home / "records.jsonl"], Settings(index_dir=home / "index", jobs=1))
    return SearchService(Settings(index_dir=home / "index", page_size_max=200))


def has_word(word: str) -> Test:
    return lambda r: word in r.title + r.text


def has_plain(word: str) -> Test:
    return lambda r: word in map(plain, r.title + r.text)


def has_phrase(words: list[str]) -> Test:
    size = len(words)
    return lambda r: any(
        part[at : at + size] == words
        for part in (r.title, r.text)
        for at in range(len(part) - size + 1)
    )


def has_near(words: list[str], slop: int) -> Test:
    def test(record: Record) -> bool:
        for part in (record.title, record.text):
            for start in range(len(part)):
                for end in range(start + len(words), min(start + len(words) + slop, len(part)) + 1):
                    if not Counter(words) - Counter(part[start:end]):
                        return True
        return False

    return test


def every(tests: list[Test]) -> Test:
    return lambda r: all(test(r) for test in tests)


def some(tests: list[Test]) -> Test:
    return lambda r: any(test(r) for test in tests)


def drawn_query(drawn: random.Random, depth: int = 0) -> tuple[str, Test]:
    """A query that says exactly what it finds, and the loop that says the same."""
    word = drawn.choice(WORDS)
    two = drawn.sample(WORDS, 2)
    slop = drawn.randint(0, 3)
    source, category = drawn.choice(SOURCES[:-1]), drawn.choice(CATEGORIES[:-1])
    tag = drawn.choice(TAGS)
    leaves: list[tuple[str, Test]] = [
        (word, has_word(word)),
        (plain(two[0]), has_plain(plain(two[0]))),
        (f'"{" ".join(two)}"', has_phrase(two)),
        (f'"{" ".join(two)}"~{slop}', has_near(two, slop)),
        (f"{word[:2]}*", lambda r: any(w.startswith(word[:2]) for w in r.title + r.text)),
        (f"tiêu_đề:{word}", lambda r: word in r.title),
        (f'nguồn:"{source.lower()}"', lambda r: r.source == source),
        (f'category:"{plain(category.lower())}"', lambda r: r.category == category),
        (f'thẻ:"{tag}"', lambda r: tag in r.tags),
        ("ngày:2023", lambda r: (r.published or "").startswith("2023")),
        ("published:[2023-06 TO 2024]", lambda r: (r.published or "") >= "2023-06"),
        (f'id:"{RECORDS[7].id}"', lambda r: r.id == RECORDS[7].id),
    ]
    if depth >= 2:
        return drawn.choice(leaves)
    parts = [drawn_query(drawn, depth + 1) for _ in range(drawn.randint(2, 3))]
    texts, tests = [text for text, _ in parts], [test for _, test in parts]
    groups = [f"({text})" if " " in text else text for text in texts]
    return drawn.choice(
        [
            *leaves,
            (drawn.choice([" AND ", " VÀ "]).join(groups), every(tests)),
            (drawn.choice([" OR ", " HOẶC "]).join(groups), some(tests)),
            (
                f"{groups[0]} {drawn.choice(['NOT', 'KHÔNG', 'AND NOT'])} {groups[1]}",
                lambda r: tests[0](r) and not tests[1](r),
            ),
            (" ".join(f"+{group}" for group in groups), every(tests)),
            (f"* -{groups[0]}", lambda r: not tests[0](r)),
            (f"{groups[0]}^{drawn.choice(['2', '0.5', '1,5'])}", tests[0])
            if groups[0] != texts[0]
            else leaves[0],
        ]
    )


def drawn_filters(drawn: random.Random) -> tuple[list[str], dict[Column | None, Test]]:
    """Filters, and what each of a column asks for."""
    texts: list[str] = []
    tests: dict[Column | None, Test] = {}
    if drawn.random() < 0.4:
        sources = drawn.sample(SOURCES, drawn.randint(1, 2))
        texts += [f"source:{source or ''}" for source in sources]
        tests[Column.SOURCE] = lambda r: r.source in sources
    if drawn.random() < 0.4:
        tag = drawn.choice(TAGS)
        texts.append(f"tag:{tag}")
        tests[Column.TAG] = lambda r: tag in r.tags
    if drawn.random() < 0.3:
        texts.append("published:>=2023-03")
        tests[None] = lambda r: (r.published or "") >= "2023-03"
    return texts, tests


def values_of(record: Record, column: Column) -> tuple[str | None, ...]:
    return {
        Column.SOURCE: (record.source,),
        Column.CATEGORY: (record.category,),
        Column.AUTHOR: (None,),
        Column.TAG: record.tags or (None,),
        Column.YEAR: (record.published[:4] if record.published else None,),
    }[column]


def in_order(records: list[Record], sort: Sort) -> list[str]:
    dated = [r for r in records if r.published]
    by_day = sorted(dated, key=lambda r: r.published, reverse=sort is Sort.NEWEST)
    return [r.id for r in by_day] + [r.id for r in records if not r.published]


@pytest.mark.parametrize("seed", range(500))
def test_a_query_finds_what_it_says(service: SearchService, seed: int) -> None:
    drawn = random.Random(seed)
    text, test = drawn_query(drawn)
    filters, filter_tests = drawn_filters(drawn)
    sort = drawn.choice([Sort.RELEVANCE, Sort.NEWEST, Sort.OLDEST])
    matched = [r for r in RECORDS if test(r)]
    expected = [r for r in matched if all(one(r) for one in filter_tests.values())]
    answer = service.search(text, size=200, filters=filters, sort=sort, facet_size=50)
    ids = [hit.document.id for hit in answer.hits]
    assert answer.total == len(expected), (text, filters, answer.plan.understood)
    if sort is Sort.RELEVANCE:
        assert sorted(ids) == [r.id for r in expected]
    else:
        assert ids == in_order(expected, sort)
    for column, values in answer.facets.items():
        counted: Counter[str | None] = Counter()
        for record in matched:
            others = (one for name, one in filter_tests.items() if name is not column)
            if all(one(record) for one in others):
                counted.update(values_of(record, column))
        assert {one.value: one.count for one in values} == dict(counted), (text, column)


@pytest.mark.parametrize("seed", range(40))
def test_cursors_read_all_of_it_once(service: SearchService, seed: int) -> None:
    drawn = random.Random(seed)
    text, _ = drawn_query(drawn)
    sort = drawn.choice(list(Sort))
    whole = [hit.document.id for hit in service.search(text, size=200, sort=sort).hits]
    read: list[str] = []
    cursor = None
    while True:
        answer = service.search(text, size=drawn.randint(1, 40), sort=sort, cursor=cursor)
        read += [hit.document.id for hit in answer.hits]
        cursor = answer.next_cursor
        if cursor is None:
            break
    assert read == whole


# -- how much of plain words has to be there ----------------------------------------------------


def found(service: SearchService, text: str) -> set[str]:
    return {hit.document.id for hit in service.search(text, size=200).hits}


def test_words_beside_a_condition_on_values_still_have_to_match(service: SearchService) -> None:
    narrowed = found(service, 'nguồn:"Báo Sông" thuyền')
    assert narrowed == {r.id for r in RECORDS if r.source == "Báo Sông" and has_word("thuyền")(r)}
    assert found(service, "thuyền -biển") == {
        r.id for r in RECORDS if has_word("thuyền")(r) and not has_word("biển")(r)
    }


def test_words_beside_a_phrase_only_rank(service: SearchService) -> None:
    phrase = {r.id for r in RECORDS if has_phrase(["thuyền", "gió"])(r)}
    assert phrase
    assert found(service, '"thuyền gió" học') == phrase
    assert found(service, "+thuyền học") == {r.id for r in RECORDS if has_word("thuyền")(r)}


def test_a_boosted_word_comes_first(service: SearchService) -> None:
    answer = service.search("học^20 thuyền", size=200)
    has = [has_word("học")(next(r for r in RECORDS if r.id == h.document.id)) for h in answer.hits]
    both = service.search("học AND thuyền", size=1).total
    assert all(has[both : both + 5])


def test_what_was_not_understood_is_said(service: SearchService) -> None:
    def codes(text: str) -> list[str]:
        return [remark.code for remark in service.search(text).plan.remarks]

    assert codes("sông hồng") == []
    assert codes("foo:bar sông") == ["unknown_name"]
    assert codes("published:2024-02-30 sông") == ["bad_date"]
    assert codes('nguồn:"Không Có" sông') == ["no_such_value"]
    assert codes('sông "hồng') == ["unclosed_quote"]


def test_expansions_are_cut_and_that_is_said(service: SearchService) -> None:
    settings = Settings(index_dir=service.settings.index_dir, expansion_max_terms=1)
    answer = SearchService(settings).search("h* s*")
    (remark,) = answer.plan.remarks
    assert remark.code == "expansion_cut"
    assert remark.text == "h* stands for 2 words; searched for the most frequent: 1"
    assert answer.total < service.search("h*").total
    assert service.search("h* s*").plan.remarks == ()


def test_fuzzy_words(service: SearchService) -> None:
    assert found(service, "thuyen~1") == found(service, "thuyen")
    assert found(service, "thuyem~1") == found(service, "thuyen")
    assert found(service, "thuyềm~1") == found(service, "thuyền")
    assert found(service, "zzzzzz~2") == set()


def test_highlights_of_beginnings_are_whole_words(service: SearchService) -> None:
    hit = service.search("thuy*").hits[0]
    marked = {hit.snippets[0].text[a:b] for a, b in hit.snippets[0].highlights}
    assert marked <= {"thuyền"}
    assert marked
