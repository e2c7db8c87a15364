"""A query as a tree of terms: what engines are given. It knows no engine and no Vietnamese.

``match`` says which documents are found; ``score`` says how they are ranked. A term may stand in
one and not in the other: pairs of syllables only add to the score.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from searchapp.analysis.base import Field, View
from searchapp.query.filters import Column, Sort


@dataclass(frozen=True, slots=True)
class Term:
    """Documents that hold a term in a view, in ``field`` or in any."""

    view: View
    text: str
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class AnyTerm:
    """Documents that hold one of the terms at least; for the score they are one term."""

    view: View
    terms: tuple[str, ...]
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """Documents that hold the terms one behind the other in one field; the view has positions."""

    view: View
    terms: tuple[str, ...]
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """Documents that hold all the terms, in any order, in a stretch of one field that has at most
    ``slop`` other syllables in it; the view has positions.
    """

    view: View
    terms: tuple[str, ...]
    slop: int
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class HasValue:
    """Documents with one of the values in a column; None stands for no value at all."""

    column: Column
    values: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class HasId:
    """The document with an id."""

    id: str


@dataclass(frozen=True, slots=True)
class PublishedIn:
    """Documents published on the days ``first`` to ``last``, both included; None is open.

    A document of which only the year or month is known has to lie in there with all its days.
    """

    first: date | None
    last: date | None


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

    A child tells as much as its inverse document frequency, in whole units of a quarter of the
    largest; ``share`` (0 to 1) is the part of the sum over all children that a document has to
    reach.
    """

    children: tuple[Node, ...]
    share: float


Node = Term | AnyTerm | Phrase | Near | HasValue | HasId | PublishedIn | And | Or | Not | AtLeast
Counted = Term | AnyTerm | Phrase | Near
"""What stands in texts so many times, and so has a BM25F value."""


def within(node: Node, field: Field) -> Node:
    """The same condition, on one field only."""
    match node:
        case Term() | AnyTerm() | Phrase() | Near():
            return replace(node, field=field)
        case And(children):
            return And(tuple(within(child, field) for child in children))
        case Or(children):
            return Or(tuple(within(child, field) for child in children))
        case AtLeast(children, share):
            return AtLeast(tuple(within(child, field) for child in children), share)
        case Not(child):
            return Not(within(child, field))
        case HasValue() | HasId() | PublishedIn():
            return node


@dataclass(frozen=True, slots=True)
class Scored:
    """A share of the score: ``weight`` times the BM25F value of what stands in texts.

    A phrase counts like a term that stands wherever it does.
    """

    node: Counted
    weight: float


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on values. The facet of its ``column`` is counted without it."""

    node: Node
    column: Column | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """What is found, and how it is ranked.

    Documents found by ``first``, where it is given, come before all others in an order by
    relevance. ``filters`` have to hold, too.
    """

    match: Node
    score: tuple[Scored, ...]
    first: Node | None = None
    filters: tuple[Filter, ...] = ()
    sort: Sort = Sort.RELEVANCE
