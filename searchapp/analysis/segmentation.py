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
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from searchapp.analysis.growing import GrowingArray
from searchapp.analysis.pyvi_model import SegmentationModel

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
# Looking for addresses costs the square of a run of dashes: only where there is an "@" at all.
_SYLLABLE_OR_EMAIL = re.compile(_SYLLABLE_PATTERN.format(email=_EMAIL))
_SHAPES = ("isupper", "istitle", "isdigit")  # the model has no neighbour's isdigit
NEWLINE_CHUNK = "\n"
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


def _with_prefix(attributes: dict[str, float], prefix: str) -> dict[str, float]:
    start = len(prefix)
    return {k[start:]: v for k, v in attributes.items() if k.startswith(prefix)}


def split_chunk(chunk: str) -> list[str]:
    """The tokens of pyvi in a piece of text between spaces; joined they are the piece again."""
    if chunk.isalpha():
        return [chunk]  # no alternative but the last takes letters alone, and it takes them all
    return (_SYLLABLE_OR_EMAIL if "@" in chunk else _SYLLABLE).findall(chunk)


class _Grams:
    """Membership of syllable pairs and triples in pyvi's dictionary, for arrays of syllable ids.

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

    @staticmethod
    def _test(bits: npt.NDArray[np.uint8], keys: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
        tested: npt.NDArray[np.uint8] = bits[keys >> 3] >> (keys & 7).astype(np.uint8) & np.uint8(1)
        return tested


class _ChunkIds(dict[str, int]):
    """From a piece of text between spaces to its id; an unknown one is split and numbered."""

    def __init__(self, segmenter: Segmenter) -> None:
        self._segmenter = segmenter

    def __missing__(self, chunk: str) -> int:
        number = self._segmenter._learn_chunk(chunk)
        self[chunk] = number
        return number


class Segmenter:
    """Splits Vietnamese text into words exactly as pyvi does. Not safe to share between threads.

    ``max_chunks`` bounds the memory of what was learnt from earlier texts.
    """

    def __init__(self, model: SegmentationModel, max_chunks: int = MAX_CHUNKS) -> None:
        self.model = model
        self._max_chunks = max_chunks
        weight = model.attributes.get
        self._bias = weight("bias", 0.0)
        # What a token adds to its own score, to the next one's and to the previous one's.
        places = ("", "-1:", "+1:")
        self._lower = [_with_prefix(model.attributes, f"{p}word.lower():") for p in places]
        self._shapes = [
            (getattr(str, shape), [weight(f"{p}word.{shape}()", 0.0) for p in places])
            for shape in _SHAPES
        ]
        self._pair_weights = weight("-1:word.bi_gram()", 0.0), weight("+1:word.bi_gram()", 0.0)
        self._triple_weights = weight("-2:word.tri_gram()", 0.0), weight("+2:word.tri_gram()", 0.0)
        self._grams = _Grams(model)
        (bb, bi), (ib, ii) = model.transitions
        self._bb, self._bi, self._ib, self._ii = bb, bi, ib, ii
        # D at or below `low`: both best predecessors are *begin*; above `high`: both *inside*.
        self._low, self._high = sorted((bb - ib, bi - ii))
        self._window_follows = bi - ii <= bb - ib
        self._reset()

    def _reset(self) -> None:
        self.token_texts: list[str] = []
        self.chunk_texts: list[str] = []
        self._token_ids: dict[str, int] = {}
        self._chunk_ids = _ChunkIds(self)
        self._tokens_of_chunks = GrowingArray(np.int32)
        self._chunk_ends = GrowingArray(np.int64)
        self._own = GrowingArray(np.float64)
        self._to_next = GrowingArray(np.float64)  # what a token adds to the next one's score
        self._to_previous = GrowingArray(np.float64)
        self._gram = GrowingArray(np.int64)
        self._joinable = GrowingArray(np.bool_)
        self._title = GrowingArray(np.bool_)
        # Chunk 0 stands between two texts: two tokens that no feature sees and nothing joins.
        self.chunk_texts.append("")
        self._add_token("", own=0.0, to_next=0.0, to_previous=0.0, gram=0, joinable=False)
        self._tokens_of_chunks.extend([0, 0])
        self._chunk_ends.append(2)

    # -- what is known of a token -------------------------------------------------------------

    def _learn_chunk(self, chunk: str) -> int:
        self._tokens_of_chunks.extend([self._token_id(t) for t in split_chunk(chunk)])
        self._chunk_ends.append(len(self._tokens_of_chunks))
        self.chunk_texts.append(chunk)
        return len(self.chunk_texts) - 1

    def _token_id(self, token: str) -> int:
        number = self._token_ids.get(token)
        if number is not None:
            return number
        lower = token.lower()
        name = lower.partition("\0")[0]  # crfsuite's names are C strings
        own, to_next, to_previous = (by_syllable.get(name, 0.0) for by_syllable in self._lower)
        for shape, weights in self._shapes:
            if shape(token):
                own += weights[0]
                to_next += weights[1]
                to_previous += weights[2]
        return self._add_token(
            token,
            own=self._bias + own,
            to_next=to_next,
            to_previous=to_previous,
            gram=self._grams.ids.get(lower, 0),
            joinable=token not in string.punctuation and not token[0].isdigit(),
        )

    def _add_token(
        self,
        token: str,
        *,
        own: float,
        to_next: float,
        to_previous: float,
        gram: int,
        joinable: bool,
    ) -> int:
        number = self._token_ids[token] = len(self.token_texts)
        self.token_texts.append(token)
        self._own.append(own)
        self._to_next.append(to_next)
        self._to_previous.append(to_previous)
        self._gram.append(gram)
        self._joinable.append(joinable)
        self._title.append(token[:1].istitle())
        return number

    # -- segmentation -------------------------------------------------------------------------

    def label(self, texts: Sequence[str]) -> Labelled:
        """Segment NFC texts. Ids of an earlier result may no longer hold after this call."""
        if len(self.chunk_texts) > self._max_chunks:
            self._reset()
        number = self._chunk_ids.__getitem__
        ids: list[int] = [0]
        chunk_bounds = [0]
        for text in texts:
            if "\n" in text:
                lines = text.split("\n")
                for line in lines[:-1]:
                    ids += map(number, line.split())
                    ids.append(number(NEWLINE_CHUNK))
                ids += map(number, lines[-1].split())
            else:
                ids += map(number, text.split())
            ids.append(0)
            chunk_bounds.append(len(ids) - 1)
        chunks = np.array(ids, dtype=np.int32)
        chunk_ends = self._chunk_ends.array
        chunk_counts = np.diff(chunk_ends, prepend=0)
        counts = chunk_counts[chunks]
        ends = np.cumsum(counts)
        firsts = ends - counts
        # Token k of a chunk sits at chunk_start + k: spread the starts, then count up.
        spread = np.repeat(chunk_ends[chunks] - counts - firsts, counts)
        tokens = self._tokens_of_chunks.array[spread + np.arange(ends[-1])]
        joined = self._inside(tokens)
        joinable = self._joinable.array[tokens]
        title = self._title.array[tokens]
        joined[1:] &= joinable[1:] & joinable[:-1] & ~(title[1:] & ~title[:-1])
        # Leave the separators out: one chunk of two tokens before each text, and one at the end.
        kept = chunks != 0
        separators = np.cumsum(~kept)
        bounds = np.array(chunk_bounds)
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
        end = self._chunk_ends.array[chunk]
        start = self._chunk_ends.array[chunk - 1] if chunk else 0
        return [self.token_texts[t] for t in self._tokens_of_chunks.array[start:end].tolist()]

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
        pairs = self._grams.pairs(grams)
        x[1:] += pairs * self._pair_weights[0]
        x[:-1] += pairs * self._pair_weights[1]
        triples = self._grams.triples(grams)
        x[triples + 2] += self._triple_weights[0]
        x[triples] += self._triple_weights[1]

        at_low, at_high = self._step(self._low), self._step(self._high)
        least, most = sorted((at_low, at_high))
        # What the step from each position gives, where that is sure without knowing D there.
        step = np.full(x.size, np.nan)
        step[x + least >= self._high] = at_high
        step[x + most <= self._low] = at_low
        separator = tokens == 0
        step[separator] = 0.0
        # A text's first token has no step before it: D is x there.
        first = np.flatnonzero(separator[:-1] & ~separator[1:]) + 1
        step[first] = np.maximum(self._bi, x[first] + self._ii) - np.maximum(
            self._bb, x[first] + self._ib
        )
        difference = x.copy()
        difference[1:] += step[:-1]
        for i in np.flatnonzero(np.isnan(difference)).tolist():
            difference[i] = x[i] + self._step(difference[i - 1])  # in order: i-1 is known by now

        inside = difference > self._high
        last = np.flatnonzero(separator)[1:] - 1
        inside[last] = difference[last] > 0.0
        undecided = (difference > self._low) & ~inside
        undecided[last] = False
        for i in np.flatnonzero(undecided)[::-1].tolist():
            # Between the thresholds the best label depends on the next one, known by now.
            inside[i] = inside[i + 1] == self._window_follows
        return inside

    def _step(self, d: float) -> float:
        """G of the module's docstring."""
        return max(self._bi, d + self._ii) - max(self._bb, d + self._ib)
