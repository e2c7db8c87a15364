"""Words that mean the same: abbreviations with their long forms, and a user's own list.

The format is Solr's (https://solr.apache.org/guide/solr/latest/indexing-guide/filters.html,
"Synonym Graph Filter"): ``UBND, Ủy ban nhân dân`` finds each by the other; ``xe hơi => ô tô`` finds
only what stands on the right; ``#`` begins a comment, and a backslash keeps the next character.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from searchapp.analysis.syllable import parts, split_tone
from searchapp.analysis.terms import exact_term, folded_term
from searchapp.errors import SynonymsFileError
from searchapp.storage import DISK, Storage

Terms = tuple[str, ...]

ABBREVIATIONS_FILE = "abbreviations.txt"

_SYLLABLE = re.compile(r"[^\W_]+")
_UNESCAPED = re.compile(r"\\(.)")
_COMMA = re.compile(r"(?<!\\),")
_ARROW = "=>"


@dataclass(frozen=True, slots=True)
class Form:
    """One way of writing something: its exact terms, and whether it is only meant in capitals.

    An abbreviation that is a syllable too (TƯ for trung ương, tư for private) is one in capitals
    only, and is never added for its long form: every *tư* would be found.
    """

    terms: Terms
    capitals_only: bool


@dataclass(frozen=True, slots=True)
class Match:
    """A form found in a query: ``length`` syllables long, and what else to look for."""

    length: int
    others: tuple[Terms, ...]
    keeps_itself: bool


@dataclass(slots=True)
class Synonyms:
    """Rules by the first syllable of the form typed. Later rules add to earlier ones."""

    _rules: dict[str, list[tuple[Form, tuple[Form, ...], bool]]] = field(default_factory=dict)

    def add_lines(self, lines: Iterable[str], source: str) -> None:
        """Take in rules. Raises SynonymsFileError, with ``source`` and line, for what is none."""
        for number, raw in enumerate(lines, start=1):
            line = raw.strip().removeprefix("\ufeff")
            if line and not line.startswith("#"):
                self._add_line(line, f"{source}:{number}")

    def _add_line(self, line: str, where: str) -> None:
        left, arrow, right = line.partition(_ARROW)
        typed = _forms(left)
        found = _forms(right) if arrow else typed
        if not typed or not found or (not arrow and len(typed) < 2):
            raise SynonymsFileError(f"{where}: a rule is 'a, b' or 'a => b', not {line[:60]!r}")
        for form in typed:
            others = tuple(
                o for o in found if o.terms != form.terms and (arrow or not o.capitals_only)
            )
            keeps = not arrow or any(o.terms == form.terms for o in found)
            if others:
                first = folded_term(form.terms[0])
                self._rules.setdefault(first, []).append((form, others, keeps))

    def match(self, surfaces: Sequence[str], at: int, *, folded: bool) -> Match | None:
        """The longest form that stands in the syllables of a query from ``at`` on.

        ``folded`` compares without marks, for queries typed without.
        """
        best: Match | None = None
        for form, others, keeps in self._rules.get(folded_term(surfaces[at]), ()):
            window = surfaces[at : at + len(form.terms)]
            if len(window) < len(form.terms) or not _same(form, window, folded=folded):
                continue
            terms = tuple(dict.fromkeys(o.terms for o in others))
            if best is None or len(window) > best.length:
                best = Match(len(window), terms, keeps)
            elif len(window) == best.length:
                both = tuple(dict.fromkeys(best.others + terms))
                best = Match(best.length, both, best.keeps_itself and keeps)
        return best


def load_synonyms(mined: Path | None = None, own: Path | None = None) -> Synonyms:
    """The built-in abbreviations, those mined from the corpus, and the user's own file.

    Raises SynonymsFileError if the user's file can't be read or holds something else.
    """
    synonyms = Synonyms()
    built_in = files("searchapp.language").joinpath(ABBREVIATIONS_FILE)
    synonyms.add_lines(built_in.read_text(encoding="utf-8").splitlines(), ABBREVIATIONS_FILE)
    if mined is not None and mined.exists():
        synonyms.add_lines(mined.read_text(encoding="utf-8").splitlines(), str(mined))
    if own is not None:
        try:
            text = own.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise SynonymsFileError(
                f"the synonym file {own} can't be read ({why}); mend it or synonyms_file"
            ) from error
        synonyms.add_lines(text.splitlines(), str(own))
    return synonyms


class AbbreviationMiner:
    """Finds abbreviations introduced in text: "Ủy ban nhân dân (UBND)".

    The initials of the syllables before the bracket have to be the letters in it.
    """

    _BRACKET = re.compile(r"\(([A-ZĐÂÊÔƠƯĂ]{2,8})\)")
    _MOST_CHARS = 90  # before the bracket

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], int] = {}

    def add(self, text: str) -> None:
        """Look through one text."""
        for match in self._BRACKET.finditer(text):
            letters = match[1]
            before = _SYLLABLE.findall(
                text[max(0, match.start() - self._MOST_CHARS) : match.start()]
            )
            long_form = before[-len(letters) :]
            if len(long_form) == len(letters) and all(
                _begins(syllable, letter)
                for syllable, letter in zip(long_form, letters, strict=True)
            ):
                key = (letters, " ".join(long_form).lower())
                self._counts[key] = self._counts.get(key, 0) + 1

    def lines(self) -> Iterator[str]:
        """Rules in the file's format, the most frequent first.

        Two letters say little: they have to be introduced twice.
        """
        for (letters, long_form), count in sorted(
            self._counts.items(), key=lambda i: (-i[1], i[0])
        ):
            if count > 1 or len(letters) > 2:
                yield f"{letters}, {long_form}"

    def write(self, folder: Path, storage: Storage = DISK) -> None:
        """Write the rules into an existing folder."""
        storage.write_text(folder / ABBREVIATIONS_FILE, "\n".join(self.lines()))


def _begins(syllable: str, letter: str) -> bool:
    initial = split_tone(syllable[0].upper())[0]
    return letter in (initial, "".join(c for c in folded_term(initial).upper() if initial != "Đ"))


def _forms(text: str) -> tuple[Form, ...]:
    forms = []
    for piece in _COMMA.split(text):
        surfaces = _SYLLABLE.findall(_UNESCAPED.sub(r"\1", piece))
        if surfaces:
            capitals = len(surfaces) == 1 and surfaces[0].isupper()
            syllable = capitals and parts(split_tone(surfaces[0].lower())[0]) is not None
            forms.append(Form(tuple(map(exact_term, surfaces)), syllable))
    return tuple(forms)


def _same(form: Form, surfaces: Sequence[str], *, folded: bool) -> bool:
    if form.capitals_only and not all(s.isupper() for s in surfaces):
        return False
    term = folded_term if folded else exact_term
    wanted = map(folded_term, form.terms) if folded else form.terms
    return tuple(wanted) == tuple(map(term, surfaces))
