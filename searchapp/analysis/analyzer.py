"""Text in, terms out: the one piece of code that documents, queries and every engine share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np

from searchapp.analysis.base import Analysis, Token
from searchapp.analysis.chunking import NEWLINE_CHUNK, Encoded, encode
from searchapp.analysis.clean import clean, clean_text
from searchapp.analysis.pyvi_model import SegmentationModel
from searchapp.analysis.segmentation import MAX_CHUNKS, Segmenter, split_chunk
from searchapp.analysis.terms import exact_term, folded_term
from searchapp.analysis.token_by_token import TokenByToken
from searchapp.analysis.vocabulary import BatchTerms, Vocabulary
from searchapp.analysis.words import code_spans, code_term, word_term

__all__ = ["ANALYZER_VERSION", "Analyzer", "BatchTerms", "word_term"]

ANALYZER_VERSION = 2
"""Changes whenever a text may give other terms: an index of another version is refused."""

_CHUNK = re.compile(r"\n|\S+")
_SYLLABLE = re.compile(r"[^\W_]+")


class Analyzer:
    """The analysis chain over one segmentation model. Not safe to share between threads.

    ``max_chunks`` bounds the memory of what was learnt from earlier texts.
    """

    def __init__(self, model: SegmentationModel, max_chunks: int = MAX_CHUNKS) -> None:
        self._segmenter = Segmenter(model, max_chunks)
        self._single = TokenByToken(self._segmenter.weights)
        self._vocabulary = Vocabulary(self._segmenter)

    @property
    def model(self) -> SegmentationModel:
        """The segmentation model, to be kept beside an index built with it."""
        return self._segmenter.model

    def analyze(self, raw: str) -> Analysis:
        """Every view of one text, with offsets into ``raw``."""
        cleaned = clean(raw)
        text = cleaned.text
        surfaces: list[str] = []
        spans: list[tuple[int, int]] = []
        codes: list[tuple[int, int]] = []
        for chunk in _CHUNK.finditer(text):
            tokens = split_chunk(chunk[0])
            surfaces += tokens
            spans += _spans(tokens, chunk.start())
            for start, end in code_spans(chunk[0], tokens):
                codes.append((chunk.start() + start, chunk.start() + end))

        exact: list[Token] = []
        first_syllable: list[int] = []
        for surface, (start, _) in zip(surfaces, spans, strict=True):
            first_syllable.append(len(exact))
            for piece in _SYLLABLE.finditer(surface):
                begin, end = cleaned.raw_span(start + piece.start(), start + piece.end())
                exact.append(Token(exact_term(piece[0]), begin, end, len(exact), piece[0]))
        words: list[Token] = []
        for begin_at, last in _word_ranges(self._single.joined(surfaces)):
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
        """The terms of many texts, without offsets: what an engine stores.

        The tables are ascending, and depend on these texts alone.
        """
        return self._vocabulary.terms(self._segmenter.label(encode_clean(raws)))

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
                    for a, b in _word_ranges(labelled.joined[first:last].tolist())
                ]
            )
        return spans


def encode_clean(raws: Sequence[str]) -> Encoded:
    """Texts in one array, as `clean_text` leaves them; only those with rare characters need it."""
    encoded = encode(raws)
    cleaned = {index: clean_text(raws[index]) for index in encoded.uncommon_texts()}
    if all(text is raws[index] for index, text in cleaned.items()):
        return encoded
    return encode([cleaned.get(index, raw) for index, raw in enumerate(raws)])


def _code_token(surface: str, span: tuple[int, int], starts: list[int]) -> Token:
    position = int(np.searchsorted(starts, span[0]))
    return Token(code_term(surface), span[0], span[1], position, surface)


def _token_spans(text: str, surfaces: list[str], firsts: list[int]) -> list[tuple[int, int]]:
    """Where each token stands; ``firsts`` are the first of each chunk, and the number of all."""
    spans: list[tuple[int, int]] = []
    for (first, last), chunk in zip(pairwise(firsts), _CHUNK.finditer(text), strict=True):
        if last - first == 1:
            spans.append(chunk.span())
        else:
            spans += _spans(surfaces[first:last], chunk.start())
    return spans


def _spans(tokens: Sequence[str], at: int) -> list[tuple[int, int]]:
    """Where the tokens of a chunk that begins at ``at`` stand: end to end."""
    return list(pairwise(accumulate(map(len, tokens), initial=at)))


def _word_ranges(joined: Sequence[bool]) -> list[tuple[int, int]]:
    return list(pairwise([*(i for i, goes_on in enumerate(joined) if not goes_on), len(joined)]))
