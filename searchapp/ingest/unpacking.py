"""What is packed in a file, one member after the other, each read as a file of its own.

A member is written to a temporary file whose name is ours: what an archive calls it is only ever
part of an id. What comes out is counted as it comes, never as it is declared.
"""

from __future__ import annotations

import contextlib
import struct
import tarfile
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from searchapp.ingest.base import Budget, Item, Problem, SourceFile, UnreadableError
from searchapp.ingest.formats import HEAD_BYTES, TAR, Format, format_of
from searchapp.ingest.opening import PACKED_DAMAGED
from searchapp.ingest.reading import read_file

_MB = 1_000_000
_BLOCK_BYTES = 1 << 18
_DAMAGED = (
    *(*PACKED_DAMAGED, zipfile.BadZipFile, tarfile.TarError),
    *(NotImplementedError, ValueError, OSError, struct.error),
)

OTHER_KIND = "of a kind that is not read"
TOO_DEEP = "packed too deeply in one another (archive_max_nesting allows more)"


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a file: its name there, cleaned, and how it is opened.

    ``refused`` is the reason, for a person, why it is not to be opened.
    """

    name: str
    open: Callable[[], AbstractContextManager[IO[bytes]]]
    refused: str | None = None


class _BudgetError(Exception):
    """More than the budget; it says what."""


def budget_of(file: SourceFile) -> Budget:
    """The budget that a packed file came with; a new one for a file that is not packed."""
    return file.budget or Budget(file.limits.archive_bytes, file.limits.archive_files)


def read_members(
    file: SourceFile, members: Iterable[Member], left_out: Counter[str], paid: bool = False
) -> Iterator[Item]:
    """The documents of the members, in the order given, and what has to be said of the rest.

    ``left_out`` counts what the caller passed over, by what it is; members of kinds that are not
    read are added to it, and all are told at the end in one line. ``paid`` says that the members
    lie in ``file`` as they are, and that ``file`` itself was unpacked: they are counted already.
    """
    budget = budget_of(file)
    with tempfile.TemporaryDirectory(prefix="searchapp-") as folder:
        for member in members:
            budget.files_left -= 1
            if budget.files_left < 0 and budget.exceeded is None:
                budget.exceeded = (
                    f"holds more than {file.limits.archive_files} files;"
                    " the rest was left out; archive_max_files allows more"
                )
            if budget.exceeded is not None:
                break
            inner = replace(file.inside(Path(folder, "member"), member.name), budget=budget)
            yield from _read_member(inner, member, left_out, paid)
    if left_out:
        told = ", ".join(f"{count} {what}" for what, count in sorted(left_out.items()))
        yield Problem(file.shown, f"files in it that were left out: {told}", kept=True)
    if budget.exceeded is not None and file.budget is None:
        yield Problem(file.shown, budget.exceeded)


def _read_member(
    inner: SourceFile, member: Member, left_out: Counter[str], paid: bool
) -> Iterator[Item]:
    budget = inner.budget
    assert budget is not None
    if member.refused is not None:
        yield Problem(inner.shown, member.refused)
        return
    try:
        with member.open() as stream:
            head = stream.read(HEAD_BYTES)
            found = format_of(inner.name, head)
            if found is None or (found.packed and inner.depth >= inner.limits.nesting):
                left_out[OTHER_KIND if found is None else TOO_DEEP] += 1
                return
            _write(stream, head, inner, found, None if paid else budget)
    except _BudgetError as error:
        budget.exceeded = str(error)
        return
    except UnreadableError as error:
        yield Problem(inner.shown, str(error))
        return
    except _DAMAGED as error:
        _raise_ours(error)
        yield Problem(inner.shown, f"is damaged, or packed in a way that is not known ({error})")
        return
    yield from read_file(inner)


@contextlib.contextmanager
def decompressed(
    file: SourceFile, stream: IO[bytes], found: Format
) -> Iterator[tuple[SourceFile, str | None]]:
    """What a compressed file holds, under the same name and id, and what is wrong with its end.

    A compressed TAR counts as one archive, not as two. Raises UnreadableError where it holds more
    than is allowed.
    """
    budget = budget_of(file)
    depth = file.depth if found.name == TAR else file.depth + 1
    damage = None
    with tempfile.TemporaryDirectory(prefix="searchapp-") as folder:
        inner = replace(file, path=Path(folder, "member"), depth=depth, budget=budget)
        try:
            _write(stream, stream.read(HEAD_BYTES), inner, found, budget)
        except _BudgetError as error:
            budget.exceeded = str(error)
            raise UnreadableError(str(error)) from error
        except UnreadableError:
            raise
        except _DAMAGED as error:
            _raise_ours(error)
            damage = f"ends too early or is damaged ({error})"
        yield inner, damage


def _write(
    stream: IO[bytes], head: bytes, file: SourceFile, found: Format, budget: Budget | None
) -> None:
    """Write what was read and what is still to read of a stream to ``file.path``.

    What is an archive itself is held to the budget alone.
    """
    size = 0
    with file.path.open("wb") as out:
        block = head
        while block:
            size += len(block)
            if budget is not None:
                budget.bytes_left -= len(block)
                if budget.bytes_left < 0:
                    allowed = file.limits.archive_bytes // _MB
                    raise _BudgetError(
                        f"holds more than {allowed} MB when it is unpacked (seen at"
                        f" {file.name.rpartition('/')[2]}); the rest was left out;"
                        " archive_max_mb allows more"
                    )
            if size > file.limits.file_bytes and not found.packed:
                allowed = file.limits.file_bytes // _MB
                raise UnreadableError(
                    f"is larger than {allowed} MB when it is unpacked; file_max_mb allows more"
                )
            out.write(block)
            block = stream.read(_BLOCK_BYTES)


def _raise_ours(error: Exception) -> None:
    """Raise what is no defect of the file, such as a full disk: that has a number."""
    if isinstance(error, OSError) and error.errno is not None:
        raise error
