"""Membership of syllable pairs and triples in pyvi's dictionary, for whole arrays of syllables."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from searchapp.analysis.pyvi_model import SegmentationModel


class Grams:
    """Pyvi's dictionary, over ids of syllables: ``ids`` has those that stand in it.

    Pairs are bits of a square table (some 4 MB); id 0 stands for every other syllable.
    """

    def __init__(self, model: SegmentationModel) -> None:
        pairs = [e.split(" ") for e in model.bigrams]
        triples = [e.split(" ") for e in model.trigrams]
        names = sorted({s for entry in pairs + triples for s in entry})
        self.ids = {name: i for i, name in enumerate(names, start=1)}
        self._size = len(names) + 1
        self._pairs = self._bits([(a, b) for a, b in pairs])
        self._beginnings = self._bits([(a, b) for a, b, _ in triples])
        ids = self.ids
        keys = [(ids[a] * self._size + ids[b]) * self._size + ids[c] for a, b, c in triples]
        self._triples = np.array(sorted(keys), dtype=np.int64)

    def _bits(self, pairs: list[tuple[str, str]]) -> npt.NDArray[np.uint8]:
        bits = np.zeros(self._size * self._size // 8 + 1, dtype=np.uint8)
        for a, b in pairs:
            key = self.ids[a] * self._size + self.ids[b]
            bits[key >> 3] |= 1 << (key & 7)
        return bits

    def pairs(self, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
        """1 where ids[i], ids[i+1] is an entry; one shorter than ``ids``."""
        return self._test(self._pairs, ids[:-1] * self._size + ids[1:])

    def triples(self, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The indexes i at which ids[i], ids[i+1], ids[i+2] is an entry."""
        if not self._triples.size or ids.size < 3:
            return np.empty(0, dtype=np.int64)
        pair_keys = ids[:-2] * self._size + ids[1:-1]
        places = np.flatnonzero(self._test(self._beginnings, pair_keys))
        keys = pair_keys[places] * self._size + ids[places + 2]
        at = np.searchsorted(self._triples, keys)
        found: npt.NDArray[np.bool_] = self._triples[np.minimum(at, self._triples.size - 1)] == keys
        return places[found]

    def has_pair(self, first: int, second: int) -> bool:
        """Whether two ids are an entry."""
        return self._has(self._pairs, first * self._size + second)

    def has_triple(self, first: int, second: int, third: int) -> bool:
        """Whether three ids are an entry."""
        key = first * self._size + second
        return self._has(self._beginnings, key) and bool(
            self.triples(np.array([first, second, third], dtype=np.int64)).size
        )

    @staticmethod
    def _has(bits: npt.NDArray[np.uint8], key: int) -> bool:
        return bool(bits[key >> 3] >> (key & 7) & 1)

    @staticmethod
    def _test(bits: npt.NDArray[np.uint8], keys: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
        tested: npt.NDArray[np.uint8] = bits[keys >> 3] >> (keys & 7).astype(np.uint8) & np.uint8(1)
        return tested
