"""What is kept of a search and of a click: no addresses, no identities, no time but the hour."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Literal

from searchapp.search.query_form import query_form

QUERY_MAX_CHARS = 200
"""What is kept of a query; what is longer was pasted, and says more of a person than of a need."""
SHOWN_MAX = 20
"""Documents kept of a list of results: hardly anyone reads further."""
_HOUR_S = 3600
_RANDOM_BITS = 39  # with the 24 of the hour, what SQLite's signed integers hold

Kind = Literal["page", "api"]


@dataclass(frozen=True, slots=True)
class Search:
    """One search. ``id`` is from `new_id`; ``query`` is as typed, before anything is masked.

    ``filters`` are ``field:value``, dates as ``from:`` and ``to:``. ``shown`` are the ids of the
    documents on the page, best first; ``suggestion`` is what the page asked about ("did you
    mean"), ``corrected`` what was answered instead. ``before`` is the query of the page of results
    that this one was asked from; None where it was asked from elsewhere. ``took_ms`` is in
    milliseconds, ``page`` is 1-based.
    """

    id: int
    kind: Kind
    query: str
    filters: tuple[str, ...]
    sort: str
    page: int
    size: int
    total: int
    shown: tuple[str, ...]
    suggestion: str | None
    corrected: str | None
    verbatim: bool
    before: str | None
    generation: str
    took_ms: float


@dataclass(frozen=True, slots=True)
class Click:
    """A document opened from the results of a search; ``rank`` is 1-based, over all pages."""

    search: int
    rank: int
    document: str


def new_id(now: float) -> int:
    """An id that tells the hour of ``now`` (seconds since 1970) and nothing else.

    The rest is drawn at random, so that ids of one hour are in no order.
    """
    return int(now // _HOUR_S) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)


def hour_of(search_id: int) -> int:
    """The hour of a search, counted from 1970, in UTC."""
    return search_id >> _RANDOM_BITS


def first_id(now: float) -> int:
    """The least id of the hour of ``now``."""
    return int(now // _HOUR_S) << _RANDOM_BITS


def normal_form(query: str) -> str:
    """A query in its one spelling: Unicode form, case, place of the tone, white space."""
    return " ".join(query_form(query).lower().split())
