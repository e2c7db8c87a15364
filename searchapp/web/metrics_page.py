"""``/metrics``: the numbers of all workers, of the live index and of the processes, for Prometheus.

What is counted lies with each worker (`metrics.py`); what can be looked at is looked at here, when
somebody asks.
"""

from __future__ import annotations

import hmac
import ipaddress
import logging
import platform
from collections.abc import Iterable

from flask import Flask, Response, abort, request
from prometheus_client import CollectorRegistry, Metric, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from searchapp import __version__
from searchapp.config import Settings
from searchapp.errors import SearchappError
from searchapp.search.service import SearchService
from searchapp.web import metrics, metrics_files

PATH = "/metrics"
# Whoever asks for another sends one of these along: then the caller is not on this machine.
_RELAYED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")
_log = logging.getLogger(__name__)


def register(app: Flask, settings: Settings) -> None:
    """Add the route."""
    service: SearchService = app.extensions["searchapp"]

    @app.get(PATH)
    def tell_metrics() -> Response:
        check_reader(settings)
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        response = Response(encode(_registry(service)), content_type=content_type)
        response.headers["Cache-Control"] = "no-store"
        return response


def check_reader(settings: Settings) -> None:
    """Return if whoever sends this request may read the numbers.

    Raises NotFound where the page is not for strangers: nor is the knowledge that it is there.
    """
    match settings.metrics:
        case "open":
            return
        case "token":
            _check_token(settings)
        case _:
            if not _is_local():
                _log.info("metrics are not told to %s; see metrics in the settings", _caller())
                abort(404)


def _check_token(settings: Settings) -> None:
    sent = request.authorization
    told = "" if sent is None or sent.type != "bearer" else sent.token or ""
    assert settings.metrics_token is not None
    if not hmac.compare_digest(told.encode(), settings.metrics_token.encode()):
        raise Unauthorized(
            "metrics need their token; send it as Authorization: Bearer and the token",
            www_authenticate=WWWAuthenticate("bearer", {"realm": "metrics"}),
        )


def _is_local() -> bool:
    if any(name in request.headers for name in _RELAYED):
        return False
    try:
        address = ipaddress.ip_address(_caller())
    except ValueError:
        return False  # over a socket file there is no address, and mostly a proxy
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _caller() -> str:
    return request.remote_addr or ""


def _registry(service: SearchService) -> CollectorRegistry:
    registry = CollectorRegistry()
    shared = metrics_files.folder()
    if shared is None:
        registry.register(metrics.REGISTRY)
    else:
        MultiProcessCollector(registry, str(shared))  # type: ignore[no-untyped-call]
    registry.register(_Index(service))
    registry.register(_Processes())
    return registry


class _Index(Collector):
    """The live index, as its manifest has it, and whether it can be opened."""

    def __init__(self, service: SearchService) -> None:
        self._service = service

    def collect(self) -> Iterable[Metric]:
        """Whether it is there; and if so, what it is."""
        try:
            generation = self._service.generation()
        except SearchappError as error:
            _log.warning("the index can't be opened: %s", error)
            generation = None
        yield _gauge("searchapp_index_up", "1 if the index can be searched", generation is not None)
        if generation is not None:
            metrics.see_generation(generation.name)
            manifest = generation.manifest
            yield InfoMetricFamily(
                "searchapp_index",
                "Which index is the live one",
                {
                    "generation": generation.name,
                    "engine": manifest.engine,
                    "analyzer_version": str(manifest.analyzer_version),
                },
            )
            yield _gauge(
                "searchapp_index_built_timestamp_seconds",
                "When the live index was built",
                generation.built_at.timestamp(),
            )
            yield _gauge(
                "searchapp_index_build_duration_seconds",
                "How long building the live index took",
                manifest.build_s,
            )
            yield _gauge(
                "searchapp_index_documents",
                "Documents in the live index",
                manifest.document_count,
            )
            yield _gauge(
                "searchapp_index_size_bytes",
                "Size of the live index on disk",
                sum(size for size, _ in manifest.files.values()),
            )
        yield _gauge(
            "searchapp_index_unfinished_builds",
            "Builds that run, or that ended without an index",
            self._service.unfinished_builds(),
        )


class _Processes(Collector):
    """Every process of this server, from what the system knows of it."""

    def collect(self) -> Iterable[Metric]:
        """Memory, open files, processor time and start, by process; and how many workers run."""
        found: dict[str, Metric] = {}
        workers = 0
        for name, number in metrics_files.processes():
            told = _told_of(number)
            workers += bool(told)
            for family in told:
                whole = found.setdefault(
                    family.name, Metric(family.name, family.documentation, family.type)
                )
                for sample in family.samples:
                    labels = {**sample.labels, "process": name}
                    whole.add_sample(sample.name, labels, sample.value)
        yield from found.values()
        # One process that serves alone is its own worker.
        servers = metrics_files.folder() is not None
        yield _gauge("searchapp_workers", "Worker processes that run", max(0, workers - servers))
        yield InfoMetricFamily(
            "searchapp_build",
            "Which version runs",
            {"version": __version__, "python": platform.python_version()},
        )


def _told_of(process: int) -> list[Metric]:
    return list(ProcessCollector("searchapp", lambda: process, registry=None).collect())


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value=value)
