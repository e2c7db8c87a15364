"""Charts as SVG inside a page: shapes alone, without a word, a style or a script.

Colours come from the page's style sheet, by class, and so does the dark theme. Shapes stretch with
the page; what they mean stands in a table or a caption beside them, in letters that don't stretch.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

_GAP = 0.2  # of a column's room


def columns(values: Sequence[tuple[float, float]]) -> Markup:
    """A column for each pair of a value and the part of it that is set off; the highest is 100."""
    most = max((whole for whole, _ in values), default=0) or 1
    shapes = []
    for place, (whole, part) in enumerate(values):
        left = _number(place + _GAP / 2)
        for name, value in (("whole", whole), ("part", part)):
            if value:
                height = value / most * 100
                shapes.append(
                    f'<rect class="{name}" x="{left}" width="{1 - _GAP}"'
                    f' y="{_number(100 - height)}" height="{_number(height)}"/>'
                )
    return _svg("chart-columns", len(values) or 1, 100, shapes)


def bar(value: float, most: float, span: tuple[float, float] | None = None) -> Markup:
    """A bar of a value from 0 to ``most``, with a line from one end of ``span`` to the other."""
    scale = 100 / most if most else 0.0
    shapes = [f'<rect class="whole" y="1" width="{_number(value * scale)}" height="8"/>']
    if span is not None:
        low, high = (min(end * scale, 100.0) for end in span)
        shapes.append(
            f'<rect class="span" x="{_number(low)}" y="4.2" width="{_number(high - low)}"'
            ' height="1.6"/>'
        )
    return _svg("chart-bar", 100, 10, shapes)


def _svg(name: str, width: float, height: float, shapes: Sequence[str]) -> Markup:
    return Markup(  # noqa: S704  # numbers and names of ours, nothing from outside
        f'<svg class="{name}" viewBox="0 0 {width} {height}" preserveAspectRatio="none"'
        f' aria-hidden="true" focusable="false">{"".join(shapes)}</svg>'
    )


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
