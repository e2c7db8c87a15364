"""From a tree of terms to Tantivy's queries."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from functools import reduce

import tantivy
from tantivy import FieldType, Occur

from searchapp.engines.at_least import child_units, least_units
from searchapp.engines.bm25 import idf
from searchapp.engines.tantivy_schema import (
    FIRST_DAY,
    ID,
    LAST_DAY,
    column_field,
    column_key,
    indexed,
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

Query = tantivy.Query

NEAR_PATTERNS_MAX = 2000
"""In how many ways the words of a `Near` may stand: each is a phrase of its own."""
_FREQUENCIES_KEPT = 20_000


class Translator:
    """Translates for one index. Safe to share between threads.

    ``has_replaced`` says that documents lie in the index that later ones replaced.
    """

    def __init__(self, index: tantivy.Index, *, has_replaced: bool) -> None:
        self._schema, self._searcher = index.schema, index.searcher()
        self._count = self._searcher.num_docs
        self._has_replaced = has_replaced
        self._frequencies: dict[Node, int] = {}

    @property
    def searcher(self) -> tantivy.Searcher:
        """Tantivy's searcher of the index."""
        return self._searcher

    # -- how many ---------------------------------------------------------------------------------

    def count(self, query: Query) -> int:
        """How many documents a query finds."""
        # An order by numbers: nothing is scored.
        return total(self._searcher.search(query, 1, order_by_field=FIRST_DAY))

    def frequency(self, node: Node) -> int:
        """How many documents a node finds."""
        found = self._frequencies.get(node)
        if found is None:
            if len(self._frequencies) >= _FREQUENCIES_KEPT:
                self._frequencies.clear()
            found = self._frequencies[node] = self._counted(node)
        return found

    def _counted(self, node: Node) -> int:
        if isinstance(node, Term) and not self._has_replaced:
            field = text_field(node.field, node.view)
            return self._searcher.doc_freq(field, indexed(node.text))
        return self.count(self.match(node))

    # -- what is found ----------------------------------------------------------------------------

    def match(self, node: Node) -> Query:  # noqa: PLR0911  # a return for each kind of node
        """The documents that a node finds, whatever they score."""
        match node:
            case Term(view, text, field):
                return Query.term_query(
                    self._schema, text_field(field, view), indexed(text), "basic"
                )
            case AnyTerm(view, terms, field):
                return self._any_of(text_field(field, view), terms)
            case Phrase(view, terms, field):
                return self._phrase(text_field(field, view), list(enumerate(terms)))
            case Near():
                return self._near(node)
            case HasValue():
                return self._having(node)
            case HasId(document_id):
                return Query.term_query(self._schema, ID, indexed(document_id), "basic")
            case PublishedIn():
                return self._published_in(node)
            case And(children):
                return self._all_of(children)
            case Or(children):
                return some_of(map(self.match, children))
            case Not(child):
                return without(Query.all_query(), self.match(child))
            case AtLeast(children, share):
                return self._at_least(children, share)

    def _any_of(self, field: str, terms: tuple[str, ...]) -> Query:
        if not terms:
            return Query.empty_query()
        return Query.term_set_query(self._schema, field, list(map(indexed, terms)))

    def _phrase(self, field: str, places: list[tuple[int, str]]) -> Query:
        words = [(place, indexed(term)) for place, term in places]
        if len(words) == 1:
            return Query.term_query(self._schema, field, words[0][1], "basic")
        return Query.phrase_query(self._schema, field, list(words))

    def _near(self, node: Near) -> Query:
        """Every order of the terms with every number of others between them: Tantivy's own slop
        counts moves, and for more than two terms finds others than a stretch does.
        """
        field, count = text_field(node.field, node.view), len(node.terms)
        if near_patterns(node) > NEAR_PATTERNS_MAX:
            raise QueryError(
                f"an index of the engine tantivy can't look for {count} words with up to"
                f" {node.slop} others between them; ask for fewer words or a smaller number"
            )
        if count == 2 and node.terms[0] != node.terms[1]:  # of two its slop is right
            first, second = map(indexed, node.terms)
            return some_of(
                Query.phrase_query(self._schema, field, list(words), node.slop)
                for words in ((first, second), (second, first))
            )
        return some_of(
            self._phrase(field, list(zip(places, terms, strict=True)))
            for terms in _orders(Counter(node.terms), count)
            for places in _places(count, node.slop)
        )

    def _having(self, node: HasValue) -> Query:
        field = column_field(node.column)
        values = [column_key(value) for value in node.values if value is not None]
        found = [Query.term_set_query(self._schema, field, values)] if values else []
        if None in node.values:
            found.append(without(Query.all_query(), Query.exists_query(field)))
        return some_of(found)

    def _published_in(self, node: PublishedIn) -> Query:
        bounds = [Query.exists_query(FIRST_DAY)]
        if node.first is not None:
            bounds.append(self._days(FIRST_DAY, lower=node.first.toordinal()))
        if node.last is not None:
            bounds.append(self._days(LAST_DAY, upper=node.last.toordinal()))
        return all_of(bounds)

    def _days(self, field: str, lower: int | None = None, upper: int | None = None) -> Query:
        return Query.range_query(self._schema, field, FieldType.Integer, lower, upper)

    def _all_of(self, children: tuple[Node, ...]) -> Query:
        wanted = [self.match(child) for child in children if not isinstance(child, Not)]
        unwanted = [self.match(child.child) for child in children if isinstance(child, Not)]
        return reduce(without, unwanted, all_of(wanted))

    def _at_least(self, children: tuple[Node, ...], share: float) -> Query:
        units = child_units([self.frequency(child) for child in children], self._count)
        clauses = []
        for child, unit in zip(children, units, strict=True):
            clauses += [(Occur.Should, self.match(child))] * unit
        if not clauses:
            return Query.empty_query()
        return Query.boolean_query(clauses, minimum_number_should_match=least_units(units, share))

    # -- what it scores ---------------------------------------------------------------------------

    def score(self, scored: Scored) -> Query | None:
        """What a node adds to a score; None if no document holds it."""
        inner = self._value(scored.node)
        return None if inner is None else Query.boost_query(inner, scored.weight)

    def _value(self, node: Counted) -> Query | None:
        field = text_field(node.field, node.view)
        match node:
            case Term(_, text):
                return Query.term_query(self._schema, field, indexed(text), "freq")
            case AnyTerm(view, terms):
                # As one term: as rare as all of them together. BM25 is that of the form that
                # counts most; few documents hold two.
                together = self._idf(node)
                each = {term: self.frequency(Term(view, term, node.field)) for term in terms}
                forms = [
                    Query.boost_query(
                        Query.term_query(self._schema, field, indexed(term), "freq"),
                        together / idf(frequency, self._count),
                    )
                    for term, frequency in each.items()
                    if frequency
                ]
                return Query.disjunction_max_query(forms) if forms else None
            case Phrase(view, terms) if len(terms) > 1:
                # Tantivy takes a phrase to be as rare as all its terms together.
                theirs = sum(self._idf(Term(view, term, node.field)) for term in terms)
                return Query.boost_query(self.match(node), self._idf(node) / theirs)
            case Phrase() | Near():
                return Query.const_score_query(self.match(node), self._idf(node))

    def _idf(self, node: Node) -> float:
        return idf(self.frequency(node), self._count)


def total(result: tantivy.SearchResult) -> int:
    """How many documents were found."""
    count: int = result.count  # type: ignore[attr-defined]  # missing in its stubs
    return count


def all_of(queries: list[Query]) -> Query:
    """What every query finds; everything, where there is none."""
    if not queries:
        return Query.all_query()
    if len(queries) == 1:
        return queries[0]
    return Query.boolean_query([(Occur.Must, query) for query in queries])


def some_of(queries: Iterator[Query] | list[Query]) -> Query:
    """What any of the queries finds; nothing, where there is none."""
    found = list(queries)
    if not found:
        return Query.empty_query()
    if len(found) == 1:
        return found[0]
    return Query.boolean_query([(Occur.Should, query) for query in found])


def without(query: Query, unwanted: Query) -> Query:
    """What a query finds and another does not."""
    return Query.boolean_query([(Occur.Must, query), (Occur.MustNot, unwanted)])


def near_patterns(node: Near) -> int:
    """In how many ways the words of a `Near` may stand: orders times places of the others."""
    orders = math.factorial(len(node.terms))
    for times in Counter(node.terms).values():
        orders //= math.factorial(times)
    gaps = len(node.terms) - 1
    return orders * math.comb(node.slop + gaps, gaps)


def _orders(left: Counter[str], count: int) -> Iterator[tuple[str, ...]]:
    """Every order of terms, of which some may be equal."""
    if not count:
        yield ()
    for term in list(left):
        if left[term]:
            left[term] -= 1
            for rest in _orders(left, count - 1):
                yield (term, *rest)
            left[term] += 1


def _places(count: int, slop: int) -> Iterator[tuple[int, ...]]:
    """The places of ``count`` terms, the first at 0, with up to ``slop`` others between them."""
    if count == 1:
        yield (0,)
        return
    for places in _places(count - 1, slop):
        used = places[-1] - (count - 2)
        for gap in range(slop - used + 1):
            yield (*places, places[-1] + 1 + gap)
