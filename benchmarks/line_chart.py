"""Lines over a doubling scale, as SVG for the documents."""

from __future__ import annotations

import math
from collections.abc import Mapping
from xml.sax.saxutils import escape

from benchmarks.charts import STYLE, opening

_PANEL, _HEIGHT, _LEFT, _TOP, _GAP, _BOTTOM = 300, 200, 50, 60, 90, 60
_DASHES = ("", "7 4", "2 4")
_TICKS = 4

Line = Mapping[int, float]


def panels(drawn: Mapping[tuple[str, str], Mapping[str, Line]], below: str) -> str:
    """A panel for each title and remark, a line for each name; the scale begins at 0.

    ``below`` says what the doubling scale counts.
    """
    width = len(drawn) * (_LEFT + _PANEL + _GAP)
    parts = [opening(width, _TOP + _HEIGHT + _BOTTOM), STYLE]
    for number, ((title, remark), lines) in enumerate(drawn.items()):
        left = _LEFT + number * (_LEFT + _PANEL + _GAP)
        parts.append(f'<text x="{left}" y="18">{escape(title)}</text>')
        parts.append(f'<text class="soft" x="{left}" y="36">{escape(remark)}</text>')
        parts += _panel(left, lines, below)
    return "\n".join([*parts, "</svg>", ""])


def _panel(left: int, lines: Mapping[str, Line], below: str) -> list[str]:
    steps = sorted({step for line in lines.values() for step in line})
    top = _round_up(max(value for line in lines.values() for value in line.values()))
    across = math.log2(steps[-1] / steps[0]) or 1.0
    bottom = _TOP + _HEIGHT

    def x(step: int) -> float:
        return left + math.log2(step / steps[0]) / across * _PANEL

    def y(value: float) -> float:
        return bottom - value / top * _HEIGHT

    parts = []
    for tick in range(_TICKS + 1):
        value = top * tick / _TICKS
        at, place = y(value), f'x="{left - 8}" y="{y(value) + 4:.1f}" text-anchor="end"'
        parts.append(f'<path class="line" d="M{left} {at:.1f}h{_PANEL}"/>')
        parts.append(f'<text class="soft" {place}>{value:,.0f}</text>')
    labels = [(x(step), bottom + 20, str(step)) for step in steps]
    labels.append((left + _PANEL / 2, bottom + 42, escape(below)))
    parts += [
        f'<text class="soft middle" x="{at:.1f}" y="{under}">{text}</text>'
        for at, under, text in labels
    ]
    last = []
    for dashes, (name, line) in zip(_DASHES, lines.items(), strict=False):
        places = " ".join(f"{x(step):.1f},{y(line[step]):.1f}" for step in sorted(line))
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        parts.append(f'<polyline class="bar" fill="none"{dashed} points="{places}"/>')
        last.append((y(line[max(line)]), name))
    at = -math.inf
    for height, name in sorted(last):
        at = max(height + 4, at + 16)  # names don't lie upon each other
        parts.append(f'<text x="{left + _PANEL + 8}" y="{at:.1f}">{escape(name)}</text>')
    return parts


def _round_up(value: float) -> float:
    """The next of 1, 2, 4, 6, 8 times a power of ten, above a value."""
    power = 10 ** math.floor(math.log10(value))
    return next(factor * power for factor in (1, 2, 4, 6, 8, 10) if factor * power >= value)
