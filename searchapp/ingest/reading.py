"""One file to its documents: its reader is found, and whatever goes wrong in it is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from searchapp.documents import Document
from searchapp.ingest.base import Item, Problem, SourceFile, UnreadableError
from searchapp.ingest.formats import HEAD_BYTES, Format, format_of, suffixes


def find_format(file: SourceFile) -> Format | None:
    """The format of a file by its content and name; None for one that is not read.

    Raises OSError.
    """
    with file.path.open("rb") as opened:
        return format_of(file.name, opened.read(HEAD_BYTES))


def read_file(file: SourceFile) -> Iterator[Item]:
    """Every document and problem in a file, in order; never raises for what a file holds."""
    try:
        found = find_format(file)
        if found is None:
            kinds = ", ".join(suffixes())
            yield Problem(file.shown, f"is of no kind that is read: {kinds}")
            return
        for item in found.read(file):
            yield from _held_to_limits(item, file)
    except UnreadableError as error:
        yield Problem(file.shown, str(error))
    except OSError as error:
        yield Problem(file.shown, f"can't be read ({error.strerror or error})")
    except MemoryError:
        allowed = file.limits.memory_bytes // 1_000_000
        yield Problem(
            file.shown,
            f"needs more than {allowed} MB of memory to be read; file_memory_mb allows more",
        )
    except RecursionError:
        yield Problem(file.shown, "is nested too deeply")
    except Exception as error:  # noqa: BLE001  # parsers fail in any way that a file can make them
        yield Problem(file.shown, f"can't be read ({type(error).__name__}: {error})")


def _held_to_limits(item: Item, file: SourceFile) -> Iterator[Item]:
    """A document with no more text than is allowed, and what was cut off."""
    most = file.limits.document_chars
    if isinstance(item, Document) and len(item.text) > most:
        yield Problem(
            item.path or file.shown,
            f"has a text of over {most} characters; the rest was left out: split the document",
            kept=True,
        )
        pages = tuple(start for start in item.page_starts if start < most)
        item = replace(item, text=item.text[:most], page_starts=pages)
    yield item
