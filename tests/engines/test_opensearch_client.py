"""What is tried again, for how long, and what is said: with a transport that only pretends."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pytest
from opensearchpy.exceptions import (
    AuthenticationException,
    ConnectionTimeout,
    NotFoundError,
    RequestError,
    SSLError,
    TransportError,
)
from opensearchpy.exceptions import ConnectionError as NotReachedError

from searchapp import time_budget
from searchapp.config import Settings
from searchapp.engines import opensearch_client
from searchapp.engines.opensearch_client import Cluster, MissingError, reason_of
from searchapp.errors import InputError, SearchappError, UnavailableError
from searchapp.observation import Observation, observe, stop_observing

Answers = list[Any]
HOSTS = "http://ai-do:mat-khau-bi-mat@nut-1:9200, https://nut-2:9200"


class Clock:
    """Time that goes on when somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(opensearch_client, "time", made)
    monkeypatch.setattr(time_budget, "time", made)
    return made


@pytest.fixture
def asked() -> list[tuple[Any, ...]]:
    return []


@pytest.fixture
def made_for() -> list[dict[str, str]]:
    """The headers of each request."""
    return []


@pytest.fixture
def cluster_with(
    clock: Clock,
    asked: list[tuple[Any, ...]],
    made_for: list[dict[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[Answers], Cluster]:
    def make(answers: Answers) -> Cluster:
        cluster = Cluster(Settings(opensearch_hosts=HOSTS, opensearch_timeout_s=4))

        def perform(
            method: str,
            path: str,
            *,
            headers: dict[str, str],
            params: dict[str, Any],
            body: Any,
            timeout: float,
        ) -> Any:
            made_for.append(headers)
            asked.append((method, path, params, body, timeout))
            answer = answers[min(len(asked), len(answers)) - 1]
            if isinstance(answer, ConnectionTimeout):
                clock.now += timeout
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(cluster._client.transport, "perform_request", perform)
        return cluster

    return make


def timed_out() -> ConnectionTimeout:
    return ConnectionTimeout("TIMEOUT", "read timed out", None)


def refused() -> NotReachedError:
    return NotReachedError("N/A", "connection refused", None)


def busy(status: int) -> TransportError:
    return TransportError(status, "busy", {"error": {"type": "busy", "reason": "hàng đợi đầy"}})


@pytest.mark.parametrize(
    "failure", [timed_out(), refused(), busy(429), busy(502), busy(503), busy(504)], ids=repr
)
def test_what_changes_nothing_is_tried_again(
    cluster_with: Callable[[Answers], Cluster], asked: list[Any], failure: Exception
) -> None:
    assert cluster_with([failure, {"count": 3}]).read("GET", "/x/_count", q="a") == {"count": 3}
    assert [one[:3] for one in asked] == [("GET", "/x/_count", {"q": "a"})] * 2


def test_a_node_that_hangs_leaves_time_for_another(
    cluster_with: Callable[[Answers], Cluster], asked: list[Any]
) -> None:
    cluster_with([timed_out(), {}]).read("GET", "/x")
    assert asked[0][4] == pytest.approx(2.0), "half of the time there is"


def test_several_requests_have_one_time_limit_together(
    cluster_with: Callable[[Answers], Cluster], clock: Clock, asked: list[Any]
) -> None:
    cluster = cluster_with([{}, timed_out()])
    with cluster.within_limit():
        cluster.read("GET", "/x")
        clock.now += 3.0
        with pytest.raises(UnavailableError, match="did not answer"):
            cluster.read("GET", "/y")
    assert clock.now < 4.5, "and not 3 and 4"
    assert cluster_with([{}]).read("GET", "/z") == {}, "afterwards there is a whole limit again"


def test_all_attempts_together_keep_to_the_time(
    cluster_with: Callable[[Answers], Cluster], clock: Clock
) -> None:
    with pytest.raises(UnavailableError, match="did not answer within 4 s"):
        cluster_with([timed_out()]).read("GET", "/x")
    assert 3.0 < clock.now <= 4.3


def test_waits_grow_and_differ(cluster_with: Callable[[Answers], Cluster], clock: Clock) -> None:
    with pytest.raises(UnavailableError, match="can't be reached"):
        cluster_with([refused()]).read("GET", "/x")
    first, second, third = clock.slept
    assert 0.025 <= first <= 0.075
    assert 0.05 <= second <= 0.15
    assert 0.1 <= third <= 0.3


def test_a_change_is_sent_once(
    cluster_with: Callable[[Answers], Cluster], asked: list[Any]
) -> None:
    with pytest.raises(UnavailableError):
        cluster_with([refused(), {}]).write("PUT", "/x", {"a": 1})
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("failure", "raised", "said"),
    [
        (refused(), UnavailableError, "can't be reached; is it running"),
        (SSLError("N/A", "bad", Exception("bad")), UnavailableError, "OPENSEARCH_CA_FILE"),
        (AuthenticationException(401, "no", {}), InputError, "OPENSEARCH_USER"),
        (busy(429), UnavailableError, "hàng đợi đầy"),
        (NotFoundError(404, "index_not_found_exception", {}), MissingError, "index_not_found"),
        (
            RequestError(400, "x", {"error": {"root_cause": [{"reason": "sai\n cú pháp"}]}}),
            SearchappError,
            "sai cú pháp",
        ),
    ],
    ids=["refused", "certificate", "user", "busy", "gone", "wrong"],
)
def test_what_went_wrong_is_said_in_a_line_without_secrets(
    cluster_with: Callable[[Answers], Cluster],
    failure: Exception,
    raised: type[SearchappError],
    said: str,
) -> None:
    with pytest.raises(raised, match=said) as caught:
        cluster_with([failure]).read("GET", "/x")
    assert "\n" not in str(caught.value)
    assert "mat-khau" not in str(caught.value)
    if raised is not MissingError:
        assert "http://nut-1:9200, https://nut-2:9200" in str(caught.value)


@pytest.mark.parametrize("hosts", ["", " , ", "nut-1:9200", "ftp://nut-1"])
def test_hosts_have_to_be_addresses(hosts: str) -> None:
    with pytest.raises(InputError, match="SEARCHAPP_OPENSEARCH_HOSTS"):
        Cluster(Settings(opensearch_hosts=hosts))


def test_user_and_password_go_along() -> None:
    named = Settings(
        opensearch_hosts="https://nut-1:9200",
        opensearch_user="ai-do",
        opensearch_password="mật khẩu",
    )
    (connection,) = Cluster(named)._client.transport.connection_pool.connections
    sent = connection.headers["authorization"].removeprefix("Basic ")
    assert b64decode(sent).decode() == "ai-do:mật khẩu"
    assert "mật khẩu" not in repr(named)


@pytest.mark.parametrize(
    ("info", "reason"),
    [
        ({"error": {"caused_by": {"reason": "gốc"}, "reason": "ngoài"}}, "gốc"),
        ({"error": {"reason": "ngoài"}}, "ngoài"),
        ({"error": "chỉ chữ"}, None),
        ({}, None),
        ("<html>", None),
    ],
)
def test_the_reason_is_the_innermost(info: object, reason: str | None) -> None:
    assert reason_of(info) == reason


def test_a_request_names_the_one_that_it_is_made_for(
    cluster_with: Callable[[Answers], Cluster], made_for: list[dict[str, str]]
) -> None:
    cluster = cluster_with([{}])
    cluster.read("GET", "/x/_count")
    token = observe(Observation("r-7"))
    try:
        cluster.read("GET", "/x/_count")
    finally:
        stop_observing(token)
    assert made_for == [{}, {"X-Opaque-Id": "r-7"}]
