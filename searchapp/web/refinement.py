"""What results can be narrowed by, and are: facets with counts, and filters that can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from searchapp.engines.base import FacetValue
from searchapp.query.filters import Column
from searchapp.search.results import Answer
from searchapp.web.languages import N_, day, gettext
from searchapp.web.search_state import SearchState

_SHOWN = 6  # values of a facet before "more"
_TITLES = {
    Column.SOURCE: N_("Nguồn"),
    Column.CATEGORY: N_("Chuyên mục"),
    Column.AUTHOR: N_("Tác giả"),
    Column.TAG: N_("Thẻ"),
    Column.YEAR: N_("Năm"),
}
_ORDER = (Column.CATEGORY, Column.SOURCE, Column.YEAR, Column.TAG, Column.AUTHOR)
_PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class Option:
    """A value of a facet; following ``url`` chooses it, or undoes it where ``is_chosen``.

    ``is_value`` tells values of the corpus from "unknown", which is in the reader's language.
    """

    label: str
    is_value: bool
    count: int
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class FacetList:
    """A facet: ``options`` are shown, ``more`` on demand."""

    name: str
    title: str
    options: tuple[Option, ...]
    more: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class ActiveFilter:
    """A filter in force; following ``url`` undoes it. ``is_value`` as of an option."""

    title: str
    label: str
    is_value: bool
    url: str


def facet_lists(answer: Answer, state: SearchState) -> list[FacetList]:
    """The facets that have something to choose, the ones people use most first."""
    found = []
    for column in _ORDER:
        values = list(answer.facets[column])
        if column is Column.YEAR:
            values.sort(key=lambda one: one.value or "", reverse=True)
        options = [_option(column, one, state) for one in values]
        if any(one.is_chosen for one in options) or _parts_the_hits(values, answer.total):
            shown = [one for rank, one in enumerate(options) if rank < _SHOWN or one.is_chosen]
            rest = tuple(one for one in options if one not in shown)
            found.append(FacetList(column.value, gettext(_TITLES[column]), tuple(shown), rest))
    return found


def _parts_the_hits(values: Sequence[FacetValue], total: int) -> bool:
    return any(one.value is not None and one.count < total for one in values)


def _option(column: Column, one: FacetValue, state: SearchState) -> Option:
    filter_ = f"{column.value}:{one.value or ''}"
    return Option(
        one.value or gettext("Không rõ"),
        one.value is not None,
        one.count,
        state.toggled(filter_).url(),
        filter_ in state.filters,
    )


def active_filters(state: SearchState) -> list[ActiveFilter]:
    """Every filter in force, in the order in which they were chosen."""
    found = []
    for filter_ in state.filters:
        name, _, value = filter_.partition(":")
        title = N_("Ngày đăng") if name == _PUBLISHED else _TITLES[Column(name)]
        is_value = bool(value) and name != _PUBLISHED
        label = value or gettext("Không rõ")
        undone = state.toggled(filter_)
        found.append(ActiveFilter(gettext(title), label, is_value, undone.url()))
    if state.published_from:
        undone = state.dated(None, state.published_to)
        found.append(ActiveFilter(gettext("Từ"), day(state.published_from), False, undone.url()))
    if state.published_to:
        undone = state.dated(state.published_from, None)
        found.append(ActiveFilter(gettext("Đến"), day(state.published_to), False, undone.url()))
    return found
