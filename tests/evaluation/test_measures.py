from __future__ import annotations

import math

import pytest

from searchapp.evaluation.evaluate import cut_at_word, match
from searchapp.evaluation.metrics import mean_scores, score_queries
from searchapp.evaluation.readers import Query
from searchapp.evaluation.significance import compare


def test_measures_by_hand() -> None:
    qrels = {"q1": {"a": 1}, "q2": {"a": 1, "b": 1, "c": 0}, "q3": {"z": 1}, "q4": {"a": 1}}
    run = {
        "q1": [("x", 2.0), ("a", 2.0), ("y", 2.0)],  # equal scores: the order given counts
        "q2": [("a", 9.0), ("c", 8.0), ("b", 7.0)],
        "q3": [(f"d{i}", 100.0 - i) for i in range(10)] + [("z", 1.0)],  # at rank 11
        "other": [("a", 1.0)],
    }
    scores = score_queries(qrels, run)
    second, third = 1 / math.log2(3), 1 / math.log2(4)
    wanted = {
        "q1": (second, 1 / 2, 0.0, 1.0),
        "q2": ((1 + third) / (1 + second), 1.0, 1.0, 1.0),
        "q3": (0.0, 0.0, 0.0, 1.0),
        "q4": (0.0, 0.0, 0.0, 0.0),  # nothing was found for it
    }
    assert {q: tuple(s.values()) for q, s in scores.items()} == {
        q: pytest.approx(values) for q, values in wanted.items()
    }
    assert mean_scores(scores)["P@1"] == 1 / 4
    assert mean_scores(scores)["R@100"] == 3 / 4


def test_grades_count_in_ndcg() -> None:
    scores = score_queries({"q": {"a": 1, "b": 3}}, {"q": [("a", 2.0), ("b", 1.0)]})
    second = 1 / math.log2(3)
    assert scores["q"]["nDCG@10"] == pytest.approx((1 + 3 * second) / (3 + second))


def test_what_is_left_out_on_either_side() -> None:
    queries = [Query("a", "x", 1), Query("b", "y", 2), Query("c", "z", 3)]
    task = match(queries, {"a": {"d": 1}, "c": {"d": 0}, "e": {"d": 1}})
    assert task.queries == (queries[0],)
    assert task.qrels == {"a": {"d": 1}}
    assert task.without_qrels == (queries[1], queries[2])  # c has nothing relevant
    assert task.without_query == ("e",)


@pytest.mark.parametrize(
    ("text", "most", "wanted"),
    [
        ("xây dựng đảng", 13, "xây dựng đảng"),
        ("xây dựng đảng", 12, "xây dựng"),
        ("xây dựng đảng", 9, "xây dựng"),
        ("xây dựng đảng", 8, "xây dựng"),
        ("xây dựng đảng", 7, "xây"),
        ("xâydựngđảng", 4, "xâyd"),  # one long word: somewhere it must be cut
        ("xây dựng", 2, "xâ"),
    ],
)
def test_long_queries_are_cut_between_words(text: str, most: int, wanted: str) -> None:
    assert cut_at_word(text, most) == wanted


def test_a_run_against_itself_is_no_difference() -> None:
    result = compare([0.5, 1.0, 0.0], [0.5, 1.0, 0.0], seed=1)
    assert (result.difference, result.low, result.high, result.p_value) == (0.0, 0.0, 0.0, 1.0)


def test_the_permutation_test_is_near_the_exact_one() -> None:
    # Five differences of one sign: 2 of the 32 ways to flip them are as far from 0.
    result = compare([0.2, 0.3, 0.4, 0.5, 0.6], [0.1] * 5, seed=1)
    assert result.difference == pytest.approx(0.3)
    assert result.p_value == pytest.approx(2 / 32, abs=0.01)
    assert 0.1 <= result.low < result.difference < result.high <= 0.5


def test_comparison_is_seeded_signed_and_sees_a_clear_difference() -> None:
    better, worse = [0.9, 0.8] * 50, [0.5, 0.7] * 50
    first = compare(better, worse, seed=3)
    assert first == compare(better, worse, seed=3)
    assert first.p_value < 0.001
    assert first.low > 0
    back = compare(worse, better, seed=3)
    assert back.difference == pytest.approx(-first.difference)
    assert back.high < 0
