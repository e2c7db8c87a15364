import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.query.parser import parse

MARKS = '"“”„«»'


@pytest.mark.parametrize(
    ("text", "words", "phrases"),
    [
        pytest.param("xây dựng đảng", ["xây", "dựng", "đảng"], (), id="words"),
        pytest.param('"xây dựng"', [], ("xây dựng",), id="straight"),
        pytest.param("“xây dựng”", [], ("xây dựng",), id="curly"),
        pytest.param("„xây dựng“", [], ("xây dựng",), id="low"),
        pytest.param("«xây dựng»", [], ("xây dựng",), id="angle"),
        pytest.param('“xây dựng"', [], ("xây dựng",), id="curly and straight"),
        pytest.param('đảng "xây dựng" ta', ["đảng", "ta"], ("xây dựng",), id="words around"),
        pytest.param('a "b c" d “e” f', ["a", "d", "f"], ("b c", "e"), id="two phrases, in order"),
        pytest.param('a"b"c', ["a", "c"], ("b",), id="a phrase parts words"),
        pytest.param('"một', ['"một'], (), id="no partner"),
        pytest.param('"a" "b', ['"b'], ("a",), id="the third has no partner"),
        pytest.param('"" x', ["x"], (), id="empty phrase"),
        pytest.param('"  " x', ["x"], (), id="blank phrase"),
        pytest.param('"!!!"', [], ("!!!",), id="symbols"),
        pytest.param("O'Neill's", ["O'Neill's"], (), id="apostrophes are no quotation marks"),
        pytest.param("a AND (b OR -c)*", ["a", "AND", "(b", "OR", "-c)*"], (), id="no operators"),
        pytest.param("", [], (), id="empty"),
    ],
)
def test_words_and_phrases(text, words, phrases):
    typed = parse(text)
    assert typed.words.split() == words
    assert typed.phrases == phrases


@given(st.one_of(st.text(), st.text(alphabet=f"ab {MARKS}\n")))
def test_nothing_typed_is_lost_but_paired_quotation_marks(text):
    typed = parse(text)
    assert all(phrase.strip() for phrase in typed.phrases)
    assert not any(mark in phrase for phrase in typed.phrases for mark in MARKS)
    assert sum(mark in MARKS for mark in typed.words) <= 1

    def letters(*pieces):
        return sorted(c for c in "".join(pieces) if c not in MARKS and not c.isspace())

    assert letters(typed.words, *typed.phrases) == letters(text)
