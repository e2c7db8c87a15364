"""Our word segmentation against pyvi's, from NFC text to words, in one process.

Both segment the same texts in turn (A B A B …); a ratio is the median over the pairs of pyvi's time
divided by ours. Loading a model is not segmenting, and is reported apart (`*_load_s`).

``ratio``: words as strings, as pyvi gives them, by `Segmenter.words_of` over batches, by a
Segmenter that has seen nothing; learning counts.
``one_by_one_ratio``: the same, text by text, with `Segmenter.words`.
``warm_ratio``: text by text once more, by the same Segmenter.
``label_ratio``: what an index build does, `Segmenter.label` over batches by a fresh Segmenter; it
gives words as numbers, no strings.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Iterator
from statistics import median
from typing import Any

from benchmarks import common
from searchapp.analysis.pyvi_model import load_pyvi_model
from searchapp.analysis.segmentation import Segmenter

_BATCH_CHARS = 1_000_000  # as an index build has it
_CONLLU = ("segmentation/vi_vtb-ud-dev.conllu", "segmentation/vi_vtb-ud-test.conllu")
_SETS = (
    "eval/xquad_vi/docs.jsonl",
    "eval/xquad_vi/queries.jsonl",
    "eval/health_faq/docs.jsonl",
    "eval/health_faq/queries.jsonl",
)
_SHOWN = 5


def main() -> int:
    """Run the benchmark; the exit status."""
    parser = common.parser("segmentation", __doc__)
    parser.add_argument("--sections", type=common.positive, default=3_000, metavar="N")
    parser.add_argument("--pairs", type=common.positive, default=5, metavar="K")
    parser.add_argument(
        "--full", action="store_true", help="compare every word of every text instead; minutes"
    )
    args = parser.parse_args()
    report = _compare_all() if args.full else _race(args.sections, args.pairs)
    common.show(report, as_json=args.json)
    return 1 if report["mismatches"] else 0


def _pyvi() -> Any:
    from pyvi import ViTokenizer  # scikit-learn and SciPy with it

    return ViTokenizer.ViTokenizer


def _race(sections: int, pairs: int) -> common.Report:
    begun = time.perf_counter()
    model = load_pyvi_model()
    Segmenter(model)
    ours_load_s = time.perf_counter() - begun
    begun = time.perf_counter()
    pyvi = _pyvi()
    pyvi_load_s = time.perf_counter() - begun

    texts = common.spread([common.full_text(r) for r in common.records(common.WIKI)], sections)
    batches = list(_batches(texts))

    def by_text(words: Callable[[str], list[str]]) -> float:
        return _timed(lambda: [words(text) for text in texts])

    def by_batch(work: Callable[[list[str]], object]) -> float:
        return _timed(lambda: [work(one) for one in batches])

    theirs: list[float] = []
    words: list[float] = []
    cold: list[float] = []
    warm: list[float] = []
    batch: list[float] = []
    for _ in range(pairs):
        theirs.append(by_text(lambda text: _pyvi_words(pyvi, text)))
        fresh = Segmenter(model)
        cold.append(by_text(fresh.words))
        warm.append(by_text(fresh.words))
        words.append(by_batch(Segmenter(model).words_of))
        batch.append(by_batch(Segmenter(model).label))

    checked = Segmenter(model)
    syllables = sum(int(checked.label(one).tokens.size) for one in batches)
    wrong = sum(not _same(checked.words(text), pyvi.tokenize(text)) for text in texts)
    return {
        "ratio": _ratio(theirs, words),
        "one_by_one_ratio": _ratio(theirs, cold),
        "warm_ratio": _ratio(theirs, warm),
        "label_ratio": _ratio(theirs, batch),
        "pyvi_syllables_per_s": round(syllables / median(theirs)),
        "ours_syllables_per_s": round(syllables / median(words)),
        "one_by_one_syllables_per_s": round(syllables / median(cold)),
        "warm_syllables_per_s": round(syllables / median(warm)),
        "label_syllables_per_s": round(syllables / median(batch)),
        "pyvi_load_s": round(pyvi_load_s, 2),
        "ours_load_s": round(ours_load_s, 2),
        "sections": len(texts),
        "syllables": syllables,
        "pairs": pairs,
        "mismatches": wrong,
        "load_per_core": common.load_per_core(),
    }


def _pyvi_words(pyvi: Any, text: str) -> list[str]:
    words: list[str] = pyvi.tokenize(text).split(" ")
    return words


def _compare_all() -> common.Report:
    """Every text by both, word for word: text by text, and once more in batches."""
    pyvi, segmenter = _pyvi(), Segmenter(load_pyvi_model())
    texts = syllables = wrong = 0
    begun = time.perf_counter()
    for batch in _batches(_all_texts()):
        expected = [pyvi.tokenize(text) for text in batch]
        ours = [segmenter.words(text) for text in batch]
        labelled = segmenter.words_of(batch)
        for text, theirs, one, other in zip(batch, expected, ours, labelled, strict=True):
            if not (_same(one, theirs) and _same(other, theirs)):
                wrong += 1
                if wrong <= _SHOWN:
                    common.say(f"differs: {text[:200]!r}")
        texts += len(batch)
        syllables += int(segmenter.label(batch).tokens.size)
        common.say(f"{texts:,} texts, {wrong} differ, {time.perf_counter() - begun:.0f} s")
    return {"texts": texts, "syllables": syllables, "mismatches": wrong}


def _same(ours: list[str], theirs: str) -> bool:
    # A text without a single syllable is handed back by pyvi as it came.
    return ours == theirs.split(" ") if ours else not theirs.strip()


def _all_texts() -> Iterator[str]:
    for name in (common.WIKI, *_SETS):
        yield from map(common.full_text, common.records(name))
    for name in _CONLLU:
        for line in common.data_file(name).read_text(encoding="utf-8").splitlines():
            if line.startswith("# text = "):
                yield common.full_text({"text": line.removeprefix("# text = ")})


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for text in texts:
        batch.append(text)
        size += len(text)
        if size >= _BATCH_CHARS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _timed(work: Callable[[], object]) -> float:
    gc.collect()  # nobody pays for another's garbage
    return common.seconds(work)


def _ratio(theirs: list[float], ours: list[float]) -> float:
    return round(median(a / b for a, b in zip(theirs, ours, strict=True)), 2)


if __name__ == "__main__":
    raise SystemExit(main())
