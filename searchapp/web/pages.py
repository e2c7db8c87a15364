"""The pages: the search box, the results, a document, how to search."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from searchapp.documents import Document
from searchapp.errors import OutOfTimeError, QueryError, SearchappError
from searchapp.observation import Stage, stage
from searchapp.query.filters import Sort
from searchapp.search import guidance
from searchapp.search.filtering import parse_filters
from searchapp.search.guidance import Example
from searchapp.search.portions import part_of, part_starts
from searchapp.search.results import Answer
from searchapp.search.service import SearchService
from searchapp.search.snippets import Snippet
from searchapp.search.ways_out import WayOut
from searchapp.web.languages import N_
from searchapp.web.marking import marked_html, marked_paragraphs
from searchapp.web.observing import see_answer, see_query, see_taken
from searchapp.web.refinement import active_filters, facet_lists
from searchapp.web.remarks import remark_text, worded
from searchapp.web.search_state import SearchState, has_query
from searchapp.web.usage import Usage

Asked = TypeVar("Asked")
Guide = TypeVar("Guide")

_PAGES_AROUND = 2  # page numbers shown on each side of the current one
_FACET_VALUES = 30
_RELATED_DOCUMENTS = 5
_PART_CHARS = 100_000  # of a text on one page: some fifty sheets of paper
_START = re.compile(r"[0-9]{1,10}")
_SORTS = {
    Sort.RELEVANCE: N_("Liên quan"),
    Sort.NEWEST: N_("Mới nhất"),
    Sort.OLDEST: N_("Cũ nhất"),
    Sort.TITLE: N_("Tiêu đề"),
}


def make_blueprint(service: SearchService, usage: Usage) -> Blueprint:
    """The routes for people."""
    blueprint = Blueprint("pages", __name__)
    blueprint.add_app_template_filter(marked_html, "marked")
    blueprint.add_app_template_filter(example_query, "as_query")
    blueprint.add_app_template_filter(remark_text, "remark")
    blueprint.add_app_template_filter(worded, "worded")
    blueprint.app_context_processor(lambda: {"query_max_chars": service.settings.query_max_chars})
    overview = guidance.Overview(service)
    part_chars = min(_PART_CHARS, service.settings.document_max_chars)

    def start_of(document: Document, place: int) -> int | None:
        """Where the part begins that shows a place of a document's text; None for the first."""
        return part_of(document.text, place, part_chars) or None

    related_searches = guidance.RelatedSearches(service)

    @blueprint.get("/")
    def home() -> str:
        try:
            return render_template("home.html", overview=overview.get(), why=None)
        except SearchappError as error:
            return render_template("home.html", overview=None, why=str(error))

    @blueprint.get("/search")
    def search() -> str | Response:
        if not has_query():
            return redirect(url_for("pages.home"))
        state = SearchState.read()
        see_query(state.query)
        with service.time_budget():
            return results(state)

    def results(state: SearchState) -> str:
        answer = service.search(
            state.query,
            state.page,
            filters=state.filters,
            published_from=state.published_from,
            published_to=state.published_to,
            sort=state.sort,
            facet_size=min(_FACET_VALUES, service.settings.facet_size_max),
            verbatim=state.verbatim,
        )
        see_answer(answer)
        if state.taken is not None:
            see_taken(state.taken)
        last = min(answer.pages, service.settings.result_window // answer.size)
        # What the words of the answer are, where they are not those that were typed.
        answered = state if answer.corrected is None else state.asking(answer.corrected.query)
        corpus = overview.get()
        with stage(Stage.RENDER):
            return render_template(
                "results.html",
                query=state.query,
                answered=answered,
                state=state,
                kept=state.hidden_fields,
                dates=state.days,
                answer=answer,
                sorts=_SORTS,
                active=active_filters(state),
                facets=facet_lists(answer, state),
                page_numbers=_page_numbers(answer, last),
                last=last,
                related=_in_time(related_searches.of, answer) if state.page == 1 else (),
                ways_out=() if answer.total else _in_time(partial(_ways_out, service), answered),
                overview=corpus,
                start_of=start_of,
                shown=usage.searched(state, answer),
                has_dates=bool(corpus.stats.first_published or any(state.days)),
            )

    @blueprint.get("/documents/<anything:document_id>")
    def document(document_id: str) -> str:
        state = _state_of_results()
        query = state.query if state else None
        start = _asked_start()
        try:
            found = service.document(document_id, query, start=start, max_chars=part_chars)
        except QueryError:  # the text was longer when that address was made
            found = service.document(document_id, query, max_chars=part_chars)
        starts = part_starts(found.document.text, part_chars)
        usage.opened(document_id)
        return render_template(
            "document.html",
            query=state.query if state else "",
            state=state,
            document=found.document,
            shortened=found.shortened,
            title=found.title,
            paragraphs=marked_paragraphs(found.text, found.document.page_starts),
            matches=len(found.text.highlights),
            text_start=found.text.start,
            part=_part(starts, found.text),
            related=() if found.text.start else service.related(document_id, _RELATED_DOCUMENTS),
        )

    @blueprint.get("/help")
    def help_() -> str:
        return render_template("help_page.html")

    return blueprint


@dataclass(frozen=True, slots=True)
class _Part:
    """The part of a text on a page: its number, from 1 on, of how many; where its neighbours begin,
    None where there is none.
    """

    number: int
    count: int
    previous: int | None
    next: int | None


def _part(starts: list[int], shown: Snippet) -> _Part:
    number = bisect_right(starts, shown.start)
    before = bisect_left(starts, shown.start)
    return _Part(
        number,
        len(starts),
        starts[before - 1] if before else None,
        starts[number] if number < len(starts) else None,
    )


def _asked_start() -> int:
    asked = request.args.get("start", "")
    return int(asked) if _START.fullmatch(asked) else 0


def _in_time(guide: Callable[[Asked], tuple[Guide, ...]], asked: Asked) -> tuple[Guide, ...]:
    """What goes with an answer, if there is time for it."""
    try:
        return guide(asked)
    except OutOfTimeError:
        return ()


def example_query(example: Example) -> str:
    """An example as it is typed, conditions by their names in the reader's language."""
    if example.name is None:
        return example.text
    return worded(f'{example.name}:"{example.text}"')


def _state_of_results() -> SearchState | None:
    """The results that a document was opened from; None if it was not, or they make no sense."""
    if not has_query():
        return None
    try:
        return SearchState.read()
    except QueryError:
        return None  # the document is there all the same


def _ways_out(service: SearchService, state: SearchState) -> tuple[WayOut, ...]:
    filters = parse_filters(state.filters, state.published_from, state.published_to)
    return guidance.ways_out(service, state.query, filters)


def _page_numbers(answer: Answer, last: int) -> range:
    first = max(1, min(answer.page - _PAGES_AROUND, last - 2 * _PAGES_AROUND))
    return range(first, min(last, first + 2 * _PAGES_AROUND) + 1)
