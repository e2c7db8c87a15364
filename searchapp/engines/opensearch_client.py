"""Speaks with an OpenSearch cluster, within a time limit; says in one line what went wrong.

The official client makes requests; which of them are tried again, and for how long, is decided
here. Neither a password nor a header is in any message.
"""

from __future__ import annotations

import base64
import json
import logging
import random
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import urlsplit

from opensearchpy import OpenSearch
from opensearchpy.exceptions import (
    ConnectionError as NotReachedError,
)
from opensearchpy.exceptions import (
    ConnectionTimeout,
    ImproperlyConfigured,
    SerializationError,
    SSLError,
    TransportError,
)

from searchapp.config import Settings
from searchapp.errors import InputError, SearchappError, UnavailableError
from searchapp.observation import Stage, request_id, stage
from searchapp.time_budget import left_s, within

_log = logging.getLogger(__name__)
# The client tells of every failed request with a traceback; one line does, and comes from here.
logging.getLogger("opensearch").setLevel(logging.CRITICAL)

_ATTEMPTS = 4
_FIRST_PAUSE_S = 0.05
_DEAD_S = 5.0  # a node that did not answer is left alone for so long, while others do
_TIMED_OUT = 408
_BUSY = (429, 502, 503, 504)
# What one node says of another that has just gone; it comes with status 500.
_NODE_GONE = {
    "connect_transport_exception",
    "node_closed_exception",
    "node_disconnected_exception",
    "node_not_connected_exception",
    "receive_timeout_transport_exception",
}
_LEAST_ATTEMPT_S = 0.2


# Also with 403, as if it were a matter of rights: the cluster takes nothing more for now.
_BLOCKED = {"cluster_block_exception", "index_create_block_exception"}


class MissingError(SearchappError):
    """What was asked for is not there: an index, mostly."""


class Cluster:
    """A cluster, by its settings. Safe to share between threads; connects when it is asked.

    Raises InputError for settings that name no cluster.
    """

    def __init__(self, settings: Settings) -> None:
        self.timeout_s = float(settings.opensearch_timeout_s)
        hosts = [one.strip() for one in settings.opensearch_hosts.split(",") if one.strip()]
        self._shown = ", ".join(map(_without_credentials, hosts))
        if not hosts or not all(urlsplit(one).scheme in ("http", "https") for one in hosts):
            raise InputError(
                "SEARCHAPP_OPENSEARCH_HOSTS should be addresses such as https://node-1:9200,"
                f" by commas, not {self._shown!r}"
            )
        named: dict[str, Any] = {}
        if settings.opensearch_user:
            # Here and not by the client, which takes Latin-1 only (RFC 7617 has UTF-8).
            pair = f"{settings.opensearch_user}:{settings.opensearch_password or ''}"
            encoded = base64.b64encode(pair.encode()).decode()
            named["headers"] = {"authorization": f"Basic {encoded}"}
        if settings.opensearch_ca_file is not None:
            named["ca_certs"] = str(settings.opensearch_ca_file)
        try:
            self._client = OpenSearch(
                hosts=hosts,
                timeout=self.timeout_s,
                max_retries=0,
                retry_on_timeout=True,  # so that a node which does not answer is taken for dead
                dead_timeout=_DEAD_S,
                pool_maxsize=16,
                **named,
            )
        except (ImproperlyConfigured, ValueError, OSError) as error:
            raise InputError(f"OpenSearch can't be reached as it is set: {error}") from error

    def within_limit(self) -> AbstractContextManager[None]:
        """All that is asked here, in this thread, has the time limit of the settings together."""
        return within(self.timeout_s)

    def read(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        timeout_s: float | None = None,
        **parameters: Any,
    ) -> Any:
        """Ask for something that changes nothing, or may be done twice.

        It is tried again, at another node if there is one, until ``timeout_s`` seconds are over
        (by default those of the settings). Raises UnavailableError, MissingError, SearchappError.
        """
        whole_s = timeout_s or self.timeout_s
        until = time.monotonic() + min(whole_s, left_s())
        pause = _FIRST_PAUSE_S
        for attempt in range(1, _ATTEMPTS + 1):
            left = until - time.monotonic()
            # A node that hangs may take half of what is left, so that another can be asked.
            wait = left if attempt == _ATTEMPTS else left / 2
            try:
                return self._send(method, path, body, max(wait, _LEAST_ATTEMPT_S), parameters)
            except UnavailableError as error:
                left = until - time.monotonic()
                if attempt == _ATTEMPTS or left <= _LEAST_ATTEMPT_S:
                    if isinstance(error.__cause__, ConnectionTimeout):
                        raise self._too_late(whole_s) from error
                    raise
                _log.warning("%s; it is asked again", error)
            time.sleep(min(pause * random.uniform(0.5, 1.5), max(left / 2, 0.0)))  # noqa: S311
            pause *= 2
        raise AssertionError("the last attempt returns or raises")

    def write(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        timeout_s: float | None = None,
        **parameters: Any,
    ) -> Any:
        """Ask for a change, once. Raises as `read` does."""
        return self._send(method, path, body, timeout_s or self.timeout_s, parameters)

    def health(self, index: str, **parameters: Any) -> dict[str, Any]:
        """How an index is, also where what is waited for (by ``parameters``) has not come in time.

        Raises as `read` does.
        """
        told: dict[str, Any] = self.read(
            "GET", f"/_cluster/health/{index}", ignore=_TIMED_OUT, **parameters
        )
        return told

    def _send(
        self, method: str, path: str, body: Any, timeout_s: float, parameters: Mapping[str, Any]
    ) -> Any:
        try:
            with stage(Stage.ENGINE, f"{method} {path}"):
                return self._client.transport.perform_request(
                    method,
                    path,
                    headers=_told_apart(),
                    params=dict(parameters),
                    body=body,
                    timeout=timeout_s,
                )
        except ConnectionTimeout as error:
            raise self._too_late(timeout_s) from error
        except SSLError as error:
            raise UnavailableError(
                f"the certificate of OpenSearch at {self._shown} is not trusted; name the"
                " authority's with SEARCHAPP_OPENSEARCH_CA_FILE"
            ) from error
        except NotReachedError as error:
            raise UnavailableError(
                f"OpenSearch at {self._shown} can't be reached; is it running?"
            ) from error
        except SerializationError as error:
            raise UnavailableError(f"what answers at {self._shown} is no OpenSearch") from error
        except TransportError as error:
            raise self._told(error) from error

    def _too_late(self, timeout_s: float) -> UnavailableError:
        return UnavailableError(
            f"OpenSearch at {self._shown} did not answer within {timeout_s:g} s"
        )

    def _told(self, error: TransportError) -> SearchappError:
        status, reason = error.status_code, reason_of(error.info) or str(error.error)
        types = types_of(error.info)
        if types & _BLOCKED:
            return UnavailableError(
                f"OpenSearch at {self._shown} takes no change just now ({reason}); are its disks"
                " nearly full?"
            )
        match status:
            case 401 | 403:
                return InputError(
                    f"OpenSearch at {self._shown} refuses this user; see"
                    " SEARCHAPP_OPENSEARCH_USER and SEARCHAPP_OPENSEARCH_PASSWORD"
                )
            case 404:
                return MissingError(f"OpenSearch: {reason}")
            case _ if status in _BUSY or types & _NODE_GONE:
                return UnavailableError(
                    f"OpenSearch at {self._shown} can't answer just now: {reason}"
                )
        return SearchappError(f"OpenSearch at {self._shown}: {reason}")


def _told_apart() -> dict[str, str]:
    """What names the request that this one is made for in OpenSearch's own slow log."""
    asked_for = request_id()
    return {"X-Opaque-Id": asked_for} if asked_for else {}


def reason_of(info: Any) -> str | None:
    """Why something failed, in OpenSearch's words; None if it did not say so."""
    error = info.get("error") if isinstance(info, dict) else None
    if not isinstance(error, dict):
        return None
    causes = error.get("root_cause") or [error]
    cause = error.get("caused_by") or causes[0]
    told = cause.get("reason") or error.get("reason") or json.dumps(error)
    return " ".join(str(told).split())


def types_of(info: Any) -> set[str]:
    """The kinds of errors that something failed for, in OpenSearch's words."""
    error = info.get("error") if isinstance(info, dict) else None
    if not isinstance(error, dict):
        return set()
    causes = [error, *error.get("root_cause", ()), error.get("caused_by") or {}]
    return {str(cause["type"]) for cause in causes if "type" in cause}


def _without_credentials(host: str) -> str:
    parts = urlsplit(host)
    if "@" not in parts.netloc:
        return host
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
