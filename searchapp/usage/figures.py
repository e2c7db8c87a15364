"""What the log says, as figures.

A *search* is a query asked anew: the first page of a query that was not asked from its own results,
so that filters, orders and further pages of one query count once. A *page* is any page of results
with hits; clicks are counted by page, since that is where they are made.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from searchapp.usage.shares import Share

CURVE_RANKS = 10


@dataclass(frozen=True, slots=True)
class Day:
    """One day in the time zone of this machine."""

    day: date
    searches: int
    empty: int

    @property
    def pair(self) -> tuple[int, int]:
        """Both, as a chart draws them."""
        return self.searches, self.empty


@dataclass(frozen=True, slots=True)
class Asked:
    """A query: how often it was asked, what it found the last time, and what came of it.

    ``clicked`` is the share of its pages with a click, ``rank`` the mean of the best rank clicked.
    """

    query: str
    count: int
    total: int
    clicked: Share
    rank: float | None


@dataclass(frozen=True, slots=True)
class Rising:
    """A query asked more often in the second half of the time than in the first."""

    query: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class EmptyQuery:
    """A query that found nothing, ``count`` times.

    ``is_filtered`` says that filters were set each time; ``next_queries`` are what was asked from
    its page and found something, the most frequent first.
    """

    query: str
    count: int
    is_filtered: bool
    next_queries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the whole time; times in milliseconds.

    ``hidden`` are the queries that were asked too rarely to be shown, ``hidden_searches`` the
    searches for them. ``rr_clicked`` is the mean of 1/rank of the best click over the pages with a
    click, ``rr_all`` over all pages with hits.
    """

    searches: int
    empty: int
    api: int
    lost: int
    hidden: int
    hidden_searches: int
    unclicked: Share
    rr_clicked: float | None
    rr_all: float | None
    suggestions: Share
    corrections: int
    corrections_undone: int
    p50_ms: float | None
    p95_ms: float | None


class Figures:
    """Asks an open log about what is at least as new as the id ``since``."""

    def __init__(self, connection: sqlite3.Connection, since: int, min_count: int) -> None:
        self._connection = connection
        self._since = since
        self._min_count = min_count

    def days(self) -> tuple[Day, ...]:
        """Every day from the first to the last that was searched on."""
        searches: Counter[date] = Counter()
        empty: Counter[date] = Counter()
        for hour, count, without in self._run(
            "SELECT id >> 39, count(*), sum(total = 0) FROM asked WHERE id >= :since GROUP BY 1"
        ):
            day = datetime.fromtimestamp(hour * 3600).astimezone().date()
            searches[day] += count
            empty[day] += without
        if not searches:
            return ()
        first, last = min(searches), max(searches)
        every = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return tuple(Day(day, searches[day], empty[day]) for day in every)

    def top(self, most: int) -> tuple[Asked, ...]:
        """The queries asked most."""
        rows = self._run(
            # Of a group with max(), SQLite takes the other columns from that very row.
            "SELECT form, count(*), total, max(id) FROM asked WHERE id >= :since"
            " GROUP BY form HAVING count(*) >= :min_count ORDER BY 2 DESC, form LIMIT :most",
            most=most,
        )
        forms = [form for form, *_ in rows]
        spelled, clicked = self._spellings(forms), self._clicks_of(forms)
        found = []
        for form, count, total, _ in rows:
            pages, with_click, rank = clicked.get(form, (0, 0, None))
            found.append(Asked(spelled[form], count, total, Share(with_click, pages), rank))
        return tuple(found)

    def rising(self, most: int, half: int) -> tuple[Rising, ...]:
        """Queries asked at least twice as often from the id ``half`` on, most gained first."""
        rows = self._run(
            "SELECT form, sum(id < :half) AS earlier, sum(id >= :half) AS later FROM asked"
            " WHERE id >= :since GROUP BY form"
            " HAVING later >= max(3, :min_count, 2 * earlier)"
            " ORDER BY later - earlier DESC, form LIMIT :most",
            half=half,
            most=most,
        )
        spelled = self._spellings([form for form, *_ in rows])
        return tuple(Rising(spelled[form], before, after) for form, before, after in rows)

    def empty(self, most: int) -> tuple[EmptyQuery, ...]:
        """The queries that found nothing most often."""
        rows = self._run(
            "SELECT form, count(*), min(filters <> '[]') FROM asked"
            " WHERE id >= :since AND total = 0"
            " GROUP BY form HAVING count(*) >= :min_count ORDER BY 2 DESC, form LIMIT :most",
            most=most,
        )
        forms = [form for form, *_ in rows]
        spelled = self._spellings(forms)
        following: dict[str, list[str]] = {}
        for before, query, _ in self._run(
            "SELECT before, query, count(*) FROM asked WHERE id >= :since AND total > 0"
            " AND before IN (SELECT value FROM json_each(:forms))"
            " GROUP BY before, form ORDER BY 3 DESC, form",
            forms=json.dumps(forms),
        ):
            following.setdefault(before, []).append(query)
        return tuple(
            EmptyQuery(spelled[form], count, bool(filtered), tuple(following.get(form, ())[:3]))
            for form, count, filtered in rows
        )

    def curve(self) -> tuple[Share, ...]:
        """Of each rank from 1 on: how often it was shown, and opened."""
        return click_curve(self._connection, self._since, CURVE_RANKS)

    def totals(self) -> Totals:
        """The sums."""
        ((searches, empty),) = self._run(
            "SELECT count(*), coalesce(sum(total = 0), 0) FROM asked WHERE id >= :since"
        )
        ((rare, rare_searches),) = self._run(
            "SELECT count(*), coalesce(sum(n), 0) FROM (SELECT count(*) AS n FROM asked"
            " WHERE id >= :since GROUP BY form HAVING n < :min_count)"
        )
        ((pages, clicked),) = self._run(
            "SELECT count(*), count(best) FROM opened WHERE id >= :since"
        )
        ((ranked, ranked_clicked, reciprocal),) = self._run(
            "SELECT count(*), count(best), sum(1.0 / best) FROM opened"
            " WHERE id >= :since AND sort = 'relevance'"
        )
        ((corrections,),) = self._run(
            "SELECT count(*) FROM asked WHERE id >= :since AND corrected IS NOT NULL"
        )
        ((undone,),) = self._run(
            "SELECT count(*) FROM searches WHERE id >= :since AND verbatim AND before = form"
        )
        ((api,),) = self._run("SELECT count(*) FROM searches WHERE id >= :since AND kind = 'api'")
        ((lost,),) = self._run(
            "SELECT coalesce(sum(count), 0) FROM losses WHERE hour >= :since >> 39"
        )
        p50, p95 = self._times()
        return Totals(
            searches=searches,
            empty=empty,
            api=api,
            lost=lost,
            hidden=rare,
            hidden_searches=rare_searches,
            unclicked=Share(pages - clicked, pages),
            rr_clicked=reciprocal / ranked_clicked if ranked_clicked else None,
            rr_all=(reciprocal or 0.0) / ranked if ranked else None,
            suggestions=self._suggestions(),
            corrections=corrections,
            corrections_undone=undone,
            p50_ms=p50,
            p95_ms=p95,
        )

    def _spellings(self, forms: Sequence[str]) -> dict[str, str]:
        return spellings(self._connection, self._since, forms)

    def _suggestions(self) -> Share:
        """How often a suggestion was offered, and the next query from that page was it."""
        offered: Counter[tuple[str, str]] = Counter()
        for form, suggestion, count in self._run(
            "SELECT form, suggestion, count(*) FROM asked WHERE id >= :since"
            " AND suggestion IS NOT NULL AND corrected IS NULL GROUP BY 1, 2"
        ):
            offered[form, suggestion] = count
        taken = sum(
            min(count, offered[before, form])
            for before, form, count in self._run(
                "SELECT before, form, count(*) FROM asked WHERE id >= :since"
                " AND before IS NOT NULL GROUP BY 1, 2"
            )
        )
        return Share(taken, offered.total())

    def _clicks_of(self, forms: Sequence[str]) -> dict[str, tuple[int, int, float | None]]:
        """Of each query: pages with hits, those with a click, and the mean best rank of these."""
        rows = self._run(
            "SELECT form, count(*), count(best), avg(best) FROM opened WHERE id >= :since"
            " AND form IN (SELECT value FROM json_each(:forms)) GROUP BY form",
            forms=json.dumps(forms),
        )
        return {form: (pages, clicked, rank) for form, pages, clicked, rank in rows}

    def _times(self) -> tuple[float | None, float | None]:
        ((count,),) = self._run("SELECT count(*) FROM searches WHERE id >= :since")
        found = []
        for place in (count // 2, min(count - 1, count * 95 // 100)):
            rows = self._run(
                "SELECT took_ms FROM searches WHERE id >= :since ORDER BY 1 LIMIT 1 OFFSET :place",
                place=max(place, 0),
            )
            found.append(rows[0][0] if rows else None)
        return found[0], found[1]

    def _run(self, sql: str, **values: object) -> list[Any]:
        given = {"since": self._since, "min_count": self._min_count, **values}
        return self._connection.execute(sql, given).fetchall()


def click_curve(
    connection: sqlite3.Connection, since: int, ranks: int, *, unfiltered: bool = False
) -> tuple[Share, ...]:
    """Of each rank from 1 to ``ranks``: clicks, and pages that showed something there.

    Ranks behind the last one shown are left out. ``unfiltered`` counts pages without filters only.
    """
    given = {"since": since, "unfiltered": unfiltered}
    shown = [0] * (ranks + 1)
    for first, count, pages in connection.execute(
        "SELECT first_rank, shown, count(*) FROM opened WHERE id >= :since"
        " AND sort = 'relevance' AND (filters = '[]' OR NOT :unfiltered) GROUP BY 1, 2",
        given,
    ):
        for rank in range(first, min(first + count, ranks + 1)):
            shown[rank] += pages
    clicks = dict(
        connection.execute(
            "SELECT clicks.rank, count(*) FROM opened JOIN clicks ON search = id"
            " WHERE id >= :since AND sort = 'relevance' AND (filters = '[]' OR NOT :unfiltered)"
            " GROUP BY 1",
            given,
        )
    )
    last = max((rank for rank, pages in enumerate(shown) if pages), default=0)
    return tuple(Share(clicks.get(rank, 0), shown[rank]) for rank in range(1, last + 1))


def spellings(connection: sqlite3.Connection, since: int, forms: Sequence[str]) -> dict[str, str]:
    """How each query is spelled most often, by its one form."""
    found: dict[str, str] = {}
    for form, query, _ in connection.execute(
        "SELECT form, query, count(*) FROM searches WHERE id >= :since"
        " AND form IN (SELECT value FROM json_each(:forms))"
        " GROUP BY form, query ORDER BY 3 DESC, query",
        {"since": since, "forms": json.dumps(forms)},
    ):
        found.setdefault(form, query)
    return found
