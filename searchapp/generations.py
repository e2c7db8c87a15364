"""Built indexes on disk: made beside the live one, checked by checksum, switched in one step.

::

    index/
      current            the name of the live generation; replaced atomically
      lock               held with flock(2) by the one process that builds
      20260301T101500123456-4f2a/
        manifest.json    what it is, and a SHA-256 of every other file; written last
        segmentation.json
        language/        counts and abbreviations of the corpus
        store/           the analysed documents, for updates; searching does not open it
        engine/          the engine's own files

A folder without a manifest is rubble of a build that died. The next build goes on with what is in
its store, and clears it. The lock dies with its holder.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import secrets
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

from searchapp.errors import IndexRefusedError, InputError, LockedError, NoIndexError
from searchapp.storage import DISK, Storage

FORMAT = 4
"""Changes whenever files of an index are written otherwise: one of another format is refused."""
_MANIFEST = "manifest.json"
_MANIFEST_SUM = "manifest.json.sha256"
MANIFEST_FILES = (_MANIFEST, _MANIFEST_SUM)
"""What a generation is, and the checksum of that."""
_CURRENT = "current"
_NAME = re.compile(r"[0-9A-Za-z-]{1,64}")
_MADE_HERE = re.compile(r"([0-9]{8}T[0-9]{12})-[0-9a-f]{4}")
_TIME = "%Y%m%dT%H%M%S%f"
_LOCK = "lock"
_STORE = "store"
_JOURNAL = "journal.jsonl"
_LOCK_TRY_S = 0.02
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
    def built_at(self) -> datetime:
        """When it was built."""
        return datetime.fromisoformat(self.manifest.built)

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

    @property
    def store_folder(self) -> Path:
        """What it was made of."""
        return self.folder / _STORE

    def damage(self, *, searched_only: bool = False) -> list[str]:
        """One line for each file that is missing, changed or unknown; empty if it is whole.

        ``searched_only`` leaves out what searching does not open.
        """
        known = {*self.manifest.files, _MANIFEST, _MANIFEST_SUM}
        there = (p for p in self.folder.rglob("*") if p.is_file())
        found = [
            f"{path} does not belong there"
            for path in sorted(there)
            if path.relative_to(self.folder).as_posix() not in known
        ]
        names = sorted(self.manifest.files)
        if searched_only:
            names = [name for name in names if not name.startswith(f"{_STORE}/")]
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            for name, state in zip(names, pool.map(self._file_state, names), strict=True):
                if state != tuple(self.manifest.files[name]):
                    what = "is missing" if state is None else "is damaged"
                    found.append(f"{self.folder / name} {what}")
        return found

    def _file_state(self, name: str) -> tuple[int, str] | None:
        try:
            return size_and_hash(self.folder / name)
        except FileNotFoundError:
            return None


class Building:
    """A generation in the making: a folder that nobody reads yet.

    ``rubble`` are the folders of builds that died, with the stores that they left.
    """

    def __init__(self, folder: Path, storage: Storage, rubble: Sequence[Path] = ()) -> None:
        self.folder = folder
        self.engine_folder = folder / "engine"
        self.model_file = folder / "segmentation.json"
        self.language_folder = folder / "language"
        self.store_folder = folder / _STORE
        self.rubble = tuple(rubble)
        storage.make_folder(folder)
        storage.make_folder(self.engine_folder)
        storage.make_folder(self.language_folder)

    @property
    def rubble_stores(self) -> tuple[Path, ...]:
        """What can be used again of builds that died."""
        return tuple(folder / _STORE for folder in self.rubble)


class Generations:
    """The generations in one index folder."""

    def __init__(self, index_dir: Path, storage: Storage = DISK) -> None:
        self.index_dir = index_dir
        self.storage = storage

    # -- reading --------------------------------------------------------------------------------

    def current_name(self) -> str | None:
        """The name of the live generation; None if nothing was ever built."""
        path = self.index_dir / _CURRENT
        try:
            with path.open("rb", buffering=0) as file:  # asked several times in each request
                name = file.read().decode("utf-8", errors="replace").strip()
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

    def unfinished(self) -> int:
        """How many builds run just now, or ended before their index was whole."""
        try:
            return sum(not (folder / _MANIFEST).exists() for folder in self._folders())
        except (FileNotFoundError, NotADirectoryError):
            return 0  # nothing was ever built here

    def _load(self, name: str) -> Generation:
        folder = self.index_dir / name
        raw, checksum = (
            (folder / file).read_text(encoding="utf-8", errors="replace") for file in MANIFEST_FILES
        )
        return Generation(name, folder, parse_manifest(raw, checksum, str(folder)))

    # -- building -------------------------------------------------------------------------------

    @contextlib.contextmanager
    def lock(self, wait_s: float = 0.0) -> Iterator[None]:
        """Hold the build lock; wait for it for some seconds where another process has it.

        Raises LockedError, which names the holder, if another process builds for longer.
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
            if not _locked(file, wait_s):
                file.seek(0)
                holder = file.read().strip() or "another process"
                raise LockedError(
                    f"{self.index_dir} is being built by {holder}; wait for it or stop it"
                )
            file.truncate(0)
            file.write(f"process {os.getpid()} since {_now().isoformat(timespec='seconds')}")
            file.flush()
            yield

    def begin(self) -> Building:
        """Start a generation. Needs the lock.

        The rubble of dead builds is cleared, but for that of the one that came furthest: it stays
        until a generation is published, for it may be used again.
        """
        dead = [f for f in self._folders() if not (f / _MANIFEST).exists()]
        dead.sort(key=_journal_size)
        rubble = [folder for folder in dead[-1:] if _journal_size(folder)]
        for folder in dead:
            if folder not in rubble:
                self.storage.remove_folder(folder)
        folder = self.index_dir / f"{self._new_time():{_TIME}}-{secrets.token_hex(2)}"
        return Building(folder, self.storage, rubble)

    def _new_time(self) -> datetime:
        """The time, or a moment behind the youngest generation: names are in order of age."""
        times = [
            datetime.strptime(made[1], _TIME).replace(tzinfo=UTC)
            for folder in self._folders()
            if (made := _MADE_HERE.fullmatch(folder.name))
        ]
        return max(_now(), *(time + timedelta(microseconds=1) for time in times), _now())

    def discard(self, building: Building) -> None:
        """Remove a generation that will not be finished; one that is live already stays."""
        if self._is_live(building):
            return
        # Often the disk is what failed: the failure that is on its way to the caller says more.
        with contextlib.suppress(OSError):
            self.storage.remove_folder(building.folder)

    def _is_live(self, building: Building) -> bool:
        """Whether it has become the live one; also where that can't be told just now."""
        try:
            return building.folder.name == self.current_name()
        except IndexRefusedError:  # what is damaged names nothing
            return False
        except OSError:
            return True

    def leave(self, building: Building) -> None:
        """Leave of an interrupted generation what the next build can go on with; all if live."""
        if self._is_live(building):
            return
        with contextlib.suppress(OSError):
            self.storage.remove_folder(building.engine_folder)

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
            files[path.relative_to(building.folder).as_posix()] = size_and_hash(path)
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
        return self.adopt(building, manifest, keep)

    def adopt(self, building: Building, manifest: Manifest, keep: int) -> Generation:
        """Make a generation live whose files are those of its manifest, all of it or nothing."""
        for name in manifest.files:
            self.storage.sync(building.folder / name)
        data = asdict(manifest)
        self._write_synced(building.folder / _MANIFEST_SUM, _digest(data))
        self._write_synced(
            building.folder / _MANIFEST, json.dumps(data, ensure_ascii=False, indent=1)
        )
        for folder in [building.folder, *(p for p in building.folder.rglob("*") if p.is_dir())]:
            self.storage.sync(folder)
        self.storage.sync(self.index_dir)
        previous = self.current_name()
        self.switch(building.folder.name)
        self._clear(building.rubble, live=building.folder.name, previous=previous, keep=keep)
        return Generation(building.folder.name, building.folder, manifest)

    def switch(self, name: str) -> None:
        """Make a whole generation the live one, in one step. Needs the lock."""
        replacement = self.index_dir / f"{_CURRENT}.new"
        self._write_synced(replacement, name + "\n")
        self.storage.replace(replacement, self.index_dir / _CURRENT)
        self.storage.sync(self.index_dir)

    def earlier(self) -> list[Generation]:
        """Whole generations beside the live one, the youngest first."""
        live = self.current_name()
        return [one for one in self.whole() if one.name != live]

    def whole(self) -> list[Generation]:
        """All whole generations, the youngest first."""
        found = []
        for folder in sorted(self._folders(), key=lambda folder: folder.name, reverse=True):
            with contextlib.suppress(IndexRefusedError, FileNotFoundError):
                found.append(self._load(folder.name))
        return found

    def _clear(self, rubble: Sequence[Path], live: str, previous: str | None, keep: int) -> None:
        """Remove rubble and all but ``keep`` earlier generations.

        The new generation is live: what can't be removed now is left to the next build.
        """
        others = sorted(
            (f for f in self._folders() if f.name != live and f not in rubble),
            key=lambda f: f.name,
        )
        # The one that was live a moment ago may be being opened right now: it goes last.
        others.sort(key=lambda f: f.name == previous)
        for folder in (*rubble, *others[: max(len(others) - keep, 0)]):
            with contextlib.suppress(OSError):
                self.storage.remove_folder(folder)

    def _write_synced(self, path: Path, text: str) -> None:
        self.storage.write_text(path, text)
        self.storage.sync(path)

    def _folders(self) -> list[Path]:
        """The folders that this class made; whatever else lies there is somebody's own."""
        return [
            path
            for path in self.index_dir.iterdir()
            if _MADE_HERE.fullmatch(path.name) and path.is_dir() and not path.is_symlink()
        ]


def parse_manifest(raw: str, checksum: str, shown: str) -> Manifest:
    """The manifest in the texts of its two files.

    Raises IndexRefusedError, with ``shown`` for where it is, if it is damaged or of another format.
    """
    try:
        data = json.loads(raw)
        if data["format"] != FORMAT:
            raise IndexRefusedError(
                f"{shown} has format {data['format']}, this version reads {FORMAT}"
            )
        manifest = Manifest(**data)
        is_whole = all(map(_is_inside, manifest.files)) and _digest(data) == checksum.strip()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise IndexRefusedError(f"the manifest of {shown} is damaged") from error
    if not is_whole:
        raise IndexRefusedError(f"the manifest of {shown} is damaged")
    return manifest


def _is_inside(name: str) -> bool:
    """Whether a name in a manifest is one of a file in its folder: a backup can hold any."""
    parts = name.split("/")
    return not {"", ".", ".."} & set(parts) and "\0" not in name and name not in MANIFEST_FILES


def _locked(file: TextIO, wait_s: float) -> bool:
    until = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(_LOCK_TRY_S)
        else:
            return True


def _journal_size(folder: Path) -> int:
    try:
        return (folder / _STORE / _JOURNAL).stat().st_size
    except OSError:
        return 0


def _now() -> datetime:
    return datetime.now(UTC)


def _digest(data: dict[str, Any]) -> str:
    canonical = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def size_and_hash(path: Path) -> tuple[int, str]:
    """The size of a file in bytes and its SHA-256."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_HASH_BLOCK):
            digest.update(block)
            size += len(block)
    return size, digest.hexdigest()
