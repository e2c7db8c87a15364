"""The paragraphs of office documents, from their XML as it streams by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from searchapp.ingest.xml_events import End, Event, Start


@dataclass(frozen=True, slots=True)
class Flow:
    """How a format writes running text. All names are local, without namespace.

    ``paragraphs`` are the elements that hold one; ``texts`` are those whose characters are text, or
    None where all characters in a paragraph are; ``signs`` are elements that stand for characters;
    ``skipped`` are left out with all that is in them. ``styled_by`` names an element and its
    attribute that tell a paragraph's style; a paragraph's own attribute ``style-name`` does too.
    """

    paragraphs: frozenset[str]
    signs: Mapping[str, str]
    texts: frozenset[str] | None = None
    skipped: frozenset[str] = field(default=frozenset())
    styled_by: tuple[str, str] = ("", "")


class Paragraph(NamedTuple):
    """A paragraph: its element's name, the name of its style, and its text in one line or more."""

    element: str
    style: str
    text: str


@dataclass(slots=True)
class _Open:
    element: str
    style: str
    parts: list[str] = field(default_factory=list)
    depth_of_text: int = 0  # how many text elements are open in it


def paragraphs(events: Iterable[Event], flow: Flow) -> Iterator[Paragraph]:
    """Every paragraph with text in it, in order; one inside another (a text box, a note) comes
    before it.
    """
    open_: list[_Open] = []
    skipping = 0
    for event in events:
        if isinstance(event, str):
            if open_ and not skipping and (flow.texts is None or open_[-1].depth_of_text):
                open_[-1].parts.append(event)
        elif isinstance(event, Start):
            if skipping or event.name in flow.skipped:
                skipping += 1
            elif event.name in flow.paragraphs:
                open_.append(_Open(event.name, event.attributes.get("style-name", "")))
            elif open_:
                _start(event, open_[-1], flow)
        elif isinstance(event, End):
            if skipping:
                skipping -= 1
            elif event.name in flow.paragraphs and open_:
                done = open_.pop()
                text = "\n".join(
                    " ".join(line.split()) for line in "".join(done.parts).split("\n")
                ).strip()
                if text:
                    yield Paragraph(done.element, done.style, text)
            elif open_ and flow.texts is not None and event.name in flow.texts:
                open_[-1].depth_of_text -= 1


def _start(event: Start, paragraph: _Open, flow: Flow) -> None:
    if event.name in flow.signs:
        paragraph.parts.append(flow.signs[event.name])
    elif flow.texts is not None and event.name in flow.texts:
        paragraph.depth_of_text += 1
    elif event.name == flow.styled_by[0]:
        paragraph.style = event.attributes.get(flow.styled_by[1], "")
