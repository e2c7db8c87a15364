"""The fields of an index in OpenSearch, and a document as it is sent there.

Every view has a field over title and body, as two strings with a gap between them that no phrase
reaches over, and one over the title alone. They are indexed and not kept: what is kept is the
document, once.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import Any

from searchapp.analysis.base import Field, View
from searchapp.analysis.collation import collation_key
from searchapp.documents import Document
from searchapp.engines.base import Ranking
from searchapp.engines.columns import NO_DAY, days_of, values_of
from searchapp.errors import QueryError
from searchapp.query.filters import Column
from searchapp.query.scanner import MAX_SLOP

ID = "id"
DOCUMENT = "document"
FIRST_DAY, LAST_DAY = "first_day", "last_day"
TITLE_KEY = "title_key"
REQUESTS_BYTES_MAX = 5_000_000
"""About so large a bulk request may be."""

_NAMES = tuple(one.name for one in dataclasses.fields(Document))
_TUPLES = ("tags", "page_starts")
_ENCODED = "encoded"
_INDEXED = {
    View.WORDS: "freqs",
    View.EXACT: "positions",
    View.FOLDED: "positions",
    View.PAIRS: "freqs",
}
SHORT_CHARS = 127
"""A term as long is one to the whitespace analyzer: it takes 255 of Java's, and some are two."""
_KEY_BYTES = 32_000  # a keyword has to be shorter than 32,766
_ID_BYTES = 500  # of 512
_KEY_END = "\0"


def text_field(field: Field | None, view: View) -> str:
    """The field that holds a view of a field; None is both. Raises QueryError for the body."""
    if field is Field.BODY:
        raise QueryError("the engine opensearch can't look into texts without their titles")
    return view.value if field is None else f"{field}_{view}"


def column_field(column: Column) -> str:
    """The field with the values of a column."""
    return f"column_{column}"


def index_body(shards: int, meta: dict[str, Any]) -> dict[str, Any]:
    """What a new index keeps to as long as it is there: shards, scoring and mapping."""
    ranking = Ranking()
    return {
        "settings": {
            "index.number_of_shards": shards,
            "similarity": {"default": {"type": "BM25", "k1": ranking.k1, "b": ranking.b}},
        },
        "mappings": {
            "dynamic": "strict",
            "_meta": meta,
            "_source": {"includes": [DOCUMENT, f"{DOCUMENT}.*"]},
            "properties": _properties(),
        },
    }


def _properties() -> dict[str, Any]:
    keyword = {"type": "keyword"}
    texts = {
        text_field(field, view): {
            "type": "text",
            "analyzer": "whitespace",
            "index_options": option,
            **({"position_increment_gap": MAX_SLOP + 2} if option == "positions" else {}),
        }
        for view, option in _INDEXED.items()
        for field in (None, Field.TITLE)
    }
    return {
        ID: keyword,
        DOCUMENT: {"type": "object", "enabled": False},
        **texts,
        **{column_field(column): keyword for column in Column},
        FIRST_DAY: {"type": "integer"},
        LAST_DAY: {"type": "integer"},
        TITLE_KEY: keyword,
    }


def source(document: Document, title: dict[View, str], body: dict[View, str]) -> dict[str, Any]:
    """A document as it is sent: its terms, with spaces between them, its values, and itself."""
    made: dict[str, Any] = {ID: key_of(document.id), DOCUMENT: encode(document)}
    for view in View:
        both = [text for text in (title[view], body[view]) if text]
        if both:
            made[text_field(None, view)] = both
        if title[view]:
            made[text_field(Field.TITLE, view)] = title[view]
    for column in Column:
        values = [column_key(value) for value in values_of(document, column)]
        if values:
            made[column_field(column)] = values
    first, last = days_of(document.published)
    if first != NO_DAY:
        made[FIRST_DAY], made[LAST_DAY] = first, last
    title_key = _keyword(collation_key(document.title))
    if title_key:
        made[TITLE_KEY] = title_key
    return made


def encode(document: Document) -> dict[str, Any]:
    """What a document has. Halves of surrogate pairs are no JSON: one with them is written out."""
    values = {name: value for name in _NAMES if (value := getattr(document, name))}
    if all(_is_whole(value) for value in values.values()):
        return values
    return {_ENCODED: json.dumps(values)}


def decode(values: dict[str, Any]) -> Document:
    """The document that `encode` was given."""
    if _ENCODED in values:
        values = json.loads(values[_ENCODED])
    values = {"title": "", "text": "", **values}
    values.update({name: tuple(values[name]) for name in _TUPLES if name in values})
    return Document(**values)


def _is_whole(value: Any) -> bool:
    texts = (value,) if isinstance(value, str) else value
    try:
        for text in texts:
            if isinstance(text, str):
                text.encode()
    except UnicodeEncodeError:
        return False
    return True


def term(text: str) -> str:
    """A term as it is indexed: very long ones by their beginning and a digest of them."""
    if len(text) <= SHORT_CHARS:
        return text
    return f"{text[:60]}…{_digest(text)}"


def column_key(value: str) -> str:
    """A value such that the order of keys is that of a dictionary."""
    return _keyword(collation_key(value) + _KEY_END + value)


def value_of(key: str) -> str:
    """The value that a key was made of."""
    return key.partition(_KEY_END)[2]


def key_of(document_id: str) -> str:
    """What a document is called in the cluster: its id, or a digest where that can't be."""
    whole = document_id.encode("utf-8", "backslashreplace")
    if len(whole) <= _ID_BYTES and "\n" not in document_id and document_id:
        return whole.decode()
    beginning = whole[: _ID_BYTES - 100].decode("utf-8", "ignore").replace("\n", " ")
    return f"{beginning}…{_digest(document_id)}"


def _keyword(text: str) -> str:
    whole = text.encode("utf-8", "backslashreplace")
    return whole[:_KEY_BYTES].decode("utf-8", "ignore")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
