"""A single compressed file (.gz, .bz2, .xz): what it holds is read as a file of the plain name."""

from __future__ import annotations

from collections.abc import Iterator

from searchapp.ingest.base import Item, Problem, SourceFile, UnreadableError
from searchapp.ingest.formats import COMPRESSED, HEAD_BYTES, TAR, Format, format_of
from searchapp.ingest.opening import PACKED_DAMAGED, is_compressed, open_bytes, plain_name
from searchapp.ingest.unpacking import decompressed


def read_compressed(file: SourceFile) -> Iterator[Item]:
    """The documents of what was compressed; its ids are those of the compressed file.

    What is read row by row is decompressed as it is read, and may be of any size, unless it was
    itself packed: then it is paid from the budget of what it was packed in.
    """
    found = _held(file)
    if found.streams and file.budget is None:
        yield from found.read(file)
        return
    with (
        open_bytes(file.path) as stream,
        decompressed(file, stream, found) as (inner, damage),
    ):
        yield from found.read(inner)
    if damage is not None:
        yield Problem(file.shown, f"{damage}; what comes before was read", kept=True)
    elif inner.budget is not None and inner.budget.exceeded and file.budget is None:
        yield Problem(file.shown, inner.budget.exceeded)


def _held(file: SourceFile) -> Format:
    """The format of what is compressed. Raises UnreadableError if it is read by nothing."""
    name = plain_name(file.name)
    try:
        with open_bytes(file.path) as stream:
            head = stream.read(HEAD_BYTES)
    except PACKED_DAMAGED:
        head = b""  # its name may still say what it is; its reader meets the damage
    found = format_of(name, head)
    if found is None or (found.name == COMPRESSED and not is_compressed(head)):
        raise UnreadableError("holds a file of a kind that is not read")
    if found.packed and file.depth + 1 >= file.limits.nesting and found.name != TAR:
        raise UnreadableError(
            "is packed too deeply in other files; archive_max_nesting allows more"
        )
    return found
