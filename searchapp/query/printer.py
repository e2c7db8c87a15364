"""A tree to the one text that stands for it: parsing that gives the same tree again."""

from __future__ import annotations

from searchapp.query.dates import period_text
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


def to_text(expression: Expression) -> str:
    """The canonical text of a query."""
    match expression:
        case Any(children):
            return " OR ".join(map(_operand, children))
        case All(children):
            return " AND ".join(map(_operand, children))
        case Not(child):
            return f"NOT {_operand(child)}"
        case Sequence(clauses):
            return " ".join(map(_clause, clauses))
        case Words(text, None):
            return text
    return _primary(expression)


def _operand(child: Expression) -> str:
    """A part of an AND, OR or NOT. Looser parts need parentheses, NOT goes without."""
    if isinstance(child, All | Any):
        return f"({to_text(child)})"
    return to_text(child)


def _clause(clause: Clause) -> str:
    child = clause.child
    if clause.occur is Occur.SHOULD and isinstance(child, Words) and child.name is None:
        return child.text
    text = _primary(child)
    if clause.occur is not Occur.SHOULD and not (text[0].isalpha() or text[0] in '"(*'):
        text = f"({text})"  # a sign before a digit or another sign is text
    return clause.occur.value + text


def _primary(child: Expression) -> str:  # noqa: PLR0911  # one a kind
    """A part that a sign, a boost or a neighbour may stand at."""
    match child:
        case Words(text, name):
            if name is Name.ID:
                return f'id:"{text}"' if _needs_quotes(text) else f"id:{text}"
            return _named(name) + (f"({text})" if " " in text else text)
        case Quoted(text, slop, name):
            return f'{_named(name)}"{text}"' + ("" if slop is None else f"~{slop}")
        case Prefix(text, name):
            return f"{_named(name)}{text}*"
        case Fuzzy(text, edits, name):
            return f"{_named(name)}{text}~{edits}"
        case Published():
            return f"published:{period_text(child)}"
        case Everything():
            return "*"
        case Boosted(inner, factor):
            # An id goes on to the next space, signs and all.
            is_id = isinstance(inner, Words) and inner.name is Name.ID
            part = f"({_primary(inner)})" if is_id else _primary(inner)
            return f"{part}^{f'{factor:.4f}'.rstrip('0').rstrip('.')}"
    return f"({to_text(child)})"


def _named(name: Name | None) -> str:
    return "" if name is None else f"{name}:"


def _needs_quotes(text: str) -> bool:
    return any(char.isspace() or char in "()" for char in text)
