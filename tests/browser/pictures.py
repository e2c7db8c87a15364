"""The pictures of the documentation: each is a state of a page, as ``states.py`` has them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops, ImageStat
from states import STATES, State

FOLDER = Path(__file__).parents[2] / "docs" / "images"


@dataclass(frozen=True)
class Picture:
    """``docs/images/<name>.png``: the part of a page that a screen shows."""

    name: str
    state: str
    size: str = "desktop"
    scheme: str = "light"

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.name}.png"

    def what(self) -> State:
        (found,) = (state for state in STATES if state.name == self.state)
        return found


PICTURES = (
    Picture("api", "api"),
    Picture("completions", "completions"),
    Picture("dark", "filtered", scheme="dark"),
    Picture("did-you-mean", "did-you-mean"),
    Picture("document", "document"),
    Picture("filtered", "filtered"),
    Picture("filters-phone", "filters", size="phone"),
    Picture("first-page", "first-page"),
    Picture("keystrokes", "keystrokes", size="phone"),
    Picture("nothing-found", "nothing-found"),
    Picture("results", "results"),
)

# Pictures that are charts: the program that draws them, and its option for it.
CHARTS = {
    "ablation.svg": ("benchmarks/ablation.py", "--svg"),
    "engines.svg": ("benchmarks/engines.py", "--chart"),
    "load.svg": ("benchmarks/load.py", "--chart"),
}


def colours(picture: Path) -> int:
    """How many colours a picture has, up to 257: a page that did not come has very few."""
    with Image.open(picture) as image:
        return len(image.convert("RGB").getcolors(maxcolors=1 << 24) or [])


def difference(one: Path, other: Path) -> float:
    """How much two pictures of one size differ, 0 to 255.

    Blurred until letters are grey lines, so that another figure or another edge of a letter is
    little, and another part of a page much.
    """
    with Image.open(one) as first, Image.open(other) as second:
        assert first.size == second.size
        small = [image.convert("L").reduce(20) for image in (first, second)]
    (mean,) = ImageStat.Stat(ImageChops.difference(*small)).mean
    return float(mean)
