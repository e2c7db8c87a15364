"""A query as a tree of terms: what engines are given. It knows no engine and no Vietnamese.

``match`` says which documents are found; ``score`` says how they are ranked. A term may stand in
one and not in the other: pairs of syllables only add to the score.
"""

from __future__ import annotations

from dataclasses import dataclass

from searchapp.analysis.base import View


@dataclass(frozen=True, slots=True)
class Term:
    """Documents that hold a term in a view, in any field."""

    view: View
    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Documents that hold the terms one behind the other in one field; the view has positions."""

    view: View
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class And:
    """Documents found by every child; all documents when there is none."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Documents found by at least one child; none when there is none."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Documents not found by the child."""

    child: Node


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Documents found by children that together tell enough.

    A child tells as much as its inverse document frequency; ``share`` (0 to 1) is the part of the
    sum over all children that a document has to reach.
    """

    children: tuple[Node, ...]
    share: float


Node = Term | Phrase | And | Or | Not | AtLeast


@dataclass(frozen=True, slots=True)
class ScoredTerm:
    """A term's share of the score: ``weight`` times its BM25F value."""

    view: View
    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class ScoredPhrase:
    """A phrase's share of the score: it counts like a term that stands wherever it does."""

    phrase: Phrase
    weight: float


Scored = ScoredTerm | ScoredPhrase


@dataclass(frozen=True, slots=True)
class Query:
    """What is found, and how it is ranked.

    Documents found by ``first``, where it is given, come before all others.
    """

    match: Node
    score: tuple[Scored, ...]
    first: Node | None = None
