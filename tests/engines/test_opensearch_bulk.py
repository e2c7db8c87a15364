"""Sending many documents to a server that is busy, away, or refuses some of them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from searchapp.engines import opensearch_bulk
from searchapp.engines.opensearch_bulk import BulkSender, put, take_out
from searchapp.errors import SearchappError, UnavailableError

Reply = Callable[[str, str, int], dict[str, Any]]


class Server:
    """Keeps documents by version, as OpenSearch does; ``statuses`` come first, key by key."""

    def __init__(self, statuses: dict[str, list[int]] | None = None, away: int = 0) -> None:
        self.statuses = statuses or {}
        self.away = away
        self.requests: list[list[str]] = []
        self.documents: dict[str, tuple[int, Any]] = {}
        self.flying = self.most_flying = 0
        self.lock = threading.Lock()

    def write(
        self, method: str, path: str, body: bytes, *, timeout_s: float, timeout: str
    ) -> dict[str, Any]:
        assert (method, path) == ("POST", "/x/_bulk")
        with self.lock:
            self.flying += 1
            self.most_flying = max(self.most_flying, self.flying)
        try:
            with self.lock:
                return self._take(list(map(json.loads, body.splitlines())))
        finally:
            with self.lock:
                self.flying -= 1

    def _take(self, lines: list[Any]) -> dict[str, Any]:
        if self.away:
            self.away -= 1
            raise UnavailableError("OpenSearch at http://x can't be reached")
        items, keys = [], []
        while lines:
            ((kind, target),) = lines.pop(0).items()
            source = lines.pop(0) if kind == "index" else None
            key, version = target["_id"], target["version"]
            keys.append(key)
            status = self.statuses[key].pop(0) if self.statuses.get(key) else 200
            if status == 200 and self.documents.get(key, (0, None))[0] > version:
                status = 409
            if status == 200:
                self.documents[key] = version, source
            failed = {"error": {"reason": f"lỗi {status}"}} if status != 200 else {}
            items.append({kind: {"_id": key, "status": status, **failed}})
        self.requests.append(keys)
        return {"items": items}


def sender(server: Server, pauses: list[float] | None = None, patience_s: float = 60) -> BulkSender:
    taken: list[float] = [] if pauses is None else pauses
    return BulkSender(server, "x", patience_s, taken.append)  # type: ignore[arg-type]


def test_documents_arrive_with_their_versions() -> None:
    server = Server()
    sending = sender(server)
    sending.add(put("sông/hồng", 7, {"id": "sông/hồng"}))
    sending.add(take_out("núi", 8))
    sending.finish()
    assert server.documents == {"sông/hồng": (7, {"id": "sông/hồng"}), "núi": (8, None)}
    assert server.requests == [["sông/hồng", "núi"]]


def test_requests_are_bounded_and_few_fly_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opensearch_bulk, "_DOCUMENTS_MAX", 3)
    server = Server()
    sending = sender(server)
    for number in range(20):
        sending.add(put(str(number), number + 1, {}))
    sending.finish()
    assert len(server.documents) == 20
    assert max(map(len, server.requests)) == 3
    assert server.most_flying <= opensearch_bulk._IN_FLIGHT


def test_large_documents_fill_a_request_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opensearch_bulk, "REQUESTS_BYTES_MAX", 200)
    server = Server()
    sending = sender(server)
    for number in range(6):
        sending.add(put(str(number), 1, {"text": "x" * 100}))
    sending.finish()
    assert sorted(map(len, server.requests)) == [2, 2, 2]


def test_only_what_was_rejected_is_sent_again() -> None:
    server, pauses = Server({"b": [429, 503], "c": [429]}), []
    sending = sender(server, pauses)
    for key in "abc":
        sending.add(put(key, 1, {"của": key}))
    sending.finish()
    assert server.requests == [["a", "b", "c"], ["b", "c"], ["b"]]
    assert sorted(server.documents) == ["a", "b", "c"]
    assert len(pauses) == 2
    assert pauses[0] < 0.16
    assert pauses[1] < 0.31


def test_a_server_that_comes_back_gets_everything() -> None:
    server = Server(away=3)
    sending = sender(server)
    sending.add(put("a", 1, {}))
    sending.finish()
    assert server.requests == [["a"]]


def test_a_server_that_stays_away_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opensearch_bulk, "PATIENCE_S", 0.0)
    sending = sender(Server(away=1_000))
    sending.add(put("a", 1, {}))
    with pytest.raises(UnavailableError, match="1 documents could not be sent"):
        sending.finish()


def test_a_missing_shard_is_given_up_sooner_than_a_busy_one() -> None:
    busy = sender(Server({"a": [429] * 20}), patience_s=0)
    busy.add(put("a", 1, {}))
    busy.finish()
    missing = sender(Server({"a": [503] * 20}), patience_s=0)
    missing.add(put("a", 1, {}))
    with pytest.raises(UnavailableError, match="lỗi 503"):
        missing.finish()


def test_a_newer_document_stays_and_that_is_no_fault() -> None:
    server = Server()
    server.documents["a"] = 9, {"mới": True}
    sending = sender(server)
    sending.add(put("a", 5, {"mới": False}))
    sending.finish()
    assert server.documents["a"] == (9, {"mới": True})
    assert sending.superseded == 1


def test_taking_out_what_is_not_there_is_no_fault() -> None:
    sending = sender(Server({"a": [404]}))
    sending.add(take_out("a", 1))
    sending.finish()


def test_a_refused_document_is_named_with_its_reason_and_the_others_are_counted() -> None:
    server = Server({"b": [400], "d": [400]})
    sending = sender(server)
    for key in "abcd":
        sending.add(put(key, 1, {}))
    with pytest.raises(SearchappError, match=r"'b': lỗi 400; 1 more"):
        sending.finish()
    assert sorted(server.documents) == ["a", "c"]
