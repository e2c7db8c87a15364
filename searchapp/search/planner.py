"""From a query as typed to terms: what has to match, what counts, and what to highlight.

Running words are understood in `running_words.py`. They need not all be there; what is asked for
with a sign is: quoted phrases, beginnings, fuzzy words, groups, ``title:`` and ``+``. Conditions on
values and negations restrict what the words find. In the operand of an operator every word counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.base import Field, View
from searchapp.language.correct import Correction, correct_query
from searchapp.language.model import LanguageModel
from searchapp.language.synonyms import Synonyms
from searchapp.observation import Stage, stage
from searchapp.query import expression as typed
from searchapp.query.clauses import clauses_of, has_text, is_plain, is_running, names_values
from searchapp.query.expression import Expression, Name, Occur
from searchapp.query.filters import Column
from searchapp.query.nodes import (
    And,
    AtLeast,
    HasId,
    HasValue,
    Near,
    Node,
    Not,
    Or,
    PublishedIn,
    Query,
    Term,
)
from searchapp.query.parser import parse_query
from searchapp.query.printer import to_text
from searchapp.search.column_values import ColumnValues
from searchapp.search.expansions import Corpus, Expansions
from searchapp.search.parts import Parts, Wanted, Weights, all_of, any_of
from searchapp.search.plan import Plan, Remark
from searchapp.search.query_form import query_form
from searchapp.search.running_words import RunningWords, meant_view, phrase_node

_COLUMNS = {
    Name.SOURCE: Column.SOURCE,
    Name.CATEGORY: Column.CATEGORY,
    Name.AUTHOR: Column.AUTHOR,
    Name.TAG: Column.TAG,
}


def plan(text: str, analyzer: Analyzer) -> Plan:
    """Understand a query by itself, without what a corpus knows of its language."""
    return Planner(analyzer).plan(text)


@dataclass(frozen=True, slots=True)
class Planner:
    """Understands queries over one corpus. ``values`` gives the values of a column by name."""

    analyzer: Analyzer
    language: LanguageModel | None = None
    synonyms: Synonyms = field(default_factory=Synonyms)
    corpus: Corpus | None = None
    values: Callable[[Column], ColumnValues] | None = None
    weights: Weights = field(default_factory=Weights)
    expansion_max_terms: int = 500

    def plan(self, text: str, *, verbatim: bool = False) -> Plan:
        """Understand a query. One without a single term or condition finds nothing.

        ``verbatim`` takes every word as it was typed, right or wrong.
        """
        with stage(Stage.ANALYSE):
            return _Planning(self, verbatim).plan(text)


class _Planning:
    """The work on one query."""

    def __init__(self, planner: Planner, verbatim: bool) -> None:
        self._planner = planner
        self._verbatim = verbatim
        self._remarks: list[Remark] = []
        frequency = None if planner.corpus is None else planner.corpus.document_frequency
        self._words = RunningWords(
            planner.analyzer, planner.language, planner.synonyms, frequency, planner.weights
        )
        self._expansions = Expansions(
            planner.analyzer,
            planner.corpus,
            planner.weights,
            planner.expansion_max_terms,
            self._remarks,
        )

    def plan(self, text: str) -> Plan:
        with stage(Stage.PARSE):
            parsed = parse_query(text)
        self._remarks += [Remark(n.code, n.about, n.start, n.end) for n in parsed.notes]
        top = parsed.expression
        if top is None:
            return Plan(Query(Or(()), ()), Wanted(frozenset(), ()))
        parts = Parts()
        correction = self._add_all(parts, clauses_of(top))
        match = self._match(parts)
        short = 0 < len(parts.strict) <= self._planner.weights.short_query
        first = None
        if short and parts.strict != [match]:
            first = And((*parts.required, *parts.strict))
        return Plan(
            Query(match, tuple(parts.score), first),
            parts.wanted,
            # What has signs in it is meant as it is.
            correction if isinstance(top, typed.Words) else None,
            to_text(top),
            tuple(self._remarks),
            is_plain=all(map(is_plain, clauses_of(top))),
        )

    def _match(self, parts: Parts) -> Node:
        if parts.required:
            return all_of([*parts.required, *parts.conditions])  # the other words then only rank
        found: list[Node] = []
        if len(parts.slots) > 1:
            found.append(AtLeast(tuple(parts.slots), self._planner.weights.least_share))
        else:
            found += parts.slots
        found += parts.conditions
        return all_of(found) if found else Or(())

    # -- a sequence -----------------------------------------------------------------------------

    def _add_all(self, parts: Parts, clauses: tuple[typed.Clause, ...]) -> Correction | None:
        """Add the parts of a sequence; the correction is that of its running words."""
        running = " ".join(
            child.text
            for child in (clause.child for clause in clauses if clause.occur is Occur.SHOULD)
            if isinstance(child, typed.Words) and child.name is None
        )
        correction = self._add_words(parts, running) if running else None
        for clause in clauses:
            child = clause.child
            if clause.occur is Occur.MUST_NOT:
                self._add_condition(parts, typed.Not(child))
            elif clause.occur is Occur.SHOULD and is_running(child):
                continue
            elif (
                clause.occur is Occur.SHOULD
                and isinstance(child, typed.Boosted)
                and is_running(child.child)
            ):
                self._add_boosted_words(parts, child)
            elif has_text(child):
                node = self._operand(child, parts)
                if node is not None:
                    parts.required.append(node)
            else:
                self._add_condition(parts, child)
        return correction

    def _add_words(self, parts: Parts, text: str) -> Correction | None:
        words = query_form(text)
        language = self._planner.language
        correction = None if self._verbatim or not language else correct_query(words, language)
        self._words.add_words(parts, words, correction)
        return correction

    def _add_boosted_words(self, parts: Parts, child: typed.Boosted) -> None:
        inner = Parts()
        assert isinstance(child.child, typed.Words)
        self._add_words(inner, child.child.text)
        parts.slots += inner.slots
        parts.strict += inner.strict
        parts.take_scores(inner, child.factor)

    def _add_condition(self, parts: Parts, child: Expression) -> None:
        node = self._operand(child, parts)
        if node is not None:
            parts.conditions.append(node)

    # -- operands -------------------------------------------------------------------------------

    def _operand(self, child: Expression, parts: Parts) -> Node | None:  # noqa: PLR0911  # a return for each kind
        """What has to hold for a part, all of its words; None if it says nothing.

        What it scores and highlights is added to ``parts``.
        """
        match child:
            case typed.Words(text, name):
                return self._text(text, name, parts, self._all_words)
            case typed.Quoted(text, slop, name):
                return self._text(
                    text, name, parts, lambda inner, words: self._quoted(inner, words, slop)
                )
            case typed.Prefix(text, name):
                if names_values(name):
                    return self._value(name, text, beginning=True)
                return self._text(text, name, parts, self._expansions.prefix)
            case typed.Fuzzy(text, edits, name):
                return self._text(
                    text, name, parts, lambda inner, it: self._expansions.fuzzy(inner, it, edits)
                )
            case typed.Published(first, last):
                return PublishedIn(first, last)
            case typed.Everything():
                return And(())
            case typed.All(children):
                return self._together(children, parts, all_of)
            case typed.Any(children):
                return self._together(children, parts, any_of)
            case typed.Not(negated):
                node = self._operand(negated, Parts())  # what is unwanted is not highlighted
                return None if node is None else Not(node)
            case typed.Boosted(boosted, factor):
                inner = Parts()
                node = self._operand(boosted, inner)
                parts.take_scores(inner, factor)
                return node
            case typed.Sequence(clauses):
                return self._sequence(clauses, parts)

    def _together(
        self,
        children: tuple[Expression, ...],
        parts: Parts,
        join: Callable[[list[Node]], Node],
    ) -> Node | None:
        nodes = [self._operand(child, parts) for child in children]
        found = [node for node in nodes if node is not None]
        return join(found) if found else None

    def _sequence(self, clauses: tuple[typed.Clause, ...], parts: Parts) -> Node | None:
        """In an operand or a group: everything, unless some of it is marked as what must be."""
        some_must = any(clause.occur is Occur.MUST for clause in clauses)
        found: list[Node] = []
        for clause in clauses:
            negative = clause.occur is Occur.MUST_NOT
            node = self._operand(typed.Not(clause.child) if negative else clause.child, parts)
            optional = some_must and clause.occur is Occur.SHOULD and has_text(clause.child)
            if node is not None and not optional:
                found.append(node)
        return all_of(found) if found else None

    def _text(
        self,
        text: str,
        name: Name | None,
        parts: Parts,
        understand: Callable[[Parts, str], Node | None],
    ) -> Node | None:
        if names_values(name):
            return self._value(name, text)
        inner = Parts()
        node = understand(inner, text)
        if node is None:
            return None
        if name is Name.TITLE:
            inner.slots = [node]
            inner.keep_within(Field.TITLE)
            (node,) = inner.slots
        parts.take_scores(inner)
        return node

    def _all_words(self, parts: Parts, text: str) -> Node | None:
        self._add_words(parts, text)
        return all_of(parts.slots) if parts.slots else None

    def _quoted(self, parts: Parts, text: str, slop: int | None) -> Node | None:
        analysis = self._planner.analyzer.analyze(query_form(text))
        if not analysis.exact:
            return None
        view = meant_view(analysis)
        terms = tuple(t.text for t in (analysis.exact if view is View.EXACT else analysis.folded))
        self._words.add_scores(parts, analysis, [view] * len(terms))
        if slop is not None and len(terms) > 1:
            parts.syllables.update(Term(view, term) for term in terms)
            return Near(view, terms, slop)
        node = phrase_node(view, terms)
        parts.show(node)
        return node

    # -- values ---------------------------------------------------------------------------------

    def _value(self, name: Name, text: str, *, beginning: bool = False) -> Node:
        if name is Name.ID:
            return HasId(text + "*" if beginning else text)
        if self._planner.values is None:
            return Or(())
        values = self._planner.values(_COLUMNS[name])
        named = values.named(text, how="beginning" if beginning else "whole")
        if not named:
            shown = text + "*" if beginning else text
            self._remarks.append(Remark("no_such_value", f"no document has the {name} {shown!r}"))
        return HasValue(_COLUMNS[name], named)
