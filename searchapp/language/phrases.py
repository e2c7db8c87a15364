"""Which words, and which pairs of words, of a corpus are worth offering.

A pair is, if it stands together more often than chance has it: normalised pointwise mutual
information (Bouma 2009) over documents.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.analysis.analyzer import BatchTerms
from searchapp.analysis.growing import GrowingArray
from searchapp.external.arrays import ArrayPile, distinct
from searchapp.external.keycounts import KeyCounts
from searchapp.external.names import RUN_NAMES, Names, NameTable
from searchapp.language.weighed_texts import Piece, WeighedTexts, gather
from searchapp.storage import DISK, Storage

Array = npt.NDArray[Any]

_SECOND_BITS = 31  # of a pair's key: of its second word, numbered within a run
_MAX_PHRASES = 150_000
_CANDIDATES = 4 * _MAX_PHRASES  # held before the lightest are dropped
_PIECE = 1 << 12  # candidates taken out of their array at a time
_LEAST_NPMI = 0.25
_SINGLE_SYLLABLE = 2.5  # taken off the weight: most say little by themselves

_CANDIDATE = np.dtype([("first", "i4"), ("second", "i4"), ("count", "i8"), ("weight", "f8")])
_NO_WORD = -1


class PhraseCounts:
    """Counts in how many documents words and pairs of words stand.

    ``spool_folder`` is where counts may go meanwhile; without one they are held in memory.
    """

    def __init__(self, spool_folder: Path | None = None, storage: Storage = DISK) -> None:
        self._spool_folder, self._storage = spool_folder, storage
        self._documents = 0
        self._names = NameTable(spool_folder, "phrase_words", storage)
        self._counts = np.zeros(RUN_NAMES, dtype=np.int64)
        self._content = GrowingArray(np.bool_)  # which words can begin or end a phrase
        self._pairs = KeyCounts(spool_folder, "phrase_pairs", storage)
        self._ended_counts = ArrayPile(spool_folder, "word_counts", storage)
        self._pair_ends: list[int] = []  # of each run that was ended: where its pairs end

    def add(self, terms: BatchTerms) -> None:
        """Count the words and pairs of words of a batch, once a document."""
        if self._spool_folder is not None and len(self._names) >= RUN_NAMES:
            self._end_run()
        sizes = np.diff(terms.word_bounds)
        self._documents += sizes.size
        documents = np.repeat(np.arange(sizes.size, dtype=np.int64), sizes)
        words, texts = terms.words.astype(np.int64), terms.word_terms
        used, of_terms = self._names.numbers_of(texts, words)
        if len(self._names) > self._counts.size:
            grown = np.zeros(2 * len(self._names), dtype=np.int64)
            grown[: self._counts.size] = self._counts
            self._counts = grown
        document_bits, word_bits = sizes.size.bit_length(), len(texts).bit_length()
        assert 2 * word_bits + document_bits <= 63, "a batch is small"
        once = distinct(words << document_bits | documents)[0] >> document_bits
        self._counts[of_terms[used]] += np.bincount(once, minlength=len(texts))[used]
        # New words have the next numbers, in this order.
        new = used[of_terms[used] >= len(self._content)]
        self._content.extend([_is_content(texts[code]) for code in new.tolist()])
        held = self._content.array[of_terms[words]]
        kept = (documents[1:] == documents[:-1]) & held[1:] & held[:-1]
        pairs = (words[:-1] << word_bits | words[1:])[kept]
        in_documents = distinct(pairs << document_bits | documents[1:][kept])[0]
        pairs, counts = distinct(in_documents >> document_bits)
        first, second = of_terms[pairs >> word_bits], of_terms[pairs & ((1 << word_bits) - 1)]
        self._pairs.add(first.astype(np.int64) << _SECOND_BITS | second, counts)

    def _end_run(self) -> None:
        """Number words anew from here on: what was counted is put aside with its numbers."""
        self._pairs.end_run()
        self._pair_ends.append(self._pairs.run_count)
        self._ended_counts.put(self._counts[: len(self._names)])
        self._counts[:] = 0
        self._content = GrowingArray(np.bool_)
        self._names.end_run()

    # -- choosing -------------------------------------------------------------------------------

    def chosen(self) -> WeighedTexts:
        """What is worth offering, with how many documents hold it; the heaviest if it is too much.

        A weight is about the logarithm of the count. Nothing is counted any more afterwards.
        """
        self._end_run()
        names, ranks = self._names.merged()
        counts = np.zeros(len(names), dtype=np.int64)
        for of_run in ranks:
            counts[of_run] += self._ended_counts.take()
        candidates = self._words(names, counts)
        for block in self._weighed_pairs(ranks, counts):
            candidates = np.concatenate((candidates, block))
            if candidates.size > _CANDIDATES:
                candidates = _heaviest(candidates)
        self._pair_ends = []
        pieces = _pieces(_heaviest(candidates), names)
        return gather(pieces, _MAX_PHRASES, self._spool_folder, self._storage)

    def _least(self) -> int:
        """In so many documents a phrase has to be: a few in most corpora, one in tiny ones."""
        if self._documents < 20:
            return 1
        return 2 + self._documents // 20_000

    def _words(self, names: Names, counts: Array) -> Array:
        often = np.flatnonzero(counts >= self._least())
        texts = [name.decode("utf-8") for name in names.pick(often)]
        content = np.array([_is_content(text) for text in texts], dtype=np.bool_)
        single = np.array(["_" not in text for text in texts], dtype=np.bool_)
        found = np.zeros(often.size, dtype=_CANDIDATE)
        found["first"], found["second"], found["count"] = often, _NO_WORD, counts[often]
        found["weight"] = np.log1p(counts[often]) - _SINGLE_SYLLABLE * single
        return found[content]

    def _weighed_pairs(self, ranks: list[Array], counts: Array) -> Iterator[Array]:
        """Pairs that stand together more often than chance has it, by the ranks of their words."""
        total, least = max(self._documents, 1), max(self._least(), 2)
        pairs = KeyCounts(self._spool_folder, "phrase_ranked_pairs", self._storage)
        begin = 0
        for of_run, end in zip(ranks, self._pair_ends, strict=True):
            for keys, key_counts in self._pairs.runs(begin, end):
                first = of_run[keys >> _SECOND_BITS].astype(np.int64)
                second = of_run[keys & ((1 << _SECOND_BITS) - 1)]
                pairs.add(first << _SECOND_BITS | second, key_counts)
            begin = end
        self._pairs.remove()
        for keys, key_counts in pairs.merged():
            often = key_counts >= least
            first, second = keys[often] >> _SECOND_BITS, keys[often] & ((1 << _SECOND_BITS) - 1)
            chance = counts[first] / total * (counts[second] / total)
            share = np.minimum(key_counts[often] / total, 1.0 - 1e-9)
            npmi = np.log(share / chance) / -np.log(share)
            together = npmi >= _LEAST_NPMI
            found = np.zeros(int(np.count_nonzero(together)), dtype=_CANDIDATE)
            found["first"], found["second"] = first[together], second[together]
            found["count"] = key_counts[often][together]
            found["weight"] = np.log1p(found["count"]) * (0.5 + npmi[together] / 2)
            yield found
        pairs.remove()


def _heaviest(candidates: Array) -> Array:
    """The `_MAX_PHRASES` heaviest, and those as heavy as the last of them."""
    if candidates.size <= _MAX_PHRASES:
        return candidates
    weights = candidates["weight"]
    least = np.partition(weights, weights.size - _MAX_PHRASES)[weights.size - _MAX_PHRASES]
    kept: Array = candidates[weights >= least]
    return kept


def _pieces(candidates: Array, names: Names) -> Iterator[Piece]:
    """The texts of candidates; several may have one."""
    for at in range(0, candidates.size, _PIECE):
        some = candidates[at : at + _PIECE]
        texts = names.pick(some["first"])
        for index in np.flatnonzero(some["second"] != _NO_WORD).tolist():
            texts[index] += b" " + names[int(some["second"][index])]
        yield (
            [text.decode("utf-8").replace("_", " ") for text in texts],
            some["count"].copy(),
            some["weight"].copy(),
        )


def _is_content(term: str) -> bool:
    """Whether a word can begin or end a phrase: letters, and no function word."""
    return len(term) > 1 and term.replace("_", "").isalpha() and term not in _function_words()


@cache
def _function_words() -> frozenset[str]:
    text = (files("searchapp.language") / "function_words.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.split("\n") if line and not line.startswith("#"))
