"""What a searcher keeps of a term: its documents and their BM25F values, ready to be added."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.analysis.base import Field
from searchapp.engines.whoosh_codec import TermPostings
from searchapp.query.nodes import Counted

Array = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class WeighedPostings:
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


class PostingCache:
    """The postings used last, up to a number of bytes; for any number of threads.

    Questions share most of their terms: the frequent ones, which are the slow ones.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit, self._size = limit_bytes, 0
        self._items: OrderedDict[Counted, WeighedPostings] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Counted) -> WeighedPostings | None:
        with self._lock:
            found = self._items.get(key)
            if found is not None:
                self._items.move_to_end(key)
            return found

    def put(self, key: Counted, value: WeighedPostings) -> None:
        with self._lock:
            if key in self._items:
                return
            self._items[key] = value
            self._size += value.size
            while self._size > self._limit and len(self._items) > 1:
                self._size -= self._items.popitem(last=False)[1].size


def inverse_norms(lengths: Array, live: Mask, weight: float, b: float) -> Array:
    """The field's weight over BM25's length norm, 1 - b + b * length / mean length."""
    mean = float(lengths[live].mean()) if live.any() else 0.0
    return weight / (1.0 - b + b * (lengths / mean if mean else np.ones(lengths.size)))


def sum_by_document(lists: list[tuple[Array, Array]]) -> tuple[Array, Array]:
    """Lists of distinct documents as one, values added where a document is in several."""
    documents, values = np.empty(0, dtype=np.intp), np.empty(0)
    for more_documents, more_values in lists:
        if more_documents.size == 0:
            continue
        at = np.searchsorted(more_documents, documents)
        at[at == more_documents.size] = 0
        both = more_documents[at] == documents
        more_values[at[both]] += values[both]
        documents = np.concatenate((documents[~both], more_documents))
        values = np.concatenate((values[~both], more_values))
    return documents, values
