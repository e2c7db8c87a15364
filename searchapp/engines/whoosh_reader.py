"""Searches a Whoosh index with arrays: whole posting lists at a time, one pass a term.

A query over n documents works on dense arrays of n scores. Adding a term's postings is then an
indexed add, and a boolean query is an operation on masks; both cost microseconds at the sizes that
this engine is for (some 100,000 documents).
"""

from __future__ import annotations

import pickle
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh import index
from whoosh.codec.whoosh3 import W3PerDocReader

from searchapp.analysis.base import Field, View
from searchapp.documents import Document
from searchapp.engines.base import Found, Hit, Ranking
from searchapp.engines.whoosh_codec import ArrayTermsReader, TermPostings
from searchapp.engines.whoosh_writer import (
    ID_RANKS_FILE,
    LENGTHS_FILE,
    REPLACED,
    field_name,
    length_row,
)
from searchapp.query.nodes import And, Node, Not, Or, Phrase, Query, Term

Array = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]

_CACHE_BYTES = 32 << 20
_DENSE_SHARE = 16  # dense from one document in sixteen on: there both ways take as long


class _Shared:
    """What the searchers of one index have in common; read-only but for the cache."""

    def __init__(self, folder: Path, ranking: Ranking) -> None:
        self.folder, self.ranking = folder, ranking
        self.id_ranks = np.load(folder / ID_RANKS_FILE)
        self.live = self.id_ranks != REPLACED
        lengths = np.load(folder / LENGTHS_FILE)
        self.inverse_norms = {
            (field, view): _inverse_norms(
                lengths[length_row(field, view)], self.live, ranking.field_weight(field), ranking.b
            )
            for field in Field
            for view in (View.WORDS, View.EXACT)
        }
        self.cache = _Cache(_CACHE_BYTES)


class WhooshSearcher:
    """The Searcher of the Whoosh engine; see `searchapp.engines.base.Searcher`."""

    def __init__(self, shared: _Shared) -> None:
        self._index = index.open_dir(str(shared.folder), readonly=True)
        (segment,) = self._index._segments()
        storage, codec = self._index.storage, segment.codec()
        self._terms: ArrayTermsReader = codec.terms_reader(storage, segment)
        self._stored: W3PerDocReader = codec.per_document_reader(storage, segment)
        self._shared, self._ranking, self._cache = shared, shared.ranking, shared.cache
        self._id_ranks, self._live = shared.id_ranks, shared.live
        self._inverse_norms = shared.inverse_norms
        self._closed = False
        self._slots: int = segment.doc_count_all()
        self._count = int(np.count_nonzero(self._live))

    @classmethod
    def open(cls, folder: Path, ranking: Ranking) -> WhooshSearcher:
        """Open a built index."""
        return cls(_Shared(folder, ranking))

    def for_thread(self) -> WhooshSearcher:
        return WhooshSearcher(self._shared)

    @property
    def document_count(self) -> int:
        return self._count

    def search(self, query: Query, limit: int, offset: int = 0) -> Found:
        scores = np.zeros(self._slots)
        for term in query.score:
            postings = self._postings(term.view, term.text)
            if postings.dense:
                scores += term.weight * postings.impacts
            else:
                scores[postings.documents] += term.weight * postings.impacts
        found = np.flatnonzero(self._matching(query.match))
        if found.size == 0 or limit <= 0:
            return Found(int(found.size), ())
        best = self._best(found, scores[found], offset + limit)[offset:]
        hits = tuple(Hit(self._document(number), float(scores[number])) for number in best.tolist())
        return Found(int(found.size), hits)

    def document(self, document_id: str) -> Document | None:
        postings = self._terms.postings("id", document_id.encode("utf-8", "surrogatepass"))
        return None if postings is None else self._document(int(postings.documents[0]))

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
        # A searcher ends with the last thread that uses its generation, unseen by any of them.
        if hasattr(self, "_closed"):
            self.close()

    def _document(self, number: int) -> Document:
        values = self._stored.stored_fields(number)
        return Document(**{"title": "", "text": "", **values})

    # -- scores ---------------------------------------------------------------------------------

    def _postings(self, view: View, term: str) -> _Postings:
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
    ) -> _Postings:
        count, k1 = self._count, self._ranking.k1
        dense = sum(documents.size for documents, _ in normed) > self._slots // _DENSE_SHARE
        if dense:
            frequencies = np.zeros(self._slots)
            for documents, values in normed:
                frequencies[documents] += values
            documents = frequencies > 0.0
            df = int(np.count_nonzero(documents))
        else:
            documents, frequencies = _sum_by_document(normed)
            df = documents.size
        idf = np.log1p((count - df + 0.5) / (df + 0.5))
        impacts = idf * (k1 + 1.0) * frequencies / (frequencies + k1)
        return _Postings(documents, impacts, fields, df, dense)

    def _best(self, found: Array, scores: Array, count: int) -> Array:
        """The ``count`` best of the found documents, by score, then by id."""
        if count < found.size:
            least = np.partition(scores, found.size - count)[found.size - count]
            kept = scores >= least
            found, scores = found[kept], scores[kept]
        order = np.lexsort((self._id_ranks[found], -scores))
        return found[order[:count]]

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
            case Phrase(view, terms):
                for field in Field:
                    mask[self._phrase(field, view, terms)] = True
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

    def _phrase(self, field: Field, view: View, terms: tuple[str, ...]) -> Array:
        """The documents in which the terms stand one behind the other in a field."""
        lists = [self._postings(view, term).fields.get(field) for term in terms]
        name = field_name(field, view)
        together: Array | None = None
        for offset, one in sorted(
            enumerate(lists), key=lambda item: 0 if item[1] is None else len(item[1].documents)
        ):
            if one is None:
                return np.empty(0, dtype=np.int64)
            positions = self._terms.positions(name, one)
            documents = np.repeat(one.documents.astype(np.int64), one.frequencies)
            # A place of the phrase's beginning: document and position in one number.
            places = (documents << 32) + positions - offset
            together = (
                places if together is None else np.intersect1d(together, places, assume_unique=True)
            )
            if together.size == 0:
                break
        assert together is not None
        return np.unique(together >> 32)


@dataclass(frozen=True, slots=True)
class _Postings:
    """A term's postings over all fields and their BM25F values.

    Sparse: ``documents`` are numbers in no order, ``impacts`` parallel to them. Dense, for frequent
    terms: a mask and a value for every document of the index, which are faster to add.
    """

    documents: Array
    impacts: Array
    fields: dict[Field, TermPostings]
    document_frequency: int
    dense: bool

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        kept = sum(one.documents.nbytes + one.frequencies.nbytes for one in self.fields.values())
        return 500 + self.documents.nbytes + self.impacts.nbytes + kept


class _Cache:
    """The postings used last, up to a number of bytes; for any number of threads.

    Questions share most of their terms: the frequent ones, which are the slow ones.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit, self._size = limit_bytes, 0
        self._items: OrderedDict[tuple[View, str], _Postings] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[View, str]) -> _Postings | None:
        with self._lock:
            found = self._items.get(key)
            if found is not None:
                self._items.move_to_end(key)
            return found

    def put(self, key: tuple[View, str], value: _Postings) -> None:
        with self._lock:
            if key in self._items:
                return
            self._items[key] = value
            self._size += value.size
            while self._size > self._limit and len(self._items) > 1:
                self._size -= self._items.popitem(last=False)[1].size


def _inverse_norms(lengths: Array, live: Mask, weight: float, b: float) -> Array:
    """The field's weight over BM25's length norm, 1 - b + b * length / mean length."""
    mean = float(lengths[live].mean())
    return weight / (1.0 - b + b * (lengths / mean if mean else np.ones(lengths.size)))


def _sum_by_document(lists: list[tuple[Array, Array]]) -> tuple[Array, Array]:
    """Lists of distinct documents as one, values added where a document is in several."""
    if not lists:
        return np.empty(0, dtype=np.intp), np.empty(0)
    documents, values = lists[0]
    documents = documents.astype(np.intp)
    for more_documents, more_values in lists[1:]:
        at = np.searchsorted(more_documents, documents)
        at[at == more_documents.size] = 0
        both = more_documents[at] == documents
        more_values[at[both]] += values[both]
        documents = np.concatenate((documents[~both], more_documents))
        values = np.concatenate((values[~both], more_values))
    return documents, values
