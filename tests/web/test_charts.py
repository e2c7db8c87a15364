from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from searchapp.web import charts


def rects(svg: str, name: str) -> list[dict[str, float]]:
    found = LexborHTMLParser(svg).css(f"rect.{name}")
    return [{k: float(str(v)) for k, v in one.attributes.items() if k != "class"} for one in found]


def test_columns_are_as_high_as_their_values() -> None:
    svg = charts.columns([(10, 2), (0, 0), (5, 5)])
    whole, part = rects(svg, "whole"), rects(svg, "part")
    assert [one["height"] for one in whole] == [100, 50]
    assert [one["y"] for one in whole] == [0, 50]
    assert [one["x"] for one in whole] == [0.1, 2.1]
    assert [one["height"] for one in part] == [20, 50]
    assert 'viewBox="0 0 3 100"' in svg


def test_bars_are_as_long_as_their_values() -> None:
    svg = charts.bar(0.2, 0.5, (0.1, 0.45))
    assert rects(svg, "whole")[0]["width"] == 40
    (span,) = rects(svg, "span")
    assert (span["x"], span["width"]) == (20, 70)
    assert rects(charts.bar(0, 0), "whole")[0]["width"] == 0


def test_charts_of_nothing_are_charts() -> None:
    assert rects(charts.columns([]), "whole") == []
    assert rects(charts.columns([(0, 0)]), "whole") == []


def test_charts_bring_no_style_and_no_script() -> None:
    svg = charts.columns([(3, 1)]) + charts.bar(1, 2, (0, 2))
    assert not re.search(r"style|script|on[a-z]+=|href", svg)
    assert svg.count('aria-hidden="true"') == 2, "the table beside it says it"


def test_a_span_ends_where_the_bar_can() -> None:
    assert '<rect class="span" x="75" y="4.2" width="25"' in charts.bar(0.4, 0.4, (0.3, 0.9))
