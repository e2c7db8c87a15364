"""The state of a results page: all of it stands in the URL."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date

from flask import request, url_for
from msgspec import UNSET
from werkzeug.datastructures import MultiDict

from searchapp.contract.requests import SearchParameters
from searchapp.engines.columns import column_value
from searchapp.language.correct import Correction, Kind
from searchapp.query.dates import parse_period
from searchapp.query.filters import Sort
from searchapp.web.parameters import read_parameters

_PLACE = re.compile(r"[0-9]{1,3}")
_READ = frozenset(("q", "filter", "from", "to", "sort", "verbatim", "page"))


@dataclass(frozen=True, slots=True)
class SearchState:
    """What is searched for, and how it is shown; changes begin on the first page again."""

    query: str
    filters: tuple[str, ...] = ()
    published_from: str | None = None
    published_to: str | None = None
    sort: Sort = Sort.RELEVANCE
    verbatim: bool = False
    page: int = field(default=1, kw_only=True)

    @classmethod
    def read(cls) -> SearchState:
        """The state in this request's URL. Raises QueryError as the API does.

        Empty values are those of a form whose fields were left empty.
        """
        given = MultiDict(
            [(n, v) for n, v in request.args.items(multi=True) if n in _READ and v.strip()]
        )
        asked = read_parameters(SearchParameters, given)
        first = None if asked.from_ is UNSET else asked.from_.strip()
        last = None if asked.to is UNSET else asked.to.strip()
        if first and last and _begin(first) > _begin(last):
            first, last = last, first  # filled in the wrong way round: it is plain what is meant
        return cls(
            asked.q,
            tuple(dict.fromkeys(map(_one_spelling, asked.filter))),
            first,
            last,
            Sort(asked.sort),
            bool(asked.verbatim),
            page=asked.page,
        )

    @property
    def parameters(self) -> dict[str, object]:
        """The state as parameters of a URL, without what is usual anyway."""
        values: dict[str, object] = {
            "q": self.query,
            "filter": list(self.filters),
            "from": self.published_from,
            "to": self.published_to,
            "sort": None if self.sort is Sort.RELEVANCE else self.sort.value,
            "verbatim": 1 if self.verbatim else None,
            "page": None if self.page == 1 else self.page,
        }
        return {name: value for name, value in values.items() if value not in (None, [])}

    @property
    def hidden_fields(self) -> list[tuple[str, str]]:
        """What goes along when another query is sent from the search box."""
        kept = [("filter", one) for one in self.filters]
        kept += [("from", self.published_from or ""), ("to", self.published_to or "")]
        kept += [("sort", "" if self.sort is Sort.RELEVANCE else self.sort.value)]
        return [(name, value) for name, value in kept if value]

    @property
    def days(self) -> tuple[str, str]:
        """The dates as a browser's date fields want them: whole days, or nothing."""
        first, last = self.published_from, self.published_to
        return (
            "" if first is None else parse_period(first)[0].isoformat(),
            "" if last is None else parse_period(last)[1].isoformat(),
        )

    def url(self) -> str:
        """The address of this state."""
        return url_for("pages.search", **self.parameters)  # type: ignore[arg-type]

    def document_url(
        self, document_id: str, place: int, ticket: str | None = None, start: int | None = None
    ) -> str:
        """The address of a document found here, at a place on the page (from 1 on); it leads back
        to that place. With a ticket, opening it is recorded; see usage.py. ``start`` is where the
        part of its text begins that is shown; None for the first.
        """
        values = {**self.parameters, "at": place, "c": ticket, "start": start}
        return url_for("pages.document", document_id=document_id, **values)  # type: ignore[arg-type]

    def back_url(self) -> str:
        """The address of the place in these results that a document was opened from."""
        place = request.args.get("at", "")
        return self.url() + (f"#r{place}" if _PLACE.fullmatch(place) else "")

    def part_url(self, document_id: str, start: int) -> str:
        """The address of another part of the document that this request shows."""
        place = request.args.get("at", "")
        return self.document_url(
            document_id, int(place) if _PLACE.fullmatch(place) else 1, start=start or None
        )

    def suggestion_url(self, suggestion: Correction) -> str:
        """The address of what was suggested here; it says that a suggestion was followed."""
        asked = self.asking(suggestion.query)
        return url_for("pages.search", taken=suggestion.kind.value, **asked.parameters)  # type: ignore[arg-type]

    @property
    def taken(self) -> str | None:
        """The kind of suggestion that led to this request; it is no part of the state."""
        sent = request.args.get("taken", "")
        return sent if sent in list(Kind) else None

    def asking(self, query: str) -> SearchState:
        """Another query, among the same documents."""
        return replace(self, query=query, verbatim=False, page=1)

    def taken_as_typed(self) -> SearchState:
        """The same, with every word meant."""
        return replace(self, verbatim=True, page=1)

    def toggled(self, filter_: str) -> SearchState:
        """With a filter, or without it if it is there."""
        if filter_ in self.filters:
            left = tuple(one for one in self.filters if one != filter_)
        else:
            left = (*self.filters, filter_)
        return replace(self, filters=left, page=1)

    def dated(self, published_from: str | None, published_to: str | None) -> SearchState:
        """Within other dates."""
        return replace(self, published_from=published_from, published_to=published_to, page=1)

    def unfiltered(self) -> SearchState:
        """Without filters and dates."""
        return replace(self, filters=(), published_from=None, published_to=None, page=1)

    def sorted_by(self, sort: Sort) -> SearchState:
        """In another order."""
        return replace(self, sort=sort, page=1)

    def at_page(self, page: int) -> SearchState:
        """At another page."""
        return replace(self, page=page)


def has_query() -> bool:
    """Whether this request asks for anything."""
    return any(query.strip() for query in request.args.getlist("q"))


def _begin(period: str) -> date:
    try:
        return parse_period(period)[0]
    except ValueError:
        return date.min  # what is no date is told where filters are read


def _one_spelling(filter_: str) -> str:
    """A filter as links have it; one that names no field stays as it is, to be told so."""
    name, colon, value = filter_.partition(":")
    return f"{name.strip().lower()}:{column_value(value)}" if colon else filter_
