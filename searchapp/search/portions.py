"""Long texts are read part by part; each part ends between words, where it can."""

from __future__ import annotations

from bisect import bisect_right

_BREAK_CHARS = 200  # a part ends between words, where one ends this near


def part_end(text: str, start: int, max_chars: int) -> int:
    """Where the part that begins at ``start`` ends: at most ``max_chars`` code points on."""
    end = start + max_chars
    if end >= len(text):
        return len(text)
    # Half of the part at least stays, however near its words end.
    for place in range(end, max(end - _BREAK_CHARS, start + max_chars // 2), -1):
        if text[place - 1].isspace():
            return place
    return end


def part_starts(text: str, max_chars: int) -> list[int]:
    """Where each part of a text begins, one behind the other; an empty text is one part."""
    starts = [0]
    while (end := part_end(text, starts[-1], max_chars)) < len(text):
        starts.append(end)
    return starts


def part_of(text: str, place: int, max_chars: int) -> int:
    """Where the part begins that holds a place of a text."""
    if place < max_chars // 2:
        return 0  # so it is for nearly every text, without a look at it
    starts = part_starts(text, max_chars)
    return starts[bisect_right(starts, place) - 1]
