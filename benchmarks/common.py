"""What the benchmarks share: the data, the command line, statistics, and memory from /proc."""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parent.parent
DATA_VARIABLE = "SEARCHAPP_BENCH_DATA"
WIKI = "wiki.jsonl.gz"
WIKI_SECTIONS = 51_435
XQUAD_DOCS = "eval/xquad_vi/docs.jsonl"
XQUAD_QUERIES = "eval/xquad_vi/queries.jsonl"
XQUAD_QRELS = "eval/xquad_vi/qrels.tsv"

Record = dict[str, Any]
Report = dict[str, Any]


def fail(message: str) -> NoReturn:
    """End with status 2: the call or its input is wrong."""
    print(message, file=sys.stderr)
    raise SystemExit(2)


def data_file(name: str) -> Path:
    """A file of the data folder; ends the program with status 2 if it is not there."""
    folder = Path(os.environ.get(DATA_VARIABLE) or ROOT.parent / "shared" / "data")
    path = folder / name
    if not path.is_file():
        fail(f"missing data: {path}; set {DATA_VARIABLE} to the folder that holds {name}")
    return path


def records(name: str, limit: int | None = None) -> Iterator[Record]:
    """The records of a JSON Lines file of the data folder, plain or gzip."""
    path = data_file(name)
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
        yield from map(json.loads, islice(lines, limit))


def questions(limit: int | None = None) -> list[str]:
    """The XQuAD questions as typed, each once."""
    return list(dict.fromkeys(r["text"] for r in records(XQUAD_QUERIES)))[:limit]


def write_jsonl(path: Path, rows: Iterator[Record]) -> int:
    """Write records to a JSON Lines file; how many there were."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            count += 1
    return count


def full_text(record: Record) -> str:
    """Title and text of a record, in NFC."""
    parts = (record.get("title") or "", record["text"])
    return unicodedata.normalize("NFC", "\n".join(p for p in parts if p))


def spread(items: Sequence[str], count: int) -> list[str]:
    """``count`` items from all over a list: its neighbours are alike."""
    if count >= len(items):
        return list(items)
    return [items[i * len(items) // count] for i in range(count)]


# -- the command line ---------------------------------------------------------------------------


def parser(module: str, about: str | None) -> argparse.ArgumentParser:
    """An argument parser with the option that every benchmark has."""
    made = argparse.ArgumentParser(
        prog=f"python -m benchmarks.{module}", description=(about or "").split("\n", 1)[0]
    )
    made.add_argument("--json", action="store_true", help="print one JSON object")
    return made


def positive(text: str) -> int:
    """An argument that is a whole number from 1 on."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("should be at least 1")
    return number


def say(message: str) -> None:
    """Progress, on stderr."""
    print(message, file=sys.stderr, flush=True)


def show(report: Report, *, as_json: bool) -> None:
    """Print a report: one JSON object, or a line a figure."""
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
        return
    width = max(map(len, report))
    for name, value in report.items():
        print(f"{name:<{width}}  {value:>14,}" if is_number(value) else f"{name:<{width}}  {value}")


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


# -- time -----------------------------------------------------------------------------------------


def seconds(work: Callable[[], object]) -> float:
    """How long a call takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile; ``share`` in 0..1."""
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, round(share * len(ordered)) - 1))]


def p50_p95_ms(name: str, values: Sequence[float]) -> Report:
    """Median and 95th percentile of times in seconds, in milliseconds."""
    return {
        f"{name}_p50_ms": round(median(values) * 1000, 3),
        f"{name}_p95_ms": round(percentile(values, 0.95) * 1000, 3),
    }


def load_per_core() -> float:
    """Waiting processes a core, over the last minute: above some 0.5, distrust the figures."""
    return round(os.getloadavg()[0] / (os.cpu_count() or 1), 2)


# -- memory ---------------------------------------------------------------------------------------


def process_tree(pid: int) -> list[int]:
    """A process and all that it started, as far as they still run."""
    found = [pid]
    for one in found:
        try:
            for task in Path(f"/proc/{one}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
        except OSError:
            continue
    return found


def memory_mb(pid: int) -> tuple[float, float]:
    """RSS and PSS of a process, in MB; zeros if it is gone."""
    sizes = {"Rss": 0, "Pss": 0}
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            name, _, rest = line.partition(":")
            if name in sizes:
                sizes[name] = int(rest.split()[0])
    except OSError:
        return 0.0, 0.0
    return round(sizes["Rss"] / 1024, 1), round(sizes["Pss"] / 1024, 1)


def disk_bytes(folder: Path) -> int:
    """What a folder takes, each file once however many names it has; others may change it."""
    inodes = {}
    for path in folder.rglob("*"):
        try:
            status = path.stat()
        except FileNotFoundError:
            continue
        inodes[status.st_ino] = status.st_size
    return sum(inodes.values())
