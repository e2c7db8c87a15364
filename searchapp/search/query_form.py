"""A query in its one spelling, before it is analysed."""

from __future__ import annotations

import re

from searchapp.analysis.clean import clean_text
from searchapp.analysis.syllable import canonical_spelling

_WORD = re.compile(r"[^\W\d_]+")


def query_form(text: str) -> str:
    """A query with each syllable in its one spelling, so that hoà and hòa are one query.

    Capitals throughout are a key left on, not names: pyvi would see every word as one.
    """
    text = clean_text(text)
    if text.isupper():
        text = text.lower()
    return _WORD.sub(lambda match: _respelled(match[0]), text)


def capitalised(text: str) -> str:
    """Every word with a capital at its beginning."""
    return _WORD.sub(lambda match: match[0][0].upper() + match[0][1:], text)


def _respelled(word: str) -> str:
    lower = word.lower()
    spelled = canonical_spelling(lower)
    if spelled == lower:
        return word
    if word.isupper():
        return spelled.upper()
    return spelled[0].upper() + spelled[1:] if word[0].isupper() else spelled
