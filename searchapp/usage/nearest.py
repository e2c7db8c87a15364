"""What comes closest to a query that finds nothing, among what does find something."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from searchapp.analysis.base import View
from searchapp.analysis.terms import exact_term, folded_term
from searchapp.errors import InputError
from searchapp.search import guidance
from searchapp.search.service import SearchService
from searchapp.usage.figures import EmptyQuery
from searchapp.usage.records import normal_form

MOST = 3
_EDITS = 2  # letters of a word; one is what corrections mend by themselves
_MIN_LETTERS = 5


class How(StrEnum):
    """How a query that finds something was come by."""

    NOW = "now"
    """The same query: the index has it since."""
    FILTERS = "filters"
    """The same query without its filters."""
    NEXT = "next"
    """What was asked next."""
    CORRECTION = "correction"
    """What the service itself takes it to be meant as."""
    LOOSER = "looser"
    """The same with less asked for: without quotation marks, signs or unknown words."""
    VOCABULARY = "vocabulary"
    """With the most resembling words of the index in place of unknown ones."""
    COMPLETION = "completion"
    """What its beginning goes on as."""


@dataclass(frozen=True, slots=True)
class Closest:
    """A query, and how many documents it finds."""

    query: str
    total: int
    how: How


def closest(service: SearchService, empty: EmptyQuery, most: int = MOST) -> tuple[Closest, ...]:
    """Up to ``most`` queries close to one that found nothing, the surest first.

    Raises NoIndexError, IndexRefusedError and UnavailableError.
    """
    found: dict[str, Closest] = {}
    try:
        for one in _candidates(service, empty):
            if one.total and normal_form(one.query) not in found:
                found[normal_form(one.query)] = one
                if len(found) >= most or one.how in (How.NOW, How.FILTERS):
                    break
    except InputError:
        pass  # a query that this service no longer takes has nothing close to it
    return tuple(found.values())


def _candidates(service: SearchService, empty: EmptyQuery) -> Iterator[Closest]:
    query = empty.query
    yield Closest(query, service.total(query), How.FILTERS if empty.is_filtered else How.NOW)
    for following in empty.next_queries:
        yield Closest(following, service.total(following), How.NEXT)
    answer = service.search(query, size=1)
    meant = answer.corrected or answer.suggestion
    if meant is not None:
        yield Closest(meant.query, service.total(meant.query), How.CORRECTION)
    resembling = _resembling(service, query)
    if resembling is not None:
        yield Closest(resembling, service.total(resembling), How.VOCABULARY)
    for way in guidance.ways_out(service, query):
        yield Closest(way.query, way.total, How.LOOSER)
    for completion in service.suggest(query, MOST):
        yield Closest(completion.text, service.total(completion.text), How.COMPLETION)


def _resembling(service: SearchService, query: str) -> str | None:
    """The query with words that the index has; None if it has none that resemble."""
    searcher = service.live().searcher
    words = normal_form(query).split()
    changed = False
    for place, word in enumerate(words):
        if searcher.document_frequency(View.FOLDED, folded_term(word)):
            continue
        if len(word) < _MIN_LETTERS or not word.isalpha():
            return None
        terms = searcher.resembling(View.EXACT, exact_term(word), _EDITS, 1).terms
        if not terms:
            return None
        words[place], changed = terms[0], True
    return " ".join(words) if changed else None
