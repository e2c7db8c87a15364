"""Searches a Whoosh index with arrays: whole posting lists at a time, one pass a term.

A query over n documents works on dense arrays of n scores. Adding a term's postings is then an
indexed add, and a boolean query is an operation on masks; both cost microseconds at the sizes that
this engine is for (some 100,000 documents).
"""

from __future__ import annotations

import pickle
import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh import index
from whoosh.codec.whoosh3 import W3PerDocReader

from searchapp.analysis.base import Field, View
from searchapp.documents import Document
from searchapp.engines.at_least import child_units, least_units
from searchapp.engines.base import (
    AnalyzedBatch,
    ColumnSummary,
    Contribution,
    Expansion,
    FacetValue,
    Found,
    Hit,
    Ranking,
)
from searchapp.engines.columns import Columns
from searchapp.engines.document_ids import REPLACED
from searchapp.engines.vocabulary import VIEWS, Vocabulary
from searchapp.engines.weighed_postings import (
    PostingCache,
    WeighedPostings,
    inverse_norms,
    sum_by_document,
)
from searchapp.engines.whoosh_codec import ArrayTermsReader, TermPostings
from searchapp.engines.whoosh_writer import (
    ID_RANKS_FILE,
    LENGTHS_FILE,
    field_name,
    length_row,
)
from searchapp.errors import OutOfTimeError
from searchapp.query.describe import text_of
from searchapp.query.filters import Column, Sort
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
    Query,
    Term,
)
from searchapp.time_budget import check

Array = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]

_CACHE_BYTES = 10 << 20
_DENSE_SHARE = 16  # dense from one document in sixteen on: there both ways take as long


class WhooshSearcher:
    """The Searcher of the Whoosh engine; see `searchapp.engines.base.Searcher`.

    Threads may share it: terms and postings are read with pread(2), which keeps no position, and
    Whoosh's reader of stored fields, which does, is behind a lock.
    """

    def __init__(self, folder: Path, ranking: Ranking) -> None:
        self._index = index.open_dir(str(folder), readonly=True)
        (segment,) = self._index._segments()
        storage, codec = self._index.storage, segment.codec()
        self._terms: ArrayTermsReader = codec.terms_reader(storage, segment)
        self._stored: W3PerDocReader = codec.per_document_reader(storage, segment)
        self._stored_lock = threading.Lock()
        self._folder = folder
        self._closed = False
        self._ranking = ranking
        self._id_ranks = np.load(folder / ID_RANKS_FILE)
        self._live = self._id_ranks != REPLACED
        self._slots: int = segment.doc_count_all()
        self._count = int(np.count_nonzero(self._live))
        lengths = np.load(folder / LENGTHS_FILE)
        self._inverse_norms = {
            (field, view): inverse_norms(
                lengths[length_row(field, view)], self._live, ranking.field_weight(field), ranking.b
            )
            for field in Field
            for view in (View.WORDS, View.EXACT)
        }
        self._cache = PostingCache(_CACHE_BYTES)
        self._columns = Columns(folder, self._live)
        self._vocabularies = {view: Vocabulary(folder, view) for view in VIEWS}

    @property
    def document_count(self) -> int:
        return self._count

    def search(
        self,
        query: Query,
        limit: int,
        offset: int = 0,
        *,
        facet_values: int = 0,
        after: str | None = None,  # noqa: ARG002  # offsets lead there as fast
    ) -> Found:
        matched = self._matching(query.match)
        held = [self._matching(one.node) for one in query.filters]
        found_mask = matched.copy()
        for mask in held:
            found_mask &= mask
        found = np.flatnonzero(found_mask)
        # What follows only orders and counts what was found: it may be left out.
        scores = np.zeros(self._slots)
        first: Mask | None = None
        facets: dict[Column, tuple[FacetValue, ...]] = {}
        partial = False
        try:
            if found.size and limit > 0:
                self._add_scores(scores, query)
                if query.first is not None and query.sort is Sort.RELEVANCE:
                    first = self._matching(query.first)[found]
            if facet_values:
                facets = self._facets(query, matched, held, facet_values)
        except OutOfTimeError:
            partial = True
        if found.size == 0 or limit <= 0:
            return Found(int(found.size), (), facets, partial)
        if query.sort is Sort.RELEVANCE:
            best = self._best(found, scores[found], first, offset + limit)[offset:]
        else:
            keys = self._columns.order_keys(query.sort)[found]
            order = np.lexsort((self._id_ranks[found], keys))
            best = found[order[offset : offset + limit]]
        hits = tuple(Hit(self._document(number), float(scores[number])) for number in best.tolist())
        return Found(int(found.size), hits, facets, partial)

    def _add_scores(self, scores: Array, query: Query) -> None:
        """Add up the scores of all documents. Raises OutOfTimeError half-way through."""
        for scored in query.score:
            postings = self._counted(scored.node)
            if postings.dense:
                scores += scored.weight * postings.impacts
            else:
                scores[postings.documents] += scored.weight * postings.impacts

    def _facets(
        self, query: Query, matched: Mask, held: list[Mask], most: int
    ) -> dict[Column, tuple[FacetValue, ...]]:
        facets = {}
        for column in Column:
            check()
            found = matched.copy()
            chosen: list[str] = []
            for one, mask in zip(query.filters, held, strict=True):
                if one.column is not column:
                    found &= mask
                elif isinstance(one.node, HasValue):
                    chosen += [value for value in one.node.values if value is not None]
            facets[column] = self._columns.counts(column, found, most, chosen)
        return facets

    def explain(self, query: Query, document_id: str) -> list[Contribution]:
        number = self._number(document_id)
        if number is None:
            return []
        contributions = []
        for scored in query.score:
            postings = self._counted(scored.node)
            if postings.dense:
                impact = float(postings.impacts[number])
            else:
                impact = float(postings.impacts[postings.documents == number].sum())
            if impact:
                contributions.append(
                    Contribution(
                        scored.node.view,
                        text_of(scored.node),
                        scored.weight,
                        impact,
                        postings.document_frequency,
                    )
                )
        return contributions

    def document(self, document_id: str) -> Document | None:
        number = self._number(document_id)
        return None if number is None else self._document(number)

    def _number(self, document_id: str) -> int | None:
        postings = self._terms.postings("id", _encoded(document_id))
        return None if postings is None else int(postings.documents[0])

    def document_frequency(self, view: View, term: str) -> int:
        return self._postings(view, term).document_frequency

    def beginning_with(self, view: View, prefixes: set[str], most: int) -> Expansion:
        return self._vocabularies[view].beginning_with(prefixes, most)

    def resembling(self, view: View, term: str, edits: int, most: int) -> Expansion:
        return self._vocabularies[view].resembling(term, edits, most)

    def values(self, column: Column) -> Sequence[str]:
        return self._columns.values(column)

    def column_summary(self, column: Column) -> ColumnSummary:
        return self._columns.summary(column)

    def published_span(self) -> tuple[date, date] | None:
        return self._columns.published_span()

    def documents(self) -> Iterator[Document]:
        for number in np.argsort(self._id_ranks)[-self._count :].tolist():
            yield self._document(number)

    def is_complete(self) -> bool:
        return True

    def check(self) -> Iterator[str]:
        # Only verifying needs it.
        from searchapp.engines.whoosh_scan import UnreadableError, lookup_damage, scan

        for number in np.flatnonzero(self._live).tolist():
            try:
                document = self._document(number)
            except (pickle.UnpicklingError, KeyError, TypeError, ValueError, EOFError) as error:
                yield f"document number {number} can't be read ({error})"
                continue
            if self.document(document.id) != document:
                yield f"document {document.id!r} is not found by its id"
        try:
            yield from lookup_damage(self._terms)
            for block in scan(self._terms):
                if (block.documents >= self._slots).any():
                    near = block.terms[0]
                    yield f"a term of {block.field} near {near!r} names a document not there"
        except UnreadableError as error:
            yield str(error)

    def check_against(self, batches: Iterable[AnalyzedBatch]) -> Iterator[str]:
        from searchapp.engines.whoosh_verify import OpenIndex, check_against

        index = OpenIndex(self._folder, self._terms, self._id_ranks, self._document, self._number)
        return check_against(index, batches)

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._terms.close()
            self._stored.close()
            self._index.close()

    def __del__(self) -> None:
        # A searcher ends with the last request over its generation, which does not know that.
        if hasattr(self, "_closed"):
            self.close()

    def _document(self, number: int) -> Document:
        with self._stored_lock:
            values = self._stored.stored_fields(number)
        return Document(**{"title": "", "text": "", **values})

    # -- scores ---------------------------------------------------------------------------------

    def _counted(self, node: Counted) -> WeighedPostings:
        """The postings of whatever stands in texts, with their BM25F values.

        With f the frequencies summed over fields, each divided by its length norm and times its
        field's weight: idf * f * (k1 + 1) / (f + k1), idf = ln(1 + (N - df + 0.5) / (df + 0.5)).
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
                    one = self._terms.postings(field_name(field, view), _encoded(text))
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

    def _postings(self, view: View, term: str) -> WeighedPostings:
        return self._counted(Term(view, term))

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

    def _best(self, found: Array, scores: Array, first: Mask | None, count: int) -> Array:
        """The ``count`` best of the found documents: ``first`` ones, then by score, then by id."""
        if first is None:
            first = np.zeros(found.size, dtype=np.bool_)
        if count < found.size:
            ranked = scores + first * (1.0 + 2.0 * scores.max())
            least = np.partition(ranked, found.size - count)[found.size - count]
            kept = ranked >= least
            found, scores, first = found[kept], scores[kept], first[kept]
        order = np.lexsort((self._id_ranks[found], -scores, ~first))
        best: Array = found[order[:count]]
        return best

    # -- matching -------------------------------------------------------------------------------

    def _matching(self, node: Node) -> Mask:  # noqa: PLR0912  # a branch for each kind of node
        mask = np.zeros(self._slots, dtype=np.bool_)
        match node:
            case Term() | AnyTerm() | Phrase() | Near():
                postings = self._counted(node)
                if postings.dense:
                    mask |= postings.documents
                else:
                    mask[postings.documents] = True
            case HasValue():
                mask = self._columns.having(node)
            case HasId(document_id):
                number = self._number(document_id)
                if number is not None:
                    mask[number] = True
            case PublishedIn():
                mask = self._columns.published_in(node)
            case AtLeast(children, share):
                mask = self._at_least(children, share)
            case Or(children):
                for child in children:
                    mask |= self._matching(child)
            case And(children):
                mask[:] = self._live
                for child in children:
                    mask &= self._matching(child)
            case Not(child):
                mask = self._live & ~self._matching(child)
        return mask

    def _at_least(self, children: tuple[Node, ...], share: float) -> Mask:
        masks = [self._matching(child) for child in children]
        units = child_units([int(np.count_nonzero(mask)) for mask in masks], self._count)
        told = np.zeros(self._slots, dtype=np.int32)
        for mask, unit in zip(masks, units, strict=True):
            told += unit * mask
        reached: Mask = told >= least_units(units, share)
        return reached

    def _phrase(self, field: Field, view: View, terms: tuple[str, ...]) -> tuple[Array, Array]:
        """The documents in which the terms stand one behind the other in a field, and how often."""
        lists = [self._postings(view, term).fields.get(field) for term in terms]
        together: Array | None = None
        for offset, one in sorted(
            enumerate(lists), key=lambda item: 0 if item[1] is None else item[1].documents.size
        ):
            if one is None:
                return _NOTHING
            # Places of the phrase's beginning.
            places = self._places(field, view, one) - offset
            if together is None:
                together = places
            else:
                together = np.intersect1d(together, places, assume_unique=True)
            if together.size == 0:
                return _NOTHING
        return _NOTHING if together is None else _by_document(together)

    def _near(
        self, field: Field, view: View, terms: tuple[str, ...], slop: int
    ) -> tuple[Array, Array]:
        """The documents in which the terms stand near each other, and how often.

        For each place of a term as the first of a stretch, the stretch ends with the last of the
        terms to come: its shortest end there is. Stretches with one end count once.
        """
        places: dict[str, Array] = {}
        for term in terms:
            one = self._postings(view, term).fields.get(field)
            if one is None:
                return _NOTHING
            places[term] = self._places(field, view, one)
        starts = np.sort(np.concatenate(list(places.values())))
        ends = starts.copy()
        whole = np.ones(starts.size, dtype=np.bool_)
        for term, of_term in places.items():
            # A term asked for several times has to come as often.
            at = np.searchsorted(of_term, starts) + terms.count(term) - 1
            whole &= at < of_term.size
            ends = np.maximum(ends, of_term[np.minimum(at, of_term.size - 1)])
        whole &= (ends >> 32 == starts >> 32) & (ends - starts + 1 - len(terms) <= slop)
        return _by_document(np.unique(ends[whole]))

    def _any(self, field: Field, view: View, terms: tuple[str, ...]) -> tuple[Array, Array]:
        """The documents that hold any of the terms, and how often they stand there together."""
        frequencies = np.zeros(self._slots)
        for term in terms:
            check()
            one = self._terms.postings(field_name(field, view), _encoded(term))
            if one is not None:
                frequencies[one.documents] += one.frequencies
        documents = np.flatnonzero(frequencies)
        return documents, frequencies[documents]

    def _places(self, field: Field, view: View, postings: TermPostings) -> Array:
        """Where a term stands, ascending: document and position in one number."""
        positions = self._terms.positions(field_name(field, view), postings)
        documents = np.repeat(postings.documents.astype(np.int64), postings.frequencies)
        places: Array = (documents << 32) + positions
        return places


_NOTHING = np.empty(0, dtype=np.intp), np.empty(0)


def _by_document(places: Array) -> tuple[Array, Array]:
    documents, frequencies = np.unique(places >> 32, return_counts=True)
    return documents.astype(np.intp), frequencies.astype(np.float64)


def _encoded(term: str) -> bytes:
    return term.encode("utf-8", "surrogatepass")
