"""Runs what a page tells its readers to type, one command after the other, in its own folder."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import io
import os
import re
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from documented import Command

_VARIABLES = r"(?:[A-Z_]+=(?:\$\([^)]*\)|\S*) )*"
# What may be run: documents are changed by many hands, and tests are run by whoever has them. All
# but `rm` write where they are told, which `documented.py` keeps inside the folder.
_KNOWN = re.compile(
    _VARIABLES
    + r"(\S*/)?(searchapp|python|curl|zcat|cat|ls|cd|mkdir|openssl|export|rm)\b(?! -r| /)"
)
# Commands that go on until they are stopped; those with a port are waited for.
_ENDLESS = re.compile(
    _VARIABLES + r"\S*(searchapp (?:serve|watch|mcp --http)|python -m http\.server)\b"
)
_PORT = re.compile(r"(?<![\d.])(80\d\d)(?![\d.])")
_SECONDS = 60.0
# What is another number each time it is printed.
_VARIES = re.compile(r"[\d.,]+ (ms|s|MB|kB)\b")


class Reader:
    """Somebody who types what a page says: variables that are set stay set, and servers go on."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = dict(os.environ) | {
            "HOME": str(home),
            "PATH": f"{Path(sys.prefix) / 'bin'}:{os.environ['PATH']}",
            "PWD": str(home),
            "PYTHONWARNINGS": "default",
        }
        for name in [one for one in self.environment if one.startswith("SEARCHAPP_")]:
            del self.environment[name]
        self.names: dict[str, object] = {}  # of Python
        self._ports: dict[str, int] = {}
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def begins_anew(self) -> None:
        """Back to the folder that one began in, as pages take for granted at each block."""
        self.environment["PWD"] = str(self.home)

    def types(self, command: Command) -> str:
        """Runs a command, and gives what it printed; one that fails fails the test."""
        assert _KNOWN.match(command.text), f"say why it is not run, or allow it: {command.text}"
        text = self._here(command.text)
        if _ENDLESS.match(text):
            self._starts(text)
            return ""
        self._is_asked(text)
        after = self.home / ".environment"
        done = subprocess.run(
            ["bash", "-c", f"set -euo pipefail\n{text}\nenv -0 > {after}"],
            cwd=self.environment["PWD"],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
        pairs = (pair.split("=", 1) for pair in after.read_text().split("\0") if pair)
        self.environment = dict(pairs)  # type: ignore[arg-type]
        return done.stdout

    def runs(self, python: str) -> str:
        """Runs a block of Python with the names of the blocks before it."""
        if "SEARCHAPP_WRITE_TOKEN" in self.environment:
            self.names["token"] = self.environment["SEARCHAPP_WRITE_TOKEN"]
        text = self._here(python)
        self._is_asked(text)
        code = compile(text, "<page>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            waits = eval(code, self.names)
            if code.co_flags & inspect.CO_COROUTINE:
                # In a thread of its own: a browser of other tests may have a loop in this one.
                with ThreadPoolExecutor(1) as thread:
                    thread.submit(asyncio.run, waits).result()
        return printed.getvalue()

    def leaves(self) -> None:
        """Stops what goes on; each has to end by itself when it is told to."""
        for name in list(self._running):
            self._stops(name)

    def _here(self, text: str) -> str:
        """A command with ports that are free, on this machine alone."""
        text = text.replace("0.0.0.0", "127.0.0.1")
        for name, port in (("searchapp serve", "8000"), ("searchapp mcp --http", "8001")):
            if name in text and not re.search("--(port|socket)", text):
                text = text.replace(name, f"{name} --port {port}")
        return _PORT.sub(lambda port: str(self._port(port[1])), text)

    def _is_asked(self, text: str) -> None:
        """Where a page asks a service without starting one, it takes for granted that one runs."""
        for port in self._ports.values():
            if f"127.0.0.1:{port}" in text and not _listens(port):
                self._starts(f"searchapp serve --port {port}")

    def _starts(self, text: str) -> None:
        text = text.split(" #", maxsplit=1)[0].rstrip("& ")
        found = _ENDLESS.match(text)
        assert found is not None
        name = found[1]
        if name in self._running:
            self._stops(name)
        log = (self.home / "log").open("wb")
        process = subprocess.Popen(
            ["bash", "-c", re.sub(rf"^({_VARIABLES})", r"\1exec ", text)],
            cwd=self.environment["PWD"],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        log.close()
        self._running[name] = process
        port = next((p for p in self._ports.values() if str(p) in text), None)
        end = time.monotonic() + _SECONDS
        quiet = time.monotonic() + 2
        while process.poll() is None and time.monotonic() < end:
            if port is None and time.monotonic() > quiet:
                return
            if port is not None and _listens(port):
                return
            time.sleep(0.05)
        raise AssertionError(f"{text}\n{(self.home / 'log').read_text()}")

    def _stops(self, name: str) -> None:
        process = self._running.pop(name)
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise

    def _port(self, shown: str) -> int:
        """A free port for the one that the page shows; the same one each time."""
        if shown not in self._ports:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self._ports[shown] = free.getsockname()[1]
        return self._ports[shown]


def _listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def prints_as_shown(printed: str, shown: str) -> bool:
    """Whether a command prints what a page shows; times may differ, and "…" is anything."""
    pieces = [_VARIES.sub(r"0 \1", piece) for piece in shown.strip().split("…")]
    pattern = ".*?".join(map(re.escape, pieces))
    return re.fullmatch(pattern, _VARIES.sub(r"0 \1", printed.strip()), re.DOTALL) is not None
