"""Closing several files, where any may fail."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Protocol


class Closable(Protocol):
    """A file, or what holds one."""

    def close(self) -> object:
        """Let go of it. May raise OSError: what was not written yet did not fit."""


def close_all(files: Iterable[Closable]) -> None:
    """Close every file; raise OSError afterwards if one of them failed."""
    with contextlib.ExitStack() as stack:
        for file in files:
            stack.callback(file.close)


def let_go(files: Iterable[Closable]) -> None:
    """Close files that nobody will read, because something failed.

    On a full disk closing fails again; the first failure is on its way to the caller.
    """
    for file in files:
        with contextlib.suppress(OSError):
            file.close()
