"""Queries that were made to be slow: their work is bounded by the length of a query."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from searchapp.config import Settings
from searchapp.errors import QueryError
from searchapp.ingest.build import build
from searchapp.search.service import SearchService

MOST = Settings().query_max_chars
LONGEST_S = 4.0  # of the processor; the slowest here takes a tenth of it


def full(piece: str, end: str = "") -> str:
    return (piece * (MOST // len(piece)))[: MOST - len(end)] + end


SLOW = {
    "parentheses": "(" * (MOST // 2) + "a" + ")" * (MOST // 2 - 1),
    "open parentheses": full("("),
    "clauses": full("a OR "),
    "clauses that exclude": full("-a "),
    "clauses in parentheses": full("(a b) OR "),
    "beginnings": full("a* "),
    "beginnings of a letter": full("t* n* h* c* "),
    "fuzzy words": full("ab~2 "),
    "a long fuzzy word": full("ab", "~2"),
    "near words": full('"a b"~100 '),
    "a long phrase": '"' + "của và là " * (MOST // 10 - 1) + '"',
    "a long near phrase": '"' + "của và là " * (MOST // 10 - 2) + '"~100',
    "boosts": "a" + full("^1", "")[: MOST - 1],
    "fields": full("title:"),
    "ranges": full("published:[2000 TO 2024] "),
    "quotes": full('"'),
    "stars": full("*"),
    "tildes": full("~"),
    "one word": full("a"),
    "dashes": full("-", "@"),
    "addresses": full("a@b."),
    "marks": full("\u0301"),
    "telex": full("aawsxj"),
    "colons": full("a:"),
    "surrogates": full("𠀀"),
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory):
    home = tmp_path_factory.mktemp("slow")
    settings = Settings(index_dir=home / "index", jobs=1)
    build([Path(__file__).parents[2] / "seeds"], settings)
    service = SearchService(settings)
    service.search("khởi động", 1)
    yield service
    service._index.get().searcher.close()


@pytest.mark.parametrize("kind", SLOW)
def test_it_is_answered_in_time(service: SearchService, kind: str) -> None:
    query = SLOW[kind]
    assert len(query) <= MOST
    begun = time.process_time()
    service.search(query, 1)
    assert time.process_time() - begun < LONGEST_S


def test_what_is_longer_is_refused_before_it_is_read(service: SearchService) -> None:
    with pytest.raises(QueryError, match="at most"):
        service.search("a" * (MOST + 1), 1)
