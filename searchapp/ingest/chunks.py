"""Analysed documents as bytes: what an update, or a build that goes on, need not analyse again.

A chunk is a line of JSON that says what lies behind it, then the documents and the tables of terms
as compressed JSON, then the arrays, as narrow as their values allow. Nothing in it is a pickle.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import fields
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.analysis.analyzer import BatchTerms
from searchapp.analysis.base import Field
from searchapp.documents import Document
from searchapp.engines.base import AnalyzedBatch

Array = npt.NDArray[Any]

_LEVEL = 1  # a second for 85 MB of text; the next levels save a tenth and take twice as long
_ARRAYS = ("syllables", "syllable_bounds", "words", "word_bounds")  # in BatchTerms' order
_WIDE = ("syllable_bounds", "word_bounds")  # the others are kept in 32 bits
_TABLES = ("exact_terms", "folded_terms", "word_terms")
_FIELDS = tuple(one.name for one in fields(Document))  # dataclasses.asdict copies every value

DIGEST_BYTES = 16


def text_digest(document: Document) -> bytes:
    """What two documents share that are analysed alike: 16 bytes of their title and text."""
    return hashlib.blake2b(
        f"{document.title}\0{document.text}".encode("utf-8", "surrogatepass"),
        digest_size=DIGEST_BYTES,
    ).digest()


def content_digest(document: Document) -> str:
    """What two documents share that say the same, wherever they were read from."""
    values = [getattr(document, name) for name in _FIELDS if name != "path"]
    data = json.dumps(values, ensure_ascii=True).encode("ascii")
    return hashlib.blake2b(data, digest_size=DIGEST_BYTES).hexdigest()


def encode(batch: AnalyzedBatch) -> bytes:
    """A batch as bytes: the same for the same documents and tables."""
    plain = {
        "documents": [_values(document) for document in batch.documents],
        **{
            str(field): {table: getattr(terms, table) for table in _TABLES}
            for field, terms in batch.fields.items()
        },
    }
    packed = zlib.compress(json.dumps(plain, ensure_ascii=False).encode("utf-8"), _LEVEL)
    arrays = [
        (f"{field}.{name}", _narrow(getattr(terms, name)))
        for field, terms in batch.fields.items()
        for name in _ARRAYS
    ]
    header = {
        "packed": len(packed),
        "arrays": [[name, array.dtype.str, array.size] for name, array in arrays],
    }
    return b"".join(
        (json.dumps(header).encode(), b"\n", packed, *(array.tobytes() for _, array in arrays))
    )


def decode(data: bytes) -> AnalyzedBatch:
    """The batch that `encode` made bytes of; raises ValueError for anything else."""
    head, _, rest = data.partition(b"\n")
    header = json.loads(head)
    at = header["packed"]
    try:
        plain = json.loads(zlib.decompress(rest[:at]))
    except zlib.error as error:
        raise ValueError(str(error)) from error
    arrays: dict[str, Array] = {}
    for name, kind, size in header["arrays"]:
        dtype = np.dtype(kind)
        wide = np.int64 if name.endswith(_WIDE) else np.int32
        arrays[name] = np.frombuffer(rest, dtype, size, at).astype(wide)
        at += size * dtype.itemsize
    return AnalyzedBatch(
        [_document(values) for values in plain["documents"]],
        {
            field: BatchTerms(
                *(plain[str(field)][name] for name in _TABLES),
                *(arrays[f"{field}.{name}"] for name in _ARRAYS),
            )
            for field in Field
        },
    )


def _values(document: Document) -> dict[str, Any]:
    values = {name: getattr(document, name) for name in _FIELDS}
    return {name: value for name, value in values.items() if value not in (None, ())}


def _document(values: dict[str, Any]) -> Document:
    for name in ("tags", "page_starts"):
        if name in values:
            values[name] = tuple(values[name])
    return Document(**values)


def _narrow(array: Array) -> Array:
    return array.astype(np.min_scalar_type(int(array.max(initial=0))))
