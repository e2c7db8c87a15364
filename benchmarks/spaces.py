"""Spaces put right: short stretches of the wiki with a space left out, or one too many.

The model is trained as in `benchmarks.restoration`; from each sentence held out comes one stretch
of two to six syllables, as somebody might type it. It is written in four ways, each with its marks
and without: as it is, two neighbouring syllables of one of pyvi's words run together, any two
neighbours run together, and one syllable in two pieces, of which one can be no syllable.

``right``: the stretch came back (without marks: apart from its marks), its spaces all right.
``kept``: as many spaces as were typed. What was typed right has to stay, and so have the foreign
words of the sentences.
"""

from __future__ import annotations

import random
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import common
from benchmarks.restoration import parted, sentences_of, share, train
from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.pyvi_model import load_pyvi_model
from searchapp.analysis.syllable import is_syllable
from searchapp.analysis.terms import exact_term, folded_term, strip_marks
from searchapp.language.correct import correct_query
from searchapp.language.model import LanguageModel

_LONGEST = 6  # syllables
_LEAST_IN_PIECES = 3  # letters
_LEAST_FOREIGN = 4  # letters
_SEED = 11


def main() -> int:
    """Run the benchmark; the exit status."""
    parser = common.parser("spaces", __doc__)
    parser.add_argument("--sections", type=common.positive, default=20_000, metavar="N")
    parser.add_argument("--sentences", type=common.positive, default=4_000, metavar="S")
    args = parser.parse_args()
    common.show(_measure(args.sections, args.sentences), as_json=args.json)
    return 0


def _measure(sections: int, sentences: int) -> common.Report:
    texts, held_out = parted(sections)
    chosen = common.spread([s for text in held_out for s in sentences_of(text)], sentences)
    stretches = [stretch for sentence in chosen for stretch in _stretches(sentence)]
    common.say(f"training on {len(texts):,} sections")
    with tempfile.TemporaryDirectory() as folder:
        language = train(texts, Path(folder))
        common.say(f"reading {len(stretches):,} stretches")
        report: common.Report = {"stretches": len(stretches)}
        for way, typed in _ways(stretches).items():
            for marks, write in (("with marks", str), ("without", strip_marks)):
                pairs = [(write(text), words) for text, words in typed]
                report[f"{way}, {marks}"] = _row(pairs, language, with_marks=write is str)
        report["foreign words"] = _foreign(chosen, language)
    return report


def _foreign(sentences: Sequence[str], language: LanguageModel) -> common.Report:
    """How many words without marks that are no syllables are parted, each by itself."""
    words = {
        word
        for sentence in sentences
        for word in re.findall(r"[^\W\d_]+", sentence)
        if word.isascii() and len(word) >= _LEAST_FOREIGN and not is_syllable(word)
    }
    read = [correct_query(word, language) for word in sorted(words)]
    return {"of": len(words), "parted": sum(one is not None and " " in one.query for one in read)}


def _stretches(sentence: str) -> Iterator[list[str]]:
    """A stretch of Vietnamese syllables, if there is one."""
    drawn = random.Random(sentence)
    runs = [
        run.split()
        for run in re.findall(r"[^\W\d_]+(?: [^\W\d_]+)+", sentence)
        if all(map(is_syllable, run.split()))
    ]
    if runs:
        run = drawn.choice(runs)
        size = drawn.randint(2, min(_LONGEST, len(run)))
        at = drawn.randint(0, len(run) - size)
        yield run[at : at + size]


def _ways(stretches: Sequence[list[str]]) -> dict[str, list[tuple[str, list[str]]]]:
    """What is typed, and the words that are meant, by what was done to the spaces."""
    analyzer = Analyzer(load_pyvi_model())
    drawn = random.Random(_SEED)
    ways: dict[str, list[tuple[str, list[str]]]] = {
        name: [] for name in ("as it is", "a word run together", "any two", "in pieces")
    }
    for words in stretches:
        text = " ".join(words)
        ways["as it is"].append((text, words))
        inside = [
            token.start + match.start()
            for token in analyzer.analyze(text).words
            for match in re.finditer(" ", text[token.start : token.end])
        ]
        if inside:
            at = drawn.choice(inside)
            ways["a word run together"].append((text[:at] + text[at + 1 :], words))
        number = drawn.randrange(len(words) - 1)
        two = words[number] + words[number + 1]
        if not is_syllable(two):
            ways["any two"].append((" ".join([*words[:number], two, *words[number + 2 :]]), words))
        if (pieces := _in_pieces(words, drawn)) is not None:
            ways["in pieces"].append((pieces, words))
    return ways


def _in_pieces(words: Sequence[str], drawn: random.Random) -> str | None:
    places = [
        (number, cut)
        for number, word in enumerate(words)
        if len(word) >= _LEAST_IN_PIECES
        for cut in range(1, len(word))
        if not (is_syllable(word[:cut]) and is_syllable(word[cut:]))
    ]
    if not places:
        return None
    number, cut = drawn.choice(places)
    word = words[number]
    return " ".join([*words[:number], word[:cut], word[cut:], *words[number + 1 :]])


def _row(
    typed: Sequence[tuple[str, list[str]]], language: LanguageModel, *, with_marks: bool
) -> common.Report:
    term = exact_term if with_marks else folded_term
    right = kept = 0
    for text, words in typed:
        correction = correct_query(text, language)
        read = text if correction is None else correction.query
        right += [term(word) for word in read.split()] == [term(word) for word in words]
        kept += len(read.split()) == len(text.split())
    return {
        "of": len(typed),
        "right": share(right, len(typed)),
        "kept": share(kept, len(typed)),
    }


if __name__ == "__main__":
    raise SystemExit(main())
