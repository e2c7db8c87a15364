"""How many processes and threads answer, by cores and by the engine of the live index."""

from __future__ import annotations

import contextlib
import math
import os
from dataclasses import dataclass
from pathlib import Path

from searchapp.config import Settings
from searchapp.errors import SearchappError
from searchapp.generations import Generations

_CPU_MAX = Path("/sys/fs/cgroup/cpu.max")
_THREADS = {
    # Searching and making an answer hold the interpreter's lock nearly all the time: one works
    # while another reads from a disk, and more only make each other late (docs/load.md).
    "whoosh": 2,
    # Searches without the lock, but that is 29 % of an answer's time (docs/deployment.md).
    "tantivy": 2,
    # Waits for the network; as many as its client keeps connections to a node.
    "opensearch": 16,
}


@dataclass(frozen=True, slots=True)
class Size:
    """Processes, and requests that each of them answers at once."""

    workers: int
    threads: int


def size_for(settings: Settings) -> Size:
    """What the settings say, or what fits this machine and the engine of the live index."""
    return Size(
        settings.serve_workers or available_cores(),
        settings.serve_threads or _THREADS.get(_live_engine(settings), _THREADS["whoosh"]),
    )


def available_cores(cpu_max: Path = _CPU_MAX) -> int:
    """Cores that this process may use: those it is bound to, within a container's quota."""
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    cores = bound or 1
    with contextlib.suppress(OSError, ValueError):  # no control groups, or no quota ("max")
        quota, period = cpu_max.read_text(encoding="ascii").split()
        cores = min(cores, math.ceil(int(quota) / int(period)))
    return max(cores, 1)


def _live_engine(settings: Settings) -> str:
    """The engine that will answer; where there is no index yet, the one that would be built."""
    try:
        return Generations(settings.index_dir).current().manifest.engine
    except SearchappError:
        return settings.engine
