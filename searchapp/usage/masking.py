"""Takes out of a query what looks like personal data, before anything is written.

It knows e-mail addresses, number plates and long numbers (telephones, identity cards, accounts,
bank cards). Names and addresses of houses can't be told from what people search for, and stay.
"""

from __future__ import annotations

import re

EMAIL, NUMBER, PLATE = "[email]", "[số]", "[biển số]"
# It begins where a run does: from each letter of a long one it would take the square.
_MAIL = re.compile(r"(?<![^\s@<>\"'():;,])[^\s@<>\"'():;,]+[@\uFF20][^\s@<>\"'():;,]+\.\w{2,}")
_PLATE = re.compile(r"(?<!\w)\d{2}[- ]?[A-ZĐ]{1,2}\d?[- ]?\d{3}\.?\d{1,2}(?!\w)", re.IGNORECASE)
# Digits in one piece, or in groups with a sign or two between them: 0912 345 678, (024) 1234.5678.
_GROUPS = re.compile(r"\+?\d+(?:[\s.\-()]{1,2}\d+)*")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_LONGEST_PIECE = 6  # digits in one piece; 7 were a telephone for long
_LONGEST_GROUPS = 8  # digits in several, as a day has: 05.03.2024


def masked(text: str) -> str:
    """The text with a name of what stood there in place of what looks personal."""
    text = _MAIL.sub(EMAIL, text)
    text = _PLATE.sub(PLATE, text)
    return _GROUPS.sub(_number, text)


def _number(found: re.Match[str]) -> str:
    groups = re.findall(r"\d+", found[0])
    if all(map(_YEAR.fullmatch, groups)):
        return found[0]  # 2019 2020 2021
    if max(map(len, groups)) > _LONGEST_PIECE or sum(map(len, groups)) > _LONGEST_GROUPS:
        return NUMBER
    return found[0]
