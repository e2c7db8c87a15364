"""Has searches and clicks recorded, where that is wanted; see docs/usage.md for what is kept."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Flask, Response, request
from msgspec import UNSET, UnsetType
from werkzeug.exceptions import RequestEntityTooLarge

from searchapp.config import Settings
from searchapp.contract.answers import SearchAnswer
from searchapp.contract.requests import SearchParameters
from searchapp.errors import InputError
from searchapp.search.results import Answer
from searchapp.search.service import SearchService
from searchapp.usage.recorder import Recorder
from searchapp.usage.records import Click, Search, new_id
from searchapp.usage.tickets import MAX_CHARS, Tickets, load_key
from searchapp.web import visitors
from searchapp.web.access import open_to_all
from searchapp.web.search_state import SearchState

log = logging.getLogger(__name__)

CLICK = "c"
"""The parameter of a link to a hit that holds its ticket."""
SETTLED_PATH = "/usage/searches"
_KEY_RETRY_S = 60.0
_NAME = "searchapp.usage"


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of results as it was noted; without an id it was not, and links carry nothing."""

    id: int | None = None
    first_rank: int = 1
    tickets: Tickets | None = None
    unsettled: str | None = None
    """The search, to be reported by the page's script once it was meant and not only typed."""

    def ticket(self, document_id: str, place: int) -> str | None:
        """What the link to the hit at a place (1-based) of the page carries."""
        if self.id is None or self.tickets is None:
            return None
        return self.tickets.for_click(Click(self.id, self.first_rank + place - 1, document_id))


class Usage:
    """Notes what requests ask for. Safe to share between threads."""

    def __init__(self, service: SearchService) -> None:
        settings = service.settings
        self._service = service
        self._file = settings.usage_path
        self.is_on = settings.usage_log
        self.recorder = Recorder(self._file, settings.usage_retention_days)
        self._tickets: Tickets | None = None
        self._key_lock = threading.Lock()
        self._key_at = 0.0

    def searched(self, state: SearchState, answer: Answer) -> Shown:
        """Note a page of results; one that was only typed is noted when it turns out to be meant.

        A step back is no search.
        """
        step = request.headers.get(visitors.STEP_HEADER)
        if (
            not self._may_record()
            or not visitors.is_person()
            or visitors.is_operator()
            or step == visitors.BACK
            or (answer.partial and not answer.total)  # it may find something another time
        ):
            return Shown()
        search = Search(
            id=new_id(time.time()),
            kind="page",
            query=answer.query,
            filters=_filters(state.filters, state.published_from, state.published_to),
            sort=answer.sort.value,
            page=answer.page,
            size=answer.size,
            total=answer.total,
            shown=tuple(hit.document.id for hit in answer.hits),
            suggestion=None if answer.suggestion is None else answer.suggestion.query,
            corrected=None if answer.corrected is None else answer.corrected.query,
            verbatim=state.verbatim,
            before=visitors.query_before(),
            generation=self._service.generation().name,
            took_ms=answer.took_ms,
        )
        tickets = self._own_tickets()
        shown = Shown(search.id, (answer.page - 1) * answer.size + 1, tickets)
        if step != visitors.TYPED:
            self.recorder.record(search)
            return shown
        if tickets is None:
            return Shown()
        return Shown(shown.id, shown.first_rank, tickets, tickets.for_search(search))

    def answered(self, asks: SearchParameters, answer: SearchAnswer) -> None:
        """Note a search of a program."""
        if not self._may_record():
            return
        self.recorder.record(
            Search(
                id=new_id(time.time()),
                kind="api",
                query=answer.query,
                filters=_filters(asks.filter, asks.from_, asks.to),
                sort=answer.sort,
                page=answer.page,
                size=answer.size,
                total=answer.total,
                shown=tuple(hit.id for hit in answer.hits),
                suggestion=None if answer.suggestion is None else answer.suggestion.query,
                corrected=None if answer.corrected is None else answer.corrected.query,
                verbatim=bool(asks.verbatim),
                before=None,
                generation=self._service.generation().name,
                took_ms=answer.took_ms,
            )
        )

    def opened(self, document_id: str) -> None:
        """Note that a document was opened from results, if this request's ticket says so."""
        ticket = request.args.get(CLICK)
        if (
            ticket is None
            or not self._may_record()
            or not visitors.is_person()
            or not visitors.came_from_here()
        ):
            return
        tickets = self._own_tickets()
        click = None if tickets is None else tickets.read_click(ticket, document_id, time.time())
        if click is not None:
            self.recorder.record(click)

    def settled(self) -> None:
        """Note the search whose ticket this request's body is.

        Raises InputError for another body, RequestEntityTooLarge.
        """
        if not self._may_record():
            return
        if (request.content_length or 0) > MAX_CHARS:
            raise RequestEntityTooLarge(f"a ticket has at most {MAX_CHARS} characters")
        sent = request.stream.read(MAX_CHARS + 1)
        tickets = self._own_tickets()
        if tickets is None:
            return
        search = tickets.read_search(sent.decode("ascii", "replace"), time.time())
        if search is None:
            raise InputError(
                "the body should be the ticket of a page of results, at most a day old"
            )
        self.recorder.record(search)

    def _may_record(self) -> bool:
        return self.is_on and not visitors.wants_no_record()

    def _own_tickets(self) -> Tickets | None:
        """Tickets with the key beside the log; None while it can't be read or made."""
        if self._tickets is None and time.monotonic() >= self._key_at:
            with self._key_lock:
                if self._tickets is None and time.monotonic() >= self._key_at:
                    path = self._file.with_suffix(".key")
                    try:
                        self._tickets = Tickets(load_key(path))
                    except OSError as error:
                        self._key_at = time.monotonic() + _KEY_RETRY_S
                        log.warning(
                            "clicks are not recorded: the key %s is amiss (%s)", path, error
                        )
        return self._tickets


def register(app: Flask, usage: Usage) -> None:
    """Take what pages report, and let templates say what is kept."""
    settings: Settings = usage._service.settings
    blueprint = Blueprint("usage", __name__)

    @blueprint.post(SETTLED_PATH)
    @open_to_all  # the ticket is the proof
    def settled() -> Response:
        usage.settled()
        response = Response(status=204)
        response.headers["Cache-Control"] = "no-store"
        return response

    app.register_blueprint(blueprint)
    app.extensions[_NAME] = usage
    app.context_processor(
        lambda: {"keeps_usage": usage.is_on, "usage_days": settings.usage_retention_days}
    )


def _filters(
    filters: Sequence[str],
    published_from: str | UnsetType | None,
    published_to: str | UnsetType | None,
) -> tuple[str, ...]:
    dates = (("from", published_from), ("to", published_to))
    return (*filters, *(f"{name}:{value}" for name, value in dates if value not in (None, UNSET)))
