"""Where to go from a query that finds nothing: the same with less asked for."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from searchapp.query import expression as typed
from searchapp.query.clauses import names_values
from searchapp.query.expression import Expression, Occur
from searchapp.query.parser import parse_query
from searchapp.query.printer import to_text

_WORD = re.compile(r"[^\W_]+(?:[-/.][^\W_]+)*")  # without the commas and full stops around it


class Loosening(enum.StrEnum):
    """What is no longer asked for."""

    FILTERS = "filters"
    QUOTES = "quotes"
    """The words of a phrase may stand anywhere."""
    WORDS = "words"
    """Words that no document has are left out."""
    SIGNS = "signs"
    """Operators, signs and conditions: what is left are the words."""


@dataclass(frozen=True, slots=True)
class WayOut:
    """A query that finds ``total`` documents; ``dropped`` are the words that were left out."""

    loosening: Loosening
    query: str
    total: int = 0
    dropped: tuple[str, ...] = ()


def looser_queries(text: str, is_known: Callable[[str], bool]) -> Iterator[WayOut]:
    """Queries that ask for less, the nearest first; none twice and none like ``text``.

    ``is_known`` says whether any document has a word. Totals are still to be counted.
    """
    top = parse_query(text).expression
    if top is None:
        return
    seen = {to_text(top)}
    unquoted = _unquoted(top)
    words = _words(top)
    known = [word for word in words if is_known(word)]
    unknown = tuple(word for word in words if not is_known(word))
    for way in (
        WayOut(Loosening.QUOTES, to_text(unquoted)),
        WayOut(Loosening.SIGNS, " ".join(words)),
        WayOut(Loosening.WORDS, " ".join(known), dropped=unknown),
    ):
        if way.query and way.query not in seen:
            seen.add(way.query)
            yield way


def _unquoted(one: Expression) -> Expression:
    """The same without quotation marks, save around the values of conditions."""
    match one:
        case typed.Quoted(text, _, name) if not names_values(name):
            return typed.Words(text, name)
        case typed.All(children) | typed.Any(children):
            return replace(one, children=tuple(map(_unquoted, children)))
        case typed.Not(child) | typed.Boosted(child):
            return replace(one, child=_unquoted(child))
        case typed.Sequence(clauses):
            loose = tuple(replace(clause, child=_unquoted(clause.child)) for clause in clauses)
            return replace(one, clauses=loose)
    return one


def _words(one: Expression) -> list[str]:
    """The words that are asked for, without what is only a condition or unwanted."""
    match one:
        case typed.Words(text, name) | typed.Quoted(text, _, name):
            return [] if names_values(name) else _WORD.findall(text)
        case typed.Prefix(text, name) | typed.Fuzzy(text, _, name):
            return [] if names_values(name) else _WORD.findall(text)
        case typed.All(children) | typed.Any(children):
            return [word for child in children for word in _words(child)]
        case typed.Boosted(child):
            return _words(child)
        case typed.Sequence(clauses):
            return [w for c in clauses if c.occur is not Occur.MUST_NOT for w in _words(c.child)]
        case typed.Not() | typed.Published() | typed.Everything():
            return []
