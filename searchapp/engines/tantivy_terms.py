"""The terms of analysed documents as hashes, to hold a Tantivy index against."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.analysis.analyzer import BatchTerms
from searchapp.analysis.base import Field, View, pair_term
from searchapp.engines.base import AnalyzedBatch
from searchapp.engines.checksums import Sums, mixed, term_hashes
from searchapp.engines.tantivy_schema import indexed, text_field

Array = npt.NDArray[Any]

_PHRASE = 5


@dataclass(frozen=True, slots=True)
class Held:
    """For each document that holds a term, the term's hash; and how terms begin."""

    hashes: Sums
    initials: set[str]


def fields_of(batch: AnalyzedBatch, rows: Sequence[int]) -> Iterator[tuple[str, Held]]:
    """For each field of the index, which terms the documents in ``rows`` hold."""
    parts = {field: _occurrences(terms) for field, terms in batch.fields.items()}
    wanted = np.zeros(len(batch.documents), dtype=np.bool_)
    wanted[list(rows)] = True
    for view in View:
        title = parts[Field.TITLE][view]
        yield text_field(Field.TITLE, view), _held([title], wanted)
        yield text_field(None, view), _held([title, parts[Field.BODY][view]], wanted)


@dataclass(frozen=True, slots=True)
class _Occurrences:
    hashes: Sums
    documents: Array
    initials: set[str]


def _occurrences(terms: BatchTerms) -> dict[View, _Occurrences]:
    lengths = np.diff(terms.syllable_bounds)
    documents = np.repeat(np.arange(lengths.size), lengths)
    of_words = np.repeat(np.arange(lengths.size), np.diff(terms.word_bounds))
    together = documents[1:] == documents[:-1]
    heads, tails = terms.syllables[:-1][together], terms.syllables[1:][together]
    count = len(terms.folded_terms) or 1
    keys, places = np.unique(heads.astype(np.int64) * count + tails, return_inverse=True)
    firsts, seconds = np.divmod(keys, count)
    pairs = [
        pair_term(terms.folded_terms[first], terms.folded_terms[second])
        for first, second in zip(firsts.tolist(), seconds.tolist(), strict=True)
    ]
    return {
        View.WORDS: _listed(terms.word_terms, terms.words, of_words),
        View.EXACT: _listed(terms.exact_terms, terms.syllables, documents),
        View.FOLDED: _listed(terms.folded_terms, terms.syllables, documents),
        View.PAIRS: _listed(pairs, places.reshape(-1), documents[1:][together]),
    }


def _listed(names: list[str], numbers: Array, documents: Array) -> _Occurrences:
    names = [indexed(name) for name in names]
    hashes = term_hashes(name.encode() for name in names)
    return _Occurrences(hashes[numbers], documents, {name[:1] for name in names})


def _held(parts: list[_Occurrences], wanted: Array) -> Held:
    hashes = np.concatenate([part.hashes for part in parts])
    documents = np.concatenate([part.documents for part in parts])
    there = wanted[documents]
    hashes, documents = hashes[there], documents[there]
    _, firsts = np.unique(mixed(hashes, documents), return_index=True)
    return Held(hashes[firsts], set().union(*(part.initials for part in parts)))


def phrases_of(
    batch: AnalyzedBatch, rows: Sequence[int]
) -> Iterator[tuple[int, Field | None, tuple[str, ...]]]:
    """A few words of each text in their order: the row of the document, the field (None where
    only title and body together are kept), and the terms.
    """
    for field, terms in batch.fields.items():
        bounds = terms.syllable_bounds.tolist()
        for row in rows:
            length = bounds[row + 1] - bounds[row]
            if length < 2:  # one word is in its place
                continue
            first = bounds[row] + max(length - _PHRASE, 0) // 2
            last = min(first + _PHRASE, bounds[row + 1])
            words = [terms.exact_terms[number] for number in terms.syllables[first:last].tolist()]
            yield row, field if field is Field.TITLE else None, tuple(words)
