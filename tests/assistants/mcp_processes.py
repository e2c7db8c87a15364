"""``searchapp mcp`` as a process of its own."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MAIN = [sys.executable, "-c", "from searchapp.cli import main; main()"]
PATIENCE_S = 60


def environment(**more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SEARCHAPP_")}
    return {**kept, **more}


def started(*arguments: str, cwd: Path, **more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*MAIN, "mcp", *arguments],
        cwd=cwd, env=environment(**more), text=True, encoding="utf-8",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        # Tests that run in the background ignore the signal, and their children would, too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  # safe
    )  # fmt: skip


def called(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MAIN, "mcp", *arguments],
        cwd=cwd, env=environment(), capture_output=True, text=True, input="", timeout=60,
        check=False,
    )  # fmt: skip


@dataclass
class Served:
    """Where a server answers, what it said when it started, and on its standard error after it."""

    url: str = ""
    said: str = ""
    errors: str = ""


@contextlib.contextmanager
def served(cwd: Path, *arguments: str, **more: str) -> Iterator[Served]:
    """``searchapp mcp --http`` on a free port; stopped in order at the end."""
    process = started("--http", "--port", "0", *arguments, cwd=cwd, **more)
    assert process.stderr is not None
    server = Served()
    try:
        server.said = process.stderr.readline()
        found = re.match(r"searchapp: MCP on (http://127\.0\.0\.1:\d+/mcp)", server.said)
        assert found is not None, server.said
        server.url = found[1]
        yield server
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE_S) == 0
    finally:
        process.kill()
        out, server.errors = process.communicate()
    assert out == ""
