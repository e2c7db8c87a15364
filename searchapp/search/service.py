"""The road from words typed to an answer, over whichever index is live."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.base import Analysis
from searchapp.config import Settings
from searchapp.documents import Document
from searchapp.engines.base import Contribution, Found, Searcher
from searchapp.errors import NotFoundError, QueryError
from searchapp.generations import Generation, Generations, Manifest
from searchapp.language.correct import Correction, Kind, decode_query
from searchapp.query.nodes import Phrase, Term
from searchapp.search.live import Live, LiveIndex
from searchapp.search.planner import Plan
from searchapp.search.query_form import query_form
from searchapp.search.snippets import Highlighter, Snippet

_PHRASE_WEIGHT = 10.0  # of a syllable in a phrase: about that of a rare word


@dataclass(frozen=True, slots=True)
class AnswerHit:
    """A document found, as it is shown; ``explanation`` only where it was asked for."""

    document: Document
    score: float
    title: Snippet
    snippets: tuple[Snippet, ...]
    explanation: tuple[Contribution, ...] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of results; ``took_ms`` is the time spent answering, in milliseconds.

    ``suggestion`` is a reading of the query that finds something; ``corrected`` is the one that was
    answered in place of ``query``, None if it was answered as typed. ``plan`` is how the query
    answered was understood.
    """

    query: str
    total: int
    page: int
    size: int
    took_ms: float
    hits: tuple[AnswerHit, ...]
    suggestion: Correction | None
    corrected: Correction | None
    plan: Plan

    @property
    def pages(self) -> int:
        """How many pages there are in all."""
        return -(-self.total // self.size)


@dataclass(frozen=True, slots=True)
class _Result:
    found: Found
    plan: Plan
    suggestion: Correction | None = None
    corrected: Correction | None = None


class SearchService:
    """Answers queries. Safe to share between threads; follows the live index by itself."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._index = LiveIndex(Generations(settings.index_dir), settings.synonyms_file)

    def search(
        self,
        query: str,
        page: int = 1,
        size: int | None = None,
        *,
        verbatim: bool = False,
        explain: bool = False,
    ) -> Answer:
        """The page ``page`` (1-based) of ``size`` hits.

        ``verbatim`` answers the query as typed, whatever it may have been meant to be; ``explain``
        says of each hit what its score is made of. Raises QueryError for an empty or over-long
        query or a page out of range.
        """
        size = self.settings.usual_page_size if size is None else size
        self._check(query, page, size)
        return self._answer(query, (page - 1) * size, size, verbatim=verbatim, explain=explain)

    def search_from(
        self,
        query: str,
        offset: int = 0,
        limit: int | None = None,
        *,
        verbatim: bool = False,
        explain: bool = False,
    ) -> Answer:
        """``limit`` hits after the first ``offset``; ``page`` of the answer is where they begin.

        Otherwise as `search`.
        """
        size = self.settings.usual_page_size if limit is None else limit
        if offset < 0:
            raise QueryError(f"offset is {offset}, the first hit is 0", "offset")
        self._check(query, 1, size)
        if offset + size > self.settings.result_window:
            raise QueryError(
                f"offset plus limit is {offset + size}, at most {self.settings.result_window}"
                " hits are reached; narrow the query instead",
                "offset",
            )
        return self._answer(query, offset, size, verbatim=verbatim, explain=explain)

    def rank(self, query: str, limit: int) -> list[tuple[str, float]]:
        """The ids and scores of the best ``limit`` documents, without snippets."""
        result = self._find(self._index.get(), query, limit, 0, verbatim=False, suggest=False)
        return [(hit.document.id, hit.score) for hit in result.found.hits]

    def document(self, document_id: str, query: str | None = None) -> tuple[Document, Snippet]:
        """A document and its whole text, with the words of ``query`` marked.

        Raises NotFoundError.
        """
        live = self._index.get()
        document = live.searcher.document(document_id)
        if document is None:
            raise NotFoundError(document_id)
        if not query or len(query) > self.settings.query_max_chars:
            return document, Snippet(document.text, (), 0, len(document.text))
        with live.planner() as planner:
            planned = planner.plan(query)
            highlighter = self._highlighter(planned, live.searcher, planner.analyzer)
            return document, highlighter.wholes([document.text])[0]

    def analyze(self, text: str) -> Analysis:
        """A text through every view, by the analyzer of the live index."""
        with self._index.get().analyzer() as analyzer:
            return analyzer.analyze(text)

    def generation(self) -> Generation:
        """The live generation, opened and checked."""
        return self._index.get().generation

    def live(self) -> Live:
        """Everything that answers over the live index, for those who measure it."""
        return self._index.get()

    def manifest(self) -> Manifest:
        """What the live index is; it is opened and checked first."""
        return self.generation().manifest

    # -- inside ---------------------------------------------------------------------------------

    def _answer(
        self, query: str, offset: int, size: int, *, verbatim: bool, explain: bool
    ) -> Answer:
        begun = time.perf_counter()
        live = self._index.get()
        result = self._find(live, query, size, offset, verbatim=verbatim, suggest=True)
        documents = [hit.document for hit in result.found.hits]
        with live.analyzer() as analyzer:
            highlighter = self._highlighter(result.plan, live.searcher, analyzer)
            snippets = highlighter.snippets([d.text for d in documents])
            titles = highlighter.wholes([d.title for d in documents])
        hits = tuple(
            AnswerHit(
                hit.document,
                round(hit.score, 6),
                title,
                tuple(texts),
                tuple(live.searcher.explain(result.plan.query, hit.document.id))
                if explain
                else None,
            )
            for hit, title, texts in zip(result.found.hits, titles, snippets, strict=True)
        )
        return Answer(
            query=query,
            total=result.found.total,
            page=offset // size + 1,
            size=size,
            took_ms=round((time.perf_counter() - begun) * 1000, 2),
            hits=hits,
            suggestion=result.suggestion,
            corrected=result.corrected,
            plan=result.plan,
        )

    def _find(
        self, live: Live, query: str, size: int, offset: int, *, verbatim: bool, suggest: bool
    ) -> _Result:
        """Search for a query, or for what it was meant to be.

        Raw keystrokes are answered as the text they stand for, and a query that finds nothing as
        its correction, unless ``verbatim``; otherwise a correction that finds something is
        suggested.
        """
        searcher = live.searcher
        with live.planner() as planner:
            keys = None if verbatim else decode_query(query_form(query), live.language)
            if keys is not None:
                planned = planner.plan(keys.query)
                found = searcher.search(planned.query, size, offset)
                if found.total:
                    return _Result(found, planned, keys, keys)
            planned = planner.plan(query, verbatim=verbatim)
            found = searcher.search(planned.query, size, offset)
            correction = planned.correction
            if correction is None:
                return _Result(found, planned)
            answers_instead = correction.kind is Kind.SPELLING and not self._finds(
                searcher, planner.plan(query, verbatim=True)
            )
            if not suggest and not answers_instead:
                return _Result(found, planned)
            meant = planner.plan(correction.query)
            found_meant = searcher.search(meant.query, size if answers_instead else 0, offset)
        if not found_meant.total:
            return _Result(found, planned)
        if answers_instead:
            return _Result(found_meant, meant, correction, correction)
        return _Result(found, planned, correction)

    @staticmethod
    def _finds(searcher: Searcher, planned: Plan) -> bool:
        return searcher.search(planned.query, 0).total > 0

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
