"""From a tree of terms to OpenSearch's query language."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable
from typing import Any

from searchapp.engines.at_least import child_units, least_units
from searchapp.engines.base import Ranking
from searchapp.engines.bm25 import idf
from searchapp.engines.opensearch_mapping import (
    FIRST_DAY,
    LAST_DAY,
    column_field,
    column_key,
    key_of,
    term,
    text_field,
)
from searchapp.errors import QueryError
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
    Scored,
    Term,
)

Clause = dict[str, Any]

NOTHING: Clause = {"match_none": {}}
EVERYTHING: Clause = {"match_all": {}}
_K1 = Ranking().k1
_REPEATED_MAX = 6  # words near each other, if one of them comes twice: 360 orders


class Translator:
    """Translates for one index; ``frequency`` gives the number of documents that a node finds."""

    def __init__(self, document_count: int, frequency: Callable[[Node], int]) -> None:
        self._count, self._frequency = document_count, frequency

    # -- what is found ----------------------------------------------------------------------------

    def match(self, node: Node) -> Clause:  # noqa: PLR0911  # a return for each kind of node
        """The documents that a node finds, whatever they score."""
        match node:
            case Term(view, text, field):
                return {"term": {text_field(field, view): term(text)}}
            case AnyTerm(view, terms, field):
                return {"terms": {text_field(field, view): list(map(term, terms))}}
            case Phrase(view, terms, field):
                return self._phrase(text_field(field, view), terms)
            case Near(view, terms, slop, field):
                return self._near(text_field(field, view), terms, slop)
            case HasValue():
                return _having(node)
            case HasId(document_id):
                return {"ids": {"values": [key_of(document_id)]}}
            case PublishedIn():
                return _published_in(node)
            case And(children):
                return all_of(map(self.match, children))
            case Or(children):
                return some_of(map(self.match, children))
            case Not(child):
                return {"bool": {"must_not": [self.match(child)]}}
            case AtLeast(children, share):
                return self._at_least(children, share)

    @staticmethod
    def _phrase(field: str, terms: tuple[str, ...]) -> Clause:
        if len(terms) == 1:
            return {"term": {field: term(terms[0])}}
        clauses = [{"span_term": {field: term(one)}} for one in terms]
        return {"span_near": {"clauses": clauses, "slop": 0, "in_order": True}}

    @staticmethod
    def _near(field: str, terms: tuple[str, ...], slop: int) -> Clause:
        if len(terms) == 1:
            return {"term": {field: term(terms[0])}}
        if len(set(terms)) == len(terms):
            return {"intervals": {field: _together(terms, slop, "unordered")}}
        # Lucene does not find every stretch that holds a term several times, but in one order.
        count = len(terms)
        if count > _REPEATED_MAX:
            raise QueryError(
                f"an index of the engine opensearch can't look for {count} words with up to {slop}"
                " others between them where one comes twice; ask for fewer words"
            )
        orders = dict.fromkeys(itertools.permutations(terms))
        ways = [_together(one, slop, "ordered") for one in orders]
        return {"intervals": {field: {"any_of": {"intervals": ways}}}}

    def _at_least(self, children: tuple[Node, ...], share: float) -> Clause:
        units = child_units([self._frequency(child) for child in children], self._count)
        clauses = [
            {"constant_score": {"filter": self.match(child), "boost": unit}}
            for child, unit in zip(children, units, strict=True)
            if unit
        ]
        if not clauses:
            return NOTHING
        return {
            "function_score": {
                "query": {"bool": {"should": clauses}},
                "min_score": least_units(units, share),
            }
        }

    # -- what it scores ---------------------------------------------------------------------------

    def score(self, scored: Scored) -> Clause | None:
        """What a node adds to a score; None if no document holds it."""
        # Lucene leaves out the factor k1 + 1.
        return self._value(scored.node, scored.weight * (_K1 + 1))

    def _value(self, node: Counted, boost: float) -> Clause | None:
        field = text_field(node.field, node.view)
        match node:
            case Term(_, text):
                return _term(field, text, boost)
            case AnyTerm(view, terms):
                # As one term: as rare as all of them together. BM25 is that of the form that
                # counts most; few documents hold two.
                together = self._idf(node)
                each = {one: self._frequency(Term(view, one, node.field)) for one in terms}
                forms = [
                    _term(field, one, boost * together / idf(frequency, self._count))
                    for one, frequency in each.items()
                    if frequency
                ]
                return {"dis_max": {"queries": forms}} if forms else None
            case Phrase(view, terms) if len(terms) > 1:
                # Lucene takes a phrase to be as rare as all its terms together.
                theirs = sum(self._idf(Term(view, one, node.field)) for one in terms)
                phrase = self.match(node)
                phrase["span_near"]["boost"] = boost * self._idf(node) / theirs
                return phrase
            case Phrase() | Near():
                weight = boost / (_K1 + 1) * self._idf(node)
                return {"constant_score": {"filter": self.match(node), "boost": weight}}

    def _idf(self, node: Node) -> float:
        return idf(self._frequency(node), self._count)

    def above(self, scores: tuple[Scored, ...]) -> float:
        """A power of two above what all of them can score together."""
        most = idf(0, self._count) * (_K1 + 1) * sum(abs(scored.weight) for scored in scores)
        return 2.0 ** math.ceil(math.log2(most + 1.0))


def _together(terms: tuple[str, ...], slop: int, mode: str) -> Clause:
    sources = [{"match": {"query": term(one)}} for one in terms]
    return {"all_of": {"intervals": sources, "max_gaps": slop, "mode": mode}}


def _term(field: str, text: str, boost: float) -> Clause:
    return {"term": {field: {"value": term(text), "boost": boost}}}


def _having(node: HasValue) -> Clause:
    field = column_field(node.column)
    values = [column_key(value) for value in node.values if value is not None]
    found: list[Clause] = [{"terms": {field: values}}] if values else []
    if None in node.values:
        found.append({"bool": {"must_not": [{"exists": {"field": field}}]}})
    return some_of(found)


def _published_in(node: PublishedIn) -> Clause:
    bounds: list[Clause] = [{"exists": {"field": FIRST_DAY}}]
    if node.first is not None:
        bounds.append({"range": {FIRST_DAY: {"gte": node.first.toordinal()}}})
    if node.last is not None:
        bounds.append({"range": {LAST_DAY: {"lte": node.last.toordinal()}}})
    return all_of(bounds)


def all_of(clauses: Iterable[Clause]) -> Clause:
    """What every clause finds; everything, where there is none."""
    found = list(clauses)
    if not found:
        return EVERYTHING
    return found[0] if len(found) == 1 else {"bool": {"filter": found}}


def opaque(clause: Clause) -> Clause:
    """What a clause finds, in a form that Lucene does not look into.

    Where it sees that a condition holds nowhere in a shard, it drops all of the query there, and
    the shard's share of the term statistics with it: scores would depend on filters.
    """
    held = {"constant_score": {"filter": clause, "boost": 1.0}}
    return {"function_score": {"query": held, "min_score": 0.5}}


def some_of(clauses: Iterable[Clause]) -> Clause:
    """What any of the clauses finds; nothing, where there is none."""
    found = list(clauses)
    if not found:
        return NOTHING
    if len(found) == 1:
        return found[0]
    return {"bool": {"should": found, "minimum_should_match": 1}}
