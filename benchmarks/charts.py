"""SVG charts for the documents, readable on light and dark pages."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from xml.sax.saxutils import escape

STYLE = (
    "<style>.middle{text-anchor:middle}text{fill:#1d2524}.soft{fill:#5a6664}.line{stroke:#d9dedb}.bar{stroke:#0b6e5f;"
    "stroke-width:3}.dot{fill:#0b6e5f}.full{stroke:#c8803a;stroke-dasharray:3 3}"
    "@media(prefers-color-scheme:dark){text{fill:#e6ecea}.soft{fill:#a3b0ad}.line{stroke:#35403e}"
    ".bar{stroke:#6fd0bd}.dot{fill:#6fd0bd}}</style>"
)
_ROW, _PANEL, _GAP, _TOP, _LABELS, _BESIDE = 24, 170, 70, 50, 150, 3


def opening(width: int, height: int) -> str:
    """The first tag of a chart, sizes in its own units."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="system-ui, sans-serif" font-size="13">'
    )


def bars(panels: Mapping[tuple[str, str], Mapping[str, float]], pale: Collection[str] = ()) -> str:
    """A panel of bars for each title and remark, one bar a row; rows are those of the first panel.

    There are three panels beside each other, and more below. Each has a scale of its own, from 0; a
    row that it lacks stays empty. ``pale`` rows step back behind the others.
    """
    rows = list(next(iter(panels.values())))
    height = _TOP + _ROW * len(rows) + 20
    lines = math.ceil(len(panels) / _BESIDE)
    parts = [opening(_LABELS + min(len(panels), _BESIDE) * (_PANEL + _GAP), lines * height), STYLE]
    for line in range(lines):
        for y, row in enumerate(rows):
            at = line * height + _TOP + _ROW * y + 16
            parts.append(
                f'<text x="{_LABELS - 10}" y="{at}" text-anchor="end">{escape(row)}</text>'
            )
    for number, ((title, remark), values) in enumerate(panels.items()):
        line, column = divmod(number, _BESIDE)
        begin, top = _LABELS + column * (_PANEL + _GAP), line * height
        parts.append(f'<text x="{begin}" y="{top + 18}">{escape(title)}</text>')
        parts.append(f'<text class="soft" x="{begin}" y="{top + 36}">{escape(remark)}</text>')
        most = max(values.values(), default=0) or 1
        for y, row in enumerate(rows):
            if row not in values:
                continue
            at, length = top + _TOP + _ROW * y, values[row] / most * _PANEL
            shade = ' opacity=".5"' if row in pale else ""
            size = f'width="{length:.1f}" height="15"'
            parts.append(f'<rect class="dot"{shade} x="{begin}" y="{at + 4}" {size}/>')
            parts.append(
                f'<text class="soft" x="{begin + length + 5:.1f}" y="{at + 16}">'
                f"{_short(values[row])}</text>"
            )
    return "\n".join([*parts, "</svg>", ""])


def _short(value: float) -> str:
    """A figure of three digits or more."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
