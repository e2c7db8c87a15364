"""Completions as one types, over an index of the whole wiki, inside one worker's process.

Typing sessions are replayed: every prefix from the second letter on of titles and frequent words of
the corpus, as they are written, without marks, and with one letter wrong. Sessions are drawn once
with a fixed seed and no prefix is asked twice, so that nothing is warm but the files' pages.
"""

from __future__ import annotations

import gc
import random
import tempfile
import time
from pathlib import Path
from statistics import quantiles

from benchmarks import common
from searchapp.analysis.terms import strip_marks
from searchapp.config import Settings
from searchapp.ingest.build import build
from searchapp.language.completion_builder import TEXTS_FILE
from searchapp.search.service import SearchService

_SESSIONS = 600
_LONGEST = 30  # letters typed of one text
_SIZE = 8


def main() -> int:
    """Run the benchmark; the exit status."""
    parser = common.parser("suggest", __doc__)
    parser.add_argument(
        "--index", type=Path, metavar="DIR", help="an index of the wiki (default: build one)"
    )
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-suggest-") as temporary:
        folder = args.index
        if folder is None:
            folder = Path(temporary)
            common.say("building an index of the whole wiki, about a minute")
            build([common.data_file(common.WIKI)], Settings(index_dir=folder))
        common.show(_measure(folder), as_json=args.json)
    return 0


def _measure(folder: Path) -> common.Report:
    service = SearchService(Settings(index_dir=folder))
    language = service.generation().language_folder
    texts = (language / TEXTS_FILE).read_text(encoding="utf-8").splitlines()
    drawn = random.Random(20261123)
    prefixes = {
        "as_written": _prefixes(drawn.sample(texts, _SESSIONS)),
        "without_marks": _prefixes([strip_marks(t) for t in drawn.sample(texts, _SESSIONS)]),
        "one_letter_wrong": _prefixes([_slip(drawn, t) for t in drawn.sample(texts, _SESSIONS)]),
    }
    report: common.Report = {
        "completions": len(texts),
        "bytes": sum(path.stat().st_size for path in language.glob("completion*")),
    }
    everything: list[float] = []
    for kind, typed in prefixes.items():
        drawn.shuffle(typed)
        took, answered = _timed(service, typed)
        everything += took
        report[f"{kind}_prefixes"] = len(typed)
        report[f"{kind}_answered"] = round(answered / len(typed), 3)
        report |= {f"{kind}_{name}": value for name, value in _figures(took).items()}
    return report | _figures(everything)


def _timed(service: SearchService, typed: list[str]) -> tuple[list[float], int]:
    """Milliseconds for each prefix, and how many were completed."""
    took, answered = [], 0
    gc.collect()
    for prefix in typed:
        begun = time.perf_counter()
        found = service.suggest(prefix, _SIZE)
        took.append((time.perf_counter() - begun) * 1000)
        answered += bool(found)
    return took, answered


def _figures(took: list[float]) -> common.Report:
    cuts = quantiles(took, n=100)
    return {
        "p50_ms": round(cuts[49], 2),
        "p95_ms": round(cuts[94], 2),
        "p99_ms": round(cuts[98], 2),
        "max_ms": round(max(took), 2),
    }


def _prefixes(texts: list[str]) -> list[str]:
    return list(
        dict.fromkeys(
            text[:length] for text in texts for length in range(2, min(len(text), _LONGEST) + 1)
        )
    )


def _slip(drawn: random.Random, text: str) -> str:
    """One letter of the first word that has some, replaced."""
    at = drawn.randrange(min(len(text), 6))
    return text[:at] + drawn.choice("aehinotu") + text[at + 1 :]


if __name__ == "__main__":
    raise SystemExit(main())
