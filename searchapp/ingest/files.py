"""Paths to files: which there are to read, in which order, and what their documents are called."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from searchapp.errors import InputError
from searchapp.ingest.base import Problem, SourceFile, printable
from searchapp.ingest.formats import MAPPED_SUFFIXES, TABLE_SUFFIXES, suffixes
from searchapp.ingest.limits import Limits
from searchapp.ingest.mapping import FieldMap
from searchapp.ingest.reading import find_format

_OWN_NAMES = FieldMap()
_NO_LIMITS_NAMED = Limits()


@dataclass(frozen=True, slots=True)
class Collection:
    """The files to read, in order, how many others were passed over, and folders that can't be
    read.
    """

    files: tuple[SourceFile, ...]
    other_files: int
    unreadable: tuple[Problem, ...] = ()


def collect(
    paths: Sequence[Path], fields: FieldMap = _OWN_NAMES, limits: Limits = _NO_LIMITS_NAMED
) -> Collection:
    """The readable files under ``paths``, folders in order of name; hidden ones are left out.

    A document's id is its path from the folder that was named, that folder included. ``fields`` are
    foreign names in records and tables. Raises InputError for a path that is not there, where
    nothing can be read, or where no file has a name that ``fields`` gives.
    """
    for path in paths:
        if not path.exists():
            raise InputError(f"there is no {path}; name a file or a folder that exists")
    labels = _labels(paths)
    files: list[SourceFile] = []
    others = 0
    problems: list[Problem] = []
    for path in paths:
        if path.is_file():
            file = SourceFile(path, labels[path], fields, limits)
            if not _is_read(file, problems):
                kinds = ", ".join(suffixes())
                raise InputError(f"{path} is of no kind that is read: {kinds}")
            files.append(file)
            continue
        for found in _walk(path, problems):
            relative = printable(found.relative_to(path).as_posix())
            file = SourceFile(found, f"{labels[path]}/{relative}", fields, limits)
            if _is_read(file, problems):
                files.append(file)
            else:
                others += 1
    if not files and not problems:
        named = ", ".join(map(str, paths))
        kinds = ", ".join(suffixes())
        raise InputError(f"nothing to index in {named}; files read are {kinds}")
    if fields.names:
        _check_names(files, fields)
    unique = {os.path.realpath(file.path): file for file in reversed(files)}
    return Collection(
        tuple(f for f in files if unique[os.path.realpath(f.path)] is f), others, tuple(problems)
    )


def _is_read(file: SourceFile, problems: list[Problem]) -> bool:
    """Whether a file is of a kind that is read; what has the name of one is looked at later."""
    if file.name.lower().endswith(suffixes()):
        return True
    try:
        return file.path.is_file() and find_format(file) is not None
    except OSError as error:
        problems.append(Problem(file.shown, f"can't be read ({error.strerror})"))
        return True


def _check_names(files: Sequence[SourceFile], fields: FieldMap) -> None:
    """That foreign names are there, as far as that can be told before the files are read."""
    from searchapp.ingest.tables import column_names

    tables = [file for file in files if file.name.lower().endswith(TABLE_SUFFIXES)]
    records = [file for file in files if file not in tables and _may_hold_records(file)]
    if not tables and not records:
        raise InputError("--map is for tables, JSON and JSON Lines, and there are none")
    known = {name for table in tables for name in column_names(table)}
    missing = [name for name in fields.names.values() if name not in known]
    if missing and not records:
        shown = ", ".join(map(repr, sorted(known))) or "none that can be read"
        raise InputError(f"--map names {missing[0]!r}, which no table has; columns are {shown}")


def _may_hold_records(file: SourceFile) -> bool:
    name = file.name.lower()
    return name.endswith(MAPPED_SUFFIXES) or not name.endswith(suffixes())


def _walk(folder: Path, problems: list[Problem]) -> Iterator[Path]:
    def tell(error: OSError) -> None:
        where = printable(os.fsdecode(error.filename))
        problems.append(Problem(where, f"can't be read ({error.strerror})"))

    tree = os.path.realpath(folder)
    for root, folders, names in os.walk(folder, onerror=tell):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        for name in (*folders, *sorted(n for n in names if not n.startswith("."))):
            path = Path(root, name)
            if _leads_out(path, tree):
                problems.append(
                    Problem(printable(path), "is a link out of the folder; name its target as well")
                )
            elif name not in folders:
                yield path


def _leads_out(path: Path, tree: str) -> bool:
    if not path.is_symlink() or not path.exists():
        return False
    return not Path(os.path.realpath(path)).is_relative_to(tree)


def _labels(paths: Sequence[Path]) -> dict[Path, str]:
    """For each path the shortest end of it that no other has, at least its name."""
    parts = {path: path.resolve().parts for path in paths}
    labels = {}
    for path, own in parts.items():
        others = [p for p in parts.values() if p != own]
        length = 1
        while length < len(own) and any(p[-length:] == own[-length:] for p in others):
            length += 1
        labels[path] = printable("/".join(own[-length:])).lstrip("/") or "root"
    return labels
