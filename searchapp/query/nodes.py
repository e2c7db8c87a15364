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


Node = Term | Phrase | And | Or | Not


@dataclass(frozen=True, slots=True)
class ScoredTerm:
    """A term's share of the score: ``weight`` times its BM25F value."""

    view: View
    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Query:
    """What is found, and how it is ranked."""

    match: Node
    score: tuple[ScoredTerm, ...]
