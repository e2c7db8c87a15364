"""A tree to the one text that stands for it: parsing that gives the same tree again.

There is one text in each language; the English one is canonical.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of the query language; ``names`` are those that differ from the English ones."""

    and_: str = "AND"
    or_: str = "OR"
    not_: str = "NOT"
    to: str = "TO"
    published: str = "published"
    names: Mapping[Name, str] = field(default_factory=dict)


ENGLISH = Wording()
VIETNAMESE = Wording(
    and_="VÀ",
    or_="HOẶC",
    not_="KHÔNG",
    to="ĐẾN",
    published="ngày",
    names={
        Name.TITLE: "tiêu_đề",
        Name.SOURCE: "nguồn",
        Name.CATEGORY: "chuyên_mục",
        Name.AUTHOR: "tác_giả",
        Name.TAG: "thẻ",
    },
)


def to_text(expression: Expression, wording: Wording = ENGLISH) -> str:
    """The text of a query in these words; canonical in English."""
    return _Printer(wording).text(expression)


@dataclass(frozen=True, slots=True)
class _Printer:
    wording: Wording

    def text(self, expression: Expression) -> str:
        match expression:
            case Any(children):
                return f" {self.wording.or_} ".join(map(self._operand, children))
            case All(children):
                return f" {self.wording.and_} ".join(map(self._operand, children))
            case Not(child):
                return f"{self.wording.not_} {self._operand(child)}"
            case Sequence(clauses):
                return " ".join(map(self._clause, clauses))
            case Words(text, None):
                return text
        return self._primary(expression)

    def _operand(self, child: Expression) -> str:
        """A part of an AND, OR or NOT. Looser parts need parentheses, NOT goes without."""
        if isinstance(child, All | Any):
            return f"({self.text(child)})"
        return self.text(child)

    def _clause(self, clause: Clause) -> str:
        child = clause.child
        if clause.occur is Occur.SHOULD and isinstance(child, Words) and child.name is None:
            return child.text
        text = self._primary(child)
        if clause.occur is not Occur.SHOULD and not (text[0].isalpha() or text[0] in '"(*'):
            text = f"({text})"  # a sign before a digit or another sign is text
        return clause.occur.value + text

    def _primary(self, child: Expression) -> str:  # noqa: PLR0911  # one a kind
        """A part that a sign, a boost or a neighbour may stand at."""
        match child:
            case Words(text, name):
                if name is Name.ID:
                    return f'id:"{text}"' if _needs_quotes(text) else f"id:{text}"
                return self._named(name) + (f"({text})" if " " in text else text)
            case Quoted(text, slop, name):
                return f'{self._named(name)}"{text}"' + ("" if slop is None else f"~{slop}")
            case Prefix(text, name):
                return f"{self._named(name)}{text}*"
            case Fuzzy(text, edits, name):
                return f"{self._named(name)}{text}~{edits}"
            case Published():
                period = period_text(child).replace(" TO ", f" {self.wording.to} ")
                return f"{self.wording.published}:{period}"
            case Everything():
                return "*"
            case Boosted(inner, factor):
                # An id goes on to the next space, signs and all.
                is_id = isinstance(inner, Words) and inner.name is Name.ID
                part = f"({self._primary(inner)})" if is_id else self._primary(inner)
                return f"{part}^{f'{factor:.4f}'.rstrip('0').rstrip('.')}"
        return f"({self.text(child)})"

    def _named(self, name: Name | None) -> str:
        return "" if name is None else f"{self.wording.names.get(name, name)}:"


def _needs_quotes(text: str) -> bool:
    return any(char.isspace() or char in "()" for char in text)
