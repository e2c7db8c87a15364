"""Requests as people make them, and clients that send them: what load benchmarks share.

A client keeps one connection, sends a request, waits for its answer and sends the next (a closed
loop); or requests are sent at their time, whether others were answered or not (an open loop).
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from benchmarks import common

_MIX = {"suggest": 50, "search": 35, "page": 10, "document": 5}
"""Of a hundred requests. People type some words with completions, then search; a few read on."""
_ZIPF = 1.0
"""The exponent of how often the rank-th question is asked (Baeza-Yates and others 2007 saw 0.8 to
1.2 in logs of web searches)."""


class Mix:
    """Paths to ask for, drawn over and over from real questions."""

    def __init__(self, questions: Sequence[str], documents: Sequence[str], seed: int = 1) -> None:
        self._drawn = random.Random(seed)
        self._questions = list(questions)
        self._drawn.shuffle(self._questions)
        self._weights = [1 / rank**_ZIPF for rank in range(1, len(self._questions) + 1)]
        self._documents = list(documents)

    def paths(self) -> Iterator[tuple[str, str]]:
        """What is asked for, and its path."""
        kinds, weights = list(_MIX), list(_MIX.values())
        while True:
            (question,) = self._drawn.choices(self._questions, self._weights)
            (kind,) = self._drawn.choices(kinds, weights)
            yield kind, self._path(kind, question)

    def _path(self, kind: str, question: str) -> str:
        match kind:
            case "suggest":
                words = question.split()
                typed = " ".join(words[: self._drawn.randint(1, min(4, len(words)))])
                return "/api/v1/suggest?" + urlencode({"q": typed[:-1] or typed})
            case "search":
                return "/api/v1/search?" + urlencode({"q": question})
            case "page":
                return "/search?" + urlencode({"q": question})
        return "/api/v1/documents/" + quote(self._drawn.choice(self._documents), safe="")


@dataclass
class Seen:
    """What clients saw; times in seconds, of answers with status 200 or 304."""

    times: list[float] = field(default_factory=list)
    by_kind: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    refusals: list[float] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    bodies: Callable[[str, int, bytes], None] | None = None
    """Told of each answer: its path, its status and its body."""

    def add(self, kind: str, path: str, status: int, body: bytes, took_s: float) -> None:
        """Count an answer."""
        self.statuses[status] += 1
        if status in (200, 304):
            self.times.append(took_s)
            self.by_kind.setdefault(kind, []).append(took_s)
        elif status in (429, 503):
            self.refusals.append(took_s)
        if self.bodies is not None:
            self.bodies(path, status, body)


class Connection:
    """One kept connection to a server on 127.0.0.1."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, path: str) -> tuple[int, bytes]:
        """The status and body of an answer. Raises OSError or EOFError if it breaks off."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        try:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            status = int(head[9:12])
            length = int(head.partition("content-length: ")[2].partition("\r\n")[0] or 0)
            body = await reader.readexactly(length)
        except (OSError, EOFError):
            self.close()
            raise
        if "connection: close" in head:
            self.close()
        return status, body

    def close(self) -> None:
        """Close it; the next request opens another."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def closed_loop(port: int, mix: Mix, clients: int, seconds: float, seen: Seen) -> None:
    """So many clients, each asking one thing after another for so long."""
    paths, until = mix.paths(), time.perf_counter() + seconds

    async def client() -> None:
        connection = Connection(port)
        while time.perf_counter() < until:
            kind, path = next(paths)
            await _timed(connection, kind, path, seen)
        connection.close()

    await asyncio.gather(*(client() for _ in range(clients)))


async def open_loop(port: int, mix: Mix, per_second: float, seconds: float, seen: Seen) -> None:
    """So many requests a second, at random times, each on a connection that is free or new."""
    drawn, paths = random.Random(2), mix.paths()
    idle: list[Connection] = []
    under_way: set[asyncio.Task[None]] = set()

    async def one(kind: str, path: str) -> None:
        connection = idle.pop() if idle else Connection(port)
        await _timed(connection, kind, path, seen)
        idle.append(connection)

    begun, at = time.perf_counter(), 0.0
    while at < seconds:
        at += drawn.expovariate(per_second)
        await asyncio.sleep(max(begun + at - time.perf_counter(), 0))
        task = asyncio.create_task(one(*next(paths)))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
    await asyncio.gather(*under_way)
    for connection in idle:
        connection.close()


async def _timed(connection: Connection, kind: str, path: str, seen: Seen) -> None:
    begun = time.perf_counter()
    try:
        status, body = await connection.ask(path)
    except (OSError, EOFError) as error:
        seen.broken.append(f"{type(error).__name__}: {path}")
        return
    seen.add(kind, path, status, body, time.perf_counter() - begun)


def figures(seen: Seen, seconds: float) -> common.Report:
    """Throughput, and the times of answers in milliseconds."""
    times = sorted(seen.times)
    return {
        "answers_per_s": round(len(times) / seconds, 1),
        **{f"p{share}_ms": round(1000 * _at(times, share), 1) for share in (50, 95, 99)},
        "refused": len(seen.refusals),
        "failed": sum(n for status, n in seen.statuses.items() if status not in (200, 304))
        - len(seen.refusals)
        + len(seen.broken),
    }


def _at(times: Sequence[float], percent: int) -> float:
    return times[min(len(times) * percent // 100, len(times) - 1)] if times else float("nan")
