"""What is put together from parts is what the texts give when they are analysed at once."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from searchapp.analysis.analyzer import Analyzer, BatchTerms
from searchapp.analysis.assembly import assemble
from searchapp.analysis.pyvi_model import load_pyvi_model

ANALYZER = Analyzer(load_pyvi_model())
TEXTS = [
    "",
    "Xây dựng Đảng",
    "Hà Nội, ngày 5/3/2024: Nghị định 100/2019/NĐ-CP",
    "hoà bình và hòa bình",
    "…!?",
    "Đường phố, đường sắt và DƯƠNG VẬT LIỆU",
    "xay dung dang",
    "Ủy ban nhân dân (UBND) tỉnh Bắc Giang",
]


def as_words(terms: BatchTerms, row: int) -> tuple[list[str], list[str], list[str]]:
    first, last = terms.syllable_bounds[row : row + 2]
    syllables = terms.syllables[first:last].tolist()
    first, last = terms.word_bounds[row : row + 2]
    return (
        [terms.exact_terms[code] for code in syllables],
        [terms.folded_terms[code] for code in syllables],
        [terms.word_terms[code] for code in terms.words[first:last].tolist()],
    )


@given(st.data())
def test_texts_keep_their_terms(data: st.DataObject) -> None:
    parts_of_texts = data.draw(
        st.lists(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=4), min_size=1, max_size=4)
    )
    parts = [ANALYZER.analyze_batch(texts) for texts in parts_of_texts]
    places = [(p, t) for p, texts in enumerate(parts_of_texts) for t in range(len(texts))]
    rows = data.draw(st.lists(st.sampled_from(places), max_size=12))
    together = assemble(parts, rows)
    for index, (part, text) in enumerate(rows):
        assert as_words(together, index) == as_words(parts[part], text)


@given(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=8), st.integers(0, 8))
def test_the_result_depends_on_the_texts_alone(texts: list[str], cut: int) -> None:
    at_once = assemble([ANALYZER.analyze_batch(texts)], [(0, row) for row in range(len(texts))])
    halves = [half for half in (texts[:cut], texts[cut:]) if half]
    parts = [ANALYZER.analyze_batch(half) for half in reversed(halves)]
    parts.reverse()
    in_parts = assemble(
        parts, [(p, row) for p, half in enumerate(halves) for row in range(len(half))]
    )
    assert at_once.exact_terms == in_parts.exact_terms == sorted(at_once.exact_terms)
    assert at_once.word_terms == in_parts.word_terms == sorted(at_once.word_terms)
    for name in ("syllables", "syllable_bounds", "words", "word_bounds"):
        np.testing.assert_array_equal(getattr(at_once, name), getattr(in_parts, name))


def test_no_term_stays_that_no_text_holds() -> None:
    part = ANALYZER.analyze_batch(["xây dựng", "đường sắt"])
    alone = assemble([part], [(0, 1)])
    assert alone.exact_terms == ["sắt", "đường"]
    assert alone.word_terms == ["đường_sắt"]


def test_no_rows_give_no_texts() -> None:
    part = ANALYZER.analyze_batch(["xây dựng"])
    empty = assemble([part], [])
    assert empty.exact_terms == []
    assert empty.syllable_bounds.tolist() == [0]
