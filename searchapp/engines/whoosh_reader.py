"""Searches a Whoosh index with arrays: whole posting lists at a time, one pass a term.

A query over n documents works on dense arrays of n scores. Adding a term's postings is then an
indexed add, and a boolean query is an operation on masks; both cost microseconds at the sizes that
this engine is for (some 100,000 documents).
"""

from __future__ import annotations

import pickle
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh import index
from whoosh.codec.whoosh3 import W3PerDocReader

from searchapp.analysis.base import Field, View
from searchapp.documents import Document
from searchapp.engines.base import Contribution, Found, Hit, Ranking
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
    REPLACED,
    field_name,
    length_row,
)
from searchapp.query.nodes import (
    And,
    AtLeast,
    Node,
    Not,
    Or,
    Phrase,
    Query,
    Scored,
    ScoredPhrase,
    Term,
)

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

    @property
    def document_count(self) -> int:
        return self._count

    def search(self, query: Query, limit: int, offset: int = 0) -> Found:
        scores = np.zeros(self._slots)
        for scored in query.score:
            postings = self._scored_postings(scored)
            if postings.dense:
                scores += scored.weight * postings.impacts
            else:
                scores[postings.documents] += scored.weight * postings.impacts
        found = np.flatnonzero(self._matching(query.match))
        if found.size == 0 or limit <= 0:
            return Found(int(found.size), ())
        first = None if query.first is None else self._matching(query.first)[found]
        best = self._best(found, scores[found], first, offset + limit)[offset:]
        hits = tuple(Hit(self._document(number), float(scores[number])) for number in best.tolist())
        return Found(int(found.size), hits)

    def explain(self, query: Query, document_id: str) -> list[Contribution]:
        number = self._number(document_id)
        if number is None:
            return []
        contributions = []
        for scored in query.score:
            postings = self._scored_postings(scored)
            if postings.dense:
                impact = float(postings.impacts[number])
            else:
                impact = float(postings.impacts[postings.documents == number].sum())
            if impact:
                node = scored.phrase if isinstance(scored, ScoredPhrase) else scored
                text = " ".join(node.terms) if isinstance(node, Phrase) else node.text
                contributions.append(
                    Contribution(
                        node.view, text, scored.weight, impact, postings.document_frequency
                    )
                )
        return contributions

    def document(self, document_id: str) -> Document | None:
        number = self._number(document_id)
        return None if number is None else self._document(number)

    def _number(self, document_id: str) -> int | None:
        postings = self._terms.postings("id", document_id.encode("utf-8", "surrogatepass"))
        return None if postings is None else int(postings.documents[0])

    def document_frequency(self, view: View, term: str) -> int:
        return self._postings(view, term).document_frequency

    def documents(self) -> Iterator[Document]:
        for number in np.argsort(self._id_ranks)[-self._count :].tolist():
            yield self._document(number)

    def check(self) -> Iterator[str]:
        for number in np.flatnonzero(self._live).tolist():
            try:
                document = self._document(number)
            except (pickle.UnpicklingError, KeyError, TypeError, ValueError, EOFError) as error:
                yield f"document number {number} can't be read ({error})"
                continue
            if self.document(document.id) != document:
                yield f"document {document.id!r} is not found by its id"
        for (field, term), info in self._terms.items():
            postings = self._terms.postings(field, term)
            if postings is None or len(postings.documents) != info.doc_frequency():
                yield f"term {term!r} of {field} has not as many postings as it says"
            elif len(postings.documents) and int(postings.documents.max()) >= self._slots:
                yield f"term {term!r} of {field} names a document that is not there"

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

    def _postings(self, view: View, term: str) -> WeighedPostings:
        """The postings of a term over all fields, with their BM25F values.

        With f the frequencies summed over fields, each divided by its length norm and times its
        field's weight: idf * f * (k1 + 1) / (f + k1), idf = ln(1 + (N - df + 0.5) / (df + 0.5)).
        """
        found = self._cache.get((view, term))
        if found is not None:
            return found
        encoded = term.encode("utf-8", "surrogatepass")
        norm_view = View.WORDS if view is View.WORDS else View.EXACT
        fields: dict[Field, TermPostings] = {}
        normed: list[tuple[Array, Array]] = []
        for field in Field:
            one = self._terms.postings(field_name(field, view), encoded)
            if one is not None:
                fields[field] = one
                inverse_norms = self._inverse_norms[field, norm_view]
                normed.append((one.documents, one.frequencies * inverse_norms[one.documents]))
        found = self._weigh(normed, fields)
        self._cache.put((view, term), found)
        return found

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

    def _scored_postings(self, scored: Scored) -> WeighedPostings:
        if isinstance(scored, ScoredPhrase):
            return self._phrase_postings(scored.phrase)
        return self._postings(scored.view, scored.text)

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

    def _matching(self, node: Node) -> Mask:
        mask = np.zeros(self._slots, dtype=np.bool_)
        match node:
            case Term(view, text):
                postings = self._postings(view, text)
                if postings.dense:
                    mask |= postings.documents
                else:
                    mask[postings.documents] = True
            case Phrase():
                postings = self._phrase_postings(node)
                if postings.dense:
                    mask |= postings.documents
                else:
                    mask[postings.documents] = True
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
        told, most = np.zeros(self._slots), 0.0
        for child in children:
            mask = self._matching(child)
            df = int(np.count_nonzero(mask))
            tells = np.log1p((self._count - df + 0.5) / (df + 0.5))
            most += float(tells)
            told[mask] += tells
        # A little less than the share itself: sums of floats in another order differ.
        return (told > 0.0) & (told >= share * most - 1e-9)

    def _phrase_postings(self, phrase: Phrase) -> WeighedPostings:
        """A phrase's postings, weighed as if it were a term."""
        found = self._cache.get(phrase)
        if found is None:
            normed = []
            for field in Field:
                documents, frequencies = self._phrase(field, phrase.view, phrase.terms)
                norms = self._inverse_norms[field, View.EXACT]
                normed.append((documents, frequencies * norms[documents]))
            found = self._weigh(normed, {})
            self._cache.put(phrase, found)
        return found

    def _phrase(self, field: Field, view: View, terms: tuple[str, ...]) -> tuple[Array, Array]:
        """The documents in which the terms stand one behind the other in a field, and how often."""
        nothing = np.empty(0, dtype=np.intp), np.empty(0)
        lists = [self._postings(view, term).fields.get(field) for term in terms]
        together: Array | None = None
        for offset, one in sorted(
            enumerate(lists), key=lambda item: 0 if item[1] is None else item[1].documents.size
        ):
            if one is None:
                return nothing
            positions = self._terms.positions(field_name(field, view), one)
            documents = np.repeat(one.documents.astype(np.int64), one.frequencies)
            # A place of the phrase's beginning: document and position in one number.
            places = (documents << 32) + positions - offset
            if together is None:
                together = places
            else:
                together = np.intersect1d(together, places, assume_unique=True)
            if together.size == 0:
                return nothing
        if together is None:
            return nothing
        documents, frequencies = np.unique(together >> 32, return_counts=True)
        return documents.astype(np.intp), frequencies.astype(np.float64)
