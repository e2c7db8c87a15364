"""Real servers in processes of their own, and callers that never pause."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

MAIN = [sys.executable, "-c", "from searchapp.cli import main; main()"]
PATIENCE_S = 30
# A machine that stands still for some seconds refuses nobody.
_PATIENT = {"SEARCHAPP_SERVE_WAIT_MS": "60000", "SEARCHAPP_SEARCH_TIMEOUT_MS": "0"}
SEARCH = "/api/v1/search?q=ha%20noi"


class Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket or a port of this machine."""

    def __init__(self, where: Path | int, timeout: float = 15) -> None:
        super().__init__("127.0.0.1", where if isinstance(where, int) else 80, timeout=timeout)
        self._path = where if isinstance(where, Path) else None

    def connect(self) -> None:
        if self._path is None:
            super().connect()
            return
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


class Answer:
    """Status, headers and body of a response."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def get(where: Path | int, path: str, **headers: str) -> Answer:
    """One request on a connection of its own; underscores in names of headers are hyphens."""
    with contextlib.closing(Connection(where)) as connection:
        connection.request(
            "GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()}
        )
        return Answer(connection.getresponse())


def wait_until(holds: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    until = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < until, f"waited {patience_s} s in vain: {what}"
        time.sleep(0.05)


def answers(where: Path | int) -> bool:
    try:
        return get(where, "/healthz").status == 200
    except OSError:
        return False


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in found.split()]


def is_running(pid: int) -> bool:
    """Whether a process is there and has not ended; who is to notice its end may be slow to."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Served:
    """A running ``searchapp serve``; ``where`` is its socket or port."""

    def __init__(
        self,
        home: Path,
        where: Path | int,
        *options: str,
        main: list[str] = MAIN,
        pass_fds: tuple[int, ...] = (),
        **variables: str,
    ) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("SEARCHAPP_")}
        self.where = where
        self.log = home / f"log-{time.monotonic_ns()}"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*main, *options],
                cwd=home, env={**kept, **_PATIENT, **variables},
                stderr=log, stdout=log, pass_fds=pass_fds,
            )  # fmt: skip

    def wait_for_answers(self) -> Served:
        def holds() -> bool:
            assert self.process.poll() is None, self.said()
            return answers(self.where)

        wait_until(holds, f"{self.where} answers")
        return self

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def workers(self) -> list[int]:
        """The processes that answer."""
        return children(self.process.pid)

    def tell(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def stop(self) -> int:
        self.tell(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE_S)

    def end(self) -> None:
        """Whatever state it is in; its workers notice that their parent is gone."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=PATIENCE_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@contextlib.contextmanager
def serving(home: Path, where: Path | int, *options: str, **more: Any) -> Iterator[Served]:
    """A server that answers, until the block ends."""
    place = ["--port", str(where)] if isinstance(where, int) else ["--socket", str(where)]
    served = Served(home, where, "serve", *place, *options, **more)
    try:
        yield served.wait_for_answers()
    finally:
        served.end()


class Load:
    """Callers that ask without a pause, half of them on connections that they keep.

    A connection that is refused, or a socket that is not there, is counted apart: nobody took that
    request. Anything else that is no answer is a request dropped.
    """

    def __init__(self, where: Path | int, callers: int = 6, *, path: str = SEARCH) -> None:
        self.answered: Counter[int] = Counter()
        self.dropped: list[str] = []
        self.refused = 0
        self._where = where
        self._path = path
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._ask, args=(n % 2 == 0,), daemon=True)
            for n in range(callers)
        ]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        self.wait_for_more(20)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join(timeout=PATIENCE_S)
            assert not thread.is_alive()

    def wait_for_more(self, count: int) -> None:
        """Go on for so many answers."""
        until = self.answered.total() + count
        wait_until(lambda: self.answered.total() >= until, f"{count} more answers")

    def _ask(self, keep: bool) -> None:
        connection, last = None, 0.0
        while not self._stopped.is_set():
            is_new = connection is None
            # One that is stopping hangs up after two seconds without a request.
            is_idle = not is_new and time.monotonic() - last > 1
            if connection is None:
                connection = Connection(self._where)
                try:
                    connection.connect()
                except (ConnectionRefusedError, FileNotFoundError):
                    self.refused += 1
                    connection.close()
                    connection = None
                    time.sleep(0.01)
                    continue
            try:
                connection.request("GET", self._path)
                answer = Answer(connection.getresponse())
                self.answered[answer.status] += 1
                last = time.monotonic()
                if not keep or answer.headers.get("Connection", "").lower() == "close":
                    connection.close()
                    connection = None
            except (OSError, http.client.HTTPException) as error:
                if not is_idle:
                    self.dropped.append(f"{error!r} on a {'new' if is_new else 'kept'} connection")
                connection.close()
                connection = None
        if connection is not None:
            connection.close()
