"""One node: a JVM of its own, to be started, stopped, killed, paused and started again."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from cluster import distribution, watchdog
from cluster.errors import ClusterError

HOST = "127.0.0.1"
# Three nodes are up after 18 s of processor time instead of 32 s. No choice for measuring speed:
# code is never compiled for its best.
QUICK = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
_STOP_TIMEOUT_S = 20.0
_LOGGING = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%-25c{1.}] [%node_name]%marker %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
"""
_JVM = (
    "-Djava.security.manager=allow",
    "-Dlog4j2.disable.jmx=true",
    "-Dlog4j.shutdownHookEnabled=false",
    "-Dopensearch.distribution.type=zip",
    # Without JNA's library a node cannot tell that it is root, which CI is and OpenSearch refuses.
    "-Djna.nosys=true",
    "-Djna.nounpack=true",
    "-Djna.boot.library.path=/nonexistent",
)


class Node:
    """A node with its folder: `data/` outlives restarts, `node.log` is appended to.

    `settings` are those of opensearch.yml; what is changed in them counts at the next start.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        *,
        http_port: int,
        transport_port: int,
        settings: Mapping[str, object],
        heap_mb: int = 512,
        jvm: Sequence[str] = QUICK,
    ) -> None:
        self.name = name
        self.folder = folder.resolve()
        self.http_port = http_port
        self.transport_port = transport_port
        self.settings = dict(settings)
        self.log = self.folder / "node.log"
        self._jvm = [f"-Xms{heap_mb}m", f"-Xmx{heap_mb}m", *jvm]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where the node answers once it is up."""
        return f"http://{HOST}:{self.http_port}"

    @property
    def pid(self) -> int | None:
        """The id of the JVM; None unless it was started and neither stopped nor killed here."""
        return self._process.pid if self._process else None

    @property
    def running(self) -> bool:
        """Whether the JVM lives; a paused one does."""
        return self._process is not None and self._process.poll() is None

    def listens(self) -> bool:
        """Whether it takes connections; a paused one does."""
        try:
            socket.create_connection((HOST, self.http_port), timeout=1.0).close()
        except OSError:
            return False
        return True

    def start(self) -> None:
        """Start the JVM and return at once; `Cluster.wait` says when it has joined."""
        if self.running:
            raise ClusterError(f"{self.name} runs already")
        java, home = distribution.java(), distribution.opensearch_home()
        config = self._write_config()
        command = [
            *(java, *self._jvm, *_JVM),
            f"-Djava.io.tmpdir={self.folder / 'tmp'}",
            f"-Dopensearch.path.home={home}",
            f"-Dopensearch.path.conf={config}",
            *("-cp", f"{home}/lib/*", "org.opensearch.bootstrap.OpenSearch"),
        ]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl+C is for who started it, who then stops it in order
            )
        self._watchdog = subprocess.Popen(
            [sys.executable, "-I", "-S", watchdog.__file__, str(os.getpid()), str(self.pid)],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _write_config(self) -> Path:
        config = self.folder / "config"
        for folder in (config, self.folder / "tmp"):
            folder.mkdir(parents=True, exist_ok=True)
        settings = self.settings | {
            "node.name": self.name,
            "path.data": str(self.folder / "data"),
            "path.logs": str(self.folder / "logs"),
            "network.host": HOST,
            "http.port": self.http_port,
            "transport.port": self.transport_port,
        }
        # JSON is YAML.
        (config / "opensearch.yml").write_text(json.dumps(settings, indent=1), encoding="utf-8")
        (config / "log4j2.properties").write_text(_LOGGING, encoding="utf-8")
        return config

    def stop(self) -> None:
        """SIGTERM: the node leaves the cluster in order; after 20 s it is killed."""
        self.ask_to_stop()
        self.wait_stopped()

    def ask_to_stop(self) -> None:
        """Send SIGTERM (and SIGCONT, for one that is paused) and return at once."""
        self._signal(signal.SIGTERM)
        self._signal(signal.SIGCONT)

    def wait_stopped(self) -> None:
        """Wait until it is gone; kill it if it is still there after 20 s."""
        if self._process is None:
            return
        try:
            self._process.wait(_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._reap()

    def kill(self) -> None:
        """SIGKILL: the node is gone when this returns, with what it had not synced to disk."""
        self._signal(signal.SIGKILL)
        self._reap()

    def pause(self) -> None:
        """SIGSTOP: it answers nothing, and its connections stay open. `resume` wakes it."""
        self._signal(signal.SIGSTOP)
        if self._process is not None and self.running:
            # Its threads stop one after the other, and the last may answer meanwhile.
            os.waitid(os.P_PID, self._process.pid, os.WSTOPPED | os.WNOWAIT)

    def resume(self) -> None:
        """SIGCONT, after `pause`."""
        self._signal(signal.SIGCONT)

    def restart(self) -> None:
        """Stop it in order if it runs, and start it with the same data and ports."""
        self.stop()
        self.start()

    def tail(self, lines: int = 20) -> str:
        """The last lines of its log."""
        if not self.log.exists():
            return "(no log)"
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def check(self) -> None:
        """Raise ClusterError, with the end of the log, if it was started and ended by itself."""
        if self._process is not None and not self.running:
            status = self._process.returncode
            raise ClusterError(
                f"{self.name} ended with status {status}; {self.log}:\n{self.tail()}"
            )

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def _reap(self) -> None:
        if self._process is not None:
            self._process.wait()
            self._watchdog.wait()
            self._process = None
