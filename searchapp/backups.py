"""A live index in one file, and back again; checked byte by byte both ways.

A backup is a plain tar of one generation, its manifest first: what it is can be read without
unpacking it, and every other file is held against the checksum that stands there.
"""

from __future__ import annotations

import hashlib
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from searchapp.config import Settings
from searchapp.errors import IndexRefusedError, InputError, SearchappError
from searchapp.generation_files import Building, Generation, is_whole
from searchapp.generations import Generations
from searchapp.manifest import MANIFEST_FILES, Manifest, parse_manifest
from searchapp.switching import tell_engines

_BLOCK = 1 << 20
_MANIFEST_MAX = 1 << 28  # bytes, of each of its files: a million files of an index take less


def backup(generations: Generations, target: Path) -> Generation:
    """Write the live generation into a tar file; builds and searches go on meanwhile.

    The file appears under its name when it is whole and on disk. Raises NoIndexError,
    IndexRefusedError if a file of the index is damaged, InputError if the target can't be written.
    """
    if target.is_dir():
        raise InputError(f"{target} is a folder; name a file, such as {target / 'index.tar'}")
    unfinished = target.with_name(target.name + ".part")
    try:
        while True:
            generation = generations.current()
            try:
                with unfinished.open("wb") as file:
                    _pack(generation, file)
                    file.flush()
                    os.fsync(file.fileno())
            except FileNotFoundError:
                # Where builds came between and cleared it away, the new live one will do.
                if generations.current_name() == generation.name:
                    raise
            else:
                unfinished.replace(target)
                return generation
    except OSError as error:
        raise InputError(f"{target} can't be written ({error.strerror or error})") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _pack(generation: Generation, file: BinaryIO) -> None:
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name in MANIFEST_FILES:
            tar.add(generation.folder / name, name, recursive=False)
        for name, (size, sha256) in sorted(generation.manifest.files.items()):
            path = generation.folder / name
            with path.open("rb") as opened:
                reader = _Checked(opened)
                info = tar.gettarinfo(arcname=name, fileobj=opened)
                if info.size == size:
                    tar.addfile(info, reader)
            if info.size != size or reader.sha256 != sha256:
                raise IndexRefusedError(f"{path} is damaged, and was not backed up")


def restore(generations: Generations, source: Path, settings: Settings) -> Generation:
    """Make the generation in a backup the live one; all of it is checked before the switch.

    What an engine keeps on a server is in no backup: where it is gone, searching says how to make
    it anew. Raises InputError if the file is no backup or can't be read, IndexRefusedError if it is
    damaged, LockedError if a build runs.
    """
    if not source.is_file():
        raise InputError(f"there is no backup {source}; name the file that a backup was written to")
    with generations.lock():
        before = generations.whole()
        building = generations.begin()
        try:
            manifest = _unpack(source, building, generations)
            restored = generations.adopt(building, manifest, settings.keep_generations)
        except tarfile.TarError as error:
            raise InputError(f"{source} is no backup, or it is cut off ({error})") from error
        except OSError as error:
            if error.filename == str(source):
                raise InputError(f"{source} can't be read ({error.strerror})") from error
            raise SearchappError(f"the index can't be written: {error}") from error
        finally:
            if not is_whole(building.folder):
                generations.discard(building)
        tell_engines(generations, restored, settings, before)
    return restored


def roll_back(generations: Generations, settings: Settings, name: str | None = None) -> Generation:
    """Make the generation ``name`` live again, by default the youngest before the live one.

    It is checked before the switch. Raises InputError if there is none, IndexRefusedError if it is
    damaged, LockedError if a build runs.
    """
    with generations.lock():
        live = generations.current_name()
        kept = generations.earlier()
        if name is None:
            found = next((one for one in kept if live is None or one.name < live), None)
        else:
            found = next((one for one in kept if one.name == name), None)
        if found is None:
            names = ", ".join(one.name for one in kept) or "none"
            raise InputError(
                "there is no earlier index to go back to"
                f"{'' if name is None else f' named {name}'}; kept beside the live one: {names}"
            )
        damage = found.damage()
        if damage:
            raise IndexRefusedError(damage[0], "it stays where it was, and the live one, too")
        generations.switch(found.name)
        tell_engines(generations, found, settings)
    return found


def _unpack(source: Path, building: Building, generations: Generations) -> Manifest:
    manifest: Manifest | None = None
    head: dict[str, bytes] = {}
    missing: set[str] = set()
    with tarfile.open(source, mode="r|") as tar:
        for member, opened, stored in _files(tar):
            if manifest is None:
                head[member] = opened.read(_MANIFEST_MAX)
                if len(head) == len(MANIFEST_FILES):
                    if set(head) != set(MANIFEST_FILES):
                        raise InputError(f"{source} is no backup of an index")
                    raw, checksum = (
                        head[name].decode("utf-8", "replace") for name in MANIFEST_FILES
                    )
                    manifest = parse_manifest(raw, checksum, str(source))
                    missing = set(manifest.files)
                continue
            if member not in missing:
                raise IndexRefusedError(f"{source} is damaged: {member} does not belong there")
            missing.discard(member)
            size, sha256 = manifest.files[member]
            path = building.folder / PurePosixPath(member)
            if stored != size or _write(opened, path, generations) != (size, sha256):
                raise IndexRefusedError(f"{source} is damaged: {member} is not as it was")
    if manifest is None:
        raise InputError(f"{source} is no backup of an index")
    if missing:
        raise IndexRefusedError(f"{source} is damaged: {min(missing)} is missing")
    return manifest


def _files(tar: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes], int]]:
    """The name of each file, the file, and its size in bytes."""
    for info in tar:
        # A sparse file takes nothing in the archive, and any size on the disk.
        if not info.isreg() or info.issparse():
            raise IndexRefusedError(f"a backup holds plain files, {info.name[:60]!r} is none")
        opened = tar.extractfile(info)
        if opened is not None:
            yield info.name, opened, info.size


def _write(opened: IO[bytes], path: Path, generations: Generations) -> tuple[int, str]:
    if not path.parent.exists():
        generations.storage.make_folder(path.parent)
    reader = _Checked(opened)
    size = 0
    with generations.storage.create(path) as file:
        while block := reader.read(_BLOCK):
            file.write(block)
            size += len(block)
    return size, reader.sha256


class _Checked:
    """A file that is read, and the SHA-256 of what was read of it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        block = self._file.read(size)
        self._digest.update(block)
        return block

    @property
    def sha256(self) -> str:
        """Of all that was read, in hexadecimal digits."""
        return self._digest.hexdigest()
