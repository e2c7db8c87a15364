"""What the fields and the files of a Whoosh index are called, for those who write and who read."""

from __future__ import annotations

from searchapp.analysis.base import Field, View

LENGTHS_FILE = "lengths.npy"
ID_RANKS_FILE = "id_ranks.npy"


def field_name(field: Field, view: View) -> str:
    """The Whoosh field that keeps a view of a field."""
    return f"{field}_{view}"


def length_row(field: Field, view: View) -> int:
    """The row of `LENGTHS_FILE` with the lengths that norm a view: in words, or in syllables."""
    return 2 * list(Field).index(field) + (view is View.WORDS)


def encoded(term: str) -> bytes:
    """A term, or an id, as the dictionary has it."""
    return term.encode("utf-8", "surrogatepass")
