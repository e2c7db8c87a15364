"""Documents in any number, made of the sentences of the wiki's sections.

A document is about as long as some section is, has the title and category of another, and consists
of pairs of neighbouring sentences from all over the wiki, each of which is used once before any is
used again. So words are as frequent as they are there; but a document is of many
matters at once, and its words go together by chance.

Of sentences used again no new word comes. So that the vocabulary goes on growing as Heaps' law has
it, made-up codes come in beyond as many documents as the wiki has: a new one or two in a document,
and now and then one of before.

The same number of a document is always the same document: the file of 10,000 is the beginning of
that of 1,000,000.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from benchmarks import common

_SEED = 20_260_301
_STRETCH = 2  # sentences
_END = re.compile(r"(?<=[.!?…])\s+")
# Different words (\w+, lower case) of the wiki in a shuffled order: 60,646 in 10,000 sections,
# 170,095 in 51,435. That is 183.4 times the number of sections to the power of 0.63.
_HEAPS_SCALE, _HEAPS_POWER = 183.4, 0.63
_AGAIN = 0.5  # how likely a new code is to come with one of before
_LETTERS = "bcdghklmnpqrstvx"  # without vowels: no syllable, and 16 of them
_MIXED = 0x9E3779B1  # odd, so that the product below is another for each number

T = TypeVar("T")


def main() -> int:
    """Write the documents; the exit status."""
    parser = common.parser("recombined", __doc__)
    parser.add_argument("count", type=common.positive, metavar="N", help="how many")
    parser.add_argument("out", type=Path, metavar="OUT.jsonl", help="the file to write")
    args = parser.parse_args()
    write(args.count, args.out)
    size_mb = round(args.out.stat().st_size / 1e6, 1)
    common.show({"docs": args.count, "mb": size_mb}, as_json=args.json)
    return 0


def write(count: int, path: Path) -> None:
    """Write ``count`` documents to a JSON Lines file, as they are made."""
    sections = list(common.records(common.WIKI))
    common.write_jsonl(path, documents(sections, count))


def documents(sections: Sequence[common.Record], count: int) -> Iterator[common.Record]:
    """Records 1 to ``count``, made of the sentences of ``sections``."""
    rng = random.Random(_SEED)
    stretches = _endless([s for one in sections for s in _stretches(one["text"])], rng)
    stretch = next(stretches)
    codes = 0
    for number in range(1, count + 1):
        length = len(rng.choice(sections)["text"])
        parts: list[str] = []
        while not parts or length > len(stretch) / 2:  # with it, it is nearer to its length
            parts.append(stretch)
            length -= len(stretch) + 1
            stretch = next(stretches)
        due = _codes_among(number, len(sections))
        for code in range(codes, due):
            parts.insert(rng.randrange(len(parts) + 1), code_of(code))
            if rng.random() < _AGAIN:
                parts.insert(rng.randrange(len(parts) + 1), code_of(rng.randrange(code + 1)))
        codes = due
        head = rng.choice(sections)
        yield {
            "id": f"made-{number:08d}",
            "title": head["title"],
            "text": " ".join(parts),
            "category": head["category"],
            "source": head["source"],
        }


def code_of(number: int) -> str:
    """The made-up code of a number below 2³², such as ``pvg489905``; no two are the same."""
    mixed = number * _MIXED % 2**32
    letters = "".join(_LETTERS[mixed >> shift & 15] for shift in (28, 24, 20))
    return f"{letters}{mixed & 0xFFFFF}"


def _codes_among(documents: int, known: int) -> int:
    """How many codes so many documents have; the sentences' own words last for ``known``."""
    if documents <= known:
        return 0
    return int(_HEAPS_SCALE * (documents**_HEAPS_POWER - known**_HEAPS_POWER))


def _stretches(text: str) -> Iterator[str]:
    sentences = _END.split(text)
    for begin in range(0, len(sentences), _STRETCH):
        yield " ".join(sentences[begin : begin + _STRETCH])


def _endless(items: list[T], rng: random.Random) -> Iterator[T]:
    """All items in a random order, then all of them in another, and so on."""
    while True:
        rng.shuffle(items)
        yield from items


if __name__ == "__main__":
    sys.exit(main())
