"""Every engine ranks as the plain BM25F of the in-memory engine does."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import pytest
from engine_helpers import assert_same_ranking, build_index
from memory_engine import MemorySearcher, truth_of

from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.base import View
from searchapp.documents import Document
from searchapp.engines import whoosh_scoring
from searchapp.engines.base import Engine, Ranking, Searcher
from searchapp.engines.whoosh import WhooshEngine
from searchapp.query.nodes import Not, Or, Phrase, Query, Scored, Term
from searchapp.search.planner import plan


@pytest.fixture(scope="module")
def searcher(
    engine: Engine,
    tmp_path_factory: pytest.TempPathFactory,
    random_documents: list[Document],
    analyzer: Analyzer,
) -> Searcher:
    folder = tmp_path_factory.mktemp("random")
    return build_index(engine, folder, random_documents, analyzer, batch=100)


@pytest.fixture(scope="module")
def truth(engine: Engine, random_documents: list[Document], analyzer: Analyzer) -> MemorySearcher:
    return truth_of(random_documents, analyzer, exact=engine.capabilities.exact_scores)


@pytest.fixture(scope="module")
def agree(
    engine: Engine, searcher: Searcher, truth: MemorySearcher
) -> Callable[[Query, int], None]:
    """Asserts that the engine ranks a query as the truth does."""

    def assert_agrees(query: Query, limit: int) -> None:
        found, expected = searcher.search(query, limit), truth.ranked(query)
        assert_same_ranking(found, expected, limit, exact=engine.capabilities.exact_scores)

    return assert_agrees


def any_of(*scored: Scored) -> Query:
    return Query(Or(tuple(s.node for s in scored)), scored)


def typed_queries(documents: list[Document], count: int) -> list[str]:
    """Questions of three to eight words out of the documents, half of them without marks."""
    drawn = random.Random(7)
    syllables = sorted({s for d in documents for s in d.text.split()})
    plain = str.maketrans("ấầựựđảàướệộồịếộôọờưáắẹứỉêòỳyíỏă", "aauudaauueooieoooouaaeuieoyyioa")
    questions = [" ".join(drawn.choices(syllables, k=drawn.randint(3, 8))) for _ in range(count)]
    return [q.translate(plain) if n % 2 else q for n, q in enumerate(questions)]


def test_top_ten_of_a_random_corpus(
    agree: Callable[[Query, int], None], analyzer: Analyzer, random_documents: list[Document]
) -> None:
    for typed in typed_queries(random_documents, 60):
        query = plan(typed, analyzer).query
        agree(query, 10)


def test_every_hit_of_a_random_corpus(
    agree: Callable[[Query, int], None], truth: MemorySearcher, analyzer: Analyzer
) -> None:
    for typed in ("xây dựng", "xay dung", '"hà nội"', "công ty", "mì"):
        query = plan(typed, analyzer).query
        assert truth.ranked(query)
        agree(query, 1000)


def test_terms_score_by_weight_and_a_term_named_twice_counts_twice(
    agree: Callable[[Query, int], None],
) -> None:
    rare, frequent = Scored(Term(View.EXACT, "mì"), 2.5), Scored(Term(View.EXACT, "xây"), 0.25)
    query = any_of(rare, frequent, frequent)
    agree(query, 20)


def test_what_does_not_match_is_not_found_however_well_it_scores(
    agree: Callable[[Query, int], None],
) -> None:
    found = Term(View.EXACT, "bánh")
    query = Query(found, (Scored(Term(View.EXACT, "xây"), 9.0),))
    agree(query, 300)


def test_absent_terms_change_nothing(searcher: Searcher) -> None:
    here, absent = Scored(Term(View.EXACT, "xây"), 1.0), Scored(Term(View.EXACT, "zzz"), 1.0)
    assert searcher.search(any_of(here, absent), 20) == searcher.search(any_of(here), 20)
    assert searcher.search(any_of(absent), 20).total == 0


@pytest.mark.parametrize("view", list(View))
def test_document_frequency_is_counted_over_both_fields(
    searcher: Searcher, truth: MemorySearcher, view: View
) -> None:
    terms = {
        t
        for views in truth.texts.terms.values()
        for (_, v), ts in views.items()
        if v is view
        for t in ts
    }
    assert terms
    for term in sorted(terms)[:200]:
        assert searcher.document_frequency(view, term) == truth.document_frequency(view, term)
    assert searcher.document_frequency(view, "không-có") == 0


def test_document_count_and_documents_in_order_of_id(
    searcher: Searcher, random_documents: list[Document]
) -> None:
    assert searcher.document_count == 300
    assert list(searcher.documents()) == sorted(random_documents, key=lambda d: d.id)


def test_an_engine_finds_nothing_wrong_with_its_own_index(searcher: Searcher) -> None:
    assert list(searcher.check()) == []


def test_equal_scores_stand_in_order_of_id(
    engine: Engine, folder: Path, analyzer: Analyzer
) -> None:
    ids = [f"{n:03}" for n in range(40)] + ["z", "ă", "a", "Đ", "đ", "🧊", "\uffff"]
    random.Random(3).shuffle(ids)
    documents = [Document(id=name, title="nước", text="cà phê") for name in ids]
    searcher = build_index(engine, folder, documents, analyzer)
    query = any_of(Scored(Term(View.EXACT, "nước"), 1.0))
    for limit in (5, 47):
        found = searcher.search(query, limit)
        assert [hit.document.id for hit in found.hits] == sorted(ids)[:limit]
    assert [d.id for d in searcher.documents()] == sorted(ids)


@pytest.mark.parametrize("size", [1, 7, 50])
def test_pages_together_are_one_big_page(searcher: Searcher, analyzer: Analyzer, size: int) -> None:
    query = plan("xây dựng nhà nước", analyzer).query
    whole = searcher.search(query, 1000)
    assert whole.total == len(whole.hits) > 100
    hits = []
    for offset in range(0, whole.total, size):
        page = searcher.search(query, size, offset)
        assert page.total == whole.total
        hits += page.hits
    assert tuple(hits) == whole.hits


@pytest.mark.parametrize(
    ("limit", "offset"), [(10, 100_000), (0, 0)], ids=["behind the last", "none wanted"]
)
def test_an_empty_page_still_counts(
    searcher: Searcher, analyzer: Analyzer, limit: int, offset: int
) -> None:
    found = searcher.search(plan("xây dựng", analyzer).query, limit, offset)
    assert found.hits == ()
    assert found.total > 0


def test_eight_threads_get_the_answers_of_one(
    searcher: Searcher, analyzer: Analyzer, random_documents: list[Document]
) -> None:
    queries = [plan(q, analyzer).query for q in typed_queries(random_documents, 40)]
    alone = [searcher.search(q, 10) for q in queries]

    def work(seed: int) -> list[bool]:
        order = list(range(len(queries)))
        random.Random(seed).shuffle(order)
        return [searcher.search(queries[n], 10) == alone[n] for n in order * 3]

    with ThreadPoolExecutor(8) as pool:
        assert all(all(same) for same in pool.map(work, range(8)))


# -- what is the Whoosh engine's own -----------------------------------------------------------


@pytest.fixture(scope="module")
def exact_truth(random_documents: list[Document], analyzer: Analyzer) -> MemorySearcher:
    return truth_of(random_documents, analyzer)


@pytest.mark.parametrize("share", [10**9, 0.001], ids=["all dense", "all sparse"])
def test_dense_and_sparse_postings_score_alike(
    share: float,
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    random_documents: list[Document],
    analyzer: Analyzer,
    exact_truth: MemorySearcher,
) -> None:
    monkeypatch.setattr(whoosh_scoring, "_DENSE_SHARE", share)
    searcher = build_index(WhooshEngine(), folder, random_documents, analyzer, batch=100)
    for typed in typed_queries(random_documents, 30):
        query = plan(typed, analyzer).query
        assert searcher._scorer.postings(Term(View.EXACT, "xây")).dense is (share > 1)
        assert_same_ranking(searcher.search(query, 300), exact_truth.ranked(query), 300)
        without = Query(Not(query.match), query.score)
        assert_same_ranking(searcher.search(without, 300), exact_truth.ranked(without), 300)


def test_field_weights_and_constants_of_the_ranking(
    folder: Path, random_documents: list[Document], analyzer: Analyzer
) -> None:
    ranking = Ranking(k1=0.9, b=0.4, title_weight=3.0, body_weight=0.5)
    searcher = build_index(WhooshEngine(ranking), folder, random_documents, analyzer, batch=100)
    exact_truth = truth_of(random_documents, analyzer, ranking)
    for typed in typed_queries(random_documents, 20):
        query = plan(typed, analyzer).query
        assert_same_ranking(searcher.search(query, 10), exact_truth.ranked(query), 10)


def test_a_cache_that_holds_one_term_gives_the_same(
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    random_documents: list[Document],
    analyzer: Analyzer,
    exact_truth: MemorySearcher,
) -> None:
    monkeypatch.setattr(whoosh_scoring, "_CACHE_BYTES", 1)
    searcher = build_index(WhooshEngine(), folder, random_documents, analyzer, batch=100)
    for typed in typed_queries(random_documents, 10) * 2:
        query = plan(typed, analyzer).query
        assert_same_ranking(searcher.search(query, 10), exact_truth.ranked(query), 10)


def test_stock_whoosh_finds_the_same_documents(
    folder: Path, random_documents: list[Document], analyzer: Analyzer
) -> None:
    from whoosh import index
    from whoosh.query import Term as WhooshTerm

    searcher = build_index(WhooshEngine(), folder, random_documents, analyzer, batch=100)
    opened = index.open_dir(str(folder))
    with opened.searcher() as stock:
        for term in ("xây", "mì", "không_có"):
            found = {
                stock.stored_fields(number)["id"]
                for field in ("title_exact", "body_exact")
                for number in stock.docs_for_query(WhooshTerm(field, term))
            }
            ours = searcher.search(Query(Term(View.EXACT, term), ()), 1000)
            assert found == {hit.document.id for hit in ours.hits}
            scored = stock.search(WhooshTerm("body_exact", term), limit=None)
            assert {hit["id"] for hit in scored} <= found
    opened.close()
    searcher.close()


# -- real text ---------------------------------------------------------------------------------


def test_real_questions_over_wikipedia(
    engine: Engine, folder: Path, analyzer: Analyzer, shared_data: Path
) -> None:
    with gzip.open(shared_data / "wiki.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in islice(lines, 2_000)]
    documents = [Document(id=r["id"], title=r["title"], text=r["text"]) for r in rows]
    asked = (
        (shared_data / "eval" / "xquad_vi" / "queries.jsonl")
        .read_text(encoding="utf-8")
        .splitlines()
    )
    questions = [json.loads(line)["text"] for line in asked[:1_180:20]] + ['"Việt Nam" chiến tranh']
    assert len(questions) == 60
    truth = truth_of(documents, analyzer, exact=engine.capabilities.exact_scores)
    searcher = build_index(engine, folder, documents, analyzer, batch=500)
    for question in questions:
        query = plan(question, analyzer).query
        found, expected = searcher.search(query, 10), truth.ranked(query)
        assert_same_ranking(found, expected, 10, exact=engine.capabilities.exact_scores)


def test_a_phrase_scores_as_its_terms_do(
    agree: Callable[[Query, int], None], truth: MemorySearcher
) -> None:
    query = Query(
        Phrase(View.EXACT, ("xây", "dựng")),
        (Scored(Term(View.EXACT, "dựng"), 1.0), Scored(Term(View.PAIRS, "xay_dung"), 0.5)),
    )
    assert len(truth.ranked(query)) > 5
    agree(query, 300)
