"""What a query is answered as: what was typed, or what it was meant to be."""

from __future__ import annotations

from dataclasses import dataclass

from searchapp.engines.base import Searcher
from searchapp.language.correct import Correction, Kind, decode_query
from searchapp.observation import Stage, stage
from searchapp.search.live import Live
from searchapp.search.plan import Plan
from searchapp.search.planner import Planner
from searchapp.search.query_form import query_form


@dataclass(frozen=True, slots=True)
class Understood:
    """The plan that is answered; `searchapp.search.results.Answer` has the rest."""

    plan: Plan
    suggestion: Correction | None = None
    corrected: Correction | None = None


def understand(
    query: str, live: Live, planner: Planner, *, verbatim: bool, suggest: bool
) -> Understood:
    """How a query is answered: as typed, or as what it was meant to be.

    Raw keystrokes are answered as the text they stand for, and a query that finds nothing as its
    correction, unless ``verbatim``; otherwise a correction that finds something is suggested, if
    ``suggest``. What filters leave of it makes no difference.
    """
    planned = planner.plan(query, verbatim=verbatim)
    if not verbatim and planned.is_plain:
        keys = decode_query(query_form(query), live.language)
        meant = None if keys is None else planner.plan(keys.query)
        if meant is not None and _finds(live.searcher, meant):
            return Understood(meant, keys, keys)
    correction = planned.correction
    if correction is None:
        return Understood(planned)
    answers_instead = correction.kind is Kind.SPELLING and not _finds(
        live.searcher, planner.plan(query, verbatim=True)
    )
    if not suggest and not answers_instead:
        return Understood(planned)
    meant = planner.plan(correction.query)
    if not _finds(live.searcher, meant):
        return Understood(planned)
    if answers_instead:
        return Understood(meant, correction, correction)
    return Understood(planned, correction)


def _finds(searcher: Searcher, planned: Plan) -> bool:
    with stage(Stage.SEARCH):
        return searcher.search(planned.query, 0).total > 0
