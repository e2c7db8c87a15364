"""What a query was probably meant to be: marks restored, slips mended, keystrokes read.

A noisy channel (Kernighan, Church, Gale 1990): what was typed may have been meant as one of
several syllables of the corpus, or as a few of them; the best reading has the least cost of slips
plus the least surprise under the corpus's own bigrams.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from searchapp.analysis.syllable import canonical_spelling
from searchapp.analysis.terms import exact_term, folded_term, has_marks, strip_marks
from searchapp.language.keys import decode_keys, is_english, is_surely_keys
from searchapp.language.lattice import Step, best_path
from searchapp.language.model import LanguageModel
from searchapp.language.readings import readings
from searchapp.language.words import WORD

_MAX_SYLLABLES = 64  # longer queries are left alone
_TIMES_LIKELIER = 3  # what keystrokes make must be so much more frequent than the keystrokes


class Kind(StrEnum):
    """What was mended."""

    MARKS = "marks"
    KEYS = "keys"
    SPELLING = "spelling"


@dataclass(frozen=True, slots=True)
class Change:
    """What stands at ``start:end`` of the query, and what it was probably meant to be.

    That is a syllable for a syllable, or several where spaces were left out, or one for the several
    pieces of it.
    """

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


def decode_query(query: str, model: LanguageModel) -> Correction | None:
    """Read a query as raw Telex or VNI keystrokes; None if it is not typed so.

    One word that can be nothing else, or two that the corpus does not have, are enough to read the
    rest alike; English words are left.
    """
    decoded = [
        (match, text)
        for match in WORD.finditer(query)
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
    if not model.syllables or not 0 < len(WORD.findall(query)) <= _MAX_SYLLABLES:
        return None
    path = best_path(readings(query, model), len(query), model)
    changes = [change for stretch in _stretches(query, path) if (change := _change(query, stretch))]
    if not changes:
        return None
    spelling = any(c.kind is Kind.SPELLING for c in changes)
    return _apply(query, changes, Kind.SPELLING if spelling else Kind.MARKS)


def _stretches(query: str, path: Sequence[Step]) -> Iterator[list[Step]]:
    """The path word by word: the pieces of one that was run together are one stretch."""
    begins = {match.start() for match in WORD.finditer(query)}
    stretch: list[Step] = []
    for step in path:
        if stretch and step.arc.start in begins:
            yield stretch
            stretch = []
        stretch.append(step)
    yield stretch


def _change(query: str, stretch: Sequence[Step]) -> Change | None:
    start, reach = stretch[0].arc.start, stretch[-1].arc.end
    words = list(WORD.finditer(query, start, reach))
    end = words[-1].end()
    typed = query[start:end]
    if len(words) == len(stretch) == 1:
        term = stretch[0].candidate.term
        if term == exact_term(typed):
            return None
        left_out = not has_marks(typed) and folded_term(typed) == folded_term(term)
        kind = Kind.MARKS if left_out else Kind.SPELLING
        return Change(start, end, typed, _shown(typed, term), kind)
    pieces = ["".join(WORD.findall(query, step.arc.start, step.arc.end)) for step in stretch]
    if typed[0].isupper():  # a name: each of its syllables is capitalised
        pieces = [piece[0].upper() + piece[1:] for piece in pieces]
    terms = [step.candidate.term for step in stretch]
    meant = " ".join(map(_shown, pieces, terms))
    return Change(start, end, typed, meant, Kind.SPELLING)


def _likelier(model: LanguageModel, raw: str, decoded: str) -> bool:
    count = model.count(exact_term(decoded))
    return count > _TIMES_LIKELIER * model.count(exact_term(raw))


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
