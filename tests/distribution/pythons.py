"""Pythons to install into: the one that runs, or each of those that are supported."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

SUPPORTED = ("3.11", "3.12", "3.13")
RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"
EVERY = bool(os.environ.get("EVERY_PYTHON"))
"""Set by ``make test-dist``: every Python, with all that it needs from the network."""


def interpreter(version: str) -> str | None:
    """The path of a Python of this version; None if there is none."""
    if version == RUNNING:
        return sys.executable
    kept = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    for candidate in (shutil.which(f"python{version}"), *map(str, reversed(kept))):
        if candidate and _version(candidate) == version:
            return candidate
    return None


def _version(python: str) -> str:
    # What a version manager puts into the path may be there and not run.
    done = subprocess.run(
        [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return done.stdout.strip()
