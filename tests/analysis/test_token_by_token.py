"""One text token by token has the words that it has in a batch."""

from __future__ import annotations

import gzip
import itertools
import json

import pytest
from hypothesis import given
from vietnamese_texts import SYLLABLES, text, vietnamese_prose

from searchapp.analysis.analyzer import encode_clean
from searchapp.analysis.segmentation import Segmenter
from searchapp.analysis.token_by_token import TokenByToken


@pytest.fixture(scope="module")
def single(segmenter: Segmenter) -> TokenByToken:
    return TokenByToken(segmenter.weights)


def assert_joins_like_a_batch(segmenter: Segmenter, single: TokenByToken, texts: list[str]) -> None:
    labelled = segmenter.label(encode_clean(texts))
    tokens = [segmenter.token_texts[token] for token in labelled.tokens.tolist()]
    for raw, (first, last) in zip(
        texts, itertools.pairwise(labelled.token_bounds.tolist()), strict=True
    ):
        in_batch = labelled.joined[first:last].tolist()
        assert single.joined(tokens[first:last]) == in_batch, repr(raw)


@given(text)
def test_any_text(segmenter: Segmenter, single: TokenByToken, raw: str) -> None:
    assert_joins_like_a_batch(segmenter, single, [raw])


@given(vietnamese_prose)
def test_vietnamese(segmenter: Segmenter, single: TokenByToken, raw: str) -> None:
    assert_joins_like_a_batch(segmenter, single, [raw])


def test_every_two_and_some_three_syllables(segmenter: Segmenter, single: TokenByToken) -> None:
    two = [" ".join(some) for some in itertools.product(SYLLABLES, repeat=2)]
    three = [f"{some} {other}" for some, other in zip(two, SYLLABLES * len(SYLLABLES), strict=True)]
    assert_joins_like_a_batch(segmenter, single, two + three)


def test_a_sample_of_wikipedia(segmenter: Segmenter, single: TokenByToken, shared_data) -> None:
    with gzip.open(shared_data / "wiki.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in itertools.islice(lines, 0, 20_000, 100)]
    assert_joins_like_a_batch(segmenter, single, texts)


def test_nothing_has_no_words(single: TokenByToken) -> None:
    assert single.joined([]) == []
