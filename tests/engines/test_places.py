"""Places as numbers: the same stretches as by going through each text word by word."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from searchapp.engines.places import by_document, ends_of_stretches, places

texts = st.lists(st.lists(st.sampled_from("abc"), max_size=8), min_size=1, max_size=4)


def places_of(term: str, corpus: list[list[str]]) -> np.ndarray:
    held = [(number, text.count(term)) for number, text in enumerate(corpus) if term in text]
    documents, frequencies = np.array(held, dtype=np.int64).reshape(-1, 2).T
    positions = [at for text in corpus for at, word in enumerate(text) if word == term]
    return places(documents, frequencies, np.array(positions, dtype=np.int64))


def stretch_ends(text: list[str], terms: tuple[str, ...], slop: int) -> set[int]:
    """The last places of the shortest stretches that begin with one of the terms."""
    ends = set()
    for start, word in enumerate(text):
        if word not in terms:
            continue
        for end in range(start, len(text)):
            inside = text[start : end + 1]
            if all(inside.count(term) >= terms.count(term) for term in terms):
                if len(inside) - len(terms) <= slop:
                    ends.add(end)
                break
    return ends


def test_a_place_is_a_document_and_a_position() -> None:
    found = places(np.array([2, 5]), np.array([1, 2]), np.array([7, 0, 3]))
    assert found.tolist() == [(2 << 32) + 7, 5 << 32, (5 << 32) + 3]
    documents, frequencies = by_document(found)
    assert documents.tolist() == [2, 5]
    assert frequencies.tolist() == [1.0, 2.0]


@given(
    corpus=texts,
    terms=st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map(tuple),
    slop=st.integers(0, 4),
)
def test_stretches_are_those_that_reading_finds(
    corpus: list[list[str]], terms: tuple[str, ...], slop: int
) -> None:
    of_terms = {term: places_of(term, corpus) for term in terms}
    if not all(one.size for one in of_terms.values()):
        return  # nobody asks where a term stands that no document has
    assert ends_of_stretches(of_terms, terms, slop).tolist() == [
        (number << 32) + end
        for number, text in enumerate(corpus)
        for end in sorted(stretch_ends(text, terms, slop))
    ]
