"""What recording costs a search: pages and answers with the log of use on and off, in turn.

Two applications over one index, in one process, asked the same questions one after the other; which
comes first changes from question to question. Times are of the processor, for the thread of the
request, so that a busy machine disturbs little; what the thread that writes takes is told apart.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from flask.testing import FlaskClient

from benchmarks import common
from searchapp.config import Settings
from searchapp.ingest.build import build
from searchapp.web import create_app

_BROWSER = {"Accept-Language": "vi", "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
_WARM = 20


def main() -> int:
    """Run the benchmark; the exit status."""
    parser = common.parser("recording", __doc__)
    parser.add_argument("--docs", type=int, default=5000, help="sections of the wiki indexed")
    parser.add_argument("--questions", type=int, default=400, help="questions asked")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-recording-") as temporary:
        home = Path(temporary)
        common.write_jsonl(home / "wiki.jsonl", common.records(common.WIKI, args.docs))
        build([home / "wiki.jsonl"], Settings(index_dir=home / "index"))
        common.show(_measure(home, common.questions(args.questions)), as_json=args.json)
    return 0


def _measure(home: Path, questions: list[str]) -> common.Report:
    apps = {
        name: create_app(
            Settings(
                index_dir=home / "index",
                usage_file=home / "use.sqlite",
                usage_log=is_on,
                answers_remembered=0,
            )
        )
        for name, is_on in (("off", False), ("on", True))
    }
    clients = {name: app.test_client() for name, app in apps.items()}
    report: common.Report = {}
    for path in ("/search", "/api/v1/search"):
        for question in questions[:_WARM]:
            for client in clients.values():
                _ask(client, path, question)
        whole, own = time.process_time(), time.thread_time()
        times: dict[str, list[float]] = {"off": [], "on": []}
        for number, question in enumerate(questions):
            for name in ("off", "on") if number % 2 else ("on", "off"):
                begun = time.thread_time()
                _ask(clients[name], path, question)
                times[name].append((time.thread_time() - begun) * 1000)
        apps["on"].extensions["searchapp.usage"].recorder.flush()
        beside = (time.process_time() - whole) - (time.thread_time() - own)
        pairs = list(zip(times["off"], times["on"], strict=True))
        report[path] = {
            "off_p50_ms": round(median(times["off"]), 3),
            "on_p50_ms": round(median(times["on"]), 3),
            "median_difference_ms": round(median(on - off for off, on in pairs), 3),
            "median_ratio": round(median(on / off for off, on in pairs), 4),
            "writing_ms": round(beside / len(questions) * 1000, 3),
            "off_p95_ms": round(quantiles(times["off"], n=20)[-1], 3),
            "on_p95_ms": round(quantiles(times["on"], n=20)[-1], 3),
        }
    recorder = apps["on"].extensions["searchapp.usage"].recorder
    report["flushed"], report["lost"] = recorder.flush(), recorder.lost
    recorder.close()
    report["bytes_a_search"] = round(
        (home / "use.sqlite").stat().st_size / (2 * (len(questions) + _WARM))
    )
    return report


def _ask(client: FlaskClient, path: str, question: str) -> Any:
    response = client.get(path, query_string={"q": question}, headers=_BROWSER)
    assert response.status_code == 200, response.status
    return response


if __name__ == "__main__":
    raise SystemExit(main())
