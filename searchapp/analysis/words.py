"""The terms of the ``words`` view: of pyvi's words, and of codes that pyvi takes apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from searchapp.analysis.terms import exact_term

_CORE = re.compile(r"[^\W_](?:.*[^\W_])?")
# Letters and digits held together by punctuation, with a digit, a dot, an at sign or an ampersand
# in it: dates, decrees, abbreviations with dots, addresses. Not "kinh tế-xã hội" nor "và/hoặc".
_CODE = re.compile(r"(?<![^\W_])[^\W_]++(?:(?:[./@_&+'’\-–]|(?<=\d):(?=\d))[^\W_]++)++")
_PLAIN = str.maketrans("–’", "-'")
_CODE_SIGN = re.compile(r"[\d.@&]")


def word_term(surfaces: Sequence[str]) -> str | None:
    """The term of a word from its tokens; None for punctuation.

    pyvi keeps the full stop after capitals (``NATO.``): it is no part of the term.
    """
    terms = [exact_term(core[0]) for s in surfaces if (core := _CORE.search(s))]
    return "_".join(terms) if terms else None


def code_spans(chunk: str, tokens: Sequence[str]) -> list[tuple[int, int]]:
    """Where in a piece of text between spaces codes stand, punctuation around them left out."""
    return [match.span() for match in code_matches(chunk) if is_code(match[0], tokens)]


def code_matches(text: str) -> Iterator[re.Match[str]]:
    """What may be codes; none crosses white space."""
    return _CODE.finditer(text)


def is_code(surface: str, tokens: Sequence[str]) -> bool:
    """Whether what may be a code is one; ``tokens`` are those of its chunk.

    What is one of pyvi's tokens (an e-mail address, 8,16) is a word already.
    """
    return len(tokens) > 1 and surface not in tokens and _CODE_SIGN.search(surface) is not None


def code_term(surface: str) -> str:
    """The term of a code: as of a token, with plain hyphens and apostrophes."""
    return exact_term(surface.translate(_PLAIN))
