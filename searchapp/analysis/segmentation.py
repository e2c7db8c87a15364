"""pyvi's word segmentation, many syllables at a time.

pyvi's CRF has two labels and looks no further than two syllables away, so the score of *inside*
minus *begin* at a syllable is a sum of table entries: x[t]. With D[t] the difference of the two
best path scores, the Viterbi step (Forney 1973) is one recursion,

    D[t] = x[t] + g(D[t-1]),    g(d) = max(BI, d + II) - max(BB, d + IB),

where BI is the transition from *begin* to *inside*, and so on. g is constant outside a narrow
window, so nearly every label is settled without its neighbour: NumPy decides whole batches and only
the undecided positions are walked one by one. The words are pyvi's, all of them.

The syllables come from pyvi's own expression, which never crosses white space: each distinct piece
between spaces is split once and remembered.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np
import numpy.typing as npt

from searchapp.analysis.chunking import NEWLINE_CHUNK, ChunkNumbers, Encoded, encode
from searchapp.analysis.growing import GrowingArray, Numbering
from searchapp.analysis.pyvi_model import SegmentationModel
from searchapp.analysis.weights import Weights

IntArray = npt.NDArray[np.int32]
BoolArray = npt.NDArray[np.bool_]

# ViTokenizer.sylabelize of pyvi 0.1: the alternatives and their order decide what a syllable is.
_EMAIL = r"[a-zA-Z0-9_.+-]+@(?:[a-zA-Z0-9-]+\.)+[a-zA-Z0-9-]+"
_SYLLABLE_PATTERN = (
    r"[A-ZĐ]+\.|Tp\.|Mr\.|Mrs\.|Ms\.|Dr\.|ThS\."
    r"|==>|->|\.\.\.|>>|\n"
    r"|\w+://[^\s]+"
    r"|{email}"
    r"|\d+(?:[\.,_]\d+)+"
    r"|[^\w\s]|\w+"
)
_SYLLABLE = re.compile(_SYLLABLE_PATTERN.format(email="").replace("||", "|"))
# Looking for addresses costs the square of a run of dashes: it is asked only where one stands.
_SYLLABLE_OR_EMAIL = re.compile(_SYLLABLE_PATTERN.format(email=_EMAIL))
# What an address begins with, all of it. Whether one follows is decided once, in linear time.
_BEFORE_AT = re.compile(
    r"(?<![a-zA-Z0-9_.+-])[a-zA-Z0-9_.+-]++(?=@(?:[a-zA-Z0-9-]++\.)+[a-zA-Z0-9-])"
)
_NEWLINE_TOKEN = 1
_ROUNDS = 6  # of 100 syllables that are not settled alone, their neighbours settle all but some
MAX_CHUNKS = 60_000
"""Distinct pieces remembered before starting afresh: about 25 MB of them.

A process that analyses half of the wiki file's 51,435 sections needs 140 MB instead of 230 with a
larger bound, and the whole build takes as long (47 and 49 s).
"""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Segmented texts, end to end.

    ``tokens`` and ``chunks`` are ids for `Segmenter.token_texts` and `Segmenter.chunk_texts`, valid
    until the next call; ``joined[i]`` tells whether token i continues the word of token i-1;
    ``chunk_first[j]`` is the index in ``tokens`` of the first token of chunk j. Text k has the
    tokens ``token_bounds[k]:token_bounds[k+1]`` and likewise its chunks.
    """

    tokens: IntArray
    joined: BoolArray
    chunks: IntArray
    chunk_first: npt.NDArray[np.int64]
    token_bounds: npt.NDArray[np.int64]
    chunk_bounds: npt.NDArray[np.int64]


def is_joinable(token: str) -> bool:
    """Whether pyvi may join a token to another, whatever its model says."""
    return not token[0].isdigit() and token not in string.punctuation


def split_chunk(chunk: str) -> list[str]:
    """The tokens of pyvi in a piece of text between spaces; joined they are the piece again."""
    if chunk.isalpha():
        return [chunk]  # no alternative but the last takes letters alone, and it takes them all
    return _with_addresses(chunk) if "@" in chunk else _SYLLABLE.findall(chunk)


def split_chunks(chunks: Iterable[str]) -> list[str]:
    """The tokens of many chunks, a line break behind those of each."""
    tokens: list[str] = []
    for has_at, some in groupby(chunks, lambda chunk: "@" in chunk):
        # No alternative crosses the break, which is a token by itself.
        text = "\n".join(some)
        tokens += _with_addresses(text) if has_at else _SYLLABLE.findall(text)
        tokens.append(NEWLINE_CHUNK)
    return tokens


def _with_addresses(text: str) -> list[str]:
    """What `_SYLLABLE_OR_EMAIL` finds in a text, in linear time: a document can be made of dashes
    with an "@" behind them, and ten thousand took a second, a million would take hours.
    """
    tokens: list[str] = []
    at = 0
    for run in _BEFORE_AT.finditer(text):
        at = _take(_SYLLABLE, text, at, run.start(), tokens)
        at = _take(_SYLLABLE_OR_EMAIL, text, at, run.end(), tokens)
    _take(_SYLLABLE, text, at, len(text), tokens)
    return tokens


def _take(pattern: re.Pattern[str], text: str, at: int, stop: int, tokens: list[str]) -> int:
    """Add the tokens that begin from ``at`` on and before ``stop``; where the last one ends."""
    if at < stop:
        for found in pattern.finditer(text, at):
            if found.start() >= stop:
                break
            tokens.append(found[0])
            at = found.end()
    return at


class Segmenter:
    """Splits Vietnamese text into words exactly as pyvi does. Not safe to share between threads.

    ``max_chunks`` bounds the memory of what was learnt from earlier texts.
    """

    def __init__(self, model: SegmentationModel, max_chunks: int = MAX_CHUNKS) -> None:
        self.model = model
        self._max_chunks = max_chunks
        self.weights = Weights(model)
        self._reset()

    def _reset(self) -> None:
        self._numbers = ChunkNumbers()
        self._token_ids = Numbering()
        self._tokens_of_chunks = GrowingArray(np.int32)
        self._chunk_firsts = GrowingArray(np.int64)
        self._chunk_counts = GrowingArray(np.int64)
        self._own = GrowingArray(np.float64)
        self._to_next = GrowingArray(np.float64)  # what a token adds to the next one's score
        self._to_previous = GrowingArray(np.float64)
        self._gram = GrowingArray(np.int64)
        self._joinable = GrowingArray(np.bool_)
        self._title = GrowingArray(np.bool_)
        # Chunk 0 stands between two texts: two tokens that no feature sees and nothing joins.
        separator, newline = self._token_ids.of(["", NEWLINE_CHUNK])
        for values in (self._own, self._to_next, self._to_previous, self._gram):
            values.append(0)
        self._joinable.append(value=False)
        self._title.append(value=False)
        self._learn_tokens()
        self._add_chunks([separator, separator, newline], [2, 1])

    @property
    def token_texts(self) -> list[str]:
        """The tokens by their ids; another list once what was learnt is forgotten."""
        return self._token_ids.names

    @property
    def chunk_texts(self) -> list[str]:
        """The chunks by their ids."""
        return self._numbers.texts

    # -- what is known of a token -------------------------------------------------------------

    def _learn_chunks(self) -> None:
        """Split the chunks that were met since the last call."""
        new = self.chunk_texts[len(self._chunk_counts) :]
        if not new:
            return
        tokens = np.array(self._token_ids.of(split_chunks(new)), dtype=np.int32)
        self._learn_tokens()
        breaks = tokens == _NEWLINE_TOKEN
        ends = np.flatnonzero(breaks)
        self._add_chunks(tokens[~breaks], np.diff(ends, prepend=-1) - 1)

    def _add_chunks(self, tokens: npt.ArrayLike, counts: npt.ArrayLike) -> None:
        first = len(self._tokens_of_chunks)
        self._tokens_of_chunks.extend(tokens)
        self._chunk_firsts.extend(first + np.cumsum(counts) - counts)
        self._chunk_counts.extend(counts)

    def _learn_tokens(self) -> None:
        """Note what the scores of the tokens met since the last call are made of."""
        new = self.token_texts[len(self._own) :]
        lowers = [token.lower() for token in new]
        scores = self.weights.of_syllables(lowers)
        for shape, weights in self.weights.shapes:
            has_shape = np.flatnonzero(list(map(shape, new)))
            for values, weight in zip(scores, weights, strict=True):
                values[has_shape] += weight
        own, to_next, to_previous = scores
        self._own.extend(self.weights.bias + own)
        self._to_next.extend(to_next)
        self._to_previous.extend(to_previous)
        self._gram.extend([self.weights.grams.ids.get(lower, 0) for lower in lowers])
        self._joinable.extend(list(map(is_joinable, new)))
        self._title.extend([token[0].istitle() for token in new])

    # -- segmentation -------------------------------------------------------------------------

    def label(self, texts: Sequence[str] | Encoded) -> Labelled:
        """Segment NFC texts. Ids of an earlier result may no longer hold after this call."""
        if len(self.chunk_texts) > self._max_chunks:
            self._reset()
        encoded = texts if isinstance(texts, Encoded) else encode(texts)
        chunks, bounds = self._numbers.of(encoded)
        self._learn_chunks()
        counts = self._chunk_counts.array[chunks]
        ends = np.cumsum(counts)
        firsts = ends - counts
        # Token k of a chunk sits at chunk_first + k: spread the firsts, then count up.
        spread = np.repeat(self._chunk_firsts.array[chunks] - firsts, counts)
        tokens = self._tokens_of_chunks.array[spread + np.arange(ends[-1])]
        joined = self._inside(tokens)
        joinable = self._joinable.array[tokens]
        title = self._title.array[tokens]
        joined[1:] &= joinable[1:] & joinable[:-1] & ~(title[1:] & ~title[:-1])
        # Leave the separators out: one chunk of two tokens before each text, and one at the end.
        kept = chunks != 0
        separators = np.cumsum(~kept)
        order = np.arange(bounds.size)
        return Labelled(
            tokens=tokens[tokens != 0],
            joined=joined[tokens != 0],
            chunks=chunks[kept],
            chunk_first=(firsts - 2 * separators)[kept],
            token_bounds=firsts[bounds] - 2 * order,
            chunk_bounds=bounds - order,
        )

    def chunk_tokens(self, chunk: int) -> list[str]:
        """The tokens of a chunk, by its id."""
        first = self._chunk_firsts.array[chunk]
        tokens = self._tokens_of_chunks.array[first : first + self._chunk_counts.array[chunk]]
        return [self.token_texts[token] for token in tokens.tolist()]

    def words(self, text: str) -> list[str]:
        """The words of an NFC text as pyvi writes them, syllables joined with ``_``."""
        return self.words_of([text])[0]

    def words_of(self, texts: Sequence[str]) -> list[list[str]]:
        """The words of many NFC texts; together they are several times faster than one by one."""
        labelled = self.label(texts)
        token_texts = self.token_texts
        all_words = []
        for start, end in pairwise(labelled.token_bounds.tolist()):
            pieces = [token_texts[t] for t in labelled.tokens[start:end].tolist()]
            signs = ["_" if j else " " for j in labelled.joined[start + 1 : end].tolist()]
            line = [""] * (len(pieces) + len(signs))
            line[::2], line[1::2] = pieces, signs
            all_words.append("".join(line).split(" ") if pieces else [])
        return all_words

    def _inside(self, tokens: IntArray) -> BoolArray:
        """Whether each token has the label *inside*; separators reset the chain."""
        x = self._own.array[tokens]
        x[1:] += self._to_next.array[tokens[:-1]]
        x[:-1] += self._to_previous.array[tokens[1:]]
        grams = self._gram.array[tokens]
        weights = self.weights
        pairs = weights.grams.pairs(grams)
        x[1:] += pairs * weights.pair[0]
        x[:-1] += pairs * weights.pair[1]
        triples = weights.grams.triples(grams)
        x[triples + 2] += weights.triple[0]
        x[triples] += weights.triple[1]

        at_low, at_high = weights.step(weights.low), weights.step(weights.high)
        least, most = sorted((at_low, at_high))
        # What the step from each position gives, where that is sure without knowing D there.
        step = np.full(x.size, np.nan)
        step[x + least >= weights.high] = at_high
        step[x + most <= weights.low] = at_low
        separator = tokens == 0
        step[separator] = 0.0
        # A text's first token has no step before it: D is x there.
        first = np.flatnonzero(separator[:-1] & ~separator[1:]) + 1
        step[first] = weights.steps(x[first])
        difference = x.copy()
        difference[1:] += step[:-1]
        open_ = np.flatnonzero(np.isnan(difference))
        for _ in range(_ROUNDS if open_.size else 0):  # those whose neighbour is known, all at once
            known = ~np.isnan(difference[open_ - 1])
            now, open_ = open_[known], open_[~known]
            difference[now] = x[now] + weights.steps(difference[now - 1])
        for i in open_.tolist():
            difference[i] = x[i] + weights.step(difference[i - 1])  # in order: i-1 is known by now

        inside = difference > weights.high
        last = np.flatnonzero(separator)[1:] - 1
        inside[last] = difference[last] > 0.0
        undecided = (difference > weights.low) & ~inside
        undecided[last] = False
        # Between the thresholds the best label depends on the next one.
        open_ = np.flatnonzero(undecided)
        for _ in range(_ROUNDS if open_.size else 0):
            known = ~undecided[open_ + 1]
            now, open_ = open_[known], open_[~known]
            inside[now] = inside[now + 1] == weights.window_follows
            undecided[now] = False
        for i in open_[::-1].tolist():
            inside[i] = inside[i + 1] == weights.window_follows
        return inside
