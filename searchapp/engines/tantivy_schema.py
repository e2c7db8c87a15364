"""The fields of a Tantivy index, and how documents are put into them and come back.

Every view has a field over title and body as one text, and one over the title alone. Between the
two texts lies a gap that no phrase reaches over: positions, but no terms, so that lengths are those
of the text.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json

import tantivy

from searchapp.analysis.base import Field, View
from searchapp.analysis.collation import collation_key
from searchapp.documents import Document
from searchapp.engines.columns import LAST, NO_DAY, days_of, values_of
from searchapp.errors import QueryError
from searchapp.query.filters import Column, Sort
from searchapp.query.scanner import MAX_SLOP

ID = "id"
DOCUMENT = "document"
FIRST_DAY, LAST_DAY = "first_day", "last_day"
ORDERS = {Sort.NEWEST: "newest", Sort.OLDEST: "oldest", Sort.TITLE: "title_key"}
"""Fields that ascend in an order; documents without a date or title have the last of all keys."""

_NAMES = tuple(one.name for one in dataclasses.fields(Document))
_TUPLES = ("tags", "page_starts")
_INDEXED = {View.WORDS: "freq", View.EXACT: "position", View.FOLDED: "position", View.PAIRS: "freq"}
TERMS = "terms"
"""The tokenizer of all views."""
FILLER = "\x01"
"""Holds a place and is no term: the analyzer parts texts at control characters."""
GAPS = {
    view: f" {' '.join([FILLER] * (MAX_SLOP + 2))} " if option == "position" else " "
    for view, option in _INDEXED.items()
}
"""What stands between the two texts of one field."""
_TERM_MAX_BYTES = 60_000
_KEY_MAX_CHARS = 5_000  # what is alike for so long stands in one place of a dictionary
_KEY_END = "\0"  # between a value's place in a dictionary and itself; below all that is in a key
_LAST_KEY = "\U0010ffff"


def text_field(field: Field | None, view: View) -> str:
    """The field that holds a view of a field; None is both. Raises QueryError for the body."""
    if field is Field.BODY:
        raise QueryError(
            "an index of the engine tantivy can't search the body alone; search the title,"
            " or title and body as one"
        )
    return view.value if field is None else f"{field}_{view}"


def column_field(column: Column) -> str:
    """The field with the values of a column."""
    return f"column_{column}"


def column_key(value: str) -> str:
    """A value such that the order of keys is that of a dictionary."""
    return indexed(collation_key(value)[:_KEY_MAX_CHARS] + _KEY_END + value)


def value_of(key: str) -> str:
    """The value that a key was made of."""
    return key.partition(_KEY_END)[2]


SHORT_CHARS = 14_000
"""Terms of no more characters are never changed by `indexed`, but for surrogates."""


def indexed(text: str) -> str:
    """A term as Tantivy can hold it; most are as they were.

    Halves of surrogate pairs, which UTF-8 can't hold, are written out. Of a term too long the end
    is a hash: Tantivy leaves out what is longer than 65,530 bytes.
    """
    data = text.encode("utf-8", "backslashreplace")
    if len(data) > _TERM_MAX_BYTES:
        kept = data[:_TERM_MAX_BYTES].decode("utf-8", "ignore")
        return kept + hashlib.sha256(data).hexdigest()
    return data.decode()


def schema() -> tantivy.Schema:
    """The schema of every index."""
    made = tantivy.SchemaBuilder()
    _add_raw(made, ID, stored=True)
    made.add_bytes_field(DOCUMENT, stored=True)
    for view, option in _INDEXED.items():
        for field in (None, Field.TITLE):
            made.add_text_field(text_field(field, view), tokenizer_name=TERMS, index_option=option)
    for column in Column:
        _add_raw(made, column_field(column))
    for name in (FIRST_DAY, LAST_DAY, ORDERS[Sort.NEWEST], ORDERS[Sort.OLDEST]):
        made.add_integer_field(name, indexed=True, fast=True)
    _add_raw(made, ORDERS[Sort.TITLE])
    return made.build()


def _add_raw(made: tantivy.SchemaBuilder, name: str, *, stored: bool = False) -> None:
    """A field of values that are terms as a whole, to be looked up, counted and sorted by."""
    made.add_text_field(name, stored=stored, fast=True, tokenizer_name="raw", index_option="basic")


def add_values(made: tantivy.Document, document: Document) -> None:
    """Add to an entry of the index all of a document that is not words."""
    made.add_text(ID, indexed(document.id))
    made.add_bytes(DOCUMENT, encode(document))
    for column in Column:
        for value in values_of(document, column):
            made.add_text(column_field(column), column_key(value))
    first, last = days_of(document.published)
    if first == NO_DAY:
        made.add_integer(ORDERS[Sort.NEWEST], LAST)
        made.add_integer(ORDERS[Sort.OLDEST], LAST)
    else:
        made.add_integer(FIRST_DAY, first)
        made.add_integer(LAST_DAY, last)
        made.add_integer(ORDERS[Sort.NEWEST], -first)
        made.add_integer(ORDERS[Sort.OLDEST], first)
    made.add_text(ORDERS[Sort.TITLE], title_key(document))


def title_key(document: Document) -> str:
    """What the order by title goes by; documents without a title have the last of all keys."""
    return indexed(collation_key(document.title)) or _LAST_KEY


def encode(document: Document) -> bytes:
    """What a document has, as JSON."""
    values = {name: value for name in _NAMES if (value := getattr(document, name))}
    return json.dumps(values, separators=(",", ":")).encode()


def decode(data: bytes) -> Document:
    """The document that `encode` was given."""
    values = {"title": "", "text": "", **json.loads(data)}
    values.update({name: tuple(values[name]) for name in _TUPLES if name in values})
    return Document(**values)
