"""Every number that is counted while requests are answered; docs/operations.md explains each.

Names are those of Prometheus' conventions. Labels have few values, all of them in the code: routes
are patterns, kinds are names of ours; nothing that a caller sends becomes a label.
"""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    values,
)

from searchapp.language.correct import Kind
from searchapp.observation import Stage
from searchapp.web import metrics_files
from searchapp.web.observing import Request

if metrics_files.folder() is not None:
    # By place and not by process number; see metrics_files.py.
    values.ValueClass = values.MultiProcessValue(metrics_files.place)  # type: ignore[no-untyped-call]

# Each would be a second series, which several processes don't have anyway.
disable_created_metrics()  # type: ignore[no-untyped-call]

REGISTRY = CollectorRegistry()
"""The numbers of this process; not the library's own, which others may write to."""

_REQUEST_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_STAGE_S = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
_RESULTS = (0, 1, 10, 100, 1_000, 10_000, 100_000)

REQUESTS = Counter(
    "searchapp_http_requests_total",
    "Requests answered, by route, method and status",
    ["route", "method", "status"],
    registry=REGISTRY,
)
DURATION = Histogram(
    "searchapp_http_request_duration_seconds",
    "Time until an answer was ready, by route",
    ["route"],
    buckets=_REQUEST_S,
    registry=REGISTRY,
)
IN_PROGRESS = Gauge(
    "searchapp_http_requests_in_progress",
    "Requests being answered just now",
    multiprocess_mode="livesum",
    registry=REGISTRY,
)
SHED = Counter(
    "searchapp_http_requests_shed_total",
    "Requests turned away to keep the service answering, by reason",
    ["reason"],
    registry=REGISTRY,
)
FAULTS = Counter(
    "searchapp_http_problems_total",
    "Requests that ended in an error, by its kind",
    ["kind"],
    registry=REGISTRY,
)
STAGES = Histogram(
    "searchapp_search_stage_duration_seconds",
    "Time that a search spent in a stage, without the stages inside it",
    ["stage"],
    buckets=_STAGE_S,
    registry=REGISTRY,
)
SEARCHES = Counter(
    "searchapp_searches_total",
    "Searches answered, by what came of them: found or nothing",
    ["outcome"],
    registry=REGISTRY,
)
RESULTS = Histogram(
    "searchapp_search_results",
    "Documents found by a search",
    buckets=_RESULTS,
    registry=REGISTRY,
)
PARTIAL = Counter(
    "searchapp_searches_partial_total",
    "Searches that were answered in part",
    registry=REGISTRY,
)
CORRECTED = Counter(
    "searchapp_searches_corrected_total",
    "Searches answered as something else than was typed, by kind",
    ["kind"],
    registry=REGISTRY,
)
OFFERED = Counter(
    "searchapp_suggestions_offered_total",
    "Searches answered with a suggestion beside, by kind",
    ["kind"],
    registry=REGISTRY,
)
TAKEN = Counter(
    "searchapp_suggestions_taken_total",
    "Suggestions that readers followed, by kind",
    ["kind"],
    registry=REGISTRY,
)
WRITTEN = Counter(
    "searchapp_documents_written_total",
    "Documents of calls that write, by result",
    ["result"],
    registry=REGISTRY,
)
SWITCHES = Counter(
    "searchapp_index_switches_total",
    "Times that another index became the live one while it was served",
    registry=REGISTRY,
)

# Those that count from the start: a series that appears with its first event has no rate before.
for _outcome in ("found", "nothing"):
    SEARCHES.labels(_outcome)
for _kind in Kind:
    for _counter in (CORRECTED, OFFERED, TAKEN):
        _counter.labels(_kind.value)
for _stage in Stage:
    STAGES.labels(_stage.value)

_seen_generation: str | None = None


def begin(_seen: Request, _environ: object) -> None:
    """A request begins."""
    IN_PROGRESS.inc()


def record(seen: Request) -> None:
    """A request is over."""
    IN_PROGRESS.dec()
    REQUESTS.labels(seen.route, seen.method, seen.status).inc()
    DURATION.labels(seen.route).observe(seen.duration_s)
    if seen.fault is not None:
        FAULTS.labels(seen.fault).inc()
    if seen.shed is not None:
        SHED.labels(seen.shed).inc()
    if seen.query is not None:
        for of, seconds in seen.seconds.items():
            STAGES.labels(of).observe(seconds)
    if seen.answer is not None:
        _record_answer(seen)
    if seen.taken is not None:
        TAKEN.labels(seen.taken).inc()
    for result in seen.written:
        WRITTEN.labels(result).inc()
    if seen.generation is not None:
        see_generation(seen.generation)


def _record_answer(seen: Request) -> None:
    answer = seen.answer
    assert answer is not None
    SEARCHES.labels("found" if answer.total else "nothing").inc()
    RESULTS.observe(answer.total)
    if answer.partial:
        PARTIAL.inc()
    if answer.corrected is not None:
        CORRECTED.labels(answer.corrected.kind.value).inc()
    elif answer.suggestion is not None:
        OFFERED.labels(answer.suggestion.kind.value).inc()


def see_generation(name: str) -> None:
    """The index that answers; another one than before is counted once, whichever worker sees it."""
    global _seen_generation  # noqa: PLW0603  # one server, one live index
    if name != _seen_generation:
        if metrics_files.folder() is None:
            news = _seen_generation is not None
        else:
            news = metrics_files.is_news(name)
        _seen_generation = name
        if news:
            SWITCHES.inc()
