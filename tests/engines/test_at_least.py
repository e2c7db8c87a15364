from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.engines.at_least import UNITS, child_units, least_units

frequencies = st.lists(st.integers(0, 1000), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("document_frequencies", "units"),
    [
        ([1, 1], [4, 4]),
        ([0, 1000], [4, 0]),
        ([1, 300, 900], [4, 1, 0]),
        ([5, 20, 100], [4, 3, 2]),
        ([1000, 1000], [4, 4]),  # in every document, and yet all there is
        ([], []),
    ],
)
def test_the_rarer_the_more(document_frequencies: list[int], units: list[int]) -> None:
    assert child_units(document_frequencies, 1000) == units


@given(frequencies)
def test_units_fall_with_frequency_from_four(document_frequencies: list[int]) -> None:
    units = child_units(sorted(document_frequencies), 1000)
    assert units[0] == UNITS
    assert units == sorted(units, reverse=True)
    assert min(units) >= 0


@pytest.mark.parametrize(
    ("units", "share", "least"),
    [([4, 4], 0.5, 4), ([4, 3, 3], 0.3, 3), ([4, 3, 4], 0.3, 4), ([4], 0.0, 1), ([], 0.3, 1)],
)
def test_a_share_is_rounded_up(units: list[int], share: float, least: int) -> None:
    assert least_units(units, share) == least
