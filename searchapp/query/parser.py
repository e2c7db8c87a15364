"""Words typed to a tree. Every string means something: parsing never fails.

From loose to tight: ``OR``, ``AND``, ``NOT``, words side by side, and the signs of a single part
(``+ - name: ~ ^``). Words side by side bind tighter than operators since Vietnamese words are of
several syllables: ``bóng đá AND việt nam`` has two operands. What does not parse is taken as plain
words, and noted.

The tree has one form for one meaning: neighbouring words are one `Words`; `All` and `Any` have two
children at least and none of their own kind; a `Sequence` has several clauses or a signed one;
`Not` and `Boosted` are not doubled; parentheses around nothing but words are no group.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from searchapp.query.dates import parse_published
from searchapp.query.expression import (
    All,
    Any,
    Boosted,
    Clause,
    Everything,
    Expression,
    Fuzzy,
    Name,
    Not,
    Occur,
    Prefix,
    Quoted,
    Sequence,
    Words,
)
from searchapp.query.scanner import (
    MAX_BOOST,
    PUBLISHED,
    Kind,
    Named,
    Note,
    NoteCode,
    Scanner,
    Token,
)

__all__ = ["Note", "NoteCode", "Parsed", "parse_query"]

_MAX_DEPTH = 20
_FUZZY = re.compile(r"(.*)~(\d{0,9})", re.DOTALL)
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_WORDS = re.compile(r"[^\W_]+(?:[-/.][^\W_]+)*")
_MAX_EDITS = 2
_OPERATORS = (Kind.AND, Kind.OR, Kind.NOT)
_BEGINS = (Kind.WORD, Kind.QUOTED, Kind.OPEN)
_ENDS = (Kind.WORD, Kind.QUOTED, Kind.CLOSE)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What was understood; None if there was nothing. ``notes`` are in no order."""

    expression: Expression | None
    notes: tuple[Note, ...]


def parse_query(text: str) -> Parsed:
    """Understand a query of any text."""
    scanner = Scanner(text)
    tokens = scanner.tokens()
    tokens = _balanced(tokens, scanner)
    _settle_operators(tokens, scanner)
    expression = _Parser(tokens, scanner).any_of(None)
    return Parsed(expression, tuple(scanner.notes))


def _balanced(tokens: list[Token], scanner: Scanner) -> list[Token]:
    """Parentheses in pairs, none too deep: what was not closed is closed at the end."""
    kept: list[Token] = []
    depth = 0
    for token in tokens:
        if token.kind is Kind.OPEN:
            depth += 1
            if depth > _MAX_DEPTH:
                about = f"parentheses are read {_MAX_DEPTH} deep"
                scanner.note(NoteCode.TOO_DEEP, token.start, token.end, about)
                continue
        elif token.kind is Kind.CLOSE:
            if depth == 0:
                about = "a parenthesis has no partner"
                scanner.note(NoteCode.UNBALANCED_PARENTHESIS, token.start, token.end, about)
                continue
            depth -= 1
            if depth >= _MAX_DEPTH:
                continue
        kept.append(token)
    opened = [token for token in kept if token.kind is Kind.OPEN]
    for _ in range(min(depth, _MAX_DEPTH)):
        end = len(scanner.text)
        kept.append(Token(Kind.CLOSE, end, end))
    if depth and opened:
        about = "a parenthesis is not closed"
        scanner.note(NoteCode.UNBALANCED_PARENTHESIS, opened[-1].start, opened[-1].end, about)
    return kept


def _settle_operators(tokens: list[Token], scanner: Scanner) -> None:
    """Operators that stand where none can be are words, and so are all of a query in capitals."""
    words = [
        token.text
        for token in tokens
        if token.kind in (Kind.WORD, Kind.QUOTED)
        and token.name != PUBLISHED
        and token.text.upper() != token.text.lower()
    ]
    capitals = bool(words) and all(word == word.upper() for word in words)
    for index, token in enumerate(tokens):
        if token.kind not in _OPERATORS:
            continue
        if capitals:
            token.kind = Kind.WORD
            about = f"in a query all in capitals {token.text} is a word"
            scanner.note(NoteCode.ALL_CAPITALS, token.start, token.end, about)
        elif not _can_stand(tokens, index):
            about = f"{token.text} has nothing to join"
            token.kind, token.text = Kind.WORD, token.text.lower()
            scanner.note(NoteCode.DANGLING_OPERATOR, token.start, token.end, about)


def _can_stand(tokens: list[Token], index: int) -> bool:
    following = index + 1
    if tokens[index].kind is Kind.NOT:
        return following < len(tokens) and tokens[following].kind in (*_BEGINS, Kind.NOT)
    before = index > 0 and tokens[index - 1].kind in _ENDS
    while following < len(tokens) and tokens[following].kind is Kind.NOT:
        following += 1
    return before and following < len(tokens) and tokens[following].kind in _BEGINS


class _Parser:
    """Recursive descent over tokens whose parentheses and operators are in order."""

    def __init__(self, tokens: list[Token], scanner: Scanner) -> None:
        self._tokens = tokens
        self._scanner = scanner
        self._at = 0

    def _next(self) -> Kind | None:
        return self._tokens[self._at].kind if self._at < len(self._tokens) else None

    def any_of(self, name: Named) -> Expression | None:
        """Operands with OR between them, up to a closing parenthesis; ``name`` is the group's."""
        found = [self._all_of(name)]
        while self._next() is Kind.OR:
            self._at += 1
            found.append(self._all_of(name))
        return _joined(found, Any)

    def _all_of(self, name: Named) -> Expression | None:
        found = [self._operand(name)]
        while self._next() in (Kind.AND, Kind.NOT):
            if self._next() is Kind.AND:
                self._at += 1
            found.append(self._operand(name))
        return _joined(found, All)

    def _operand(self, name: Named) -> Expression | None:
        negative = False
        while self._next() is Kind.NOT:
            self._at += 1
            negative = not negative
        found = self._sequence(name)
        return negated(found) if negative and found is not None else found

    def _sequence(self, name: Named) -> Expression | None:
        clauses: list[Clause] = []
        while self._next() in _BEGINS:
            token = self._tokens[self._at]
            self._at += 1
            if token.kind is Kind.OPEN:
                found = self.any_of(token.name if token.name is not None else name)
                closing = self._tokens[self._at]
                self._at += 1
                if found is not None:
                    found = boosted(found, closing.boost)
                    _add(clauses, found, token.occur, merge=token.name is None)
            else:
                child = boosted(self._leaf(token, token.name or name), token.boost)
                failed = isinstance(child, Words) and child.name is None
                _add(clauses, child, token.occur, merge=failed or token.name is None)
        return sequence(clauses)

    def _leaf(self, token: Token, name: Named) -> Expression:  # noqa: PLR0911  # one a kind
        if name == PUBLISHED:
            try:
                return parse_published(token.text)
            except ValueError as error:
                self._scanner.note(NoteCode.BAD_DATE, token.start, token.end, str(error))
                return Words(self._as_words(token))
        assert name is None or isinstance(name, Name)
        if token.kind is Kind.QUOTED:
            return Quoted(token.text, token.slop, name)
        if name is Name.ID and token.name is Name.ID:
            return Words(token.text, name)
        if token.text in ("*", "*:*"):
            return Everything()
        fuzzy = _FUZZY.fullmatch(token.text)
        if fuzzy and _has_letters(fuzzy[1]):
            return Fuzzy(fuzzy[1], self._edits(fuzzy[2], token), name)
        if token.text.endswith("*") and _has_letters(token.text):
            return Prefix(token.text.rstrip("*"), name)
        return Words(token.text, name)

    def _edits(self, digits: str, token: Token) -> int:
        edits = int(digits or 1)
        if edits > _MAX_EDITS:
            about = f"{_MAX_EDITS} letters may differ at most"
            self._scanner.note(NoteCode.NUMBER_CAPPED, token.start, token.end, about)
        return max(1, min(edits, _MAX_EDITS))

    def _as_words(self, token: Token) -> str:
        """A condition that failed, as words without any sign that could mean something."""
        return " ".join(_WORDS.findall(self._scanner.text[token.start : token.end].lower()))


def _has_letters(text: str) -> bool:
    return _LETTER_OR_DIGIT.search(text) is not None


# -- the normal form ----------------------------------------------------------------------------


def negated(child: Expression) -> Expression:
    """``NOT child``."""
    return child.child if isinstance(child, Not) else Not(child)


def boosted(child: Expression, factor: float) -> Expression:
    """``child^factor``."""
    if isinstance(child, Boosted):
        return boosted(child.child, round(child.factor * factor, 4))
    return child if factor == 1.0 else Boosted(child, min(factor, MAX_BOOST))


def sequence(clauses: list[Clause]) -> Expression | None:
    """Clauses side by side; a single one without a sign is what it is."""
    if not clauses:
        return None
    if len(clauses) == 1 and clauses[0].occur is Occur.SHOULD:
        return clauses[0].child
    return Sequence(tuple(clauses))


def _joined(found: list[Expression | None], kind: type[All] | type[Any]) -> Expression | None:
    children: list[Expression] = []
    for child in found:
        if isinstance(child, kind):
            children += child.children
        elif child is not None:
            children.append(child)
    if len(children) > 1:
        return kind(tuple(children))
    return children[0] if children else None


def _add(clauses: list[Clause], child: Expression, occur: Occur, *, merge: bool) -> None:
    """Add a clause; words without a name of their own go on with the words before them."""
    last = clauses[-1] if clauses else None
    if (
        merge
        and occur is Occur.SHOULD
        and isinstance(child, Words)
        and last is not None
        and last.occur is Occur.SHOULD
        and isinstance(last.child, Words)
        and last.child.name is child.name
        and child.name is not Name.ID
    ):
        clauses[-1] = Clause(replace(last.child, text=f"{last.child.text} {child.text}"))
    else:
        clauses.append(Clause(child, occur))
