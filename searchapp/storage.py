"""The file system as the making of an index uses it: each step that can fail, by name.

Everything that lies in an index folder is written through a `Storage`, so that the tests can put
one in its place that fails, fills up, or forgets at a power cut what was not synced.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import BinaryIO


class Storage:
    """The real file system. Safe to share between threads; every method raises OSError."""

    def make_folder(self, path: Path) -> None:
        """Make a folder that is not there yet, in one that is."""
        path.mkdir()

    def create(self, path: Path) -> BinaryIO:
        """Open a new file for writing; what was there is cut off."""
        return path.open("wb")

    def write(self, path: Path, data: bytes) -> None:
        """Write a whole file."""
        with self.create(path) as file:
            file.write(data)

    def write_text(self, path: Path, text: str) -> None:
        """Write a whole file in UTF-8."""
        self.write(path, text.encode("utf-8"))

    def link(self, source: Path, target: Path) -> None:
        """Give a file that is never written again a second name."""
        target.hardlink_to(source)

    def sync(self, path: Path) -> None:
        """Bring a file, or the names in a folder, to where a power cut does not reach."""
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def replace(self, source: Path, target: Path) -> None:
        """Give a file another name in one step; what had that name is gone."""
        source.replace(target)

    def remove(self, path: Path) -> None:
        """Remove a file."""
        path.unlink()

    def remove_folder(self, path: Path) -> None:
        """Remove a folder and all that is in it."""
        shutil.rmtree(path)


DISK = Storage()
