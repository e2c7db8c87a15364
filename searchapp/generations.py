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
import re
import secrets
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from searchapp.build_lock import build_lock
from searchapp.errors import IndexRefusedError, NoIndexError
from searchapp.generation_files import Building, Generation, is_whole, journal_size
from searchapp.manifest import (
    MANIFEST_FILES,
    Manifest,
    manifest_texts,
    parse_manifest,
    size_and_hash,
)
from searchapp.storage import DISK, Storage

_CURRENT = "current"
_NAME = re.compile(r"[0-9A-Za-z-]{1,64}")
_MADE_HERE = re.compile(r"([0-9]{8}T[0-9]{12})-[0-9a-f]{4}")
_TIME = "%Y%m%dT%H%M%S%f"


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
            return sum(not is_whole(folder) for folder in self._folders())
        except (FileNotFoundError, NotADirectoryError):
            return 0  # nothing was ever built here

    def _load(self, name: str) -> Generation:
        folder = self.index_dir / name
        raw, checksum = (
            (folder / file).read_text(encoding="utf-8", errors="replace") for file in MANIFEST_FILES
        )
        return Generation(name, folder, parse_manifest(raw, checksum, str(folder)))

    # -- building -------------------------------------------------------------------------------

    def lock(self, wait_s: float = 0.0) -> AbstractContextManager[None]:
        """Hold the build lock; wait for it for some seconds where another process has it.

        Raises LockedError, which names the holder, if another process builds for longer.
        """
        return build_lock(self.index_dir, wait_s)

    def begin(self) -> Building:
        """Start a generation. Needs the lock.

        The rubble of dead builds is cleared, but for that of the one that came furthest: it stays
        until a generation is published, for it may be used again.
        """
        dead = [folder for folder in self._folders() if not is_whole(folder)]
        dead.sort(key=journal_size)
        rubble = [folder for folder in dead[-1:] if journal_size(folder)]
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
        manifest_file, sum_file = MANIFEST_FILES
        raw, checksum = manifest_texts(manifest)
        self._write_synced(building.folder / sum_file, checksum)
        self._write_synced(building.folder / manifest_file, raw)  # now it is whole
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


def _now() -> datetime:
    return datetime.now(UTC)
