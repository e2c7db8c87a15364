"""XML as a stream of events: no tree, no entities, nothing fetched.

Expat is used as it comes with Python, with the two tricks of hostile files taken away: a document
that declares an entity is refused before the entity is used (billion laughs, files of this
machine), and no external reference is followed. Memory does not grow with depth or length.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO, NamedTuple
from xml.parsers import expat

from searchapp.ingest.base import UnreadableError

_RELATIONSHIPS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships id",
    "http://purl.oclc.org/ooxml/officeDocument/relationships id",
)
_BLOCK_BYTES = 1 << 16
_TEXT_BYTES = 1 << 16  # text is told in pieces of this size, so that much of it is no burden


class Start(NamedTuple):
    """The beginning of an element. Names are local, without their namespace.

    ``relationship`` is an attribute ``id`` of Office's own namespace, which may stand beside a
    plain ``id``.
    """

    name: str
    namespace: str
    attributes: Mapping[str, str]
    relationship: str = ""


class End(NamedTuple):
    """The end of an element."""

    name: str
    namespace: str


Event = Start | End | str
"""A beginning, an end, or a piece of text."""


class XmlError(UnreadableError):
    """The XML is damaged, or does what only hostile files do."""


def events(stream: IO[bytes]) -> Iterator[Event]:
    """The events of an XML document, in order. Raises XmlError where it is broken."""
    found: list[Event] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.buffer_size = _TEXT_BYTES

    def start(name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        plain = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        relationship = next((attributes[key] for key in _RELATIONSHIPS if key in attributes), "")
        found.append(Start(local, namespace, plain, relationship))

    def end(name: str) -> None:
        namespace, _, local = name.rpartition(" ")
        found.append(End(local, namespace))

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = found.append
    parser.EntityDeclHandler = _refuse
    try:
        while block := stream.read(_BLOCK_BYTES):
            parser.Parse(block, False)
            yield from found
            found.clear()
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        raise XmlError(f"holds broken XML ({reason}, line {error.lineno})") from error
    except LookupError as error:  # an encoding that expat asks Python for, and Python has not
        raise XmlError(f"declares an encoding that is not known ({error})") from error
    yield from found


def _refuse(name: str, *_: object) -> None:
    raise XmlError(f"declares the XML entity {name!r}, which documents of its kind never do")


def texts(stream: IO[bytes], *names: str) -> list[tuple[Start, str]]:
    """The elements called ``names``, in order, each with all the text in it, trimmed.

    For small files that hold values, such as a document's properties.
    """
    found: list[tuple[Start, list[str]]] = []
    open_: list[tuple[Start, list[str]]] = []
    for event in events(stream):
        if isinstance(event, Start):
            if event.name in names:
                open_.append((event, []))
                found.append(open_[-1])
        elif isinstance(event, End):
            if open_ and event.name == open_[-1][0].name:
                open_.pop()
        else:
            for _, parts in open_:
                parts.append(event)
    return [(start, "".join(parts).strip()) for start, parts in found]
