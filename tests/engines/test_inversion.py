from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.engines.inversion import Occurrences, invert, part_bounds, stable_order
from searchapp.storage import Storage

# Texts as lists of term ranks: document number is the place in the list, position in its text.
TEXTS = st.lists(st.lists(st.integers(0, 12), max_size=12), max_size=12)


def occurrences(texts: list[list[int]], *, positions: bool = True) -> list[Occurrences]:
    """The occurrences in pieces of seven, which are cut anywhere."""
    rows = [
        (rank, document, position)
        for document, text in enumerate(texts)
        for position, rank in enumerate(text)
    ]
    columns = np.array(rows, dtype=np.int32).reshape(-1, 3).T
    return [
        Occurrences(ranks, documents, places if positions else None)
        for at in range(0, len(rows), 7)
        for ranks, documents, places in [columns[:, at : at + 7]]
    ]


def bounds_of(texts: list[list[int]], most: int) -> np.ndarray:
    ranks = np.array([rank for text in texts for rank in text], dtype=np.int64)
    return part_bounds(np.bincount(ranks, minlength=13), most)


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


@pytest.mark.parametrize("most", [1 << 24, 10, 1], ids=["one part", "parts", "a term a part"])
@given(texts=TEXTS)
def test_gives_each_terms_documents_and_positions(
    tmp_path_factory: pytest.TempPathFactory, texts: list[list[int]], most: int
) -> None:
    folder = tmp_path_factory.mktemp("parts")
    found = unpacked(invert(occurrences(texts), bounds_of(texts, most), folder))
    ranks = [rank for rank, _ in found]
    assert ranks == sorted(set(ranks)), "each term once, ascending over all parts"
    assert dict(found) == by_term(texts)
    for _, postings in found:
        assert list(postings) == sorted(postings)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("most", [1 << 24, 10], ids=["one part", "parts"])
def test_without_positions_none_are_given(tmp_path: Path, most: int) -> None:
    texts = [[1, 2, 1], [], [2, 2, 5] * 5]
    found = list(invert(occurrences(texts, positions=False), bounds_of(texts, most), tmp_path))
    assert [part.positions.size for part in found] == [0] * len(found)
    lists = {
        rank: (part.documents.tolist(), part.frequencies.tolist())
        for part in found
        for rank in part.ranks.tolist()
        if part.ranks.size == 1
    }
    if most == 10:
        assert lists == {5: ([2], [5])}
    assert sum(part.frequencies.sum() for part in found) == 18


@pytest.mark.parametrize(
    ("counts", "most", "expected"),
    [
        ([], 10, [0]),
        ([0, 0], 10, [0]),
        ([3, 3, 3], 10, [0]),
        ([5, 5, 5, 5], 10, [0, 2]),
        ([1, 100, 1], 10, [0, 2]),  # a frequent term is not cut
    ],
)
def test_bounds_of_parts(counts: list[int], most: int, expected: list[int]) -> None:
    assert part_bounds(np.array(counts, dtype=np.int64), most).tolist() == expected


def test_a_part_that_lost_its_end_is_noticed(tmp_path: Path) -> None:
    texts = [list(range(8))] * 10
    parts = invert(occurrences(texts), bounds_of(texts, 10), tmp_path)
    next(parts)
    path = min(tmp_path.iterdir(), key=lambda p: p.name != "part.0001")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(OSError, match="shorter"):
        next(parts)


@pytest.mark.parametrize("failing", [0, 2, 40], ids=["first file", "third file", "while writing"])
def test_a_failure_leaves_no_file_open(tmp_path: Path, failing: int) -> None:
    """ResourceWarnings are errors here."""
    texts = [list(range(13))] * 10

    class Failing(Storage):
        left = failing

        def create(self, path: Path) -> BinaryIO:
            if self.left == 0:
                raise OSError("disk full")
            self.left -= 1
            return super().create(path)

    def some() -> Iterator[Occurrences]:
        yield from occurrences(texts)
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        next(invert(some(), bounds_of(texts, 10), tmp_path, Failing()))
    gc.collect()


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
