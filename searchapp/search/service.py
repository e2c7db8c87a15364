"""The road from words typed to an answer, over whichever index is live."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from searchapp.analysis.analyzer import ANALYZER_VERSION, Analyzer
from searchapp.analysis.base import Analysis
from searchapp.analysis.pyvi_model import SegmentationModel
from searchapp.config import Settings
from searchapp.documents import Document
from searchapp.engines.base import Searcher
from searchapp.engines.registry import get_engine
from searchapp.errors import IndexRefusedError, NotFoundError, QueryError
from searchapp.generations import Generation, Generations, Manifest
from searchapp.query.nodes import Phrase, Term
from searchapp.search.planner import Plan, plan
from searchapp.search.snippets import Highlighter, Snippet

_PHRASE_WEIGHT = 10.0  # of a syllable in a phrase: about that of a rare word


@dataclass(frozen=True, slots=True)
class AnswerHit:
    """A document found, as it is shown."""

    document: Document
    score: float
    title: Snippet
    snippets: tuple[Snippet, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of results; ``took_ms`` is the time spent answering, in milliseconds."""

    query: str
    total: int
    page: int
    size: int
    took_ms: float
    hits: tuple[AnswerHit, ...]

    @property
    def pages(self) -> int:
        """How many pages there are in all."""
        return -(-self.total // self.size)


class _Live:
    """One open generation: a searcher for each thread, and the analyzer it was built with."""

    def __init__(self, generation: Generation) -> None:
        manifest = generation.manifest
        if manifest.analyzer_version != ANALYZER_VERSION:
            raise IndexRefusedError(
                f"{generation.folder} was built by analyzer version {manifest.analyzer_version},"
                f" this is version {ANALYZER_VERSION}"
            )
        # Before anything in it is opened: Whoosh's files hold pickles.
        damage = generation.damage()
        if damage:
            more = f" (and {len(damage) - 1} more)" if len(damage) > 1 else ""
            raise IndexRefusedError(damage[0] + more)
        self.generation = generation
        model = SegmentationModel.loads(generation.model_file.read_text(encoding="utf-8"))
        self.analyzer = Analyzer(model)
        self.analyzer_lock = threading.Lock()
        self._first = get_engine(manifest.engine).open(generation.engine_folder)
        self._local = threading.local()
        self._local.searcher = self._first

    @property
    def searcher(self) -> Searcher:
        """This thread's searcher."""
        searcher: Searcher | None = getattr(self._local, "searcher", None)
        if searcher is None:
            searcher = self._local.searcher = self._first.for_thread()
        return searcher


class SearchService:
    """Answers queries. Safe to share between threads; follows the live index by itself."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._generations = Generations(settings.index_dir)
        self._live: _Live | None = None
        self._lock = threading.Lock()

    def _open(self) -> _Live:
        """The live generation, opened; a switch is noticed here, between two requests.

        Raises NoIndexError or IndexRefusedError.
        """
        live = self._live
        if live is not None and live.generation.name == self._generations.current_name():
            return live
        with self._lock:
            live = self._live
            if live is None or live.generation.name != self._generations.current_name():
                # The old one closes with its last user: files are closed when it is collected.
                live = self._live = _open_current(self._generations)
            return live

    def search(self, query: str, page: int = 1, size: int | None = None) -> Answer:
        """The page ``page`` (1-based) of ``size`` hits.

        Raises QueryError for an empty or over-long query or a page out of range.
        """
        begun = time.perf_counter()
        size = self.settings.page_size if size is None else size
        self._check(query, page, size)
        return self._answer(query, (page - 1) * size, page, size, begun)

    def search_from(self, query: str, offset: int = 0, limit: int | None = None) -> Answer:
        """``limit`` hits after the first ``offset``; ``page`` of the answer is where they begin.

        Raises QueryError as `search` does.
        """
        begun = time.perf_counter()
        size = self.settings.page_size if limit is None else limit
        if offset < 0:
            raise QueryError(f"offset is {offset}, the first hit is 0", "offset")
        self._check(query, 1, size)
        if offset + size > self.settings.result_window:
            raise QueryError(
                f"offset plus limit is {offset + size}, at most {self.settings.result_window}"
                " hits are reached; narrow the query instead",
                "offset",
            )
        return self._answer(query, offset, offset // size + 1, size, begun)

    def _answer(self, query: str, offset: int, page: int, size: int, begun: float) -> Answer:
        live = self._open()
        searcher = live.searcher
        with self._analysing(live) as analyzer:
            planned = plan(query, analyzer)
        found = searcher.search(planned.query, size, offset)
        documents = [hit.document for hit in found.hits]
        with self._analysing(live) as analyzer:
            highlighter = self._highlighter(planned, searcher, analyzer)
            snippets = highlighter.snippets([d.text for d in documents])
            titles = highlighter.wholes([d.title for d in documents])
        hits = tuple(
            AnswerHit(hit.document, round(hit.score, 6), title, tuple(texts))
            for hit, title, texts in zip(found.hits, titles, snippets, strict=True)
        )
        took_ms = round((time.perf_counter() - begun) * 1000, 2)
        return Answer(query, found.total, page, size, took_ms, hits)

    def document(self, document_id: str, query: str | None = None) -> tuple[Document, Snippet]:
        """A document and its whole text, with the words of ``query`` marked.

        Raises NotFoundError.
        """
        live = self._open()
        document = live.searcher.document(document_id)
        if document is None:
            raise NotFoundError(document_id)
        if not query or len(query) > self.settings.query_max_chars:
            return document, Snippet(document.text, (), 0, len(document.text))
        with self._analysing(live) as analyzer:
            planned = plan(query, analyzer)
            highlighter = self._highlighter(planned, live.searcher, analyzer)
            return document, highlighter.wholes([document.text])[0]

    def analyze(self, text: str) -> Analysis:
        """A text through every view, by the analyzer of the live index."""
        live = self._open()
        with self._analysing(live) as analyzer:
            return analyzer.analyze(text)

    def manifest(self) -> Manifest:
        """What the live index is; it is opened and checked first."""
        return self._open().generation.manifest

    def generation(self) -> Generation:
        """The live generation, opened and checked."""
        return self._open().generation

    @contextmanager
    def _analysing(self, live: _Live) -> Iterator[Analyzer]:
        with live.analyzer_lock:  # an analyzer learns as it works
            yield live.analyzer

    def _highlighter(self, planned: Plan, searcher: Searcher, analyzer: Analyzer) -> Highlighter:
        count = searcher.document_count
        weights: dict[Term | Phrase, float] = {}
        for term in planned.wanted.syllables:
            df = searcher.document_frequency(term.view, term.text)
            weights[term] = math.log1p((count - df + 0.5) / (df + 0.5))
        for phrase in planned.wanted.phrases:
            weights[phrase] = _PHRASE_WEIGHT * len(phrase.terms)
        return Highlighter(
            analyzer=analyzer,
            wanted=planned.wanted,
            weights=weights,
            max_chars=self.settings.snippet_max_chars,
            most=self.settings.snippets_per_hit,
        )

    def _check(self, query: str, page: int, size: int) -> None:
        limits = self.settings
        if not query.strip():
            raise QueryError("the query is empty; type some words", "q")
        if len(query) > limits.query_max_chars:
            raise QueryError(
                f"the query has {len(query)} characters,"
                f" at most {limits.query_max_chars} are taken",
                "q",
            )
        if page < 1:
            raise QueryError(f"page is {page}, the first page is 1", "page")
        if not 1 <= size <= limits.page_size_max:
            raise QueryError(f"size is {size}, it may be 1 to {limits.page_size_max}", "size")
        if page * size > limits.result_window:
            raise QueryError(
                f"page times size is {page * size}, paging reaches {limits.result_window};"
                " narrow the query instead",
                "page",
            )


def _open_current(generations: Generations) -> _Live:
    """Open the live generation, once more if a rebuild cleared it away while it was opened."""
    while True:
        generation = generations.current()
        try:
            return _Live(generation)
        except (IndexRefusedError, FileNotFoundError):
            if generations.current_name() == generation.name:
                raise
