"""What a query was probably meant to be: marks restored, slips mended, keystrokes read.

A noisy channel (Kernighan, Church, Gale 1990): each syllable typed may have been meant as one of
several of the corpus; the best sequence has the least cost of slips plus the least surprise under
the corpus's own bigrams, found by Viterbi. Costs are natural logarithms, rounded to what was typed
wrong in about one word of some hundred; see docs/relevance.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.analysis.syllable import canonical_spelling, parts
from searchapp.analysis.terms import exact_term, folded_term, has_marks, strip_marks
from searchapp.language.keys import decode_keys, is_english, is_surely_keys
from searchapp.language.model import UNKNOWN, LanguageModel

Array = npt.NDArray[Any]

MARKS_LEFT_OUT = 3.5  # marks left out of one syllable while others have theirs
WRONG_MARK = 6.0
WRONG_LETTER = 8.0
FOREIGN = 4.0  # on top, for a word of the corpus without marks: likelier English than a slip
NEVER_SEEN = 8.0  # against a syllable that the corpus does not have: nothing could match it
_MIN_SLIP_LETTERS = 3
_MAX_CANDIDATES = 16  # slips of one syllable, the cheaper and more frequent first
_MAX_SYLLABLES = 64  # longer queries are left alone
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_WORD = re.compile(r"[^\W_]+")
_TIMES_LIKELIER = 3  # what keystrokes make must be so much more frequent than the keystrokes


class Kind(StrEnum):
    """What was mended."""

    MARKS = "marks"
    KEYS = "keys"
    SPELLING = "spelling"


@dataclass(frozen=True, slots=True)
class Change:
    """A syllable at ``start:end`` of the query, and the term it was probably meant to be."""

    start: int
    end: int
    typed: str
    meant: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Correction:
    """Another reading of a query: its text, what kind it mainly is, and each change."""

    query: str
    kind: Kind
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class _Typed:
    start: int
    end: int
    surface: str
    term: str
    marked: bool


def decode_query(query: str, model: LanguageModel) -> Correction | None:
    """Read a query as raw Telex or VNI keystrokes; None if it is not typed so.

    One word that can be nothing else, or two that the corpus does not have, are enough to read the
    rest alike; English words are left.
    """
    decoded = [
        (match, text)
        for match in _WORD.finditer(query)
        if (text := decode_keys(match[0])) is not None
        and not is_english(match[0])
        and _likelier(model, match[0], text)
    ]
    never_seen = [match for match, _ in decoded if model.count(exact_term(match[0])) == 0]
    sure = any(is_surely_keys(match[0]) for match, _ in decoded) or len(never_seen) > 1
    # Marks typed elsewhere say that the query is Vietnamese: then a stray key is a slip.
    if not sure and not has_marks(query):
        return None
    changes = [
        Change(match.start(), match.end(), match[0], text, Kind.KEYS)
        for match, text in decoded
        if sure or match in never_seen
    ]
    return _apply(query, changes, Kind.KEYS) if changes else None


def correct_query(query: str, model: LanguageModel) -> Correction | None:
    """The likeliest reading of a query, if it is not the one typed."""
    typed = [
        _Typed(m.start(), m.end(), m[0], exact_term(m[0]), has_marks(m[0]))
        for m in _WORD.finditer(query)
    ]
    if not typed or len(typed) > _MAX_SYLLABLES or not model.syllables:
        return None
    unmarked = not any(t.marked for t in typed)
    meant = _best_reading(typed, unmarked, model)
    changes = [
        Change(t.start, t.end, t.surface, _shown(t.surface, term), _kind(t, term))
        for t, term in zip(typed, meant, strict=True)
        if term != t.term
    ]
    if not changes:
        return None
    spelling = any(c.kind is Kind.SPELLING for c in changes)
    return _apply(query, changes, Kind.SPELLING if spelling else Kind.MARKS)


def _likelier(model: LanguageModel, raw: str, decoded: str) -> bool:
    count = model.count(exact_term(decoded))
    return count > _TIMES_LIKELIER * model.count(exact_term(raw))


def _kind(typed: _Typed, meant: str) -> Kind:
    left_out = not typed.marked and folded_term(typed.surface) == folded_term(meant)
    return Kind.MARKS if left_out else Kind.SPELLING


def _apply(query: str, changes: list[Change], kind: Kind) -> Correction:
    pieces, at = [], 0
    for change in changes:
        pieces += [query[at : change.start], change.meant]
        at = change.end
    return Correction("".join([*pieces, query[at:]]), kind, tuple(changes))


def _shown(surface: str, term: str) -> str:
    """A term in the case of what was typed, and with its i: where it has y, i is as right.

    Who types *bac si* means *bác sĩ*, who types *le van sy* means *Lê Văn Sỹ*.
    """
    if "y" not in strip_marks(surface).lower():
        with_i = unicodedata.normalize("NFC", unicodedata.normalize("NFD", term).replace("y", "i"))
        term = with_i if canonical_spelling(with_i) == term else term
    return _in_case(surface, term)


def _in_case(surface: str, term: str) -> str:
    if len(surface) > 1 and surface.isupper():
        return term.upper()
    return term[0].upper() + term[1:] if surface[0].isupper() else term


# -- the channel -----------------------------------------------------------------------------------


def _best_reading(typed: Sequence[_Typed], unmarked: bool, model: LanguageModel) -> list[str]:
    """Viterbi over the candidates of each syllable."""
    usual = _usual(typed, model)
    columns = [
        _candidates(t, unmarked, model, usual=fits) for t, fits in zip(typed, usual, strict=True)
    ]
    numbers = [np.array([number for number, _, _ in column]) for column in columns]
    costs = [np.array([cost for _, _, cost in column]) for column in columns]
    best = model.log_unigram(numbers[0]) - costs[0]
    back: list[Array] = []
    for i in range(1, len(columns)):
        paths = best[:, None] + model.log_bigram(numbers[i - 1], numbers[i])
        came_from = paths.argmax(axis=0)
        best = paths[came_from, np.arange(numbers[i].size)] - costs[i]
        back.append(came_from)
    place = int(best.argmax())
    places = [place]
    for came_from in reversed(back):
        place = int(came_from[place])
        places.append(place)
    return [columns[i][place][1] for i, place in enumerate(reversed(places))]


def _usual(typed: Sequence[_Typed], model: LanguageModel) -> list[bool]:
    """For each syllable: the corpus has it, beside the same neighbours. Then it is no slip."""
    numbers = np.array([model.numbers.get(t.term, UNKNOWN) for t in typed])
    seen = model.pair_counts(numbers[:-1], numbers[1:]) > 0
    before, after = np.append(True, seen), np.append(seen, True)
    usual: list[bool] = ((numbers != UNKNOWN) & before & after).tolist()
    return usual


def _candidates(
    typed: _Typed, unmarked: bool, model: LanguageModel, *, usual: bool
) -> list[tuple[int, str, float]]:
    """Number, term and cost of what a syllable may have been meant to be; itself first."""
    number = model.numbers.get(typed.term, UNKNOWN)
    own = (number, typed.term, NEVER_SEEN if number == UNKNOWN else 0.0)
    if not typed.term.isalpha() or (usual and not unmarked):
        return [own]
    found = {typed.term: own}
    same_letters = WRONG_MARK if typed.marked else 0.0 if unmarked else MARKS_LEFT_OUT
    for form in model.forms(folded_term(typed.surface)):
        term = model.syllables[form]
        found.setdefault(term, (form, term, same_letters))
    if len(typed.term) >= _MIN_SLIP_LETTERS and not usual and not is_english(typed.term):
        letter = WRONG_LETTER
        vietnamese = typed.marked or (unmarked and parts(typed.term) is not None)
        if number != UNKNOWN and not vietnamese:
            letter += FOREIGN
        slips: list[tuple[int, str, float]] = []
        for folded in set(_one_slip_away(strip_marks(typed.term))):
            if model.has_folded(folded):
                for form in model.forms(folded):
                    term = model.syllables[form]
                    if term not in found:
                        marks_differ = typed.marked and not _one_slip(typed.term, term)
                        cost = letter + (WRONG_MARK if marks_differ else 0.0)
                        slips.append((form, term, cost))
        # Lower numbers are more frequent: what is left out could hardly win.
        for slip in sorted(slips, key=lambda s: (s[2], s[0]))[:_MAX_CANDIDATES]:
            found.setdefault(slip[1], slip)
    return list(found.values())


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
