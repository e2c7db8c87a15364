"""A real server for benchmarks: `searchapp serve` in processes of its own on a free port."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks import common

SEARCHAPP = "from searchapp.cli import main; main()"
_WAIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs; ``pid`` is that of its first process."""

    port: int
    pid: int

    def workers(self) -> list[int]:
        """The processes that answer."""
        path = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [int(pid) for pid in path.read_text(encoding="ascii").split()]

    def memory_mb(self) -> float:
        """PSS of all its processes."""
        total = 0.0
        for pid in (self.pid, *self.workers()):
            with contextlib.suppress(OSError):  # it may end meanwhile
                total += common.memory_mb(pid)[1]
        return round(total, 1)

    def open_files(self) -> int:
        """Open files of all its workers."""
        count = 0
        for pid in self.workers():
            with contextlib.suppress(OSError):
                count += len(list(Path(f"/proc/{pid}/fd").iterdir()))
        return count


@contextlib.contextmanager
def serving(folder: Path, workers: int, settings: Mapping[str, str]) -> Iterator[Server]:
    """Serve an index with some settings, by their names in the environment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    arguments = ["serve", "--workers", str(workers), "--port", str(port)]
    environ = {
        **{name: value for name, value in os.environ.items() if "SEARCHAPP_" not in name},
        "SEARCHAPP_LOG_LEVEL": "warning",
        **settings,
        "SEARCHAPP_INDEX_DIR": str(folder),
    }
    process = subprocess.Popen(
        [sys.executable, "-c", SEARCHAPP, *arguments], cwd=common.ROOT, env=environ
    )
    try:
        _wait_until_ready(port, process)
        yield Server(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(_WAIT_S)


def _wait_until_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _WAIT_S
    while time.monotonic() < until:
        if process.poll() is not None:
            common.fail("the server ended before it answered")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == http.client.OK:
                return
        except OSError:
            pass
        time.sleep(0.1)
    common.fail("the server was not ready in time")
