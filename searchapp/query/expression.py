"""A query as it was typed, as a tree: words, quoted phrases, conditions and operators.

It knows no terms: those are the planner's. The tree of terms that engines get is in `nodes.py`.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date


class Name(enum.StrEnum):
    """What a condition can name: ``title:…``, ``source:…``."""

    TITLE = "title"
    SOURCE = "source"
    CATEGORY = "category"
    AUTHOR = "author"
    TAG = "tag"
    ID = "id"


@dataclass(frozen=True, slots=True)
class Words:
    """Running words, single spaces between them. In a boolean operand all have to be there."""

    text: str
    name: Name | None = None


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words in quotation marks. ``slop`` is how many others may stand between them, in any order;
    None wants them one behind the other as they stand.
    """

    text: str
    slop: int | None = None
    name: Name | None = None


@dataclass(frozen=True, slots=True)
class Prefix:
    """A word of which only the beginning was typed, without the star."""

    text: str
    name: Name | None = None


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """A word in which up to ``edits`` letters may differ."""

    text: str
    edits: int = 1
    name: Name | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """Documents of the days ``first`` to ``last``, both included; None is open."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Everything:
    """All documents: a star by itself."""


@dataclass(frozen=True, slots=True)
class All:
    """``a AND b``."""

    children: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """``a OR b``."""

    children: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """``NOT a``."""

    child: Expression


@dataclass(frozen=True, slots=True)
class Boosted:
    """``a^2``: counts so many times for the ranking."""

    child: Expression
    factor: float


class Occur(enum.Enum):
    """What a part of a sequence is for."""

    SHOULD = ""
    MUST = "+"
    MUST_NOT = "-"


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sequence, with the sign before it."""

    child: Expression
    occur: Occur = Occur.SHOULD


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts one behind the other without an operator: words to be ranked by, and conditions."""

    clauses: tuple[Clause, ...]


Expression = (
    Words | Quoted | Prefix | Fuzzy | Published | Everything | All | Any | Not | Boosted | Sequence
)
