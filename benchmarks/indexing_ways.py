"""The two ways that benchmarks.indexing compares: ``… indexing_ways WAY SOURCE FOLDER JOBS``.

Prints one JSON object: the seconds without imports, and the process's peak of memory.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path


def main() -> int:
    """Run one way; called by benchmarks.indexing, in a process of its own."""
    way, source, folder, jobs = sys.argv[1:]
    work = _WAYS[way](Path(source), Path(folder), int(jobs))
    begun = time.perf_counter()
    work()
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    print(
        json.dumps(
            {
                "build_s": round(time.perf_counter() - begun, 2),
                "max_rss_mb": max(resource.getrusage(kind).ru_maxrss for kind in kinds) / 1024,
            }
        )
    )
    return 0


def _ours(source: Path, folder: Path, jobs: int) -> Callable[[], object]:
    from searchapp.config import Settings
    from searchapp.ingest.build import build

    return lambda: build([source], Settings(index_dir=folder, jobs=jobs))


def _textbook(source: Path, folder: Path, _: int) -> Callable[[], object]:
    from pyvi import ViTokenizer
    from whoosh import analysis, fields, index

    def work() -> None:
        folder.mkdir()
        analyzer = analysis.RegexTokenizer(r"\S+") | analysis.LowercaseFilter()
        schema = fields.Schema(
            id=fields.ID(unique=True, stored=True),
            title=fields.STORED,
            text=fields.STORED,
            content=fields.TEXT(analyzer=analyzer),
        )
        writer = index.create_in(str(folder), schema).writer(limitmb=512)
        with source.open(encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                writer.add_document(
                    id=record["id"],
                    title=record["title"],
                    text=record["text"],
                    content=ViTokenizer.tokenize(f"{record['title']}\n{record['text']}"),
                )
        writer.commit()

    return work


_WAYS: dict[str, Callable[[Path, Path, int], Callable[[], object]]] = {
    "ours": _ours,
    "textbook": _textbook,
}

if __name__ == "__main__":
    raise SystemExit(main())
