"""Moving an index to another engine, without the files that it was made of."""

from __future__ import annotations

from dataclasses import replace

from searchapp.analysis.pyvi_model import load_pyvi_model
from searchapp.config import Settings
from searchapp.engines.registry import get_engine
from searchapp.errors import IndexRefusedError
from searchapp.generations import Generations
from searchapp.ingest.making import make_generation, new_building
from searchapp.ingest.planning import Sources
from searchapp.ingest.report import Listener, Report
from searchapp.ingest.reuse import is_usable, live_store, stored_steps
from searchapp.ingest.stream import Deleted


def migrate(
    engine: str,
    settings: Settings,
    listener: Listener | None = None,
    generations: Generations | None = None,
) -> Report:
    """Build the live index anew for ``engine``, from what it keeps of its documents; then switch.

    Nothing is read and nothing analysed again. The index that was live before stays as an earlier
    one. With the engine that it is for already, its part is made anew.

    Raises NoIndexError, LockedError, InputError for an unknown engine, IndexRefusedError if what
    the index keeps is damaged or was analysed by another version.
    """
    settings = replace(settings, engine=engine)
    get_engine(engine, settings)  # an unknown one is refused before anything begins
    generations = generations or Generations(settings.index_dir)
    with generations.lock():
        current = generations.current()
        live = live_store(generations)
        model = load_pyvi_model()
        if live is None or not is_usable(live, model):
            raise IndexRefusedError(
                f"{current.folder} was made by another version or is damaged",
                "bring it up to date with: searchapp update",
            )
        with new_building(generations) as building:
            return make_generation(
                generations,
                building,
                Sources.of(live.head),
                stored_steps(live),
                settings=settings,
                model=model,
                stores=[live],
                live=live,
                deleted=Deleted(live.deleted),
                listener=listener or Listener(),
            )
