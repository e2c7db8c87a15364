"""What the parts of a typed query ask for: words, or conditions on values."""

from __future__ import annotations

from typing import TypeGuard

from searchapp.query.expression import (
    All,
    Any,
    Boosted,
    Clause,
    Everything,
    Expression,
    Fuzzy,
    Name,
    Not,
    Occur,
    Prefix,
    Published,
    Quoted,
    Sequence,
    Words,
)


def names_values(name: Name | None) -> TypeGuard[Name]:
    """Whether what has this name is looked for among values; the rest is, in texts."""
    return name is not None and name is not Name.TITLE


def clauses_of(top: Expression) -> tuple[Clause, ...]:
    """The parts of a sequence; anything else is one part."""
    return top.clauses if isinstance(top, Sequence) else (Clause(top),)


def is_plain(clause: Clause) -> bool:
    """Whether a part is nothing but words or a phrase."""
    child = clause.child
    return clause.occur is Occur.SHOULD and isinstance(child, Words | Quoted) and child.name is None


def is_running(child: Expression) -> bool:
    """Whether a part is running words, of no name."""
    return isinstance(child, Words) and child.name is None


def has_text(child: Expression) -> bool:
    """Whether a part asks for words, and not only for values or against words."""
    match child:
        case Words() | Quoted() | Prefix() | Fuzzy():
            return not names_values(child.name)
        case All(children) | Any(children):
            return any(map(has_text, children))
        case Boosted(inner, _):
            return has_text(inner)
        case Sequence(clauses):
            return any(has_text(c.child) for c in clauses if c.occur is not Occur.MUST_NOT)
        case Not() | Published() | Everything():
            return False
