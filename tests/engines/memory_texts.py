"""What stands where: words, phrases and words near each other, looked up in plain lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from searchapp.analysis.analyzer import BatchTerms
from searchapp.analysis.base import Field, View, pair_term
from searchapp.documents import Document
from searchapp.engines.base import AnalyzedBatch, Expansion
from searchapp.query.nodes import AnyTerm, Counted, Near, Phrase, Term

Views = dict[tuple[Field, View], list[str]]


def views_of(batch: AnalyzedBatch, number: int) -> Views:
    """The terms of a document of a batch, in the order of its texts."""
    views: Views = {}
    for field, of_field in batch.fields.items():
        exact, folded, words = _terms(of_field, number)
        views[field, View.EXACT] = exact
        views[field, View.FOLDED] = folded
        views[field, View.WORDS] = words
        views[field, View.PAIRS] = [pair_term(*two) for two in pairwise(folded)]
    return views


def _terms(of_field: BatchTerms, number: int) -> tuple[list[str], list[str], list[str]]:
    syllables = of_field.syllables[slice(*of_field.syllable_bounds[number : number + 2])]
    words = of_field.words[slice(*of_field.word_bounds[number : number + 2])]
    return (
        [of_field.exact_terms[one] for one in syllables],
        [of_field.folded_terms[one] for one in syllables],
        [of_field.word_terms[one] for one in words],
    )


class Texts:
    """Documents, and their terms by field and view; the later of two with one id counts."""

    def __init__(self, batches: Iterable[AnalyzedBatch]) -> None:
        self.documents: dict[str, Document] = {}
        self.terms: dict[str, Views] = {}
        for batch in batches:
            for number, document in enumerate(batch.documents):
                self.documents[document.id] = document
                self.terms[document.id] = views_of(batch, number)
        self._found: dict[Counted, set[str]] = {}
        self._counts = {
            name: {key: Counter(terms) for key, terms in views.items()}
            for name, views in self.terms.items()
        }
        # Who holds a term, so that a question over real text takes no minute.
        self._holders: dict[tuple[View, str], set[str]] = {}
        for name, views in self.terms.items():
            for (_, view), terms in views.items():
                for term in terms:
                    self._holders.setdefault((view, term), set()).add(name)

    def holders(self, view: View, term: str) -> set[str]:
        """The documents with a term in a view, in any field."""
        return self._holders.get((view, term), set())

    def having(self, node: Counted) -> set[str]:
        """The documents in which a node stands; looked for once."""
        if node not in self._found:
            self._found[node] = {
                name
                for name in self._able(node)
                if any(self.occurrences(name, field, node) for field in Field)
            }
        return self._found[node]

    def _able(self, node: Counted) -> set[str]:
        """The documents that hold the terms of a node at all."""
        match node:
            case Term(view, text):
                return self.holders(view, text)
            case AnyTerm(view, terms):
                return set().union(*(self.holders(view, term) for term in terms))
            case Phrase(view, terms) | Near(view, terms):
                return set(self.documents).intersection(*(self.holders(view, t) for t in terms))

    def occurrences(self, name: str, field: Field, node: Counted) -> int:
        """How often a node stands in a field; not at all in one that it does not ask for."""
        if node.field not in (None, field):
            return 0
        counts = self._counts[name][field, node.view]
        match node:
            case Term(_, text):
                return counts[text]
            case AnyTerm(_, terms):
                return sum(counts[term] for term in set(terms))
            case Phrase(_, terms):
                return _phrases(self.terms[name][field, node.view], terms)
            case Near(_, terms, slop):
                return _stretches(self.terms[name][field, node.view], terms, slop)

    def length(self, name: str, field: Field, view: View) -> int:
        """What a field is normed by: words by words, syllables and pairs by syllables."""
        return len(self.terms[name][field, View.WORDS if view is View.WORDS else View.EXACT])

    # -- the vocabulary -------------------------------------------------------------------------

    def beginning_with(self, view: View, prefixes: set[str], most: int) -> Expansion:
        return self._expansion(
            view, most, {t for t in self._vocabulary(view) if t.startswith(tuple(prefixes))}
        )

    def resembling(self, view: View, term: str, edits: int, most: int) -> Expansion:
        return self._expansion(
            view, most, {t for t in self._vocabulary(view) if edit_distance(t, term) <= edits}
        )

    def _vocabulary(self, view: View) -> set[str]:
        return {term for of_view, term in self._holders if of_view is view}

    def _expansion(self, view: View, most: int, terms: set[str]) -> Expansion:
        """By falling frequency, then by code points; title and body of a document count each."""

        def frequency(term: str) -> int:
            return sum(
                term in self._counts[name][field, view]
                for name in self.holders(view, term)
                for field in Field
            )

        ordered = sorted(terms, key=lambda term: (-frequency(term), term))
        return Expansion(tuple(ordered[:most]), len(ordered))


def _phrases(there: list[str], terms: tuple[str, ...]) -> int:
    starts = range(len(there) - len(terms) + 1)
    return sum(tuple(there[at : at + len(terms)]) == terms for at in starts)


def _stretches(there: list[str], terms: tuple[str, ...], slop: int) -> int:
    """Ends of stretches that begin and end with a term and hold all, as often as they are asked
    for, with ``slop`` others at most. Of the stretches with one beginning the shortest counts.
    """
    wanted = Counter(terms)
    ends = set()
    for start, first in enumerate(there):
        for end in range(start, len(there)) if first in wanted else ():
            if wanted <= Counter(there[start : end + 1]):
                if end - start + 1 - len(terms) <= slop:
                    ends.add(end)
                break
    return len(ends)


def edit_distance(one: str, other: str) -> int:
    """How many letters are changed, missing, more, or swapped with their neighbour; none twice."""
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, start=1):
        row = [i]
        for j, b in enumerate(other, start=1):
            least = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and (a, one[i - 2]) == (other[j - 2], b):
                least = min(least, rows[-2][j - 2] + 1)
            row.append(least)
        rows.append(row)
    return rows[-1][-1]
