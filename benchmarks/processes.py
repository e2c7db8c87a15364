"""Programs measured from outside: one that does its work and ends, one that answers questions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks import common

_SAMPLE_S = 0.05
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Measured:
    """What a program printed and cost, from its start to its end.

    ``cpu_s`` is that of the process and of all that it waited for. ``peak_mb`` is the largest sum
    of RSS over the process and all that it started, sampled every 50 ms; pages that processes
    share count in each.
    """

    out: str
    wall_s: float
    cpu_s: float
    peak_mb: float


def measured(words: Sequence[str | Path], environ: Mapping[str, str] | None = None) -> Measured:
    """Run ``python -m`` with these words to its end; ``environ`` is added to the environment.

    Ends this program if that one fails.
    """
    begun = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-m", *words],
        cwd=common.ROOT,
        env={**os.environ, **(environ or {})},
        stdout=subprocess.PIPE,
        text=True,
    )
    peak = 0.0
    ended = 0
    while not ended:
        tree = common.process_tree(child.pid)
        peak = max(peak, sum(common.memory_mb(pid)[0] for pid in tree))
        time.sleep(_SAMPLE_S)
        ended, status, used = os.wait4(child.pid, os.WNOHANG)
    wall_s = time.perf_counter() - begun
    child.returncode = os.waitstatus_to_exitcode(status)  # it was waited for here
    assert child.stdout is not None
    with child.stdout as pipe:
        out = pipe.read()
    if child.returncode:
        raise SystemExit(f"{' '.join(map(str, words))} ended with status {child.returncode}")
    return Measured(
        out=out,
        wall_s=wall_s,
        cpu_s=used.ru_utime + used.ru_stime,
        peak_mb=peak,  # ru_maxrss would begin with that of this process
    )


def cpu_s(pid: int) -> float:
    """Processor seconds of a process that runs, without those that it started."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


@dataclass(frozen=True, slots=True)
class Reply:
    """The ids found, best first, and seconds of time and of the process's processor time."""

    ids: list[str]
    took_s: float
    cpu_s: float


class Answering:
    """A process that answers a question a line, of `benchmarks.engines_ways`; ended with `with`.

    ``first_s`` is the time from its start to its first answer, in seconds.
    """

    def __init__(
        self, words: Sequence[str | Path], environ: Mapping[str, str] | None = None
    ) -> None:
        self._begun = time.perf_counter()
        self._words = words
        self._child = subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=common.ROOT,
            env={**os.environ, **(environ or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.first_s: float | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._child.communicate()  # the end of its input is the end of its work

    def ask(self, question: str) -> Reply:
        """Ask and wait for the answer. Ends this program if that one has failed."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps(question) + "\n")
        self._child.stdin.flush()
        line = self._child.stdout.readline()
        if not line:
            raise SystemExit(f"{' '.join(map(str, self._words))} gives no answer")
        if self.first_s is None:
            self.first_s = time.perf_counter() - self._begun
        said = json.loads(line)
        return Reply(said["ids"], said["took_s"], said["cpu_s"])

    def rss_mb(self) -> float:
        """Its RSS, in MB."""
        return common.memory_mb(self._child.pid)[0]
