"""Disks as they are on a bad day: full, failing, half written, or dark.

What a power cut leaves follows the rules that file systems promise: what was synced is there; of
the rest each change of a folder's names has reached the disk or not, and of a file's bytes some.
"""

from __future__ import annotations

import errno
import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from searchapp.storage import Storage


class PowerCutError(BaseException):
    """Everything ends here: nothing may catch it and go on writing."""


def put_away(folder: Path) -> None:
    """Remove a folder into which a thread of Tantivy's may still write a lock."""
    away = tempfile.mkdtemp(dir=folder.parent.parent)
    shutil.rmtree(folder.rename(Path(away) / "gone"), ignore_errors=True)
    shutil.rmtree(away, ignore_errors=True)


@dataclass(eq=False)
class Inode:
    """A file: the bytes that a power cut leaves for certain; None if they were never synced."""

    synced: bytes | None = None
    is_written_since: bool = True


@dataclass
class Fault:
    """What goes wrong, and at which operation, from 0 on; None counts only.

    ``kind`` is error, full, short or dark.
    """

    kind: str = "error"
    at: int | None = None
    lasting: bool = True


@dataclass
class FaultyStorage(Storage):
    """A Storage over a folder that fails as it is told to."""

    root: Path
    fault: Fault = field(default_factory=Fault)
    operations: list[str] = field(default_factory=list)
    _files: dict[Path, Inode] = field(default_factory=dict)
    _synced_names: dict[Path, dict[str, Inode | None]] = field(default_factory=dict)
    _is_dark: bool = False

    def __post_init__(self) -> None:
        for folder, folders, names in os.walk(self.root):
            for name in names:
                path = Path(folder, name)
                self._files[path] = Inode(path.read_bytes(), is_written_since=False)
            entries: dict[str, Inode | None] = dict.fromkeys(folders)
            entries.update({name: self._files[Path(folder, name)] for name in names})
            self._synced_names[Path(folder)] = entries

    def _step(self, what: str) -> bool:
        """Count an operation; raises what goes wrong at it. True asks for half of a write."""
        number = len(self.operations)
        self.operations.append(what)
        if self._is_dark:
            raise PowerCutError
        fault = self.fault
        if fault.at is None or number < fault.at or (number > fault.at and not fault.lasting):
            return False
        if fault.kind == "dark":
            self._is_dark = True
            raise PowerCutError
        # A full disk still removes, and tells what it holds.
        takes_room = what.startswith(("write", "create", "make_folder", "link"))
        if fault.kind == "error" or takes_room:
            if fault.kind == "short" and what.startswith("write"):
                return True
            code = errno.EIO if fault.kind == "error" else errno.ENOSPC
            raise OSError(code, os.strerror(code))
        return False

    # -- the operations -------------------------------------------------------------------------

    def make_folder(self, path: Path) -> None:
        self._step(f"make_folder {path.name}")
        super().make_folder(path)
        self._synced_names[path] = {}

    def create(self, path: Path) -> BinaryIO:
        self._step(f"create {path.name}")
        before = self._files.get(path)
        self._files[path] = Inode(None if before is None else before.synced)
        return _File(super().create(path), path, self)  # type: ignore[return-value]

    def link(self, source: Path, target: Path) -> None:
        self._step(f"link {target.name}")
        super().link(source, target)
        self._files[target] = self._files[source]

    def sync(self, path: Path) -> None:
        self._step(f"sync {path.name}")
        super().sync(path)
        if path.is_dir():
            self._synced_names[path] = self._names(path)
        else:
            # What a library wrote by itself is new here.
            inode = self._files.setdefault(path, Inode())
            inode.synced, inode.is_written_since = path.read_bytes(), False

    def replace(self, source: Path, target: Path) -> None:
        self._step(f"replace {target.name}")
        super().replace(source, target)
        self._files[target] = self._files.pop(source)

    def remove(self, path: Path) -> None:
        self._step(f"remove {path.name}")
        super().remove(path)
        self._files.pop(path, None)

    def remove_folder(self, path: Path) -> None:
        """File by file: that is how a folder goes, and each may be the last."""
        for inside in sorted(path.rglob("*"), reverse=True):
            self._step(f"remove {inside.name}")
            if inside.is_dir():
                inside.rmdir()
            else:
                inside.unlink()
                self._files.pop(inside, None)
        self._step(f"remove {path.name}")
        shutil.rmtree(path)

    def _names(self, folder: Path) -> dict[str, Inode | None]:
        return {
            path.name: None if path.is_dir() else self._files.setdefault(path, Inode())
            for path in folder.iterdir()
        }

    # -- after a power cut ----------------------------------------------------------------------

    def forget(self, drawn: random.Random) -> None:
        """Leave in the folder what a power cut now would leave, as chance has it."""
        left = dict(self._left(self.root, drawn))
        for path in sorted(self.root.iterdir()):
            if path.is_dir():
                put_away(path)
            else:
                path.unlink()
        for path, data in left.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            if data is None:
                path.mkdir(exist_ok=True)
            else:
                path.write_bytes(data)

    def _left(self, folder: Path, drawn: random.Random) -> Iterator[tuple[Path, bytes | None]]:
        now = self._names(folder) if folder.is_dir() else {}
        synced = self._synced_names.get(folder, {})
        for name in sorted({*now, *synced}):
            path = folder / name
            one = (name in now, now.get(name))
            other = (name in synced, synced.get(name))
            is_there, inode = one if one == other else drawn.choice([one, other])
            if not is_there:
                continue
            if inode is None:
                yield path, None
                yield from self._left(path, drawn)
            else:
                yield path, self._bytes_left(inode, path, drawn)

    @staticmethod
    def _bytes_left(inode: Inode, path: Path, drawn: random.Random) -> bytes:
        if not inode.is_written_since and inode.synced is not None:
            return inode.synced
        now = path.read_bytes() if path.is_file() else b""
        some = now[: drawn.randint(0, len(now))]
        return drawn.choice([inode.synced or b"", b"", some, now, bytes(len(now))])


class _File:
    """An open file whose writes are operations."""

    def __init__(self, file: BinaryIO, path: Path, storage: FaultyStorage) -> None:
        self._file, self._path, self._storage = file, path, storage

    def write(self, data: Any) -> int:
        try:
            is_short = self._storage._step(f"write {self._path.name}")
        except PowerCutError:
            self._file.write(bytes(data)[: len(bytes(data)) // 2])
            raise
        if is_short:
            self._file.write(bytes(data)[: len(bytes(data)) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self._file.write(data)

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)
