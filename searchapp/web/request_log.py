"""A line for each request, without its words; and one with them for a search that was slow."""

from __future__ import annotations

import logging
from typing import Any

from searchapp.config import Settings
from searchapp.query.describe import describe
from searchapp.search.results import Answer
from searchapp.web.observing import Reporter, Request

_requests = logging.getLogger("searchapp.request")
_slow = logging.getLogger("searchapp.slow")

_ASKED_BY_MACHINES = ("/healthz", "/readyz", "/metrics")
_PATH_MAX_CHARS = 200
_PLAN_MAX_CHARS = 500


def reporter(settings: Settings) -> Reporter:
    """What writes these lines."""
    slow_s = settings.slow_query_ms / 1000 if settings.slow_query_ms else None

    def report(seen: Request) -> None:
        _log_request(seen)
        if slow_s is not None and seen.query is not None and seen.duration_s > slow_s:
            _log_slow(seen)

    return report


def _log_request(seen: Request) -> None:
    # Probes come every few seconds and say nothing while all is well.
    quiet = seen.route in _ASKED_BY_MACHINES and seen.status < 400
    level = logging.DEBUG if quiet else logging.INFO
    if not _requests.isEnabledFor(level):
        return
    fields: dict[str, Any] = {
        "method": seen.method,
        "route": seen.route,
        "status": seen.status,
        "duration_ms": _ms(seen.duration_s),
        "size": seen.size,
    }
    if seen.path != seen.route:  # the address without what was asked for
        fields["path"] = seen.path[:_PATH_MAX_CHARS].encode("latin-1").decode("utf-8", "replace")
    if seen.token is not None:
        fields["token"] = seen.token
    if seen.fault is not None:
        fields["fault"] = seen.fault
    if seen.shed is not None:
        fields["shed"] = seen.shed
    if seen.answer is not None:
        fields["total"] = seen.answer.total
    fields.update({f"{of}_ms": _ms(seconds) for of, seconds in seen.seconds.items()})
    _requests.log(level, "request", extra=fields)


def _log_slow(seen: Request) -> None:
    fields: dict[str, Any] = {
        "query": seen.query,
        "route": seen.route,
        "status": seen.status,
        "duration_ms": _ms(seen.duration_s),
        "generation": seen.generation,
        **{f"{of}_ms": _ms(seconds) for of, seconds in seen.seconds.items()},
    }
    if seen.answer is not None:
        fields |= _about(seen.answer)
    _slow.warning("slow query", extra=fields)


def _about(answer: Answer) -> dict[str, Any]:
    asked = answer.plan.query
    plan = describe(asked.match)
    return {
        "total": answer.total,
        "page": answer.page,
        "size": answer.size,
        "sort": answer.sort.value,
        "filters": len(asked.filters),
        "scored_terms": len(asked.score),
        "plan": plan if len(plan) <= _PLAN_MAX_CHARS else plan[:_PLAN_MAX_CHARS] + "…",
        "corrected": None if answer.corrected is None else answer.corrected.query,
        "partial": answer.partial,
    }


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)
