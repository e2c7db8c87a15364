"""The values of a column as people name them: without capitals, perhaps without marks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Literal

from searchapp.analysis.clean import clean_text
from searchapp.analysis.terms import exact_term, folded_term, has_marks

_SYLLABLE = re.compile(r"[^\W_]+")


class ColumnValues:
    """Finds values by their whole spelling, or by how they begin.

    What is typed with marks means them; what is typed without finds values with any. Capitals,
    punctuation and the place of the tone make no difference.
    """

    def __init__(self, values: Iterable[str]) -> None:
        self._values = [
            (value, _form(value, exact_term), _form(value, folded_term)) for value in values
        ]

    def named(self, text: str, *, how: Literal["whole", "beginning"] = "whole") -> tuple[str, ...]:
        """The values that are called, or begin with, ``text``; in the order of the column."""
        marked = has_marks(text)
        wanted = _form(text, exact_term if marked else folded_term)
        if how == "whole":
            return tuple(
                v for v, exact, folded in self._values if wanted == (exact if marked else folded)
            )
        return tuple(
            v
            for v, exact, folded in self._values
            if (exact if marked else folded).startswith(wanted)
        )


def _form(text: str, term: Callable[[str], str]) -> str:
    """A value as terms; one of nothing but punctuation stands for itself."""
    cleaned = clean_text(text)
    return " ".join(map(term, _SYLLABLE.findall(cleaned))) or " ".join(cleaned.split())
