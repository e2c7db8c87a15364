"""The whole report: what the command line prints, and the operator's page draws."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from searchapp.errors import SearchappError
from searchapp.search.service import SearchService
from searchapp.usage.figures import Asked, Day, EmptyQuery, Figures, Rising, Totals
from searchapp.usage.nearest import Closest, closest
from searchapp.usage.records import first_id
from searchapp.usage.shares import Share
from searchapp.usage.store import open_to_read

_DAY_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Empty:
    """A query that found nothing, and what comes closest to it."""

    query: EmptyQuery
    closest: tuple[Closest, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What was asked in the last ``days`` days.

    ``without_closest`` says why there is nothing close to empty queries; None if that was found
    out. Queries asked fewer than ``min_count`` times are counted and not shown.
    """

    days: int
    min_count: int
    totals: Totals
    by_day: tuple[Day, ...]
    top: tuple[Asked, ...]
    rising: tuple[Rising, ...]
    empty: tuple[Empty, ...]
    without_closest: str | None
    curve: tuple[Share, ...]


def make_report(service: SearchService, days: int, top: int, *, now: float | None = None) -> Report:
    """The report of the log that the settings name. Raises InputError if there is none."""
    settings = service.settings
    now = time.time() if now is None else now
    since, half = first_id(now - days * _DAY_S), first_id(now - days * _DAY_S / 2)
    with open_to_read(settings.usage_path) as connection:
        connection.execute("BEGIN")  # all figures are of one moment
        figures = Figures(connection, since, settings.report_min_count)
        found = figures.empty(top)
        empty, why = _with_closest(service, found)
        return Report(
            days=days,
            min_count=settings.report_min_count,
            totals=figures.totals(),
            by_day=figures.days(),
            top=figures.top(top),
            rising=figures.rising(top, half),
            empty=empty,
            without_closest=why,
            curve=figures.curve(),
        )


def _with_closest(
    service: SearchService, found: tuple[EmptyQuery, ...]
) -> tuple[tuple[Empty, ...], str | None]:
    try:
        return tuple(Empty(one, closest(service, one)) for one in found), None
    except (
        SearchappError
    ) as error:  # no index, or it does not answer: the log is there all the same
        return tuple(Empty(one, ()) for one in found), str(error)


def as_json(report: Report) -> dict[str, Any]:
    """The report for programs; shares from 0 to 1, null of nothing."""
    totals = report.totals
    return {
        "days": report.days,
        "min_count": report.min_count,
        "searches": totals.searches,
        "searches_without_results": totals.empty,
        "api_searches": totals.api,
        "lost": totals.lost,
        "rare_queries": totals.hidden,
        "rare_searches": totals.hidden_searches,
        "pages_without_click": share(totals.unclicked),
        "mrr_clicked": rounded(totals.rr_clicked),
        "mrr_all": rounded(totals.rr_all),
        "suggestions_taken": share(totals.suggestions),
        "corrections": totals.corrections,
        "corrections_undone": totals.corrections_undone,
        "p50_ms": totals.p50_ms,
        "p95_ms": totals.p95_ms,
        "by_day": [
            {"day": str(one.day), "searches": one.searches, "without_results": one.empty}
            for one in report.by_day
        ],
        "top_queries": [
            {
                "query": one.query,
                "count": one.count,
                "total": one.total,
                "clicked": share(one.clicked),
                "mean_rank": rounded(one.rank),
            }
            for one in report.top
        ],
        "rising_queries": [
            {"query": one.query, "before": one.before, "after": one.after} for one in report.rising
        ],
        "queries_without_results": [
            {
                "query": one.query.query,
                "count": one.query.count,
                "closest": [
                    {"query": near.query, "total": near.total, "how": near.how.value}
                    for near in one.closest
                ],
            }
            for one in report.empty
        ],
        "click_curve": [
            {"rank": rank, **share(one)} for rank, one in enumerate(report.curve, start=1)
        ],
    }


def share(one: Share) -> dict[str, Any]:
    """A share for programs."""
    low, high = one.interval or (None, None)
    return {
        "count": one.count,
        "of": one.of,
        "share": rounded(one.value),
        "low": rounded(low),
        "high": rounded(high),
    }


def rounded(value: float | None) -> float | None:
    """Four digits behind the point."""
    return None if value is None else round(value, 4)
