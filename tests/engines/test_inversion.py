from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.engines import inversion
from searchapp.engines.inversion import invert, stable_order

# Texts as lists of term ranks: document number is the place in the list, position in its text.
TEXTS = st.lists(st.lists(st.integers(0, 12), max_size=12), max_size=12)


def occurrences(texts: list[list[int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = [
        (rank, document, position)
        for document, text in enumerate(texts)
        for position, rank in enumerate(text)
    ]
    columns = np.array(rows, dtype=np.int32).reshape(-1, 3).T
    return columns[0], columns[1], columns[2]


def by_term(texts: list[list[int]]) -> dict[int, dict[int, list[int]]]:
    """The plain model: term, then document, then positions."""
    expected: dict[int, dict[int, list[int]]] = {}
    for document, text in enumerate(texts):
        for position, rank in enumerate(text):
            expected.setdefault(rank, {}).setdefault(document, []).append(position)
    return expected


def unpacked(parts) -> list[tuple[int, dict[int, list[int]]]]:
    out = []
    for part in parts:
        posting = place = 0
        for rank, df in zip(part.ranks.tolist(), part.document_frequency.tolist(), strict=True):
            postings = {}
            for index in range(posting, posting + df):
                count = int(part.frequencies[index])
                postings[int(part.documents[index])] = part.positions[
                    place : place + count
                ].tolist()
                place += count
            posting += df
            out.append((rank, postings))
        assert posting == len(part.documents) == len(part.frequencies)
        assert place == len(part.positions)
    return out


@pytest.mark.parametrize("part", [1 << 24, 10, 1], ids=["one part", "parts", "a term a part"])
@given(texts=TEXTS)
def test_gives_each_terms_documents_and_positions(texts: list[list[int]], part: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inversion, "_PART", part)
        found = unpacked(invert(*occurrences(texts)))
    ranks = [rank for rank, _ in found]
    assert ranks == sorted(set(ranks)), "each term once, ascending over all parts"
    assert dict(found) == by_term(texts)
    for _, postings in found:
        assert list(postings) == sorted(postings)


def test_a_small_part_makes_several_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inversion, "_PART", 10)
    assert len(list(invert(*occurrences([list(range(8))] * 10)))) > 3


@pytest.mark.parametrize(
    "factor", [1, 1 << 40, 1 << 56], ids=["small keys", "large keys", "keys too large to pack"]
)
@given(keys=st.lists(st.integers(0, 120), max_size=200))
def test_stable_order_is_stable(keys: list[int], factor: int) -> None:
    order = stable_order(np.array(keys, dtype=np.int64) * factor)
    assert order.tolist() == sorted(range(len(keys)), key=keys.__getitem__)


def test_too_large_keys_take_the_other_road(monkeypatch: pytest.MonkeyPatch) -> None:
    """Packed, these keys would lose their highest bits."""
    keys = np.array([(1 << 62) + 1, 5, 1 << 62, 5], dtype=np.int64)
    assert stable_order(keys).tolist() == [1, 3, 2, 0]


def test_stable_order_of_narrow_unsigned_keys() -> None:
    keys = np.array([255, 0, 255, 1], dtype=np.uint8)
    assert stable_order(keys).tolist() == [1, 3, 0, 2]
