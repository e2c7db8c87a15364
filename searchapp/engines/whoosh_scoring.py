"""What terms, phrases and words near each other count in a Whoosh index: BM25F on whole arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.analysis.base import Field, View
from searchapp.engines.base import Contribution, Ranking
from searchapp.engines.places import NOWHERE, by_document, ends_of_stretches, places
from searchapp.engines.weighed_postings import (
    PostingCache,
    WeighedPostings,
    inverse_norms,
    sum_by_document,
)
from searchapp.engines.whoosh_codec import ArrayTermsReader, TermPostings
from searchapp.engines.whoosh_names import encoded, field_name, length_row
from searchapp.query.describe import text_of
from searchapp.query.nodes import AnyTerm, Counted, Near, Phrase, Query, Term
from searchapp.time_budget import check

Array = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]

_CACHE_BYTES = 10 << 20
_DENSE_SHARE = 16  # dense from one document in sixteen on: there both ways take as long


class Scorer:
    """Weighs postings, and keeps those used last. Safe to share between threads.

    ``lengths`` has a row for each field and view that norms (`length_row`) and ``live`` marks the
    documents that count; both have a place for every document of the index.
    """

    def __init__(
        self, terms: ArrayTermsReader, lengths: Array, live: Mask, ranking: Ranking
    ) -> None:
        self._terms = terms
        self._ranking = ranking
        self._slots = live.size
        self._count = int(np.count_nonzero(live))
        self._inverse_norms = {
            (field, view): inverse_norms(
                lengths[length_row(field, view)], live, ranking.field_weight(field), ranking.b
            )
            for field in Field
            for view in (View.WORDS, View.EXACT)
        }
        self._cache = PostingCache(_CACHE_BYTES)

    def add_scores(self, scores: Array, query: Query) -> None:
        """Add up the scores of all documents. Raises OutOfTimeError half-way through."""
        for scored in query.score:
            postings = self.postings(scored.node)
            if postings.dense:
                scores += scored.weight * postings.impacts
            else:
                scores[postings.documents] += scored.weight * postings.impacts

    def contributions(self, query: Query, number: int) -> list[Contribution]:
        """What makes up the score of a document, in the query's order."""
        found = []
        for scored in query.score:
            postings = self.postings(scored.node)
            if postings.dense:
                impact = float(postings.impacts[number])
            else:
                impact = float(postings.impacts[postings.documents == number].sum())
            if impact:
                found.append(
                    Contribution(
                        scored.node.view,
                        text_of(scored.node),
                        scored.weight,
                        impact,
                        postings.document_frequency,
                    )
                )
        return found

    def postings(self, node: Counted) -> WeighedPostings:
        """The postings of whatever stands in texts, with their BM25F values.

        With f the frequencies summed over fields, each divided by its length norm and times its
        field's weight: idf * f * (k1 + 1) / (f + k1), idf = ln(1 + (N - df + 0.5) / (df + 0.5)).
        Raises OutOfTimeError.
        """
        check()
        found = self._cache.get(node)
        if found is None:
            found = self._weighed(node)
            self._cache.put(node, found)
        return found

    def _weighed(self, node: Counted) -> WeighedPostings:
        norms = self._inverse_norms
        norm_view = View.WORDS if node.view is View.WORDS else View.EXACT
        normed: list[tuple[Array, Array]] = []
        kept: dict[Field, TermPostings] = {}
        for field in Field if node.field is None else (node.field,):
            match node:
                case Term(view, text):
                    one = self._terms.postings(field_name(field, view), encoded(text))
                    if one is None:
                        continue
                    kept[field] = one
                    documents, frequencies = one.documents, one.frequencies
                case AnyTerm(view, terms):
                    documents, frequencies = self._any(field, view, terms)
                case Phrase(view, terms):
                    documents, frequencies = self._phrase(field, view, terms)
                case Near(view, terms, slop):
                    documents, frequencies = self._near(field, view, terms, slop)
            normed.append((documents, frequencies * norms[field, norm_view][documents]))
        return self._weigh(normed, kept)

    def _weigh(
        self, normed: list[tuple[Array, Array]], fields: dict[Field, TermPostings]
    ) -> WeighedPostings:
        count, k1 = self._count, self._ranking.k1
        dense = sum(documents.size for documents, _ in normed) > self._slots // _DENSE_SHARE
        if dense:
            frequencies = np.zeros(self._slots)
            for documents, values in normed:
                frequencies[documents] += values
            documents = frequencies > 0.0
            df = int(np.count_nonzero(documents))
        else:
            documents, frequencies = sum_by_document(normed)
            df = documents.size
        idf = np.log1p((count - df + 0.5) / (df + 0.5))
        impacts = idf * (k1 + 1.0) * frequencies / (frequencies + k1)
        return WeighedPostings(documents, impacts, fields, df, dense)

    # -- where terms stand ----------------------------------------------------------------------

    def _any(self, field: Field, view: View, terms: tuple[str, ...]) -> tuple[Array, Array]:
        """The documents that hold any of the terms, and how often they stand there together."""
        frequencies = np.zeros(self._slots)
        for term in terms:
            check()
            one = self._terms.postings(field_name(field, view), encoded(term))
            if one is not None:
                frequencies[one.documents] += one.frequencies
        documents = np.flatnonzero(frequencies)
        return documents, frequencies[documents]

    def _phrase(self, field: Field, view: View, terms: tuple[str, ...]) -> tuple[Array, Array]:
        """The documents in which the terms stand one behind the other in a field, and how often."""
        lists = [self._of_term(field, view, term) for term in terms]
        together: Array | None = None
        for offset, one in sorted(
            enumerate(lists), key=lambda item: 0 if item[1] is None else item[1].documents.size
        ):
            if one is None:
                return NOWHERE
            # Places of the phrase's beginning.
            begins = self._places(field, view, one) - offset
            if together is None:
                together = begins
            else:
                together = np.intersect1d(together, begins, assume_unique=True)
            if together.size == 0:
                return NOWHERE
        return NOWHERE if together is None else by_document(together)

    def _near(
        self, field: Field, view: View, terms: tuple[str, ...], slop: int
    ) -> tuple[Array, Array]:
        """The documents in which the terms stand near each other, and how often."""
        of_terms: dict[str, Array] = {}
        for term in terms:
            one = self._of_term(field, view, term)
            if one is None:
                return NOWHERE
            of_terms[term] = self._places(field, view, one)
        return by_document(ends_of_stretches(of_terms, terms, slop))

    def _of_term(self, field: Field, view: View, term: str) -> TermPostings | None:
        """The postings of a term in one field, which the cache keeps for its score as well."""
        return self.postings(Term(view, term)).fields.get(field)

    def _places(self, field: Field, view: View, postings: TermPostings) -> Array:
        positions = self._terms.positions(field_name(field, view), postings)
        return places(postings.documents, postings.frequencies, positions)
