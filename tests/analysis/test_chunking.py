"""Pieces between white space are found alike whether as numbers or with a regular expression."""

import itertools
import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from vietnamese_texts import text

from searchapp.analysis.chunking import COMMON, ChunkNumbers, encode
from searchapp.analysis.clean import clean_text

LONG = "thuongtruyennghieng"


def chunks_of(numbers, texts):
    """The chunks of each text, as strings."""
    found, separators = numbers.of(encode(texts))
    assert found[separators].tolist() == [0] * (len(texts) + 1)
    names = [numbers.texts[number] for number in found.tolist()]
    return [names[a + 1 : b] for a, b in itertools.pairwise(separators.tolist())]


@given(st.lists(st.lists(text, max_size=4), max_size=4))
def test_chunks_are_the_runs_between_white_space(batches):
    numbers = ChunkNumbers()
    for texts in batches:
        assert chunks_of(numbers, texts) == [re.findall(r"\n|\S+", one) for one in texts]
    assert len(set(numbers.texts)) == len(numbers.texts)


def test_a_chunk_has_one_number_wherever_it_stands():
    numbers = ChunkNumbers()
    texts = ["Đường đường\n", f"đường {LONG}", f"東京 {LONG} 東京 🇻🇳", "", "nghiêng nghiêngx"]
    first, _ = numbers.of(encode(texts))
    again, _ = numbers.of(encode(texts))
    assert first.tolist() == again.tolist()
    assert numbers.texts.count("đường") == numbers.texts.count(LONG) == 1


def test_a_common_character_needs_no_cleaning():
    """Also beside any other: what composes with its neighbour is not common."""
    assert len(set(COMMON)) == len(COMMON)
    for a, b in itertools.product(COMMON, COMMON):
        assert unicodedata.normalize("NFC", a + b) == a + b
    assert clean_text(COMMON) == COMMON
    assert encode([COMMON, " \t\n"]).uncommon_texts() == []


def test_texts_with_other_characters_are_told():
    texts = ["hòa bình", "ho\u0300a", "", "hòa\u200bbình", "東京", "🇻🇳"]
    assert encode(texts).uncommon_texts() == [1, 3, 4, 5]


@given(st.lists(text, max_size=5))
def test_a_text_without_other_characters_is_clean(texts):
    told = encode(texts).uncommon_texts()
    unchanged = (one for index, one in enumerate(texts) if index not in told)
    # A space that NFC writes as another one parts pieces all the same.
    assert all(clean_text(one).split() == one.split() for one in unchanged)
