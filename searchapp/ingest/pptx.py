"""PPTX, what PowerPoint writes: the text of each slide with its notes; slides are pages."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from searchapp.ingest.base import Item, SourceFile, with_notes
from searchapp.ingest.flow import Flow, paragraphs
from searchapp.ingest.ooxml import properties, related
from searchapp.ingest.package import Package
from searchapp.ingest.pages import join_pages, with_page_starts
from searchapp.ingest.records import make_document
from searchapp.ingest.titles import choose_title
from searchapp.ingest.xml_events import events, texts

_USUAL_SHOW = "ppt/presentation.xml"
_FLOW = Flow(
    paragraphs=frozenset(("p",)),
    texts=frozenset(("t",)),
    signs={"br": "\n"},
    skipped=frozenset(("Fallback", "fld")),  # fields are slide numbers and today's date
)


def read_pptx(file: SourceFile) -> Iterator[Item]:
    """The one document of a PPTX file, its slides in the order in which they are shown."""
    with Package(file, "PowerPoint") as package:
        show = next(iter(related(package, "", "officeDocument").values()), _USUAL_SHOW)
        slides = _slides(package, show)
        pages = [_slide(package, slide) for slide in islice(slides, file.limits.pages)]
        values = properties(package)
    title = choose_title(values.pop("title", None), "\n".join(filter(None, pages)), file)
    document, notes = make_document(
        {"id": file.id, "title": title, "text": join_pages(pages), **values}, file.shown
    )
    if len(slides) > file.limits.pages:
        notes.append(
            f"has {len(slides)} slides; those after {file.limits.pages} were left out:"
            " file_max_pages allows more"
        )
    yield from with_notes(with_page_starts(document), notes, file.shown)


def _slides(package: Package, show: str) -> list[str]:
    """The parts that hold the slides, in order."""
    named = related(package, show, "slide")
    with package.open(show) as stream:
        ids = [start.relationship for start, _ in texts(stream, "sldId")]
    return list(dict.fromkeys(named[one] for one in ids if one in named))


def _slide(package: Package, name: str) -> str:
    lines: list[str] = []
    for part in (name, *related(package, name, "notesSlide").values()):
        with package.open(part) as stream:
            lines += [one.text for one in paragraphs(events(stream), _FLOW)]
    return "\n".join(lines)
