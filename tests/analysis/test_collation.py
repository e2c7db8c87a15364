"""The order of titles: that of a Vietnamese dictionary."""

from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vietnamese_texts import text as any_text

from searchapp.analysis.collation import collation_key

IN_ORDER = [
    # Letters: ă, â, đ, ê, ô, ơ, ư have places of their own; f, j, w, z stand where others put them.
    ["an", "ăn", "ân", "ba", "ca", "da", "đa", "em", "êm", "fax", "ga", "ho", "in", "jin", "ka"],
    ["la", "ma", "na", "o", "ô", "ơ", "pa", "qua", "ra", "sa", "ta", "u", "ư", "va", "wa", "xa"],
    # Tones: level, huyền, hỏi, ngã, sắc, nặng.
    ["ba", "bà", "bả", "bã", "bá", "bạ"],
    ["đương", "đường", "đưởng", "đưỡng", "đướng", "đượng"],
    # Letters before tones within a syllable; a shorter syllable before a longer one.
    ["an", "àn", "án", "ang", "àng", "anh"],
    # Syllable by syllable: all of ba before all of bà.
    ["ba", "ba ba", "ba bị", "ba zoa", "bà", "bà ba", "bà con", "bác"],
    ["Hà Đông", "Hà Giang", "Hà Nội", "Hà Tĩnh", "Hải Dương", "Hải Phòng", "Hoà Bình", "Huế"],
    ["1 + 1", "10 điều", "2 số", "a"],
    ["", "a", "zz", "中"],
]


@pytest.mark.parametrize("expected", IN_ORDER, ids=lambda words: words[0] or "empty")
def test_order(expected):
    shuffled = expected[:]
    random.Random(7).shuffle(shuffled)
    assert sorted(shuffled, key=collation_key) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoà", "hòa"),
        ("thuý", "thúy"),
        ("HÀ NỘI", "hà nội"),
        (unicodedata.normalize("NFD", "Đường sắt"), "Đường sắt"),
        ("Hà Nội – phố", "Hà Nội, phố"),
        ("“Lão Hạc”", "Lão Hạc"),
    ],
)
def test_no_difference(one, other):
    assert collation_key(one) == collation_key(other)


@given(any_text)
def test_any_text_has_one_key_in_every_unicode_form(text):
    composed = unicodedata.normalize("NFC", text)
    assert collation_key(unicodedata.normalize("NFD", text)) == collation_key(composed)


@given(st.lists(st.sampled_from([word for words in IN_ORDER for word in words]), max_size=6))
def test_a_title_comes_before_all_that_begin_with_it(words):
    title = " ".join(words)
    assert collation_key(title) <= collation_key(f"{title} xã")
