import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.analysis.syllable import TONES, canonical_spelling, parts, split_tone
from searchapp.analysis.terms import folded_term


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("hoà", "hòa"),
        ("hòa", "hòa"),
        ("hoá", "hóa"),
        ("toà", "tòa"),
        ("khoẻ", "khỏe"),
        ("khỏe", "khỏe"),
        ("xoè", "xòe"),
        ("thuỷ", "thủy"),
        ("thủy", "thủy"),
        ("tuỳ", "tùy"),
        ("uỷ", "ủy"),
        ("oà", "òa"),
        # old keyboards
        ("hòan", "hoàn"),
        ("tóan", "toán"),
        ("qúy", "quý"),
        ("gía", "giá"),
        ("gìau", "giàu"),
        ("qủa", "quả"),
        ("tiêú", "tiếu"),
        ("nghiã", "nghĩa"),
        ("huyêǹ", "huyền"),
        # where there is only one way
        ("quý", "quý"),
        ("giá", "giá"),
        ("gì", "gì"),
        ("gìn", "gìn"),
        ("giếng", "giếng"),
        ("giữa", "giữa"),
        ("quả", "quả"),
        ("quốc", "quốc"),
        ("quyển", "quyển"),
        ("quỳnh", "quỳnh"),
        ("khuỷu", "khuỷu"),
        ("khuấy", "khuấy"),
        ("ngoại", "ngoại"),
        ("ngoẻo", "ngoẻo"),
        ("giường", "giường"),
        ("đường", "đường"),
        ("người", "người"),
        ("rượu", "rượu"),
        ("thuở", "thuở"),
        ("yếu", "yếu"),
        ("tiếng", "tiếng"),
        ("huỳnh", "huỳnh"),
        ("nguyễn", "nguyễn"),
        ("hoàng", "hoàng"),
        ("loét", "loét"),
        ("suýt", "suýt"),
        ("moóc", "moóc"),
        ("của", "của"),
        ("mía", "mía"),
        ("cứu", "cứu"),
        ("ở", "ở"),
        # no tone, nothing to move
        ("yêu", "yêu"),
        ("ươ", "ươ"),
        ("đi", "đi"),
        ("hoa", "hoa"),
        ("hoan", "hoan"),
        # no Vietnamese syllables
        ("café", "café"),
        ("đắk", "đắk"),
        ("über", "über"),
        ("naïve", "naïve"),
        ("привет", "привет"),
        ("hòá", "hòá"),
        ("", ""),
    ],
)
def test_tone_moves_to_one_place(written, canonical):
    written = unicodedata.normalize("NFC", written)
    assert canonical_spelling(written) == unicodedata.normalize("NFC", canonical)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("kĩ", "kỹ"),
        ("kỹ", "kỹ"),
        ("tỉ", "tỷ"),
        ("lí", "lý"),
        ("mĩ", "mỹ"),
        ("sĩ", "sỹ"),
        ("hí", "hý"),
        ("quí", "quý"),
        ("quị", "quỵ"),
        # two words each
        ("ví", "ví"),
        ("vỹ", "vỹ"),
        ("dì", "dì"),
        ("í", "í"),
        ("ý", "ý"),
        ("nghỉ", "nghỉ"),
        ("thì", "thì"),
        ("chị", "chị"),
        ("tín", "tín"),
        ("kính", "kính"),
        # a tone tells the two apart from foreign syllables
        ("hi", "hi"),
        ("hy", "hy"),
        ("vi", "vi"),
        ("vy", "vy"),
        ("ki", "ki"),
        ("ti", "ti"),
    ],
)
def test_i_and_y_are_one_where_they_are_one_word(written, canonical):
    assert canonical_spelling(written) == canonical


@pytest.mark.parametrize(
    ("word", "letters", "tone"),
    [
        ("hoà", "hoa", "\u0300"),
        ("đường", "đương", "\u0300"),
        ("việt", "viêt", "\u0323"),
        ("yêu", "yêu", ""),
        ("hòá", "hoa", "\u0300\u0301"),
        ("ab", "ab", ""),
    ],
)
def test_split_tone_keeps_quality_marks(word, letters, tone):
    assert split_tone(word) == (letters, tone)


@pytest.mark.parametrize(
    ("toneless", "expected"),
    [
        ("nghiêng", ("ngh", "iê", "ng")),
        ("giương", ("gi", "ươ", "ng")),
        ("gi", ("g", "i", "")),
        ("gin", ("g", "i", "n")),
        ("quy", ("qu", "y", "")),
        ("quôc", ("qu", "ô", "c")),
        ("khuyu", ("kh", "uyu", "")),
        ("yêu", ("", "yêu", "")),
        ("a", ("", "a", "")),
        ("đăk", None),
        ("hoaaa", None),
        ("str", None),
        ("", None),
    ],
)
def test_parts_of_a_syllable(toneless, expected):
    assert parts(toneless) == expected


VOWELS = "a oa oe uy i y ia iê yê ươ uô uyu uyê oai ươi ưa uơ".split()  # noqa: SIM905

_lower_words = st.one_of(
    st.text(max_size=8).map(lambda t: unicodedata.normalize("NFC", t.lower())),
    st.builds(
        lambda onset, vowels, coda, tone, at: unicodedata.normalize(
            "NFC", (word := onset + vowels + coda)[: at + 1] + tone + word[at + 1 :]
        ),
        st.sampled_from(["", "h", "k", "qu", "gi", "g", "ngh", "th", "đ", "v", "t"]),
        st.sampled_from(VOWELS),
        st.sampled_from(["", "n", "ng", "t", "nh"]),
        st.sampled_from(["", *TONES, TONES[0] + TONES[4]]),
        st.integers(0, 7),
    ),
)


@given(_lower_words)
def test_canonical_spelling_twice_is_once(word):
    once = canonical_spelling(word)
    assert unicodedata.is_normalized("NFC", once)
    assert canonical_spelling(once) == once


@given(_lower_words)
def test_canonical_spelling_does_not_change_the_folded_form(word):
    assert folded_term(canonical_spelling(word)) == folded_term(word)


def test_spellings_counted_in_news_meet(shared_data):
    """Each pair of placements that newspapers write is one term."""
    rows = (shared_data / "derived-tone-placement-pairs.tsv").read_text(encoding="utf-8")
    pairs = [line.split("\t") for line in rows.splitlines() if not line.startswith("#")]
    pairs = [(row[0], row[2]) for row in pairs if len(row) >= 4 and row[1].isdigit()]
    assert len(pairs) > 20
    assert [p for p in pairs if canonical_spelling(p[0]) != canonical_spelling(p[1])] == []
