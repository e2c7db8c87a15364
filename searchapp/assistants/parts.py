"""A part of a document: long ones are read piece by piece."""

from __future__ import annotations

import msgspec

from searchapp.contract.tools import DocumentPart
from searchapp.search.answers import document_answer
from searchapp.search.results import MarkedDocument


def document_part(found: MarkedDocument) -> DocumentPart:
    """A part of the text as it was read, with its page and where else words of the query stand."""
    answer = document_answer(found)
    return DocumentPart(
        **{field.name: getattr(answer, field.name) for field in msgspec.structs.fields(answer)},
        page=found.document.page_at(found.text.start),
        matches=list(found.matches),
    )
