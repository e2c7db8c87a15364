"""One web worker over an index of the whole wiki: how soon it answers, how fast, in what memory.

`searchapp serve --workers 1` runs in a process of its own on a free port of 127.0.0.1 and is asked
XQuAD questions, each once, over HTTP with a connection a request. Memory is that of the worker, not
of gunicorn's arbiter: RSS, and PSS, which shares out the pages it has in common with the arbiter.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from benchmarks import common
from benchmarks.serving import serving
from searchapp.config import Settings
from searchapp.generations import Generations
from searchapp.ingest.build import build

_STAGES = (0, 100, 1_000)  # questions answered before memory is read
_STARTS = 3
_WAIT_S = 60.0
_QUIET = {"SEARCHAPP_SLOW_QUERY_MS": "0"}  # on a busy machine each would be told
_IMPORT = "import time; t = time.perf_counter(); import wsgi; print(time.perf_counter() - t)"


def main() -> int:
    """Run the benchmark; the exit status."""
    parser = common.parser("worker", __doc__)
    parser.add_argument(
        "--index", type=Path, metavar="DIR", help="an index of the wiki (default: build one)"
    )
    args = parser.parse_args()
    asked = common.questions(_STAGES[-1])
    with tempfile.TemporaryDirectory(prefix="bench-worker-") as temporary:
        folder = args.index
        if folder is None:
            folder = Path(temporary)
            common.say("building an index of the whole wiki, about a minute")
            build([common.data_file(common.WIKI)], Settings(index_dir=folder))
        elif not (folder / "current").is_file():
            common.fail(
                f"no index in {folder}; make one with: searchapp index --index-dir {folder}"
            )
        report = _measure(folder.resolve(), asked)
    common.show(report, as_json=args.json)
    return 0


def _measure(folder: Path, asked: list[str]) -> common.Report:
    environ = {**os.environ, "SEARCHAPP_INDEX_DIR": str(folder)}
    imports = [
        float(
            subprocess.run(
                [sys.executable, "-c", _IMPORT],
                cwd=common.ROOT,
                env=environ,
                capture_output=True,
                check=True,
                text=True,
            ).stdout
        )
        for _ in range(_STARTS)
    ]
    healthy, first = [], []
    report: common.Report = {}
    for start in range(_STARTS):
        with serving(folder, 1, _QUIET, until="/healthz") as server:
            healthy.append(server.answered_s)
            (pid,) = server.workers()
            memory = _memory(pid, 0)
            begun = time.perf_counter()
            _ask(server.port, asked[0])
            first.append(time.perf_counter() - begun)
            if start == _STARTS - 1:
                report = {**memory, **_asking(server.port, pid, asked)}
    manifest = Generations(folder).current().manifest
    return {
        "import_wsgi_s": round(median(imports), 3),
        "first_healthy_s": round(median(healthy), 3),
        "first_result_s": round(median(first), 3),
        **report,
        "docs": manifest.document_count,
        "queries": len(asked),
        "load_per_core": common.load_per_core(),
    }


def _asking(port: int, pid: int, asked: list[str]) -> common.Report:
    """Memory after each stage, and the times of all requests but the first, which was asked."""
    times, inside = [], []
    report: common.Report = {}
    for number, text in enumerate(asked[1:], start=2):
        begun = time.perf_counter()
        took_ms = _ask(port, text)
        times.append(time.perf_counter() - begun)
        inside.append(took_ms / 1000)
        if number in _STAGES:
            report |= _memory(pid, number)
    return {
        **report,
        **common.p50_p95_ms("request", times),
        **common.p50_p95_ms("answer", inside),
    }


def _memory(pid: int, questions: int) -> common.Report:
    rss, pss = common.memory_mb(pid)
    return {f"rss_mb_after_{questions}": rss, f"pss_mb_after_{questions}": pss}


def _get(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_WAIT_S)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read()
        if response.status != http.client.OK:
            raise SystemExit(f"{path} answers {response.status}: {body[:200]!r}")
        return body
    finally:
        connection.close()


def _ask(port: int, text: str) -> float:
    """Ask a question; the milliseconds that the service says it took."""
    answer = json.loads(_get(port, "/api/v1/search?" + urlencode({"q": text})))
    return float(answer["took_ms"])


if __name__ == "__main__":
    raise SystemExit(main())
