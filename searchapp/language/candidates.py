"""What a syllable may have been meant to be, and its price.

Prices are natural logarithms, rounded to what was typed wrong in about one word of some hundred;
see docs/relevance.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nsmallest

from searchapp.analysis.syllable import parts
from searchapp.analysis.terms import folded_term, strip_marks
from searchapp.language.keys import is_english
from searchapp.language.lattice import Candidate
from searchapp.language.model import UNKNOWN, LanguageModel
from searchapp.language.words import Word

MARKS_LEFT_OUT = 3.5  # marks left out of one syllable while others have theirs
WRONG_MARK = 6.0
WRONG_LETTER = 8.0
FOREIGN = 4.0  # on top, for a word of the corpus without marks: likelier English than a slip
NEVER_SEEN = 8.0  # against a syllable that the corpus does not have: nothing could match it
_MIN_SLIP_LETTERS = 3
_MAX_SLIPS = 16  # of one syllable
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def candidates(word: Word, unmarked: bool, model: LanguageModel, *, usual: bool) -> list[Candidate]:
    """What a syllable may have been meant to be; itself first."""
    number = model.numbers.get(word.term, UNKNOWN)
    own = Candidate(number, word.term, NEVER_SEEN if number == UNKNOWN else 0.0)
    if not word.term.isalpha() or (usual and not unmarked):
        return [own]
    found = {word.term: own}
    for form in forms_of(word, unmarked, model):
        found.setdefault(form.term, form)
    if len(word.term) >= _MIN_SLIP_LETTERS and not usual and not is_english(word.term):
        vietnamese = word.marked or (unmarked and parts(word.term) is not None)
        foreign = number != UNKNOWN and not vietnamese
        for slip in _slips(word, WRONG_LETTER + FOREIGN if foreign else WRONG_LETTER, model):
            found.setdefault(slip.term, slip)
    return list(found.values())


def forms_of(
    word: Word, unmarked: bool, model: LanguageModel, price: float = 0.0
) -> Iterator[Candidate]:
    """The syllables of the same letters; all of them cost ``price`` on top."""
    other = WRONG_MARK if word.marked else 0.0 if unmarked else MARKS_LEFT_OUT
    for form in model.forms(folded_term(word.surface)):
        term = model.syllables[form]
        yield Candidate(form, term, price if term == word.term else price + other)


def _slips(word: Word, price: float, model: LanguageModel) -> Iterator[Candidate]:
    """The syllables of other letters, one slip away; the cheaper and more frequent come first."""
    letters = {*_one_slip_away(strip_marks(word.term))} - {folded_term(word.term)}
    slips = []
    for folded in model.folded_among(letters):
        for form in model.forms(folded):
            # A mark may be wrong on top.
            differs = word.marked and not _one_slip(word.term, model.syllables[form])
            slips.append((price + WRONG_MARK if differs else price, form))
    # Lower numbers are more frequent: what is left out could hardly win.
    for cost, form in nsmallest(_MAX_SLIPS, slips):
        yield Candidate(form, model.syllables[form], cost)


def _one_slip_away(word: str) -> Iterator[str]:
    """Everything one letter wrong, missing, too many or swapped away (Damerau 1964)."""
    for i in range(len(word) + 1):
        head, tail = word[:i], word[i:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in _LETTERS:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]


def _one_slip(typed: str, meant: str) -> bool:
    """Whether two words differ by one letter wrong, missing, too many or swapped, marks counted."""
    if abs(len(typed) - len(meant)) > 1:
        return False
    i = 0
    while i < min(len(typed), len(meant)) and typed[i] == meant[i]:
        i += 1
    a, b = typed[i:], meant[i:]
    swapped = len(a) > 1 and len(b) > 1 and a[0] == b[1] and a[1] == b[0] and a[2:] == b[2:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or swapped
