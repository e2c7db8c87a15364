"""Tells engines which index is live and which are kept: what they have on servers follows."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

from searchapp.config import Settings
from searchapp.engines.registry import get_engine
from searchapp.errors import InputError, UnavailableError
from searchapp.generations import Generation, Generations


def tell_engines(
    generations: Generations,
    live: Generation,
    settings: Settings,
    before: Iterable[Generation] = (),
) -> None:
    """Tell the engine of the live generation that it is, and engines of others what is kept.

    ``before`` are generations that there were until now, and may be no more. Raises
    UnavailableError if the server of the live generation does not answer.
    """
    kept = generations.earlier()
    names = {one.manifest.engine for one in (*kept, *before)} - {live.manifest.engine}
    for name in sorted(names):
        # A server that is not needed any more is no reason to fail; it is told the next time.
        with contextlib.suppress(UnavailableError, InputError):
            get_engine(name, settings).switched(generations.index_dir, None, _folders(kept, name))
    name = live.manifest.engine
    get_engine(name, settings).switched(
        generations.index_dir, live.engine_folder, _folders(kept, name)
    )


def _folders(kept: Iterable[Generation], engine: str) -> list[Path]:
    return [one.engine_folder for one in kept if one.manifest.engine == engine]
