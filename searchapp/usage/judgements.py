"""Makes queries and judgements of clicks, as `searchapp eval` reads them.

What stands first is clicked for standing first, so clicks are held against what the rank alone
would bring: **clicks over expected clicks**,

    COEC(q, d) = clicks on d  /  sum over the pages of q that showed d of ctr(rank of d there),

where ctr(rank) is the share of clicks at that rank over all queries. A document above 1 is opened
more than others in its places. W. V. Zhang and R. Jones, Comparing click logs and editorial labels
for training query rewriting, Query Log Analysis Workshop, WWW 2007; for what else there is see
O. Chapelle and Y. Zhang, A dynamic Bayesian network click model for web search ranking, WWW 2009.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from searchapp.errors import InputError
from searchapp.usage.figures import click_curve, spellings
from searchapp.usage.masking import EMAIL, NUMBER, PLATE
from searchapp.usage.records import SHOWN_MAX

RELEVANT, VERY_RELEVANT = 1.0, 2.0
"""From these COEC on, a document is judged 1 and 2."""
QUERIES_FILE, QRELS_FILE = "queries.jsonl", "qrels.tsv"
_LAST_RANK = 1000


@dataclass(frozen=True, slots=True)
class Judged:
    """A document judged for a query; ``expected`` is how many clicks its ranks would bring."""

    document: str
    clicks: int
    expected: float

    @property
    def relevance(self) -> int:
        """2, 1 or 0."""
        coec = self.clicks / self.expected
        return 2 if coec >= VERY_RELEVANT else 1 if coec >= RELEVANT else 0


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query, how many pages of it were shown, and its documents, most clicked first."""

    id: str
    text: str
    pages: int
    documents: tuple[Judged, ...]


def judged_queries(
    connection: sqlite3.Connection, since: int, min_searches: int, min_clicks: int
) -> list[JudgedQuery]:
    """The queries shown at least ``min_searches`` times with a relevant document, by text.

    Documents have at least ``min_clicks`` clicks there. Queries with something masked in them are
    left out, and so are documents whose ids would not survive lines and tabs.
    """
    curve = click_curve(connection, since, _LAST_RANK, unfiltered=True)
    pages: Counter[str] = Counter()
    expected: dict[str, dict[str, float]] = {}
    # Filters decide what stands where, and no ranking does.
    for form, first_rank, documents, count in connection.execute(
        "SELECT form, first_rank, documents, count(*) FROM opened JOIN lists ON list = lists.id"
        " WHERE opened.id >= ? AND sort = 'relevance' AND filters = '[]'"
        " GROUP BY form, first_rank, list",
        (since,),
    ):
        pages[form] += count
        sums = expected.setdefault(form, {})
        for share, document in zip(curve[first_rank - 1 :], json.loads(documents), strict=False):
            sums[document] = sums.get(document, 0.0) + count * (share.value or 0.0)
    clicks: dict[str, Counter[str]] = {}
    for form, document, count in connection.execute(
        "SELECT form, document, count(*) FROM opened JOIN clicks ON search = id"
        " WHERE id >= ? AND sort = 'relevance' AND filters = '[]' AND clicks.rank < first_rank + ?"
        " GROUP BY form, document",
        (since, SHOWN_MAX),
    ):
        if count >= min_clicks and pages[form] >= min_searches and _is_whole(document):
            clicks.setdefault(form, Counter())[document] = count
    asked = [form for form in sorted(clicks) if not any(m in form for m in _MASKS)]
    spelled = spellings(connection, since, asked)
    found = []
    for form in asked:
        judged = tuple(
            Judged(document, count, expected[form][document])
            for document, count in clicks[form].most_common()
            if expected[form].get(document)
        )
        if any(one.relevance for one in judged):
            found.append(JudgedQuery(_id(form), spelled[form], pages[form], judged))
    return found


def export(folder: Path, queries: list[JudgedQuery]) -> None:
    """Write queries (JSON Lines) and judgements (tab-separated) into a folder.

    Raises InputError if there are none, OSError.
    """
    if not queries:
        raise InputError(
            "no query was asked and clicked often enough to make a test of; wait, or ask for less"
            " with --min-searches and --min-clicks"
        )
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / QUERIES_FILE).open("w", encoding="utf-8") as file:
        for query in queries:
            line = json.dumps({"id": query.id, "text": query.text}, ensure_ascii=False)
            file.write(line + "\n")
    with (folder / QRELS_FILE).open("w", encoding="utf-8", newline="\n") as file:
        file.write("query\tdocument\trelevance\n")
        for query in queries:
            for one in query.documents:
                file.write(f"{query.id}\t{one.document}\t{one.relevance}\n")


_MASKS = tuple(mask.lower() for mask in (EMAIL, NUMBER, PLATE))


def _is_whole(document: str) -> bool:
    """Whether an id reads back as it is from a line between tabs."""
    return document == document.strip() and not set(document) & set("\t\n\r")


def _id(form: str) -> str:
    """An id that a query has in every export."""
    return "u" + hashlib.blake2b(form.encode(), digest_size=6).hexdigest()
