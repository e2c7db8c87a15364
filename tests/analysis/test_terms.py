import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vietnamese_texts import text

from searchapp.analysis.terms import (
    exact_term,
    exact_terms,
    folded_forms,
    folded_term,
    has_marks,
    strip_marks,
)


def nfd(word):
    return unicodedata.normalize("NFD", word)


@pytest.mark.parametrize(
    ("token", "term"),
    [
        pytest.param("ĐƯỜNG", "đường", id="case"),
        pytest.param("Hoà", "hòa", id="tone"),
        pytest.param("Kĩ", "kỹ", id="i/y"),
        pytest.param(nfd("Đường"), "đường", id="decomposed"),
        pytest.param("ＴＰ", "tp", id="fullwidth"),
        pytest.param("２０１９", "2019", id="fullwidth digits"),
        pytest.param("ﬁle", "file", id="ligature"),
        pytest.param("½", "1⁄2", id="fraction"),
        pytest.param("m²", "m2", id="superscript"),
        pytest.param("Straße", "strasse", id="sharp s"),
        pytest.param("İ", "i\u0307", id="dotted I"),
        pytest.param("NATO", "nato", id="ASCII"),
        pytest.param("100/2019/NĐ-CP", "100/2019/nđ-cp", id="code"),
    ],
)
def test_exact_term(token, term):
    assert exact_term(token) == term


@pytest.mark.parametrize(
    ("token", "term"),
    [
        ("đường", "duong"),
        ("dương", "duong"),
        ("đương", "duong"),
        ("ĐƯỜNG", "duong"),
        ("duong", "duong"),
        (nfd("đường"), "duong"),
        (nfd("ĐƯỜNG"), "duong"),
        ("Xây", "xay"),
        ("nguyễn", "nguyen"),
        ("hoà", "hoa"),
        ("kĩ", "ky"),
        ("kỹ", "ky"),
        ("ki", "ky"),
        ("quí", "quy"),
        ("hi", "hy"),
        ("hy", "hy"),
        ("vi", "vi"),
        ("vy", "vy"),
        ("thi", "thi"),
        ("ﬁ", "fi"),
        ("é", "e"),
        ("ß", "ss"),
        ("Ø", "ø"),
        ("한국", "한국"),
        ("東京", "東京"),
    ],
)
def test_folded_term(token, term):
    assert folded_term(token) == term


@pytest.mark.parametrize(
    "token", ["đường", "đi", "Đi", "ĐI", "hòa", "ư", "â", "ă", "é", nfd("hòa"), nfd("Ê")]
)
def test_typed_with_marks(token):
    assert has_marks(token)


@pytest.mark.parametrize(
    "token", ["", "duong", "DI", "123", "½", "ｄｕｏｎｇ", "東京", "한국", "ß", "!"]
)
def test_typed_without_marks(token):
    assert not has_marks(token)


def test_strip_marks_keeps_case_and_everything_else():
    assert strip_marks("Đường ĐỜI, đá 5 ½ 東") == "Duong DOI, da 5 ½ 東"


# Tokens hold no white space of their own; what NFKC makes of them may.
_tokens = st.one_of(
    text.map(lambda t: "".join(t.split())),
    st.text(alphabet=st.characters(categories=["L", "N"]), max_size=6),
)


@given(_tokens)
def test_exact_term_twice_is_once(token):
    once = exact_term(token)
    assert exact_term(once) == once
    assert not any(c.isspace() for c in once)


@given(_tokens)
def test_folded_term_twice_is_once(token):
    once = folded_term(token)
    assert folded_term(once) == once
    assert folded_term(exact_term(token)) == once


@given(_tokens)
def test_composed_and_decomposed_give_one_term(token):
    forms = [unicodedata.normalize(form, token) for form in ("NFC", "NFD")]
    assert len({exact_term(f) for f in forms}) == 1
    assert len({folded_term(f) for f in forms}) == 1
    assert len({has_marks(f) for f in forms}) == 1


@pytest.mark.parametrize("function", [exact_term, folded_term])
def test_every_letter_and_digit_has_a_steady_term(function):
    """Every code point there is, alone and behind a letter with a mark."""
    term = function.__wrapped__  # the cache is not for a million words
    unsteady = [
        hex(code)
        for code in range(sys.maxunicode + 1)
        if (char := chr(code)).isalnum()
        for token in (char, f"é{char}")
        if (once := term(token)) != token and term(once) != once
    ]
    assert unsteady == []


@pytest.mark.parametrize("function", [exact_term, folded_term])
def test_no_letter_or_digit_has_an_empty_term(function):
    # Arabic marks of presentation (U+FC5E) and halfwidth sound marks (U+FF9E) are letters.
    empty = [
        hex(code)
        for code in range(sys.maxunicode + 1)
        if chr(code).isalnum() and not function.__wrapped__(chr(code))
    ]
    assert empty == []


@given(st.lists(text, max_size=8))
def test_many_terms_are_each_of_them(tokens):
    exact = exact_terms(tokens)
    assert exact == [exact_term(token) for token in tokens]
    assert folded_forms(exact) == [folded_term(token) for token in tokens]


def test_every_vietnamese_letter_is_folded_as_in_a_term():
    letters = [chr(code) for code in range(0xC0, 0x1F00)]
    assert folded_forms(exact_terms(letters)) == [folded_term(letter) for letter in letters]
