"""Built indexes on disk: made beside the live one, checked by checksum, switched in one step.

::

    index/
      current            the name of the live generation; replaced atomically
      lock               held with flock(2) by the one process that builds
      20260301T101500-4f2a/
        manifest.json    what it is, and a SHA-256 of every other file; written last
        segmentation.json
        language/        counts and abbreviations of the corpus
        engine/          the engine's own files

A folder without a manifest is rubble of a build that died; the next build clears it. The lock dies
with its holder.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from searchapp.errors import IndexRefusedError, InputError, LockedError, NoIndexError

FORMAT = 2
_MANIFEST = "manifest.json"
_MANIFEST_SUM = "manifest.json.sha256"
_CURRENT = "current"
_NAME = re.compile(r"[0-9A-Za-z-]{1,64}")
_MADE_HERE = re.compile(r"[0-9]{8}T[0-9]{6}-[0-9a-f]{4}")
_LOCK = "lock"
_HASH_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is.

    ``built`` is an ISO 8601 time in UTC, ``build_s`` seconds; ``files`` maps each file, by its path
    inside the generation, to its size in bytes and its SHA-256.
    """

    engine: str
    analyzer_version: int
    pyvi_version: str
    document_count: int
    sources: list[str]
    built: str
    build_s: float
    files: dict[str, tuple[int, str]]
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Generation:
    """A built index: its folder and its manifest."""

    name: str
    folder: Path
    manifest: Manifest

    @property
    def engine_folder(self) -> Path:
        """Where the engine's own files lie."""
        return self.folder / "engine"

    @property
    def model_file(self) -> Path:
        """The segmentation model that the index was built with."""
        return self.folder / "segmentation.json"

    @property
    def language_folder(self) -> Path:
        """What the corpus says of its own language."""
        return self.folder / "language"

    def damage(self) -> list[str]:
        """One line for each file that is missing, changed or unknown; empty if it is whole."""
        known = {*self.manifest.files, _MANIFEST, _MANIFEST_SUM}
        there = (p for p in self.folder.rglob("*") if p.is_file())
        found = [
            f"{path} does not belong there"
            for path in sorted(there)
            if path.relative_to(self.folder).as_posix() not in known
        ]
        names = sorted(self.manifest.files)
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            for name, state in zip(names, pool.map(self._file_state, names), strict=True):
                if state != tuple(self.manifest.files[name]):
                    what = "is missing" if state is None else "is damaged"
                    found.append(f"{self.folder / name} {what}")
        return found

    def _file_state(self, name: str) -> tuple[int, str] | None:
        try:
            return _size_and_hash(self.folder / name)
        except FileNotFoundError:
            return None


class Building:
    """A generation in the making: a folder that nobody reads yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.engine_folder = folder / "engine"
        self.model_file = folder / "segmentation.json"
        self.language_folder = folder / "language"
        self.engine_folder.mkdir()
        self.language_folder.mkdir()


class Generations:
    """The generations in one index folder."""

    def __init__(self, index_dir: Path) -> None:
        self.index_dir = index_dir

    # -- reading --------------------------------------------------------------------------------

    def current_name(self) -> str | None:
        """The name of the live generation; None if nothing was ever built."""
        path = self.index_dir / _CURRENT
        try:
            name = path.read_text(encoding="utf-8", errors="replace").strip()
        except (FileNotFoundError, NotADirectoryError):
            return None
        if name and not _NAME.fullmatch(name):
            raise IndexRefusedError(f"{path} names no index")
        return name or None

    def current(self) -> Generation:
        """The live generation; its files are not checked yet.

        Raises NoIndexError, or IndexRefusedError if the manifest can't be read.
        """
        for _ in range(100):
            name = self.current_name()
            if name is None:
                raise NoIndexError(self.index_dir)
            try:
                return self._load(name)
            except (FileNotFoundError, NotADirectoryError):
                # Two rebuilds may have come between reading the name and opening the folder.
                if self.current_name() == name:
                    reason = f"the live index {self.index_dir / name} is gone"
                    raise IndexRefusedError(reason) from None
            except OSError as error:
                reason = f"the live index {self.index_dir / name} can't be read ({error.strerror})"
                raise IndexRefusedError(reason) from error
        raise IndexRefusedError(f"{self.index_dir / _CURRENT} keeps changing")

    def named(self, name: str) -> Generation | None:
        """A generation that may have been live before; None if it is not there (any more).

        Raises IndexRefusedError if its manifest can't be read.
        """
        if not _NAME.fullmatch(name):
            return None
        try:
            return self._load(name)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def _load(self, name: str) -> Generation:
        folder = self.index_dir / name
        raw = (folder / _MANIFEST).read_text(encoding="utf-8", errors="replace")
        try:
            data = json.loads(raw)
            if data["format"] != FORMAT:
                raise IndexRefusedError(
                    f"{folder} has format {data['format']}, this version reads {FORMAT}"
                )
            manifest = Manifest(**data)
            checksum_holds = _digest(data) == (folder / _MANIFEST_SUM).read_text().strip()
        except (ValueError, KeyError, TypeError) as error:
            raise IndexRefusedError(f"{folder / _MANIFEST} is damaged") from error
        if not checksum_holds:
            raise IndexRefusedError(f"{folder / _MANIFEST} is damaged")
        return Generation(name, folder, manifest)

    # -- building -------------------------------------------------------------------------------

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the build lock.

        Raises LockedError, which names the holder, if another process builds.
        """
        try:
            self.index_dir.mkdir(parents=True, exist_ok=True)
            opened = (self.index_dir / _LOCK).open("a+", encoding="utf-8")
        except OSError as error:
            raise InputError(
                f"the index folder {self.index_dir} can't be made or written to"
                f" ({error.strerror}); name another with --index-dir"
            ) from error
        with opened as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                holder = file.read().strip() or "another process"
                raise LockedError(
                    f"{self.index_dir} is being built by {holder}; wait for it or stop it"
                ) from None
            file.truncate(0)
            file.write(f"process {os.getpid()} since {_now().isoformat(timespec='seconds')}")
            file.flush()
            yield

    def begin(self) -> Building:
        """Clear the rubble of dead builds and start a generation. Needs the lock."""
        for folder in self._folders():
            if not (folder / _MANIFEST).exists():
                shutil.rmtree(folder)
        folder = self.index_dir / f"{_now():%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"
        folder.mkdir()
        return Building(folder)

    def discard(self, building: Building) -> None:
        """Remove a generation that will not be finished."""
        shutil.rmtree(building.folder, ignore_errors=True)

    def publish(
        self,
        building: Building,
        *,
        engine: str,
        analyzer_version: int,
        pyvi_version: str,
        document_count: int,
        sources: list[str],
        build_s: float,
        keep: int,
    ) -> Generation:
        """Checksum, sync and make live; then drop all but ``keep`` earlier generations."""
        files = {}
        for path in sorted(p for p in building.folder.rglob("*") if p.is_file()):
            files[path.relative_to(building.folder).as_posix()] = _size_and_hash(path)
            _sync(path)
        manifest = Manifest(
            engine=engine,
            analyzer_version=analyzer_version,
            pyvi_version=pyvi_version,
            document_count=document_count,
            sources=sources,
            built=_now().isoformat(timespec="seconds"),
            build_s=round(build_s, 3),
            files=files,
        )
        data = asdict(manifest)
        _write_synced(building.folder / _MANIFEST_SUM, _digest(data))
        _write_synced(building.folder / _MANIFEST, json.dumps(data, ensure_ascii=False, indent=1))
        for folder in [building.folder, *(p for p in building.folder.rglob("*") if p.is_dir())]:
            _sync(folder)
        _sync(self.index_dir)
        previous = self.current_name()
        replacement = self.index_dir / f"{_CURRENT}.new"
        _write_synced(replacement, building.folder.name + "\n")
        replacement.replace(self.index_dir / _CURRENT)
        _sync(self.index_dir)
        self._drop_old(live=building.folder.name, previous=previous, keep=keep)
        return Generation(building.folder.name, building.folder, manifest)

    def _drop_old(self, live: str, previous: str | None, keep: int) -> None:
        others = sorted((f for f in self._folders() if f.name != live), key=lambda f: f.name)
        # The one that was live a moment ago may be being opened right now: it goes last.
        others.sort(key=lambda f: f.name == previous)
        for folder in others[: max(len(others) - keep, 0)]:
            shutil.rmtree(folder, ignore_errors=True)

    def _folders(self) -> list[Path]:
        """The folders that this class made; whatever else lies there is somebody's own."""
        return [
            path
            for path in self.index_dir.iterdir()
            if _MADE_HERE.fullmatch(path.name) and path.is_dir() and not path.is_symlink()
        ]


def _now() -> datetime:
    return datetime.now(UTC)


def _digest(data: dict[str, Any]) -> str:
    canonical = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def _size_and_hash(path: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_HASH_BLOCK):
            digest.update(block)
            size += len(block)
    return size, digest.hexdigest()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_synced(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
