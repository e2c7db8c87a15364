"""From a token to its term: compatibility forms, case, spelling, and the folded form."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from searchapp.analysis.syllable import canonical_spelling

# Without marks, i and y after these onsets can't be told apart by tone (ky nang, ki nang).
_FOLDED_I_Y = {"hi": "hy", "ki": "ky", "li": "ly", "mi": "my", "si": "sy", "ti": "ty", "qui": "quy"}

_PLAIN_LETTERS = str.maketrans(
    dict.fromkeys("àáảãạăằắẳẵặâầấẩẫậ", "a")
    | dict.fromkeys("èéẻẽẹêềếểễệ", "e")
    | dict.fromkeys("ìíỉĩị", "i")
    | dict.fromkeys("òóỏõọôồốổỗộơờớởỡợ", "o")
    | dict.fromkeys("ùúủũụưừứửữự", "u")
    | dict.fromkeys("ỳýỷỹỵ", "y")
    | {"đ": "d"}
)


@lru_cache(maxsize=1 << 16)
def exact_term(token: str) -> str:
    """The term of a token with its marks: NFKC, case folded, tone and i/y in one place.

    Applying it twice changes nothing. A term never holds white space.
    """
    if token.isascii():
        return token.lower()
    term = unicodedata.normalize("NFKC", token).casefold()
    term = unicodedata.normalize("NFKC", "".join(unicodedata.normalize("NFKC", term).split()))
    return canonical_spelling(term)


@lru_cache(maxsize=1 << 16)
def folded_term(token: str) -> str:
    """The term of a token without marks: đ is d, combining marks go, i/y in one place."""
    term = exact_term(token)
    if not term.isascii():
        term = strip_marks(term) or term  # some letters of other scripts are nothing but marks
    return _FOLDED_I_Y.get(term, term)


def exact_terms(tokens: Iterable[str]) -> list[str]:
    """`exact_term` of many tokens."""
    return [token.lower() if token.isascii() else exact_term(token) for token in tokens]


def folded_forms(terms: Iterable[str]) -> list[str]:
    """The folded terms of many exact terms."""
    forms = []
    for term in terms:
        plain = term if term.isascii() else term.translate(_PLAIN_LETTERS)
        # What is not of Vietnamese letters alone takes the longer way.
        forms.append(_FOLDED_I_Y.get(plain, plain) if plain.isascii() else folded_term(term))
    return forms


def strip_marks(text: str) -> str:
    """The text without combining marks and with d for đ; case and everything else stay."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return unicodedata.normalize(
        "NFC", "".join(c for c in decomposed if not unicodedata.combining(c))
    )


def has_marks(token: str) -> bool:
    """Whether a token was typed with marks: ``đường`` and ``đi`` were, ``duong`` was not."""
    if token.isascii():
        return False
    lowered = unicodedata.normalize("NFC", token).lower()
    return strip_marks(lowered) != lowered
