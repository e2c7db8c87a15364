"""Sends many documents to OpenSearch: as fast as it takes them, and none is lost or sent blindly.

Every document carries a version. One that arrives after a newer one of its id is refused by the
server, which is as it should be; so requests may be sent again, and arrive in any order.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from searchapp.engines.opensearch_client import Cluster, reason_of
from searchapp.engines.opensearch_mapping import REQUESTS_BYTES_MAX
from searchapp.errors import SearchappError, UnavailableError

_DOCUMENTS_MAX = 1000  # in one request
_IN_FLIGHT = 2
_REQUEST_TIMEOUT_S = 60.0
_SHARD_TIMEOUT_S = 5  # that a request waits in the server for a shard that is not there
PATIENCE_S = 120.0
"""So long a server may be busy or away before work of hours is given up."""
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 10.0
_CONFLICT, _NOT_FOUND, _TOO_MANY = 409, 404, 429
_AWAY = (502, 503, 504)


@dataclass(frozen=True, slots=True)
class Operation:
    """A document to be put, or to be taken out where ``lines`` has no source; as it is sent."""

    key: str
    lines: bytes


def put(key: str, version: int, source: dict[str, Any]) -> Operation:
    """Put a document, unless a newer one is there."""
    return Operation(key, _line({"index": _target(key, version)}) + _line(source))


def take_out(key: str, version: int) -> Operation:
    """Take a document out, unless a newer one is there."""
    return Operation(key, _line({"delete": _target(key, version)}))


def _target(key: str, version: int) -> dict[str, Any]:
    return {"_id": key, "version": version, "version_type": "external_gte"}


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


@dataclass(slots=True)
class _Outcome:
    """What became of the operations, over all requests."""

    refused: list[tuple[str, str]] = field(default_factory=list)
    superseded: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class BulkSender:
    """Sends operations to an index; at most `_IN_FLIGHT` requests are on their way at a time.

    It tries for two minutes to get through to a server that is busy or away, and for ``patience_s``
    seconds where a shard is missing; ``pause`` is how it waits, in seconds.
    """

    def __init__(
        self,
        cluster: Cluster,
        index: str,
        patience_s: float,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._cluster, self._index = cluster, index
        self._patience_s, self._pause = patience_s, pause
        self._waiting: list[Operation] = []
        self._bytes = 0
        self._pool = ThreadPoolExecutor(_IN_FLIGHT, thread_name_prefix="bulk")
        self._flying: list[Future[None]] = []
        self._outcome = _Outcome()

    @property
    def superseded(self) -> int:
        """How many operations came after a newer one, and changed nothing."""
        return self._outcome.superseded

    def add(self, operation: Operation) -> None:
        """Send an operation, with others; waits while enough is on its way.

        Raises UnavailableError if the cluster is away for too long, SearchappError if it refuses
        a document.
        """
        self._waiting.append(operation)
        self._bytes += len(operation.lines)
        if self._bytes >= REQUESTS_BYTES_MAX or len(self._waiting) >= _DOCUMENTS_MAX:
            self._send_waiting()

    def _send_waiting(self) -> None:
        if not self._waiting:
            return
        while len(self._flying) >= _IN_FLIGHT:
            self._flying.pop(0).result()
            self._raise_refused()
        self._flying.append(self._pool.submit(self._deliver, self._waiting))
        self._waiting, self._bytes = [], 0

    def finish(self) -> None:
        """Send what waits, and wait for all of it. Raises as `add` does."""
        try:
            self._send_waiting()
            while self._flying:
                self._flying.pop(0).result()
            self._raise_refused()
        finally:
            self.stop()

    def stop(self) -> None:
        """Send nothing more."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _raise_refused(self) -> None:
        refused = self._outcome.refused
        if refused:
            key, reason = refused[0]
            more = f"; {len(refused) - 1} more were refused" if len(refused) > 1 else ""
            raise SearchappError(f"OpenSearch refused the document {key!r}: {reason}{more}")

    def _deliver(self, operations: list[Operation]) -> None:
        """Send operations until each is taken or refused."""
        begun = time.monotonic()
        pause = _FIRST_PAUSE_S
        while operations:
            patience_s = PATIENCE_S
            try:
                operations, why, is_missing = self._send(operations)
                if is_missing:
                    patience_s = self._patience_s
            except UnavailableError as error:
                why = str(error)
            if not operations:
                return
            if time.monotonic() - begun >= patience_s:
                raise UnavailableError(f"{len(operations)} documents could not be sent: {why}")
            self._pause(pause * random.uniform(0.5, 1.5))  # noqa: S311  # so that not all come at once
            pause = min(2 * pause, _LONGEST_PAUSE_S)

    def _send(self, operations: list[Operation]) -> tuple[list[Operation], str, bool]:
        """Send operations once; those to be sent again, why, and whether a shard is missing."""
        answer = self._cluster.write(
            "POST",
            f"/{self._index}/_bulk",
            b"".join(one.lines for one in operations),
            timeout_s=_REQUEST_TIMEOUT_S,
            timeout=f"{_SHARD_TIMEOUT_S}s",
        )
        again, why, is_missing = [], "", False
        for operation, item in zip(operations, answer["items"], strict=True):
            ((kind, result),) = item.items()
            status = result["status"]
            reason = reason_of(result)
            if status < 300 or (status == _NOT_FOUND and kind == "delete" and reason is None):
                continue
            reason = reason or f"status {status}"
            # A node that was away for a while may not know the index yet.
            if status in (_NOT_FOUND, _TOO_MANY, *_AWAY):
                again.append(operation)
                why, is_missing = reason, is_missing or status in _AWAY
            elif status == _CONFLICT:
                with self._outcome.lock:
                    self._outcome.superseded += 1
            else:
                with self._outcome.lock:
                    self._outcome.refused.append((operation.key, reason))
        return again, why, is_missing
