"""One open generation: everything that answers queries over it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from searchapp.analysis.analyzer import ANALYZER_VERSION, Analyzer
from searchapp.analysis.pyvi_model import SegmentationModel
from searchapp.config import Settings
from searchapp.engines.registry import NAMES, get_engine
from searchapp.errors import GoneError, IndexRefusedError
from searchapp.generation_files import Generation
from searchapp.generations import Generations
from searchapp.language.completions import Completions
from searchapp.language.model import LanguageModel
from searchapp.language.synonyms import ABBREVIATIONS_FILE, load_synonyms
from searchapp.observation import Stage, see_generation, stage
from searchapp.query.filters import Column
from searchapp.search.column_values import ColumnValues
from searchapp.search.planner import Planner

_EARLIER_KEPT_S = 60.0
_MAX_CHUNKS = 10_000  # a worker sees queries and snippets: some 5 MB of what it learns


class Live:
    """A generation, checked and opened. Safe to share between threads.

    What was learnt over the one ``before`` is kept where both were analysed with the same model.

    Raises IndexRefusedError if the generation is of another analyzer version, or damaged.
    """

    def __init__(
        self,
        generation: Generation,
        settings: Settings,
        before: Live | None = None,
    ) -> None:
        manifest = generation.manifest
        if manifest.analyzer_version != ANALYZER_VERSION:
            raise IndexRefusedError(
                f"{generation.folder} was built by analyzer version {manifest.analyzer_version},"
                f" this is version {ANALYZER_VERSION}"
            )
        if manifest.engine not in NAMES:
            raise IndexRefusedError(f"{generation.folder} is for the engine {manifest.engine!r}")
        # Before anything in it is opened: Whoosh's files hold pickles.
        damage = generation.damage(searched_only=True)
        if damage:
            more = f" (and {len(damage) - 1} more)" if len(damage) > 1 else ""
            raise IndexRefusedError(damage[0] + more)
        self.generation = generation
        if before is not None and _model_sum(before.generation) == _model_sum(generation):
            self._analyzer: Analyzer = before._analyzer
            self._analyzer_lock: threading.Lock = before._analyzer_lock
        else:
            model = SegmentationModel.loads(generation.model_file.read_text(encoding="utf-8"))
            self._analyzer = Analyzer(model, _MAX_CHUNKS)
            self._analyzer_lock = threading.Lock()
        self.language = LanguageModel(generation.language_folder)
        self._synonyms = load_synonyms(
            mined=generation.language_folder / ABBREVIATIONS_FILE, own=settings.synonyms_file
        )
        self.searcher = get_engine(manifest.engine, settings).open(generation.engine_folder)
        self._column_values: dict[Column, ColumnValues] = {}

    @contextmanager
    def analyzer(self) -> Iterator[Analyzer]:
        """The analyzer, for one thread at a time: it learns as it works."""
        with stage(Stage.WAIT):
            self._analyzer_lock.acquire()
        try:
            yield self._analyzer
        finally:
            self._analyzer_lock.release()

    @contextmanager
    def planner(self, expansion_max_terms: int = 500) -> Iterator[Planner]:
        """A planner that knows this corpus, for one thread at a time."""
        with self.analyzer() as analyzer:
            yield Planner(
                analyzer,
                self.language,
                self._synonyms,
                self.searcher,
                self.column_values,
                expansion_max_terms=expansion_max_terms,
            )

    @cached_property
    def completions(self) -> Completions:
        """What typing can go on with; opened on first use."""
        return Completions(self.generation.language_folder)

    def column_values(self, column: Column) -> ColumnValues:
        """The values of a column by the names that people give them; made on first use."""
        found = self._column_values.get(column)
        if found is None:
            found = self._column_values[column] = ColumnValues(self.searcher.values(column))
        return found


def _model_sum(generation: Generation) -> str:
    return generation.manifest.files[generation.model_file.name][1]


class LiveIndex:
    """Follows the live generation of an index folder. Safe to share between threads."""

    def __init__(self, generations: Generations, settings: Settings) -> None:
        self._generations = generations
        self._settings = settings
        self._live: Live | None = None
        self._earlier: Live | None = None
        self._earlier_used = 0.0
        self._lock = threading.Lock()

    def get(self) -> Live:
        """The live generation, opened; a switch is noticed here, between two requests.

        Raises NoIndexError or IndexRefusedError.
        """
        live = self._live
        self._let_go_of_earlier()
        if live is None or live.generation.name != self._generations.current_name():
            with self._lock:
                live = self._live
                if live is None or live.generation.name != self._generations.current_name():
                    # Cursors may go on in the old one. It closes with its last user, when it is
                    # collected.
                    if live is not None:
                        self._earlier, self._earlier_used = live, time.monotonic()
                    with stage(Stage.OPEN):
                        live = self._live = self._open(live)
        see_generation(live.generation.name)
        return live

    def at(self, name: str) -> Live:
        """The generation ``name``, the live one or one kept from before, for what began there.

        Raises GoneError if it is no longer there.
        """
        live = self.get()
        if live.generation.name == name:
            return live
        with self._lock:
            earlier = self._earlier
            if earlier is None or earlier.generation.name != name:
                generation = self._generations.named(name)
                if generation is None:
                    raise GoneError(
                        "the index that this cursor reads was replaced and is gone; begin again"
                        " without a cursor (keep_generations says how many earlier ones stay)"
                    )
                earlier = self._earlier = Live(generation, self._settings)
            self._earlier_used = time.monotonic()
            see_generation(earlier.generation.name)
            return earlier

    def _let_go_of_earlier(self) -> None:
        """Close the earlier generation when no cursor has read it for a while."""
        if self._earlier is not None and time.monotonic() - self._earlier_used > _EARLIER_KEPT_S:
            self._earlier = None

    def _open(self, before: Live | None) -> Live:
        """Open the live generation, again if a rebuild cleared it away while it was opened."""
        while True:
            generation = self._generations.current()
            try:
                return Live(generation, self._settings, before)
            except Exception:
                # Files that vanish half-way through can fail in any way that Whoosh has.
                if self._generations.current_name() == generation.name:
                    raise
