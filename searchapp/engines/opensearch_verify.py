"""Reads a whole index in OpenSearch, and holds it against the documents that it was made of."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from searchapp.analysis.base import Field, View
from searchapp.documents import Document
from searchapp.engines.base import AnalyzedBatch
from searchapp.engines.opensearch_counts import NodeCounts
from searchapp.engines.opensearch_indexes import Place
from searchapp.engines.vocabulary import Vocabulary
from searchapp.query.nodes import AnyTerm

_MOST_LINES = 20
_SAMPLED_TERMS = 500


class _Readable(Protocol):
    def documents(self) -> Iterator[Document]: ...
    def documents_of(self, ids: Sequence[str]) -> list[Document | None]: ...
    def is_complete(self) -> bool: ...


def check(searcher: _Readable, place: Place) -> Iterator[str]:
    """A line for each thing that is wrong with the index by itself."""
    if not searcher.is_complete():
        yield f"a part of the index {place.name} does not answer"
        return
    count = sum(1 for _ in searcher.documents())
    if count != place.documents:
        yield f"the index {place.name} has {count} documents, it should have {place.documents}"


def check_against(
    searcher: _Readable,
    vocabularies: Mapping[View, Vocabulary],
    counts: NodeCounts,
    batches: Iterable[AnalyzedBatch],
) -> Iterator[str]:
    """A line for each thing that is wrong, `_MOST_LINES` at most.

    Compares every document, and of a sample of terms in how many documents they are.
    """
    lines = _lines(searcher, vocabularies, counts, batches)
    yield from itertools.islice(lines, _MOST_LINES)


def _lines(
    searcher: _Readable,
    vocabularies: Mapping[View, Vocabulary],
    counts: NodeCounts,
    batches: Iterable[AnalyzedBatch],
) -> Iterator[str]:
    differing: dict[str, Document] = {}
    drawn = random.Random(0)  # noqa: S311  # a sample, and the same each time
    sampled: set[tuple[View, str]] = set()
    for batch in batches:
        found = searcher.documents_of([document.id for document in batch.documents])
        for document, there in zip(batch.documents, found, strict=True):
            differing.pop(document.id, None)
            if there != document:
                differing[document.id] = document  # unless a later one replaces it
        for view, term in _some_terms(batch, drawn):
            if len(sampled) < _SAMPLED_TERMS:
                sampled.add((view, term))
    for document_id in differing:
        yield f"document {document_id!r} is not there as it was read"
    for view, term in sorted(sampled):
        # As one of several, it is counted in the cluster.
        there_now = counts.count(AnyTerm(view, (term,)))
        expected = vocabularies[view].count(term)
        if there_now != expected:
            yield f"{term!r} of {view} is in {there_now} documents, it should be in {expected}"


def _some_terms(batch: AnalyzedBatch, drawn: random.Random) -> Iterator[tuple[View, str]]:
    terms = batch.fields[Field.BODY]
    for view, names in (
        (View.EXACT, terms.exact_terms),
        (View.FOLDED, terms.folded_terms),
        (View.WORDS, terms.word_terms),
    ):
        if names:
            yield view, drawn.choice(names)
