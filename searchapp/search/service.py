"""The road from words typed to an answer, over whichever index is live."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from searchapp.analysis.base import Analysis
from searchapp.config import Settings
from searchapp.documents import Document
from searchapp.errors import NotFoundError, QueryError
from searchapp.generation_files import Generation
from searchapp.generations import Generations
from searchapp.language.completions import MAX_PREFIX_CHARS, Completion
from searchapp.language.correct import decode_query
from searchapp.manifest import Manifest
from searchapp.observation import Stage, stage
from searchapp.query.filters import Column, Sort
from searchapp.query.nodes import Filter, Query
from searchapp.search.cursors import Cursor, fingerprint
from searchapp.search.filtering import parse_filters
from searchapp.search.limits import check_asked
from searchapp.search.live import Live, LiveIndex
from searchapp.search.parts import Wanted
from searchapp.search.plan import Plan
from searchapp.search.planner import Planner
from searchapp.search.portions import part_end
from searchapp.search.query_form import query_form
from searchapp.search.related import telling_query
from searchapp.search.remembered import Remembered
from searchapp.search.results import Answer, AnswerHit, MarkedDocument, Stats
from searchapp.search.showing import make_highlighter, shown_hits, unmarked
from searchapp.search.shown import shown, shown_values
from searchapp.search.snippets import Snippet
from searchapp.search.understanding import Understood, understand
from searchapp.time_budget import is_spent, within


@dataclass(frozen=True, slots=True)
class _Wishes:
    """What of an answer a call may choose, beside the query."""

    filters: tuple[Filter, ...] = ()
    sort: Sort = Sort.RELEVANCE
    facet_size: int = 0
    verbatim: bool = False
    explain: bool = False

    def of(self, query: Query) -> Query:
        """The query with these filters, in this order."""
        return replace(query, filters=self.filters, sort=self.sort)


class SearchService:
    """Answers queries. Safe to share between threads; follows the live index by itself."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._generations = Generations(settings.index_dir)
        self._index = LiveIndex(self._generations, settings)
        self._remembered: Remembered[Answer] = Remembered(settings.answers_remembered)

    def search(
        self,
        query: str,
        page: int = 1,
        size: int | None = None,
        *,
        filters: Sequence[str] = (),
        published_from: str | None = None,
        published_to: str | None = None,
        sort: Sort = Sort.RELEVANCE,
        cursor: str | None = None,
        facet_size: int = 0,
        verbatim: bool = False,
        explain: bool = False,
        offset: int | None = None,
    ) -> Answer:
        """The page ``page`` (1-based) of ``size`` hits, or those from ``offset`` (0-based) on, or
        those that ``cursor`` goes on with.

        ``filters`` are ``field:value``; ``published_from`` and ``published_to`` are dates or parts
        of them, both included. ``facet_size`` is how many values of each facet are counted, 0 for
        none. ``verbatim`` answers the query as typed, whatever it may have been meant to be;
        ``explain`` says of each hit what its score is made of. Raises QueryError for an empty or
        over-long query, a page out of range or a filter that names nothing, GoneError for a cursor
        that came too late, OutOfTimeError for what takes too long.
        """
        size = self.settings.usual_page_size if size is None else size
        begin = (page - 1) * size if offset is None else offset
        check_asked(self.settings, query, page, size, offset, facet_size)
        wishes = _Wishes(
            parse_filters(filters, published_from, published_to),
            sort,
            facet_size,
            verbatim,
            explain,
        )
        print_ = fingerprint(
            (query, sorted(filters), published_from, published_to, sort.value, verbatim)
        )
        if cursor is not None:
            place = Cursor.decode(cursor, print_)
            live = self._index.at(place.generation)
        else:
            live = self._index.get()
            place = Cursor(live.generation.name, begin, print_)
        begun = time.perf_counter()
        # An index never changes, and its name is in the place.
        key = (query, place, size, wishes)
        answer = self._remembered.get(key)
        if answer is None:
            with self.time_budget():
                answer = self._answer(live, query, place, size, wishes)
            if not answer.partial:
                self._remembered.put(key, answer)
        return replace(answer, took_ms=round((time.perf_counter() - begun) * 1000, 2))

    def time_budget(self) -> AbstractContextManager[None]:
        """What is asked here, in this thread, has the time together that one answer may take."""
        return within(self.settings.search_timeout_ms / 1000 or math.inf)

    def total(self, query: str, filters: tuple[Filter, ...] = ()) -> int:
        """How many documents a query finds, taken as typed."""
        live = self._index.get()
        with self.time_budget(), self._planner(live) as planner:
            planned = planner.plan(query, verbatim=True)
            with stage(Stage.SEARCH):
                return live.searcher.search(replace(planned.query, filters=filters), 0).total

    def rank(self, query: str, limit: int) -> list[tuple[str, float]]:
        """The ids and scores of the best ``limit`` documents, without snippets."""
        live = self._index.get()
        understood = self._understand(live, query, suggest=False)
        found = live.searcher.search(understood.plan.query, limit)
        return [(hit.document.id, hit.score) for hit in found.hits]

    def document(
        self,
        document_id: str,
        query: str | None = None,
        *,
        start: int = 0,
        max_chars: int | None = None,
        find: bool = False,
    ) -> MarkedDocument:
        """A document, and of its text the part from ``start``, in code points, on.

        The part has at most ``max_chars`` and ``document_max_chars`` code points. The words of
        ``query`` are marked; ``find`` looks for them in the whole text, too. Raises NotFoundError,
        QueryError for a start behind the end.
        """
        live = self._index.get()
        document, cut = shown(self._document(live, document_id))
        text = document.text
        if start and start >= len(text):
            raise QueryError(f"start is {start}, the document has {len(text)} characters", "start")
        most = self.settings.document_max_chars
        end = part_end(text, start, most if max_chars is None else min(max_chars, most))
        if not query or len(query) > self.settings.query_max_chars:
            title, part = unmarked(document.title), Snippet(text[start:end], (), start, end, start)
            return MarkedDocument(document, cut, title, part)
        with self.time_budget(), self._planner(live) as planner:
            planned = planner.plan(query)
            with stage(Stage.SNIPPET):
                highlighter = make_highlighter(
                    planned, live.searcher, planner.analyzer, self.settings
                )
                (title,) = highlighter.wholes([document.title])
                part = highlighter.part(text, start, end)
                places = highlighter.first_places(text) if find else ()
        return MarkedDocument(document, cut, title, part, places)

    def related(self, document_id: str, size: int) -> tuple[AnswerHit, ...]:
        """The documents most like one, without itself; their snippets are their beginnings.

        Raises NotFoundError.
        """
        live = self._index.get()
        document, _ = shown(self._document(live, document_id))
        with self.time_budget():
            with live.analyzer() as analyzer, stage(Stage.ANALYSE):
                query = telling_query(document, analyzer, live.searcher)
            if query is None:
                return ()
            with stage(Stage.SEARCH):
                found = live.searcher.search(query, size)
            plan = Plan(query, Wanted(frozenset(), ()))
            return shown_hits(live, self.settings, plan, query, found.hits)

    def suggest(self, prefix: str, size: int) -> tuple[Completion, ...]:
        """Up to ``size`` ways to go on from what was typed; raw Telex or VNI keys are read, too.

        There are none for more than `MAX_PREFIX_CHARS` characters.
        """
        live = self._index.get()
        if len(prefix) > MAX_PREFIX_CHARS:
            return ()
        found = live.completions.complete(prefix, size)
        if found:
            return found
        keys = decode_query(query_form(prefix), live.language)
        return () if keys is None else live.completions.complete(keys.query, size)

    def stats(self) -> Stats:
        """What the live index holds."""
        live = self._index.get()
        manifest = live.generation.manifest
        span = live.searcher.published_span()
        return Stats(
            documents=live.searcher.document_count,
            generation=live.generation.name,
            engine=manifest.engine,
            built=manifest.built,
            build_s=manifest.build_s,
            bytes=sum(size for size, _ in manifest.files.values()),
            analyzer_version=manifest.analyzer_version,
            pyvi_version=manifest.pyvi_version,
            sources=tuple(manifest.sources),
            first_published=span[0] if span else None,
            last_published=span[1] if span else None,
            columns={column: live.searcher.column_summary(column) for column in Column},
        )

    def analyze(self, text: str) -> Analysis:
        """A text through every view, by the analyzer of the live index."""
        with self._index.get().analyzer() as analyzer:
            return analyzer.analyze(text)

    def generation(self) -> Generation:
        """The live generation, opened and checked."""
        return self._index.get().generation

    def readiness(self) -> tuple[Generation, bool]:
        """The live generation, and whether all of it answers just now.

        Raises what keeps all of it from answering: NoIndexError, IndexRefusedError,
        UnavailableError.
        """
        live = self._index.get()
        return live.generation, live.searcher.is_complete()

    def unfinished_builds(self) -> int:
        """How many builds run just now, or ended before their index was whole."""
        return self._generations.unfinished()

    def live(self) -> Live:
        """Everything that answers over the live index, for those who measure it."""
        return self._index.get()

    def manifest(self) -> Manifest:
        """What the live index is; it is opened and checked first."""
        return self.generation().manifest

    # -- inside ---------------------------------------------------------------------------------

    def _answer(self, live: Live, query: str, place: Cursor, size: int, wishes: _Wishes) -> Answer:
        understood = self._understand(live, query, verbatim=wishes.verbatim)
        asked = wishes.of(understood.plan.query)
        with stage(Stage.SEARCH):
            found = live.searcher.search(
                asked, size, place.offset, facet_values=wishes.facet_size, after=place.after
            )
        explained = asked if wishes.explain else None
        hits = shown_hits(live, self.settings, understood.plan, explained, found.hits)
        behind = replace(place, offset=place.offset + len(hits), after=found.after)
        more = bool(hits) and behind.offset < found.total
        return Answer(
            query=query,
            total=found.total,
            page=place.offset // size + 1,
            size=size,
            took_ms=0.0,
            hits=hits,
            suggestion=understood.suggestion,
            corrected=understood.corrected,
            plan=understood.plan,
            facets={
                column: shown_values((found.facets or {}).get(column, ())) for column in Column
            },
            sort=wishes.sort,
            next_cursor=behind.encode() if more else None,
            partial=found.partial or is_spent(),  # what came last may not be marked
        )

    def _understand(
        self, live: Live, query: str, *, verbatim: bool = False, suggest: bool = True
    ) -> Understood:
        with self._planner(live) as planner:
            return understand(query, live, planner, verbatim=verbatim, suggest=suggest)

    def _planner(self, live: Live) -> AbstractContextManager[Planner]:
        return live.planner(self.settings.expansion_max_terms)

    @staticmethod
    def _document(live: Live, document_id: str) -> Document:
        document = live.searcher.document(document_id)
        if document is None:
            raise NotFoundError(document_id)
        return document
