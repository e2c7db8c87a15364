"""Text of documents where people see it: what a terminal or a spreadsheet would obey is shown."""

from __future__ import annotations

_BIDI = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))  # they turn round what is read
_OBEYED = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), *_BIDI), "\ufffd")
_FORMULA = tuple("=+-@＝＋－＠")


def shown(text: str) -> str:
    """The text with a sign for each character that a terminal obeys; as long as before."""
    return text.translate(_OBEYED)


def cell(text: str) -> str:
    """The text in one line as a cell that no spreadsheet computes: an apostrophe before a formula.

    A title "=HYPERLINK(…)" would else become one where the file is opened (OWASP, CSV injection).
    """
    line = shown(" ".join(text.split()))
    return f"'{line}" if line.startswith(_FORMULA) else line
