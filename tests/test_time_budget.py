"""One clock for everything that an answer is made of."""

from __future__ import annotations

import math

import pytest

from searchapp import time_budget
from searchapp.errors import OutOfTimeError
from searchapp.time_budget import check, is_spent, left_s, within


def test_without_a_budget_there_is_no_end() -> None:
    assert left_s() == math.inf
    check()


def test_the_budget_that_ends_first_counts() -> None:
    with within(10):
        with within(100):
            assert 9 < left_s() <= 10
        with within(1):
            assert left_s() <= 1
        assert left_s() > 9, "the inner one is over"
    assert left_s() == math.inf


def test_what_comes_too_late_is_refused() -> None:
    with within(0):
        assert is_spent()
        with pytest.raises(OutOfTimeError, match="search_timeout_ms"):
            check()


def test_a_budget_ends_with_what_it_was_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KeyError), within(1):
        raise KeyError
    assert time_budget.left_s() == math.inf
