"""The terms of what a segmenter has met, as tables, so that whole batches are looked up at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, compress

import numpy as np
import numpy.typing as npt

from searchapp.analysis.growing import GrowingArray
from searchapp.analysis.key_table import UNKNOWN, KeyTable
from searchapp.analysis.segmentation import Labelled, Segmenter
from searchapp.analysis.term_table import TermTable
from searchapp.analysis.terms import exact_terms, folded_forms
from searchapp.analysis.words import code_matches, code_term, is_code, word_term

Codes = npt.NDArray[np.int32]
Bounds = npt.NDArray[np.int64]

NO_TERM = -1
_SYLLABLE = re.compile(r"[^\W_]+")
_TOKEN_BITS = 32  # of the key of two tokens


@dataclass(frozen=True, slots=True)
class BatchTerms:
    """The terms of one field of many documents, as numbers into small tables.

    ``syllables`` and ``words`` index ``exact_terms`` and ``word_terms``; those of document k are
    ``syllables[syllable_bounds[k]:syllable_bounds[k+1]]``, in text order, and likewise the words.
    ``folded_terms[i]`` is the folded form of ``exact_terms[i]``.
    """

    exact_terms: list[str]
    folded_terms: list[str]
    word_terms: list[str]
    syllables: Codes
    syllable_bounds: Bounds
    words: Codes
    word_bounds: Bounds


class Vocabulary:
    """What is known of the segmenter's token and chunk ids: their terms."""

    def __init__(self, segmenter: Segmenter) -> None:
        self._segmenter = segmenter
        self._start_afresh()

    def _start_afresh(self) -> None:
        self._epoch = self._segmenter.token_texts
        self._exact = TermTable()
        self._folded: list[str] = []
        self._words = TermTable()
        self._pieces = _Rows()
        self._word_of_token = GrowingArray(np.int32)
        self._codes = _Rows()
        self._words_of_two = KeyTable()
        self._longer_words: dict[tuple[int, ...], int] = {}

    def _catch_up(self) -> None:
        """Learn the tokens and chunks that the segmenter has met since the last call."""
        if self._epoch is not self._segmenter.token_texts:
            self._start_afresh()
        self._learn_tokens(self._segmenter.token_texts[len(self._word_of_token) :])
        self._learn_codes(len(self._codes), self._segmenter.chunk_texts)

    def _learn_tokens(self, tokens: Sequence[str]) -> None:
        # What is letters and digits is one syllable, and a word, of one term.
        simple = np.array(list(map(str.isalnum, tokens)), dtype=np.bool_)
        terms = exact_terms(compress(tokens, simple.tolist()))
        others = [tokens[index] for index in np.flatnonzero(~simple).tolist()]
        pieces = [exact_terms(_SYLLABLE.findall(token)) for token in others]
        counts = np.ones(len(tokens), dtype=np.int64)
        counts[~simple] = list(map(len, pieces))
        items = np.empty(counts.sum(), dtype=np.int32)
        of_simple = np.repeat(simple, counts)
        items[of_simple] = self._exact.numbers(terms)
        items[~of_simple] = self._exact.numbers(chain.from_iterable(pieces))
        self._pieces.extend(items, counts)
        words = np.full(len(tokens), NO_TERM, dtype=np.int32)
        words[simple] = self._words.numbers(terms)
        words[~simple] = [
            NO_TERM if (term := word_term([token])) is None else self._words.number(term)
            for token in others
        ]
        self._word_of_token.extend(words)
        self._folded += folded_forms(self._exact.names[len(self._folded) :])

    def _learn_codes(self, first: int, chunks: Sequence[str]) -> None:
        new = chunks[first:]
        counts = np.zeros(len(new), dtype=np.int64)
        codes: list[str] = []
        edges = np.cumsum([0, *(len(chunk) + 1 for chunk in new)])
        matches = list(code_matches("\n".join(new)))
        indexes = np.searchsorted(edges, [match.start() for match in matches], side="right") - 1
        for match, index in zip(matches, indexes.tolist(), strict=True):
            if is_code(match[0], self._segmenter.chunk_tokens(first + index)):
                codes.append(code_term(match[0]))
                counts[index] += 1
        self._codes.extend(self._words.numbers(codes), counts)

    def _word(self, tokens: Codes) -> int:
        """The number of the word of several tokens: the terms of its tokens put together."""
        names = self._words.names
        of_tokens = self._word_of_token.array[tokens].tolist()
        found = [names[number] for number in of_tokens if number != NO_TERM]
        return self._words.number("_".join(found)) if found else NO_TERM

    # -- looking up -----------------------------------------------------------------------------

    def terms(self, labelled: Labelled) -> BatchTerms:
        """The terms of what the segmenter has just labelled; the tables are ascending."""
        self._catch_up()
        exact, rows = self._pieces.of(labelled.tokens)
        exact_used, syllables = self._exact.ascending(exact)
        words, word_bounds = self._word_codes(labelled)
        words_used, word_codes = self._words.ascending(words)
        exact_names, word_names = self._exact.names, self._words.names
        return BatchTerms(
            exact_terms=[exact_names[number] for number in exact_used],
            folded_terms=[self._folded[number] for number in exact_used],
            word_terms=[word_names[number] for number in words_used],
            syllables=syllables,
            syllable_bounds=np.searchsorted(rows, labelled.token_bounds),
            words=word_codes,
            word_bounds=word_bounds,
        )

    def _word_codes(self, labelled: Labelled) -> tuple[Codes, Bounds]:
        first = np.flatnonzero(~labelled.joined)
        length = np.diff(np.append(first, labelled.joined.size))
        tokens = labelled.tokens
        ids = self._word_of_token.array[tokens[first]]
        two = np.flatnonzero(length == 2)
        ids[two] = self._of_two(tokens[first[two]], tokens[first[two] + 1])
        longer = np.flatnonzero(length > 2)
        ends = first[longer] + length[longer]
        known = self._longer_words
        for index, begin, end in zip(
            longer.tolist(), first[longer].tolist(), ends.tolist(), strict=True
        ):
            key = tuple(tokens[begin:end].tolist())
            number = known.get(key)
            if number is None:
                number = known[key] = self._word(tokens[begin:end])
            ids[index] = number
        codes, chunks_of_codes = self._codes.of(labelled.chunks)
        texts_of_words = np.searchsorted(labelled.token_bounds, first, side="right") - 1
        texts_of_codes = np.searchsorted(labelled.chunk_bounds, chunks_of_codes, side="right") - 1
        all_ids = np.concatenate((ids, codes))
        all_texts = np.concatenate((texts_of_words, texts_of_codes))
        kept = all_ids != NO_TERM
        order = np.argsort(all_texts[kept], kind="stable")
        bounds = np.searchsorted(all_texts[kept][order], np.arange(labelled.token_bounds.size))
        return all_ids[kept][order], bounds

    def _of_two(self, first: Codes, second: Codes) -> Codes:
        """The words of two tokens each."""
        keys = first.astype(np.uint64) << np.uint64(_TOKEN_BITS) | second.astype(np.uint64)
        numbers = self._words_of_two.find(keys)
        unknown = np.flatnonzero(numbers == UNKNOWN)
        if unknown.size:
            new, at, inverse = np.unique(keys[unknown], return_index=True, return_inverse=True)
            one, other = (
                self._word_of_token.array[tokens[unknown[at]]] for tokens in (first, second)
            )
            # A token without a term (a sign, a line break) leaves that of the other one.
            news = np.maximum(one, other)
            both = np.flatnonzero(np.minimum(one, other) != NO_TERM)
            names = self._words.names
            pairs = zip(one[both].tolist(), other[both].tolist(), strict=True)
            news[both] = self._words.numbers([f"{names[a]}_{names[b]}" for a, b in pairs])
            self._words_of_two.put(new, news)
            numbers[unknown] = news[inverse]
        return numbers


class _Rows:
    """Rows of numbers, end to end."""

    def __init__(self) -> None:
        self._items = GrowingArray(np.int32)
        self._firsts = GrowingArray(np.int64)
        self._counts = GrowingArray(np.int64)

    def __len__(self) -> int:
        return len(self._counts)

    def extend(self, items: npt.ArrayLike, counts: npt.ArrayLike) -> None:
        """Append rows: their numbers end to end, and how many each has."""
        self._firsts.extend(len(self._items) + np.cumsum(counts) - counts)
        self._counts.extend(counts)
        self._items.extend(items)

    def of(self, rows: Codes) -> tuple[Codes, Bounds]:
        """The items of some rows, and for each the index in ``rows`` that it came from."""
        counts = self._counts.array[rows]
        ends = np.cumsum(counts)
        shift = np.repeat(self._firsts.array[rows] - ends + counts, counts)
        items = self._items.array[shift + np.arange(counts.sum())]
        return items, np.repeat(np.arange(rows.size), counts)
