"""Tells engines which index is live and which are kept: what they have on servers follows."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

from searchapp.config import Settings
from searchapp.engines.registry import get_engine
from searchapp.errors import SearchappError
from searchapp.generation_files import Generation
from searchapp.generations import Generations

_log = logging.getLogger(__name__)


def tell_engines(
    generations: Generations,
    live: Generation,
    settings: Settings,
    before: Iterable[Generation] = (),
) -> None:
    """Tell the engine of the live generation that it is, and engines of others what is kept.

    ``before`` are generations that there were until now, and may be no more. The switch is made
    already: an engine whose server can't be told now is told after the next one, with a warning.
    """
    kept = generations.earlier()
    names = {one.manifest.engine for one in (*kept, *before)} - {live.manifest.engine}
    for name in (*sorted(names), live.manifest.engine):
        folder = live.engine_folder if name == live.manifest.engine else None
        try:
            engine = get_engine(name, settings)
            engine.switched(generations.index_dir, folder, _folders(kept, name))
        except SearchappError as error:
            _log.warning("the engine %s is told later which index is live: %s", name, error)


def _folders(kept: Iterable[Generation], engine: str) -> list[Path]:
    return [one.engine_folder for one in kept if one.manifest.engine == engine]
