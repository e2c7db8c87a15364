"""A query's tree of terms in a line, for people who ask why a document was found."""

from __future__ import annotations

from searchapp.query.nodes import (
    And,
    AnyTerm,
    AtLeast,
    Counted,
    HasId,
    HasValue,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    PublishedIn,
    Term,
)


def text_of(node: Counted) -> str:
    """The terms of a node."""
    match node:
        case Term(_, text):
            return text
        case AnyTerm(_, terms):
            return "|".join(terms)
        case Phrase(_, terms) | Near(_, terms):
            return " ".join(terms)


def describe(node: Node) -> str:  # noqa: PLR0911  # a return for each kind of node
    """A query's tree in a line."""
    match node:
        case Term() | AnyTerm() | Phrase() | Near():
            where = node.view if node.field is None else f"{node.field}.{node.view}"
            text = text_of(node)
            if isinstance(node, Phrase | Near):
                text = f'"{text}"'
            return f"{where}:{text}" + (f"~{node.slop}" if isinstance(node, Near) else "")
        case HasValue(column, values):
            named = ("(none)" if value is None else f'"{value}"' for value in values)
            return f"{column}:({' OR '.join(named)})"
        case HasId(document_id):
            return f'id:"{document_id}"'
        case PublishedIn(first, last):
            return f"published:[{first or '*'} TO {last or '*'}]"
        case And(children):
            return "(" + " AND ".join(map(describe, children)) + ")" if children else "everything"
        case Or(children):
            return "(" + " OR ".join(map(describe, children)) + ")" if children else "nothing"
        case AtLeast(children, share):
            return f"({', '.join(map(describe, children))}) at least {share:.0%}"
        case Not(child):
            return f"NOT {describe(child)}"
