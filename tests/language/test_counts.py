"""What is counted while an index is built, against a plain Counter."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from searchapp.analysis.analyzer import BatchTerms
from searchapp.analysis.terms import folded_term
from searchapp.external import keycounts
from searchapp.language import counts as counts_module
from searchapp.language.counts import CorpusCounts
from searchapp.language.model import LanguageModel

VOCABULARY = "hòa bình hoa hồng xây dựng đảng đang đường dương đương duong 100 python".split()  # noqa: SIM905


def batch(documents: list[list[str]]) -> BatchTerms:
    table: dict[str, int] = {}
    codes = [table.setdefault(term, len(table)) for document in documents for term in document]
    bounds = np.cumsum([0, *map(len, documents)])
    none = np.zeros(len(documents) + 1, dtype=np.int64)
    return BatchTerms(
        exact_terms=list(table),
        folded_terms=[folded_term(term) for term in table],
        word_terms=[],
        syllables=np.array(codes, dtype=np.int32),
        syllable_bounds=bounds,
        words=np.empty(0, dtype=np.int32),
        word_bounds=none,
    )


def brute(batches: list[list[list[str]]]) -> tuple[Counter, Counter]:
    singles: Counter = Counter()
    pairs: Counter = Counter()
    for documents in batches:
        for document in documents:
            singles.update(document)
            pairs.update(pairwise(document))
    return singles, pairs


def model_of(
    batches: list[list[list[str]]], folder: Path, *, spooled: bool = False
) -> LanguageModel:
    spool, made = folder / "spool", folder / "model"
    spool.mkdir()
    made.mkdir()
    counts = CorpusCounts(spool) if spooled else CorpusCounts()
    for documents in batches:
        counts.add(batch(documents))
    counts.write(made)
    return LanguageModel(made)


def assert_counts(model: LanguageModel, batches: list[list[list[str]]]) -> None:
    singles, pairs = brute(batches)
    assert {s: model.count(s) for s in model.syllables} == dict(singles)
    if not singles:
        return
    everything = np.arange(len(model.syllables))
    table = model.pair_counts(everything[:, None], everything[None, :])
    found = {
        (model.syllables[i], model.syllables[j]): int(table[i, j])
        for i, j in np.argwhere(table).tolist()
    }
    assert found == dict(pairs)


def random_batches(seed: int) -> list[list[list[str]]]:
    chosen = random.Random(seed)
    return [
        [
            [chosen.choice(VOCABULARY) for _ in range(chosen.choice((0, 0, 1, 2, 9)))]
            for _ in range(chosen.randrange(6))
        ]
        for _ in range(chosen.randrange(5))
    ]


@pytest.mark.parametrize("held", [1 << 16, 20, 1], ids=["in one run", "some a run", "few a run"])
@pytest.mark.parametrize("spooled", [True, False], ids=["on disk", "in memory"])
@pytest.mark.parametrize("seed", range(40))
def test_random_batches(
    seed: int, spooled: bool, held: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts_module, "RUN_NAMES", held)
    monkeypatch.setattr(keycounts, "PENDING_KEYS", held)
    batches = random_batches(seed)
    assert_counts(model_of(batches, tmp_path, spooled=spooled), batches)
    left = {path.name for path in tmp_path.rglob("*")}
    assert left <= {"model", "spool"} | {p.name for p in (tmp_path / "model").iterdir()}


def test_edges_of_documents_and_batches_are_not_crossed(tmp_path: Path) -> None:
    batches = [[["a", "b"], [], ["c"], ["d", "e"], []], [["f"], ["g"]], [[]], []]
    model = model_of(batches, tmp_path)
    assert_counts(model, batches)
    number = model.numbers
    for first, second in (("b", "c"), ("c", "d"), ("e", "f"), ("f", "g"), ("b", "d")):
        at = np.array([number[first]]), np.array([number[second]])
        assert model.pair_counts(*at).tolist() == [0]


def test_many_syllables_outgrow_the_first_table(tmp_path: Path) -> None:
    batches = [[[f"s{n}" for n in range(900)]], [[f"s{n}" for n in range(800, 5000)] * 2]]
    assert_counts(model_of(batches, tmp_path), batches)


def test_a_large_corpus_drops_what_was_seen_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts_module, "_LARGE_CORPUS", 5)
    model = model_of([[["a", "b", "a", "b", "c"], ["b", "a"]]], tmp_path)
    assert sorted(model.syllables) == ["a", "b"]
    a, b = (np.array([model.numbers[s]]) for s in "ab")
    assert model.pair_counts(a, b).tolist() == [2]
    assert model.pair_counts(b, a).tolist() == [2]


def test_the_most_frequent_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts_module, "MAX_SYLLABLES", 2)
    model = model_of([[["c", "a", "b", "a", "b", "b"]]], tmp_path)
    assert model.syllables == ["b", "a"]
    b, a = np.array([0]), np.array([1])
    assert model.pair_counts(a, b).tolist() == [2]
    assert model.pair_counts(b, a).tolist() == [1]


def test_batches_of_the_analyzer(analyzer, tmp_path: Path) -> None:
    texts = ["Hòa bình, hoà bình.", "", "Bình an"]
    counts = CorpusCounts()
    counts.add(analyzer.analyze_batch(texts))
    counts.write(tmp_path)
    documents = [[token.text for token in analyzer.analyze(text).exact] for text in texts]
    assert_counts(LanguageModel(tmp_path), [documents])
