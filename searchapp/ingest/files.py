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
from searchapp.ingest.signatures import is_bare

_OWN_NAMES = FieldMap()
_NO_LIMITS_NAMED = Limits()
_NO_FILE = "a pipe, a socket or a device, and no file"


@dataclass(frozen=True, slots=True)
class Root:
    """A file or folder that was named: where it is, and how it was written."""

    path: Path
    shown: str
    is_folder: bool

    @classmethod
    def of(cls, path: Path) -> Root:
        """A path as somebody named it. Raises InputError if it is none."""
        try:
            if not path.exists():
                raise InputError(f"there is no {path}; name a file or a folder that exists")
            if not path.is_file() and not path.is_dir():
                raise InputError(
                    f"{path} is {_NO_FILE}; name a file, or pipe into: searchapp index -"
                )
        except OSError as error:
            raise InputError(
                f"{path} can't be read ({error.strerror}); name one that can be"
            ) from error
        return cls(Path(os.path.abspath(path)), printable(path), path.is_dir())  # noqa: PTH100  # links stay


@dataclass(frozen=True, slots=True)
class Collection:
    """The files to read, in order, how many others were passed over, and folders that can't be
    read.
    """

    files: tuple[SourceFile, ...]
    other_files: int
    unreadable: tuple[Problem, ...] = ()


def collect(
    paths: Sequence[Path],
    fields: FieldMap = _OWN_NAMES,
    limits: Limits = _NO_LIMITS_NAMED,
    index_dir: Path | None = None,
) -> Collection:
    """The readable files under ``paths``, folders in order of name; hidden ones are left out.

    A document's id is its path from the folder that was named, that folder included. ``fields`` are
    foreign names in records and tables; ``index_dir`` is a folder that is never looked into. Raises
    InputError for a path that is not there, where nothing can be read, or where no file has a name
    that ``fields`` gives.
    """
    roots = [Root.of(path) for path in paths]
    collection = collect_roots(roots, fields, limits, index_dir)
    for root in roots:
        if not root.is_folder and not any(f.path == root.path for f in collection.files):
            kinds = ", ".join(suffixes())
            raise InputError(f"{root.shown} is of no kind that is read: {kinds}")
    if not collection.files and not collection.unreadable:
        named = ", ".join(root.shown for root in roots)
        kinds = ", ".join(suffixes())
        raise InputError(f"nothing to index in {named}; files read are {kinds}")
    if fields.names:
        _check_names(collection.files, fields)
    return collection


def collect_roots(
    roots: Sequence[Root],
    fields: FieldMap,
    limits: Limits,
    index_dir: Path | None = None,
    left_alone: frozenset[Root] = frozenset(),
) -> Collection:
    """The readable files under some roots; those that are gone, or ``left_alone``, have none."""
    labels = root_labels(roots)
    files: dict[str, SourceFile] = {}
    others = 0
    problems: list[Problem] = []
    for root in roots:
        if root in left_alone:
            continue
        found = _walk(root, index_dir, problems) if root.path.is_dir() else [(root.path, "")]
        for path, relative in found:
            file = SourceFile(
                path, labels[root.path] + relative, fields, limits, root.shown + relative
            )
            if not _is_read(file, problems):
                others += path.is_file()
            else:
                # A file that is named twice is read once, under the name that comes first.
                files.setdefault(os.path.realpath(path), file)
    return Collection(tuple(files.values()), others, tuple(problems))


def _is_read(file: SourceFile, problems: list[Problem]) -> bool:
    """Whether a file is of a kind that is read; what has the name of one is looked at later."""
    named_so = file.name.lower().endswith(suffixes())
    try:
        if not file.path.exists():
            return named_so and file.path.is_symlink()
        if not file.path.is_file():
            if named_so:
                problems.append(Problem(file.shown, f"is {_NO_FILE}"))  # reading might never end
            return False
        return named_so or find_format(file) is not None
    except OSError as error:
        problems.append(Problem(file.shown, f"can't be read ({error.strerror})"))
        return False


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
    return name.endswith(MAPPED_SUFFIXES) or is_bare(name)


def _walk(
    root: Root, index_dir: Path | None, problems: list[Problem]
) -> Iterator[tuple[Path, str]]:
    """The files in a folder, each with its path from there, a slash before it."""

    def shown(path: str | Path) -> str:
        return printable("/" + Path(path).relative_to(root.path).as_posix())

    def tell(error: OSError) -> None:
        where = root.shown + shown(os.fsdecode(error.filename)).removesuffix("/.")
        problems.append(Problem(where, f"can't be read ({error.strerror})"))

    tree = os.path.realpath(root.path)
    ours = None if index_dir is None else os.path.realpath(index_dir)
    for folder, folders, names in os.walk(root.path, onerror=tell):
        folders[:] = sorted(
            f
            for f in folders
            if not f.startswith(".") and os.path.realpath(os.path.join(folder, f)) != ours  # noqa: PTH118
        )
        for name in (*folders, *sorted(n for n in names if not n.startswith("."))):
            path = Path(folder, name)
            try:
                leads_out = _leads_out(path, tree)
            except OSError as error:  # a folder that may be listed and not entered
                tell(error)
                continue
            if leads_out:
                reason = "is a link out of the folder; name its target as well"
                problems.append(Problem(root.shown + shown(path), reason))
            elif name not in folders:
                yield path, shown(path)


def _leads_out(path: Path, tree: str) -> bool:
    if not path.is_symlink() or not path.exists():
        return False
    return not Path(os.path.realpath(path)).is_relative_to(tree)


def root_labels(roots: Sequence[Root]) -> dict[Path, str]:
    """For each root the shortest end of its path that no other has, at least its name."""
    parts = {root.path: root.path.resolve().parts for root in roots}
    labels = {}
    for path, own in parts.items():
        others = [p for p in parts.values() if p != own]
        length = 1
        while length < len(own) and any(p[-length:] == own[-length:] for p in others):
            length += 1
        labels[path] = printable("/".join(own[-length:])).lstrip("/") or "root"
    return labels
