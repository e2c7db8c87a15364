"""Where the processor time of a build goes, step by step, in one process.

The steps of a build over the first sections of the wiki file, one after the other, each timed with
`time.process_time`; a real build has several processes at it. ``pickling`` is what it costs to hand
documents and terms from one process to another. The engine is the Whoosh one.
"""

from __future__ import annotations

import hashlib
import pickle
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import common
from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.base import Field
from searchapp.analysis.pyvi_model import load_pyvi_model
from searchapp.analysis.segmentation import Segmenter
from searchapp.documents import Document
from searchapp.engines.base import AnalyzedBatch
from searchapp.engines.whoosh_writer import WhooshWriter
from searchapp.ingest.base import SourceFile
from searchapp.ingest.batching import Planned, batched
from searchapp.ingest.chunks import text_digest
from searchapp.ingest.jsonl import read_jsonl
from searchapp.ingest.store import StoreWriter
from searchapp.language.gathering import LanguageBuilder
from searchapp.storage import DISK


class _Clock:
    """Processor time by step, in the order in which the steps were first taken."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        begun = time.process_time()
        yield
        spent = time.process_time() - begun
        self.seconds[name] = self.seconds.get(name, 0.0) + spent


def main() -> int:
    """Run the benchmark; the exit status."""
    parser = common.parser("build_profile", __doc__)
    parser.add_argument("--docs", type=common.positive, default=8_000, metavar="N")
    args = parser.parse_args()
    common.data_file(common.WIKI)
    clock = _Clock()
    with tempfile.TemporaryDirectory(prefix="bench-profile-") as temporary:
        folder = Path(temporary)
        source = folder / "documents.jsonl"
        docs = common.write_jsonl(source, common.records(common.WIKI, args.docs))
        _build(source, folder / "index", clock)
    total = sum(clock.seconds.values())
    report: common.Report = {"docs": docs, "total_s": round(total, 2)}
    for name, spent in clock.seconds.items():
        share = round(100 * spent / total, 1)
        seconds = round(spent, 2)
        report[name] = seconds if args.json else f"{seconds:8.2f} s {share:5.1f} %"
    report["load_per_core"] = common.load_per_core()
    common.show(report, as_json=args.json)
    return 0


def _build(source: Path, folder: Path, clock: _Clock) -> None:
    for one in (folder, folder / "engine", folder / "language"):
        one.mkdir()
    with clock.step("reading"):
        items = list(read_jsonl(SourceFile(source, source.name)))
    documents = [item for item in items if isinstance(item, Document)]
    with clock.step("planning"):
        batches = list(batched(Planned(one, text_digest(one)) for one in documents))
    model = load_pyvi_model()
    analyzer, segmenter = Analyzer(model), Segmenter(model)
    engine = WhooshWriter(folder / "engine")
    store = StoreWriter(folder / "store", {}, DISK)
    language = LanguageBuilder(folder / "language", DISK)
    for planned in batches:
        some = planned.documents
        texts = {Field.TITLE: [d.title for d in some], Field.BODY: [d.text for d in some]}
        with clock.step("segmentation"):
            for of_field in texts.values():
                segmenter.label(of_field)
        with clock.step("segmentation and terms"):
            terms = {field: analyzer.analyze_batch(raws) for field, raws in texts.items()}
        with clock.step("pickling"):
            for value in (some, texts, terms):
                _hand_over(value)
        with clock.step("engine: adding"):
            engine.add(AnalyzedBatch(some, terms))
        with clock.step("language: adding"):
            language.add(some, terms)
        with clock.step("store"):
            store.add(AnalyzedBatch(some, terms), [one.digest for one in planned.planned])
    # The analyzer segments, too: what is left is the terms.
    both = clock.seconds.pop("segmentation and terms")
    clock.seconds["terms"] = both - clock.seconds["segmentation"]
    with clock.step("engine: writing"):
        engine.commit()
    with clock.step("language: writing"):
        language.write()
    store.close()
    with clock.step("checksums"):
        for path in folder.rglob("*"):
            if path.is_file():
                hashlib.sha256(path.read_bytes()).hexdigest()


def _hand_over(value: Any) -> None:
    pickle.loads(pickle.dumps(value))  # what was pickled the moment before


if __name__ == "__main__":
    raise SystemExit(main())
