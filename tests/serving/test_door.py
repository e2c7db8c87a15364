"""What comes in is counted before it has a thread, and nobody's slowness is everybody's."""

from __future__ import annotations

import contextlib
import errno
import logging
import socket
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from processes import SEARCH, Answer, Connection, Served, free_port, get, serving, wait_until

from searchapp.web.admission_queue import AdaptiveLimit
from searchapp.web.gunicorn_worker import Worker

# Completions do not end before a file is there.
_HELD = """
import os, time
from searchapp.search.service import SearchService
whole = SearchService.suggest
def suggest(*given, **named):
    while not os.path.exists(os.environ["GO_ON"]):
        time.sleep(0.01)
    return whole(*given, **named)
SearchService.suggest = suggest
from searchapp.cli import main
main()
"""
_TOKEN = "for-the-tests-of-the-door"
_HELD_PATH = "/api/v1/suggest?q=ha"
_SETTINGS = {
    "SEARCHAPP_SERVE_THREADS": "1",
    "SEARCHAPP_SERVE_WAITING": "2",
    "SEARCHAPP_SERVE_WAIT_MS": "30000",
    "SEARCHAPP_WRITE_TOKEN": _TOKEN,
}
_THREADS = 1 + 2 + 2  # at work, in line, and to spare


@pytest.fixture
def go_on(tmp_path: Path) -> Path:
    return tmp_path / "go on"


@pytest.fixture
def served(home: Path, go_on: Path) -> Iterator[Served]:
    """One process that answers one request at a time, while two may wait."""
    main = [sys.executable, "-c", _HELD]
    variables = {**_SETTINGS, "GO_ON": str(go_on)}
    with serving(home, free_port(), "--workers", "1", main=main, **variables) as served:
        yield served


@contextlib.contextmanager
def sent(served: Served, raw: bytes) -> Iterator[socket.socket]:
    """A client that has sent these bytes and nothing more."""
    with socket.create_connection(("127.0.0.1", int(str(served.where))), timeout=15) as client:
        client.sendall(raw)
        yield client


def request(path: str = SEARCH, more: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{more}\r\n".encode()


def is_full(served: Served) -> bool:
    return get(served.where, SEARCH).status == 503


def statuses(client: socket.socket, count: int) -> list[int]:
    """The statuses of so many answers on one connection."""
    reader, found = client.makefile("rb"), []
    for _ in range(count):
        status, length = int(reader.readline().split()[1]), 0
        while (line := reader.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        reader.read(length)
        found.append(status)
    return found


def test_beyond_what_fits_all_are_refused_while_no_thread_is_free(
    served: Served, go_on: Path
) -> None:
    slow_write = (
        f"POST /api/v1/documents HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {_TOKEN}\r\n"
        "Content-Type: application/json\r\nContent-Length: 99\r\n\r\n"
    ).encode()
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(sent(served, request(_HELD_PATH))) for _ in range(3)]
        # Each takes a thread until its body has come in.
        writing = [stack.enter_context(sent(served, slow_write)) for _ in range(_THREADS)]
        kept = stack.enter_context(contextlib.closing(Connection(served.where)))
        for _ in range(20):
            kept.request("GET", SEARCH)
            for answer in (get(served.where, SEARCH), Answer(kept.getresponse())):
                assert answer.status == 503
                assert answer.headers["Retry-After"] == "1"
                assert answer.json["request_id"] == answer.headers["X-Request-ID"]
        page = get(served.where, "/search?q=ha&lang=vi")
        assert page.status == 503
        assert "Máy chủ đang quá bận" in page.text
        go_on.touch()
        # The line is shorter when it is full for long, so that those in it may be refused, too.
        assert statuses(held[0], 1) == [200]
        assert all(statuses(client, 1) in ([200], [503]) for client in held[1:])
        for client in writing:
            client.close()

        def is_answered() -> bool:
            kept.request("GET", SEARCH)
            return Answer(kept.getresponse()).status == 200

        wait_until(is_answered, "an answer on the connection that was refused")


def test_health_is_told_while_all_else_is_refused(served: Served, go_on: Path) -> None:
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(sent(served, request(_HELD_PATH))) for _ in range(3)]
        wait_until(lambda: is_full(served), "it is full")
        assert get(served.where, "/healthz").status == 200
        assert get(served.where, "/readyz").status == 200
        shed = [x for x in get(served.where, "/metrics").text.splitlines() if "shed_total{" in x]
        assert any('reason="too_busy"' in x and float(x.split()[1]) >= 1 for x in shed)
        go_on.touch()
        assert statuses(held[0], 1) == [200]


def test_who_sends_slowly_holds_no_thread(served: Served) -> None:
    whole = request()
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(sent(served, whole[:20])) for _ in range(4 * _THREADS)]
        silent = stack.enter_context(sent(served, b""))
        assert get(served.where, SEARCH).status == 200
        for client in slow:
            client.sendall(whole[20:40])
        assert get(served.where, SEARCH).status == 200
        slow[0].sendall(whole[40:])
        silent.sendall(whole)
        assert statuses(slow[0], 1) == statuses(silent, 1) == [200]


def test_who_never_ends_a_request_is_hung_up_on(served: Served) -> None:
    with sent(served, request()[:20]) as client, contextlib.suppress(ConnectionResetError):
        assert client.recv(1) == b""


def test_who_never_sends_the_body_of_what_is_refused_holds_no_thread(served: Served) -> None:
    raw = b"POST /api/v1/documents HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99\r\n\r\n"
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(sent(served, raw)) for _ in range(10 * _THREADS)]
        assert get(served.where, SEARCH).status == 200
        assert {statuses(client, 1)[0] for client in clients} == {401}


def test_who_does_not_hang_up_keeps_nobody_waiting(served: Served) -> None:
    waits = []
    with contextlib.ExitStack() as stack:
        for _ in range(9):
            client = stack.enter_context(sent(served, request("/healthz", "Connection: close\r\n")))
            while client.recv(1 << 16):
                pass
            begun = time.monotonic()
            assert get(served.where, "/healthz").status == 200
            waits.append(time.monotonic() - begun)
    # gunicorn itself waits two seconds for each of them to hang up.
    assert statistics.median(waits) < 1


def test_requests_that_come_at_once_on_one_connection_are_answered_in_turn(served: Served) -> None:
    paths = [SEARCH, "/healthz", SEARCH, "/api/v1/document/1", SEARCH]
    with sent(served, b"".join(request(path) for path in paths)) as client:
        assert statuses(client, len(paths)) == [200, 200, 200, 404, 200]


def test_requests_that_come_at_once_are_refused_in_turn(served: Served, go_on: Path) -> None:
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(sent(served, request(_HELD_PATH))) for _ in range(3)]
        wait_until(lambda: is_full(served), "it is full")
        client = stack.enter_context(sent(served, request() * 3))
        assert statuses(client, 3) == [503] * 3
        go_on.touch()
        assert statuses(held[0], 1) == [200]


def test_a_process_without_a_file_left_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    class Listener:
        def accept(self) -> None:
            raise OSError(errno.EMFILE, "Too many open files")

    worker = Worker.__new__(Worker)
    worker._limit, worker._inside = AdaptiveLimit(1, 1), 0
    worker._accepted_at, worker.alive = 0.0, True
    worker.log = logging.getLogger("gunicorn.error")
    with caplog.at_level(logging.WARNING):
        worker.accept(Listener())  # type: ignore[arg-type]
    assert "Too many open files" in caplog.text


def connections(pid: int, port: int) -> int:
    """How many connections to a port a process holds (proc(5), tcp)."""
    rows = [row.split() for row in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]]
    established = {f"socket:[{row[9]}]" for row in rows if row[3] == "01"}
    here = {f"socket:[{row[9]}]" for row in rows if int(row[1].rpartition(":")[2], 16) == port}
    held = set()
    for fd in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # it has just been closed
            held.add(str(fd.readlink()))
    return len(held & established & here)


def test_connections_are_shared_among_processes(home: Path) -> None:
    """They stay where they were taken in, and one process had them all as often as not."""
    port = free_port()
    with serving(home, port, "--workers", "2") as served:
        wait_until(lambda: len(served.workers()) == 2, "there are two")

        def taken_in_a_burst() -> list[int]:
            with contextlib.ExitStack() as stack:
                clients = [stack.enter_context(socket.socket()) for _ in range(16)]
                for client in clients:
                    client.setblocking(False)
                    client.connect_ex(("127.0.0.1", port))  # all at once
                for client in clients:
                    client.settimeout(15)
                    client.sendall(request())
                assert [statuses(client, 1) for client in clients] == [[200]] * 16
                return [connections(pid, port) for pid in served.workers()]

        def taken_in_four() -> tuple[int, int]:
            first, second = zip(*(taken_in_a_burst() for _ in range(4)), strict=True)
            assert sum(first) + sum(second) == 64
            return sum(first), sum(second)

        # On a busy machine one of them may be asleep meanwhile.
        assert any(min(taken_in_four()) >= 8 for _ in range(3))


def test_who_does_not_read_is_not_waited_for(served: Served, go_on: Path) -> None:
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(sent(served, request(_HELD_PATH))) for _ in range(3)]
        wait_until(lambda: is_full(served), "it is full")
        client = stack.enter_context(socket.socket())
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", int(str(served.where))))
        client.settimeout(0.05)
        with contextlib.suppress(TimeoutError, ConnectionError):
            for _ in range(20_000):
                client.sendall(request())
        assert get(served.where, SEARCH).status == 503
        go_on.touch()
        assert statuses(held[0], 1) == [200]
