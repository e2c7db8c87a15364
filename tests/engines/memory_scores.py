"""How documents are ranked: BM25F as a formula over plain counts."""

from __future__ import annotations

import math

from memory_texts import Texts

from searchapp.analysis.base import Field, View
from searchapp.engines.base import Ranking
from searchapp.query.nodes import Counted


class FieldsApart:
    """BM25F: each field has its own length and weight, and frequencies saturate together."""

    def __init__(self, texts: Texts, ranking: Ranking) -> None:
        self._texts, self._ranking = texts, ranking
        names = texts.documents
        self._means = {
            (field, view): sum(texts.length(name, field, view) for name in names) / len(names)
            for field in Field
            for view in View
        }

    def value(self, name: str, node: Counted, frequency: int) -> float:
        """The value of a node in a document, of all ``frequency`` ones that hold it."""
        ranking, total = self._ranking, 0.0
        for field in Field:
            count = self._texts.occurrences(name, field, node)
            if count:
                length = self._texts.length(name, field, node.view)
                norm = 1 - ranking.b + ranking.b * length / self._means[field, node.view]
                total += ranking.field_weight(field) * count / norm
        idf = inverse_document_frequency(frequency, len(self._texts.documents))
        return idf * total * (ranking.k1 + 1) / (total + ranking.k1)


class FieldsJoined:
    """BM25 over title and body as one text, as other libraries have it; a title asked for by itself
    is a text of its own.
    """

    def __init__(self, texts: Texts, ranking: Ranking) -> None:
        self._texts, self._ranking = texts, ranking
        names = texts.documents
        self._means = {
            (field, view): sum(self._length(name, field, view) for name in names) / len(names)
            for field in (None, *Field)
            for view in View
        }

    def _length(self, name: str, field: Field | None, view: View) -> int:
        fields = Field if field is None else (field,)
        return sum(self._texts.length(name, one, view) for one in fields)

    def value(self, name: str, node: Counted, frequency: int) -> float:
        """The value of a node in a document, of all ``frequency`` ones that hold it."""
        ranking = self._ranking
        count = sum(self._texts.occurrences(name, field, node) for field in Field)
        length = self._length(name, node.field, node.view)
        norm = 1 - ranking.b + ranking.b * length / self._means[node.field, node.view]
        idf = inverse_document_frequency(frequency, len(self._texts.documents))
        return idf * count * (ranking.k1 + 1) / (count + ranking.k1 * norm)


def inverse_document_frequency(frequency: int, documents: int) -> float:
    return math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))
