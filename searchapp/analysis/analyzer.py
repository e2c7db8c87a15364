"""Text in, terms out: the one piece of code that documents, queries and every engine share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from searchapp.analysis.base import Analysis, Token
from searchapp.analysis.clean import clean, clean_text
from searchapp.analysis.growing import GrowingArray
from searchapp.analysis.pyvi_model import SegmentationModel
from searchapp.analysis.segmentation import MAX_CHUNKS, NEWLINE_CHUNK, Labelled, Segmenter
from searchapp.analysis.terms import exact_term, folded_term

ANALYZER_VERSION = 2
"""Changes whenever a text may give other terms: an index of another version is refused."""

_CHUNK = re.compile(r"\n|\S+")
_SYLLABLE = re.compile(r"[^\W_]+")
_CORE = re.compile(r"[^\W_](?:.*[^\W_])?")
# Letters and digits held together by punctuation, with a digit, a dot, an at sign or an ampersand
# in it: dates, decrees, abbreviations with dots, addresses. Not "kinh tế-xã hội" nor "và/hoặc".
_CODE = re.compile(r"(?<![^\W_])[^\W_]++(?:(?:[./@_&+'’\-–]|(?<=\d):(?=\d))[^\W_]++)++")
_PLAIN = str.maketrans("–’", "-'")
_CODE_SIGN = re.compile(r"[\d.@&]")

NO_TERM = -1
Codes = npt.NDArray[np.int32]
Bounds = npt.NDArray[np.int64]


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


class Analyzer:
    """The analysis chain over one segmentation model. Not safe to share between threads.

    ``max_chunks`` bounds the memory of what was learnt from earlier texts.
    """

    def __init__(self, model: SegmentationModel, max_chunks: int = MAX_CHUNKS) -> None:
        self._segmenter = Segmenter(model, max_chunks)
        self._vocabulary = _Vocabulary(self._segmenter)

    @property
    def model(self) -> SegmentationModel:
        """The segmentation model, to be kept beside an index built with it."""
        return self._segmenter.model

    def analyze(self, raw: str) -> Analysis:
        """Every view of one text, with offsets into ``raw``."""
        cleaned = clean(raw)
        text = cleaned.text
        labelled = self._segmenter.label([text])
        token_texts = self._segmenter.token_texts
        surfaces = [token_texts[t] for t in labelled.tokens.tolist()]
        firsts = [*labelled.chunk_first.tolist(), len(surfaces)]

        spans = _token_spans(text, surfaces, firsts)
        codes: list[tuple[int, int]] = []
        for index, chunk in enumerate(_CHUNK.finditer(text)):
            for start, end in code_spans(chunk[0], surfaces[firsts[index] : firsts[index + 1]]):
                codes.append((chunk.start() + start, chunk.start() + end))

        exact: list[Token] = []
        first_syllable: list[int] = []
        for surface, (start, _) in zip(surfaces, spans, strict=True):
            first_syllable.append(len(exact))
            for piece in _SYLLABLE.finditer(surface):
                begin, end = cleaned.raw_span(start + piece.start(), start + piece.end())
                exact.append(Token(exact_term(piece[0]), begin, end, len(exact), piece[0]))
        words: list[Token] = []
        for begin_at, last in _word_ranges(labelled.joined):
            term = word_term(surfaces[begin_at:last])
            # pyvi may join a line break to the word behind it: the break is no part of the token.
            first = begin_at + (surfaces[begin_at] == NEWLINE_CHUNK)
            if term is not None:
                begin, end = cleaned.raw_span(spans[first][0], spans[last - 1][1])
                surface = "_".join(surfaces[first:last])
                words.append(Token(term, begin, end, first_syllable[first], surface))
        starts = [token.start for token in exact]
        return Analysis(
            words=tuple(words),
            codes=tuple(_code_token(text[a:b], cleaned.raw_span(a, b), starts) for a, b in codes),
            exact=tuple(exact),
            folded=tuple(
                Token(folded_term(t.surface), t.start, t.end, t.position, t.surface) for t in exact
            ),
        )

    def analyze_batch(self, raws: Sequence[str]) -> BatchTerms:
        """The terms of many texts, without offsets: what an engine stores."""
        labelled = self._segmenter.label([clean_text(raw) for raw in raws])
        return self._vocabulary.terms(labelled)

    def word_spans(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Where the words of each cleaned text stand, punctuation included, in order."""
        labelled = self._segmenter.label(texts)
        token_texts = self._segmenter.token_texts
        spans = []
        for number, text in enumerate(texts):
            first, last = labelled.token_bounds[number : number + 2].tolist()
            surfaces = [token_texts[t] for t in labelled.tokens[first:last].tolist()]
            chunks = slice(*labelled.chunk_bounds[number : number + 2].tolist())
            firsts = [*(labelled.chunk_first[chunks] - first).tolist(), len(surfaces)]
            tokens = _token_spans(text, surfaces, firsts)
            spans.append(
                [
                    (tokens[a][0], tokens[b - 1][1])
                    for a, b in _word_ranges(labelled.joined[first:last])
                ]
            )
        return spans

    def word_texts(self, text: str) -> list[str]:
        """Pyvi's words of a text, as pyvi writes them."""
        return self._segmenter.words(clean_text(text))


def word_term(surfaces: Sequence[str]) -> str | None:
    """The term of a word from its tokens; None for punctuation.

    pyvi keeps the full stop after capitals (``NATO.``): it is no part of the term.
    """
    terms = [exact_term(core[0]) for s in surfaces if (core := _CORE.search(s))]
    return "_".join(terms) if terms else None


def code_spans(chunk: str, tokens: Sequence[str]) -> list[tuple[int, int]]:
    """Where in a piece of text between spaces codes stand, punctuation around them left out.

    What is one of pyvi's tokens (an e-mail address, 8,16) is left out: it is a word already.
    """
    if len(tokens) < 2:
        return []
    return [
        match.span()
        for match in _CODE.finditer(chunk)
        if match[0] not in tokens and _CODE_SIGN.search(match[0])
    ]


def code_term(surface: str) -> str:
    """The term of a code: as of a token, with plain hyphens and apostrophes."""
    return exact_term(surface.translate(_PLAIN))


def _code_token(surface: str, span: tuple[int, int], starts: list[int]) -> Token:
    position = int(np.searchsorted(starts, span[0]))
    return Token(code_term(surface), span[0], span[1], position, surface)


def _token_spans(text: str, surfaces: list[str], firsts: list[int]) -> list[tuple[int, int]]:
    """Where each token stands: those of a chunk lie end to end in it."""
    spans: list[tuple[int, int]] = []
    for index, chunk in enumerate(_CHUNK.finditer(text)):
        at = chunk.start()
        for surface in surfaces[firsts[index] : firsts[index + 1]]:
            spans.append((at, at + len(surface)))
            at += len(surface)
    return spans


def _word_ranges(joined: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = [*np.flatnonzero(~joined).tolist(), len(joined)]
    return list(pairwise(edges))


class _TermTable:
    """Terms and their numbers, in the order of first use."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._numbers: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.names)

    def number(self, term: str) -> int:
        number = self._numbers.setdefault(term, len(self.names))
        if number == len(self.names):
            self.names.append(term)
        return number


class _Vocabulary:
    """What is known of the segmenter's token and chunk ids: their terms, as tables."""

    def __init__(self, segmenter: Segmenter) -> None:
        self._segmenter = segmenter
        self._epoch: list[str] | None = None
        self._start_afresh()

    def _start_afresh(self) -> None:
        self._epoch = self._segmenter.token_texts
        self._exact = _TermTable()
        self._words = _TermTable()
        self._joined_words: dict[tuple[int, ...], int] = {}
        self._pieces = GrowingArray(np.int32)
        self._piece_ends = GrowingArray(np.int64)
        self._word_of_token = GrowingArray(np.int32)
        self._codes = GrowingArray(np.int32)
        self._code_ends = GrowingArray(np.int64)

    def _catch_up(self) -> None:
        """Learn the tokens and chunks that the segmenter has met since the last call."""
        segmenter = self._segmenter
        if self._epoch is not segmenter.token_texts:
            self._start_afresh()
        for token in segmenter.token_texts[len(self._word_of_token) :]:
            for piece in _SYLLABLE.findall(token):
                self._pieces.append(self._exact.number(exact_term(piece)))
            self._piece_ends.append(len(self._pieces))
            self._word_of_token.append(self._word([token]))
        for number in range(len(self._code_ends), len(segmenter.chunk_texts)):
            chunk = segmenter.chunk_texts[number]
            if _CODE_SIGN.search(chunk):  # spares most chunks the closer look
                for start, end in code_spans(chunk, segmenter.chunk_tokens(number)):
                    self._codes.append(self._words.number(code_term(chunk[start:end])))
            self._code_ends.append(len(self._codes))

    def _word(self, surfaces: Sequence[str]) -> int:
        term = word_term(surfaces)
        return NO_TERM if term is None else self._words.number(term)

    def terms(self, labelled: Labelled) -> BatchTerms:
        self._catch_up()
        tokens = labelled.tokens
        exact, tokens_of_pieces = _spread(self._pieces.array, self._piece_ends.array, tokens)
        exact_terms, syllables = _renumber(exact, self._exact)
        words, word_bounds = self._word_codes(labelled)
        word_terms, word_codes = _renumber(words, self._words)
        return BatchTerms(
            exact_terms=exact_terms,
            folded_terms=[folded_term(t) for t in exact_terms],
            word_terms=word_terms,
            syllables=syllables,
            syllable_bounds=np.searchsorted(tokens_of_pieces, labelled.token_bounds),
            words=word_codes,
            word_bounds=word_bounds,
        )

    def _word_codes(self, labelled: Labelled) -> tuple[Codes, Bounds]:
        first = np.flatnonzero(~labelled.joined)
        length = np.diff(np.append(first, labelled.joined.size))
        tokens = labelled.tokens
        ids = self._word_of_token.array[tokens[first]]
        several = np.flatnonzero(length > 1)
        token_list = tokens.tolist()
        known, texts = self._joined_words, self._segmenter.token_texts
        for index, begin, count in zip(
            several.tolist(), first[several].tolist(), length[several].tolist(), strict=True
        ):
            key = tuple(token_list[begin : begin + count])
            number = known.get(key)
            if number is None:
                number = known[key] = self._word([texts[t] for t in key])
            ids[index] = number
        with_codes = _spread(self._codes.array, self._code_ends.array, labelled.chunks)
        codes, chunks_of_codes = with_codes
        texts_of_words = np.searchsorted(labelled.token_bounds, first, side="right") - 1
        texts_of_codes = np.searchsorted(labelled.chunk_bounds, chunks_of_codes, side="right") - 1
        all_ids = np.concatenate((ids, codes))
        all_texts = np.concatenate((texts_of_words, texts_of_codes))
        kept = all_ids != NO_TERM
        order = np.argsort(all_texts[kept], kind="stable")
        bounds = np.searchsorted(all_texts[kept][order], np.arange(labelled.token_bounds.size))
        return all_ids[kept][order], bounds


def _spread(items: Codes, item_ends: Bounds, rows: Codes) -> tuple[Codes, Bounds]:
    """The items of each row, end to end, and for each the index in ``rows`` that it came from.

    Those of row r are ``items[item_ends[r-1]:item_ends[r]]``.
    """
    counts = np.diff(item_ends, prepend=0)[rows]
    ends = np.cumsum(counts)
    shift = np.repeat(item_ends[rows] - ends, counts)
    return items[shift + np.arange(counts.sum())], np.repeat(np.arange(rows.size), counts)


def _renumber(ids: Codes, table: _TermTable) -> tuple[list[str], Codes]:
    """The terms among ``ids``, and ``ids`` as indexes into them."""
    used = np.zeros(len(table), dtype=np.int32)
    used[ids] = 1
    codes = np.cumsum(used, dtype=np.int32) - 1
    return [table.names[i] for i in np.flatnonzero(used).tolist()], codes[ids]
