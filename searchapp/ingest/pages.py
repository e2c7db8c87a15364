"""Pages in a text: where each begins, whatever the text becomes on its way to a document.

Pages are parted by form feeds until the document is made, because converting an old encoding
changes lengths; then the form feeds become `Document.page_starts`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate

from searchapp.documents import Document

_MARK = "\f"
_SENTENCE_ENDS = re.compile(r"[.!?:;…\"”»)\]]$")
_RUNNING_LEAST_PAGES = 3
_RUNNING_SHARE = 0.5
_NUMBER_AT_END = re.compile(r"(?<!\d)\d{1,5}(?=\W*$)|(?<=^)\d{1,5}(?!\d)|(?<=^. )\d{1,5}(?!\d)")


def join_pages(pages: Iterable[str]) -> str:
    """The text of all pages, marked where each begins; for `with_page_starts`."""
    text: list[str] = []
    last = ""
    for number, page in enumerate(one.replace(_MARK, " ") for one in pages):
        between = ""
        if last and page:
            goes_on = page[0].islower() and not _SENTENCE_ENDS.search(last)
            between = " " if goes_on else "\n"
        text += [between, _MARK if number else "", page]
        last = page or last
    return "".join(text)


def with_page_starts(document: Document) -> Document:
    """A document whose text `join_pages` made, with its pages told and the marks gone."""
    pages = document.text.split(_MARK)
    starts = accumulate(map(len, pages[:-1]), initial=0)
    return replace(document, text="".join(pages), page_starts=tuple(starts))


def without_running_lines(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """The lines of each page without those at its ends that most pages have: running titles and
    page numbers, which may also stand in one line.
    """
    kept = [list(page) for page in pages]
    for end in (0, -1):
        for _ in range(2):  # a running title and a page number
            keys = [_keys(page[end], index) if page else set() for index, page in enumerate(kept)]
            counts = Counter(key for own in keys for key in own)
            least = max(_RUNNING_LEAST_PAGES, _RUNNING_SHARE * sum(map(bool, keys)))
            for page, own in zip(kept, keys, strict=True):
                if any(counts[key] >= least for key in own):
                    del page[end]
    return kept


def _keys(line: str, index: int) -> set[tuple[str, int | None]]:
    """What a line shares with others that differ by the number of the page alone, if at all."""
    keys: set[tuple[str, int | None]] = {(line, None)}
    for found in _NUMBER_AT_END.finditer(line):
        keys.add((line[: found.start()] + "#" + line[found.end() :], int(found[0]) - index))
    return keys
