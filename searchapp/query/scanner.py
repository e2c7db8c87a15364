"""Characters of a query to its tokens: words, quoted text, parentheses, operators, and the signs
that belong to each.

Everything is one pass over the text; what is no sign of the language is part of a word.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from dataclasses import dataclass, field

from searchapp.query.expression import Name, Occur


class NoteCode(enum.StrEnum):
    """What did not parse."""

    UNCLOSED_QUOTE = "unclosed_quote"
    UNBALANCED_PARENTHESIS = "unbalanced_parenthesis"
    TOO_DEEP = "too_deep"
    UNKNOWN_NAME = "unknown_name"
    EMPTY_CONDITION = "empty_condition"
    BAD_DATE = "bad_date"
    DANGLING_OPERATOR = "dangling_operator"
    ALL_CAPITALS = "all_capitals"
    NUMBER_CAPPED = "number_capped"


@dataclass(frozen=True, slots=True)
class Note:
    """A piece ``start:end`` of the query (code points) that was not taken as it stands, and why."""

    code: NoteCode
    start: int
    end: int
    about: str


class Kind(enum.Enum):
    """What a token is."""

    WORD = enum.auto()
    QUOTED = enum.auto()
    OPEN = enum.auto()
    CLOSE = enum.auto()
    AND = enum.auto()
    OR = enum.auto()
    NOT = enum.auto()


PUBLISHED = "published"
"""The one name whose values are dates."""
Named = Name | str | None

_NAMES: dict[str, Name | str] = {
    **dict.fromkeys(("title", "tiêu_đề", "tieu_de", "tựa", "tua"), Name.TITLE),
    **dict.fromkeys(("source", "nguồn", "nguon"), Name.SOURCE),
    **dict.fromkeys(("category", "chuyên_mục", "chuyen_muc"), Name.CATEGORY),
    **dict.fromkeys(("author", "tác_giả", "tac_gia"), Name.AUTHOR),
    **dict.fromkeys(("tag", "thẻ", "the"), Name.TAG),
    "id": Name.ID,
    **dict.fromkeys(("published", "ngày_đăng", "ngay_dang", "ngày", "ngay"), PUBLISHED),
}
_OPERATORS = {
    "AND": Kind.AND,
    "VÀ": Kind.AND,
    "OR": Kind.OR,
    "HOẶC": Kind.OR,
    "NOT": Kind.NOT,
    "KHÔNG": Kind.NOT,
}
QUOTES = '"“”„«»'

_SPACE = re.compile(r"\s+")
_QUOTE = re.compile(f"[{QUOTES}]")
_SIGNS = re.compile(r"[+\-]+(?=[^\s\d)+\-])")
_NAME = re.compile(r"([^\W\d]\w*(?:[\u0300-\u036f]+\w*)*):(?=\S)")
_LONE_NAME = re.compile(r"([^\W\d]\w*(?:[\u0300-\u036f]+\w*)*):(?=\s|$)")
_RANGE = re.compile(rf"[\[{{][^\]}}{QUOTES}]*[\]}}]")
_SLOP = re.compile(r"~(\d*)")
_BOOSTS = re.compile(r"(?:\^\d+(?:[.,]\d+)?)+")
_BOOSTS_AT_END = re.compile(r"(?<=.)(?:\^\d+(?:[.,]\d+)?)+$")

MAX_SLOP = 100
MAX_BOOST = 100.0
_MAX_DIGITS = 9


@dataclass(slots=True)
class Token:
    """A token at ``start:end``; which attributes mean anything depends on its kind."""

    kind: Kind
    start: int
    end: int
    text: str = ""
    occur: Occur = Occur.SHOULD
    name: Named = None
    slop: int | None = None
    boost: float = 1.0


@dataclass(slots=True)
class Scanner:
    """Scans one query; ``notes`` are what it could not take as it stands."""

    text: str
    notes: list[Note] = field(default_factory=list)
    _at: int = 0
    _closings: dict[int, int] = field(default_factory=dict)
    """Where the parenthesis is closed that stands at a place; of those closed in the same word."""

    def tokens(self) -> list[Token]:
        """All tokens, in order."""
        self._blank_unclosed_quote()
        self._find_closings()
        found: list[Token] = []
        while True:
            space = _SPACE.match(self.text, self._at)
            if space:
                self._at = space.end()
            if self._at >= len(self.text):
                return found
            token = self._token()
            if token is not None:
                found.append(token)

    def note(self, code: NoteCode, start: int, end: int, about: str) -> None:
        """Remember a piece that was not taken as it stands."""
        self.notes.append(Note(code, start, end, about))

    def _blank_unclosed_quote(self) -> None:
        quotes = [match.start() for match in _QUOTE.finditer(self.text)]
        if len(quotes) % 2:
            at = quotes[-1]
            self.note(NoteCode.UNCLOSED_QUOTE, at, at + 1, "a quotation mark has no partner")
            self.text = f"{self.text[:at]} {self.text[at + 1 :]}"

    def _token(self) -> Token | None:
        start = self._at
        char = self.text[start]
        if char == ")":
            self._at += 1
            return Token(Kind.CLOSE, start, self._at, boost=self._boost())
        occur = Occur.SHOULD
        signs = _SIGNS.match(self.text, start)
        if signs:
            occur = Occur.MUST if signs[0][0] == "+" else Occur.MUST_NOT
            self._at = signs.end()
        name = self._names()
        char = self.text[self._at]
        if char == "(":
            self._at += 1
            return Token(Kind.OPEN, start, self._at, occur=occur, name=name)
        token = self._quoted(start) if char in QUOTES else self._word(start, name)
        token.occur, token.name = occur, name
        if token.kind is Kind.QUOTED and not any(c.isalnum() for c in token.text):
            return None
        return token

    def _names(self) -> Named:
        """The names before a value; the innermost counts."""
        name: Named = None
        while True:
            match = _NAME.match(self.text, self._at)
            if match is None or match.end() >= len(self.text):
                break
            known = _NAMES.get(unicodedata.normalize("NFC", match[1]).lower())
            if known is None or self.text[match.end()] == ")":
                break
            name, self._at = known, match.end()
            if name is Name.ID:
                break
        return name

    def _quoted(self, start: int) -> Token:
        closing = _QUOTE.search(self.text, self._at + 1)
        assert closing is not None, "quotation marks come in pairs by now"
        text = " ".join(self.text[self._at + 1 : closing.start()].split())
        self._at = closing.end()
        slop = None
        found = _SLOP.match(self.text, self._at)
        if found:
            self._at = found.end()
            if found[1]:
                slop = self._number(found[1], MAX_SLOP, found.start(), found.end())
        boost = self._boost()
        return Token(Kind.QUOTED, start, self._at, text, slop=slop, boost=boost)

    def _word(self, start: int, name: Named) -> Token:
        begin = self._at
        ranged = _RANGE.match(self.text, begin) if name == PUBLISHED else None
        self._at = ranged.end() if ranged else self._word_end(begin)
        text = self.text[begin : self._at]
        boost = self._boost() if ranged else 1.0
        if name is not Name.ID and not ranged:
            boosts = _BOOSTS_AT_END.search(text)
            if boosts:
                boost = self._factor(boosts[0], begin + boosts.start())
                text = text[: boosts.start()]
        token = Token(Kind.WORD, start, self._at, " ".join(text.split()), boost=boost)
        if name is None and begin == start:
            operator = _OPERATORS.get(unicodedata.normalize("NFC", token.text))
            if operator is not None and boost == 1.0:
                token.kind = operator
            self._note_names(token)
        return token

    def _note_names(self, token: Token) -> None:
        lone = _LONE_NAME.fullmatch(token.text)
        if lone and unicodedata.normalize("NFC", lone[1]).lower() in _NAMES:
            about = f"nothing stands behind {token.text}"
            self.note(NoteCode.EMPTY_CONDITION, token.start, token.end, about)
            return
        match = _NAME.match(token.text)
        if match and not token.text.startswith("//", match.end()):
            about = f"{match[1]} is no field; taken as words"
            self.note(NoteCode.UNKNOWN_NAME, token.start, token.end, about)

    def _word_end(self, begin: int) -> int:
        """Words end at white space, at a quotation mark, and at a parenthesis of no pair inside."""
        at = begin
        while at < len(self.text):
            char = self.text[at]
            if _ends_words(char) or char == ")" or (char == "(" and at not in self._closings):
                break
            at = self._closings.get(at, at) + 1
        return at

    def _find_closings(self) -> None:
        opened: list[int] = []
        for at, char in enumerate(self.text):
            if _ends_words(char):
                opened.clear()
            elif char == "(":
                opened.append(at)
            elif char == ")" and opened:
                self._closings[opened.pop()] = at

    def _boost(self) -> float:
        found = _BOOSTS.match(self.text, self._at)
        if not found:
            return 1.0
        self._at = found.end()
        return self._factor(found[0], found.start())

    def _factor(self, signs: str, start: int) -> float:
        """The factor of ``^2``; of several, the last."""
        digits = signs.rsplit("^", 1)[1].replace(",", ".")
        factor = round(float(digits), 4)
        if factor > MAX_BOOST:
            about = f"a boost is {MAX_BOOST:g} at most"
            self.note(NoteCode.NUMBER_CAPPED, start, start + len(signs), about)
        return min(factor, MAX_BOOST)

    def _number(self, digits: str, most: int, start: int, end: int) -> int:
        number = int(digits) if len(digits) <= _MAX_DIGITS else most + 1
        if number > most:
            self.note(NoteCode.NUMBER_CAPPED, start, end, f"the number is {most} at most")
        return min(number, most)


def _ends_words(char: str) -> bool:
    return char.isspace() or char in QUOTES
