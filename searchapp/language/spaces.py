"""Spaces that were left out between syllables, or got inside one: where, and at what price.

Prices are natural logarithms, as in `searchapp.language.candidates`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from searchapp.analysis.syllable import is_syllable
from searchapp.analysis.terms import folded_term, has_marks
from searchapp.language.candidates import MARKS_LEFT_OUT, forms_of
from searchapp.language.lattice import Arc, Step, best_path
from searchapp.language.model import LanguageModel
from searchapp.language.words import Word, word_at

NO_SPACE = 3.0  # syllables run together, however many
SPACE_INSIDE = 8.0  # one syllable in pieces, however many
ALL_SYLLABLES = 6.0  # on top, where each piece could be a syllable itself
MAX_SYLLABLE = 7  # letters: nghiêng
MAX_RUN_LETTERS = 32  # of syllables run together
_LEAST_ASSOCIATION = 1.0  # of syllables run together without marks
_MAX_PIECES = 4  # of one syllable
_LETTER = r"[^\W\d_]"
# With a number go one letter behind it (11a, 4x8) and up to two before it (d3, km2).
_NUMBERS_AND_LETTERS = re.compile(
    rf"(?:(?<!{_LETTER}){_LETTER}{{1,2}})?(?:\d+(?:{_LETTER}(?!{_LETTER}))?)+|{_LETTER}+"
)


def run_together(word: Word, unmarked: bool, model: LanguageModel) -> list[Arc]:
    """The pieces of a word that may be several without their spaces: *sinhviên*, *5km*.

    They are the likeliest; none if what has no marks would make syllables that do not belong
    together.
    """
    surface = word.surface
    if len(surface) > MAX_RUN_LETTERS:
        return []
    price = NO_SPACE
    if not word.marked and not unmarked:
        # Who leaves out the spaces of a name leaves out all its marks: that is one slip.
        price, unmarked = price + MARKS_LEFT_OUT, True
    arcs = []
    for start, end in _spans(surface, model):
        piece = word_at(surface[start:end], start, end)
        found = list(forms_of(piece, unmarked, model, 0.0 if start else price))
        if found:
            arcs.append(Arc(start, end, found))
    path = best_path(arcs, len(surface), model)
    # Without any mark it may be a foreign word whose letters happen to be those of syllables.
    if not path or not (word.marked or _stand_together(surface, path, model)):
        return []
    return [
        Arc(
            word.start + arc.start,
            word.end if arc.end == len(surface) else word.start + arc.end,
            arc.candidates,
        )
        for arc, _ in path
    ]


def _stand_together(surface: str, path: Sequence[Step], model: LanguageModel) -> bool:
    """Whether neighbouring syllables do so in the corpus, by their pointwise mutual information.

    In nats (Church and Hanks 1990): above 0 everywhere, and `_LEAST_ASSOCIATION` on average.
    Between letters and a number there is a space anyway.
    """
    pairs = [
        (before.candidate.number, step.candidate.number)
        for before, step in pairwise(path)
        if surface[step.arc.start - 1].isalpha() and surface[step.arc.start].isalpha()
    ]
    if not pairs:
        return True
    first, second = np.array(pairs).T
    found = np.diagonal(model.log_bigram(first, second)) - model.log_unigram(second)
    return bool(found.min() > 0 and found.mean() >= _LEAST_ASSOCIATION)


def _spans(surface: str, model: LanguageModel) -> Iterator[tuple[int, int]]:
    """Where pieces of a word may begin and end: numbers, letters beside them, syllables."""
    for match in _NUMBERS_AND_LETTERS.finditer(surface):
        start, end = match.span()
        if end - start < len(surface):
            yield start, end
        if match[0].isalpha():
            for first in range(start, end):
                for last in range(first + 1, min(first + MAX_SYLLABLE, end) + 1):
                    inside = last - first < end - start
                    if inside and _is_piece(surface[first:last], model):
                        yield first, last


def _is_piece(letters: str, model: LanguageModel) -> bool:
    """Whether letters are a syllable by the rules, or one that has marks in the corpus: *đắk*."""
    return is_syllable(letters) or (
        len(letters) > 1
        and any(has_marks(model.syllables[form]) for form in model.forms(folded_term(letters)))
    )


def in_pieces(
    query: str,
    words: Sequence[Word],
    usual: Sequence[bool],
    unmarked: bool,
    model: LanguageModel,
) -> Iterator[Arc]:
    """The syllables that may have got spaces inside, as texts out of PDF files have: *th ự c*."""
    for first in range(len(words)):
        for last in range(first + 1, min(first + _MAX_PIECES, len(words))):
            pieces = words[first : last + 1]
            surface = "".join(piece.surface for piece in pieces)
            if not all(_only_space_between(query, *pair) for pair in pairwise(pieces)):
                break
            if not surface.isalpha() or all(usual[first : last + 1]):
                continue
            whole = word_at(surface, words[first].start, words[last].end)
            if not model.folded_among({folded_term(surface)}):
                continue
            price = SPACE_INSIDE
            if all(is_syllable(one.surface) for one in pieces):
                price += ALL_SYLLABLES
            found = [
                one
                for one in forms_of(whole, unmarked, model, price)
                if one.term == whole.term or not whole.marked
            ]
            if found:
                yield Arc(whole.start, whole.end, found)


def _only_space_between(query: str, word: Word, other: Word) -> bool:
    return query[word.start + len(word.surface) : other.start].isspace()
