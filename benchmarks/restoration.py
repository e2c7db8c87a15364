"""Marks restored: text of the wiki without its marks, and how many syllables get them back right.

The model is trained on 19 of every 20 sections; the sentences of each twentieth are stripped of
their marks and read by `correct_query`. A syllable counts if it is alphabetic and comes back as it
was written (case and the two tone habits apart: terms are compared).

``restored``: our reading of the whole sentence.
``most_frequent``: the most frequent form of each syllable alone, from the same counts.
``pyvi``: `ViUtils.add_accents` over a part of the same sentences (``pyvi_syllables``), beside ours
over that part (``restored_of_pyvi_part``).
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path

from benchmarks import common
from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.clean import clean_text
from searchapp.analysis.pyvi_model import load_pyvi_model
from searchapp.analysis.terms import exact_term, folded_term, strip_marks
from searchapp.language.correct import correct_query
from searchapp.language.counts import CorpusCounts
from searchapp.language.model import LanguageModel

_HELD_OUT = 20  # one section of so many
_MOST_SYLLABLES = 60
_BATCH = 500  # sections
_WORD = re.compile(r"[^\W_]+")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")

Restore = Callable[[str], str]


def main() -> int:
    """Run the benchmark; the exit status."""
    parser = common.parser("restoration", __doc__)
    parser.add_argument("--sections", type=common.positive, default=20_000, metavar="N")
    parser.add_argument("--sentences", type=common.positive, default=4_000, metavar="S")
    parser.add_argument("--pyvi-sentences", type=common.positive, default=200, metavar="P")
    args = parser.parse_args()
    common.show(_measure(args.sections, args.sentences, args.pyvi_sentences), as_json=args.json)
    return 0


def _measure(sections: int, sentences: int, pyvi_sentences: int) -> common.Report:
    texts, held_out = parted(sections)
    chosen = common.spread([s for text in held_out for s in sentences_of(text)], sentences)
    common.say(f"training on {len(texts):,} sections")
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        language = train(texts, Path(folder))
        trained_s = time.perf_counter() - begun
        common.say(f"restoring {len(chosen):,} sentences")

        def ours(text: str) -> str:
            correction = correct_query(text, language)
            return text if correction is None else correction.query

        begun = time.perf_counter()
        right, total = _score(chosen, ours)
        ours_s = time.perf_counter() - begun
        frequent, _ = _score(chosen, lambda text: _most_frequent(text, language))
        report: common.Report = {
            "sections_trained": len(texts),
            "sections_held_out": len(held_out),
            "sentences": len(chosen),
            "syllables": total,
            "restored": share(right, total),
            "most_frequent": share(frequent, total),
            "train_s": round(trained_s, 1),
            "ms_per_sentence": round(ours_s * 1000 / max(len(chosen), 1), 3),
        }
        report |= _pyvi(common.spread(chosen, pyvi_sentences), ours)
    return report | {"load_per_core": common.load_per_core()}


def parted(sections: int) -> tuple[list[str], list[str]]:
    """The wiki's sections, those to count and those held out."""
    texts = [common.full_text(record) for record in common.records(common.WIKI, sections)]
    held_out = texts[_HELD_OUT - 1 :: _HELD_OUT]
    del texts[_HELD_OUT - 1 :: _HELD_OUT]
    if not held_out:
        common.fail(f"--sections {sections}: at least {_HELD_OUT} are needed")
    return texts, held_out


def sentences_of(text: str) -> Iterator[str]:
    """The sentences of a section that are not too long."""
    for sentence in _SENTENCE_END.split(clean_text(text)):
        if 1 <= len(_WORD.findall(sentence)) <= _MOST_SYLLABLES:
            yield sentence.strip()


def train(texts: Sequence[str], folder: Path) -> LanguageModel:
    """The model of counts over ``texts``, whose files go to ``folder``."""
    analyzer = Analyzer(load_pyvi_model())
    counts = CorpusCounts()
    for start in range(0, len(texts), _BATCH):
        counts.add(analyzer.analyze_batch(texts[start : start + _BATCH]))
    counts.write(folder)
    return LanguageModel(folder)


def _most_frequent(text: str, language: LanguageModel) -> str:
    def best(match: re.Match[str]) -> str:
        forms = language.forms(folded_term(match[0]))
        return language.syllables[forms[0]] if forms else match[0]

    return _WORD.sub(best, text)


def _score(sentences: Sequence[str], restore: Restore) -> tuple[int, int]:
    """How many alphabetic syllables are restored as they were, of how many."""
    right = total = 0
    for sentence in sentences:
        wanted = [exact_term(word) for word in _WORD.findall(sentence)]
        got = [exact_term(word) for word in _WORD.findall(restore(strip_marks(sentence)))]
        total += sum(map(str.isalpha, wanted))
        if len(got) == len(wanted):
            right += sum(a == b for a, b in zip(wanted, got, strict=True) if a.isalpha())
        else:  # words were joined or parted; what stays is found as a file's lines are
            same = SequenceMatcher(None, wanted, got, autojunk=False).get_matching_blocks()
            right += sum(a.isalpha() for at, _, size in same for a in wanted[at : at + size])
    return right, total


def _pyvi(sentences: Sequence[str], ours: Restore) -> common.Report:
    try:
        from pyvi import ViUtils

        given = len(sentences)
        sentences = [s for s in sentences if _runs(ViUtils.add_accents, s)]
        begun = time.perf_counter()
        right, total = _score(sentences, ViUtils.add_accents)
        taken = time.perf_counter() - begun
    except Exception as error:  # noqa: BLE001 - an old library; whatever it is, it is reported
        return {"pyvi": f"did not run: {type(error).__name__}: {error}"}
    return {
        "pyvi_sentences_failed": given - len(sentences),  # it knows only some letters
        "pyvi_syllables": total,
        "pyvi": share(right, total),
        "restored_of_pyvi_part": share(_score(sentences, ours)[0], total),
        "pyvi_ms_per_sentence": round(taken * 1000 / max(len(sentences), 1), 3),
    }


def _runs(restore: Restore, sentence: str) -> bool:
    try:
        restore(strip_marks(sentence))
    except (KeyError, IndexError, ValueError):
        return False
    return True


def share(right: int, total: int) -> float:
    """How many of all, 0 of none."""
    return round(right / total, 4) if total else 0.0


if __name__ == "__main__":
    raise SystemExit(main())
