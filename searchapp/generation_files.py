"""What lies where in the folder of a generation, of a whole one and of one in the making."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from searchapp.manifest import MANIFEST_FILES, Manifest, size_and_hash
from searchapp.storage import Storage

JOURNAL = "journal.jsonl"
"""In the store: what was read. It grows as a build goes on."""
_STORE = "store"


class GenerationFiles:
    """The parts of a generation, by the ``folder`` that holds them."""

    __slots__ = ()

    folder: Path

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


@dataclass(frozen=True, slots=True)
class Generation(GenerationFiles):
    """A built index: its folder and its manifest."""

    name: str
    folder: Path
    manifest: Manifest

    @property
    def built_at(self) -> datetime:
        """When it was built."""
        return datetime.fromisoformat(self.manifest.built)

    def damage(self, *, searched_only: bool = False) -> list[str]:
        """One line for each file that is missing, changed or unknown; empty if it is whole.

        ``searched_only`` leaves out what searching does not open.
        """
        known = {*self.manifest.files, *MANIFEST_FILES}
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


class Building(GenerationFiles):
    """A generation in the making: a folder that nobody reads yet.

    ``rubble`` are the folders of builds that died, with the stores that they left.
    """

    def __init__(self, folder: Path, storage: Storage, rubble: Sequence[Path] = ()) -> None:
        self.folder = folder
        self.rubble = tuple(rubble)
        storage.make_folder(folder)
        storage.make_folder(self.engine_folder)
        storage.make_folder(self.language_folder)

    @property
    def rubble_stores(self) -> tuple[Path, ...]:
        """What can be used again of builds that died."""
        return tuple(folder / _STORE for folder in self.rubble)


def is_whole(folder: Path) -> bool:
    """Whether the build of a generation came to its end: its manifest is written last."""
    return (folder / MANIFEST_FILES[0]).exists()


def journal_size(folder: Path) -> int:
    """How far the build of a generation came, in bytes of its journal; 0 if it has none."""
    try:
        return (folder / _STORE / JOURNAL).stat().st_size
    except OSError:
        return 0
