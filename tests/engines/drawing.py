"""Documents and queries drawn at random: few words, so that they meet often."""

from __future__ import annotations

import random
from datetime import date

from searchapp.analysis.base import Field, View
from searchapp.analysis.terms import folded_term
from searchapp.documents import Document
from searchapp.query.filters import Column, Sort
from searchapp.query.nodes import (
    And,
    AnyTerm,
    AtLeast,
    Counted,
    Filter,
    HasId,
    HasValue,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    PublishedIn,
    Query,
    Scored,
    Term,
)

SYLLABLES = "xây dựng xay đảng hà nội học sinh sông hồng lũ đê".split()  # noqa: SIM905
WORDS = "xây_dựng hà_nội học_sinh sông_hồng xây hà lũ đê".split()  # noqa: SIM905
VALUES: dict[Column, list[str]] = {
    Column.SOURCE: ["Báo Sông Hồng", "Báo sông hồng", "Đài Đất Mũi", "Dân ca"],
    Column.CATEGORY: ["Giáo dục", "Y tế", "Ẩm thực"],
    Column.AUTHOR: ["Ân", "An", "Ấn", "Bình"],
    Column.TAG: ["lũ", "mưa", "đê", "hạn hán"],
    Column.YEAR: ["2022", "2023", "2024"],
}
DATES = ["2022", "2023", "2023-02", "2023-12", "2023-02-28", "2024-02-29", "2024-03-05"]
DAYS = [date(2022, 1, 1), date(2023, 2, 1), date(2023, 12, 31), date(2024, 2, 29), None]


class Drawing:
    """Draws from one seed, over the ids of one corpus."""

    def __init__(self, seed: int, ids: list[str]) -> None:
        self._random = random.Random(seed)
        self._ids = ids

    # -- queries --------------------------------------------------------------------------------

    def query(self) -> Query:
        drawn = self._random
        by_column = {one.column: one for one in (self._filter() for _ in range(3))}
        return Query(
            self.node(),
            tuple(
                Scored(self._counted(), drawn.choice([0.4, 1.0, 1.0, 2.5]))
                for _ in range(drawn.randint(0, 4))
            ),
            self.node(depth=2) if drawn.random() < 0.3 else None,
            tuple(by_column.values())[: max(drawn.randint(-3, 3), 0)],
            drawn.choice([*Sort, Sort.RELEVANCE, Sort.RELEVANCE]),
        )

    def node(self, depth: int = 0) -> Node:
        drawn = self._random
        kind = drawn.randrange(10 if depth < 3 else 5)
        if kind < 3:
            return self._counted()
        if kind == 3:
            return self._filter().node
        if kind == 4:
            return HasId(drawn.choice([*self._ids, "không có"]))
        if kind == 5:
            return Not(self.node(depth + 1))
        several = tuple(self.node(depth + 1) for _ in range(drawn.randint(0, 3)))
        if kind == 6:
            return And(several)
        return Or(several) if kind == 7 else AtLeast(several, drawn.choice([0.0, 0.3, 0.75, 1.0]))

    def _counted(self) -> Counted:
        drawn = self._random
        view = drawn.choice([View.EXACT, View.FOLDED])
        field = Field.TITLE if drawn.random() < 0.2 else None
        kind = drawn.randrange(7)
        if kind == 0:
            return Term(View.WORDS, drawn.choice(WORDS), field)
        if kind == 1:
            pair = "_".join(map(folded_term, self._terms(View.EXACT, 2, 2)))
            return Term(View.PAIRS, pair, field)
        if kind == 2:
            return AnyTerm(view, tuple(dict.fromkeys(self._terms(view, 0, 4))), field)
        if kind == 3:
            return Phrase(view, self._terms(view, 1, 3), field)
        if kind == 4:
            return Near(view, self._terms(view, 1, 4), drawn.randint(0, 6), field)
        return Term(view, self._terms(view, 1, 1)[0], field)

    def _terms(self, view: View, least: int, most: int) -> tuple[str, ...]:
        chosen = self._random.choices([*SYLLABLES, "zzz"], k=self._random.randint(least, most))
        return tuple(chosen if view is View.EXACT else map(folded_term, chosen))

    def _filter(self) -> Filter:
        drawn = self._random
        if drawn.random() < 0.25:
            return Filter(PublishedIn(drawn.choice(DAYS), drawn.choice(DAYS)))
        column = drawn.choice(list(Column))
        pool = [*VALUES[column], None, "không có"]
        return Filter(HasValue(column, tuple(drawn.sample(pool, drawn.randint(0, 3)))), column)

    # -- documents ------------------------------------------------------------------------------

    def document(self, name: str, longest: int) -> Document:
        drawn = self._random

        def some(column: Column) -> str | None:
            return drawn.choice([*VALUES[column], None])

        return Document(
            id=name,
            title=self._text(4),
            text=self._text(longest),
            source=some(Column.SOURCE),
            category=some(Column.CATEGORY),
            author=some(Column.AUTHOR),
            tags=tuple(drawn.sample(VALUES[Column.TAG], drawn.randint(0, 3))),
            published=drawn.choice([*DATES, None]),
        )

    def _text(self, longest: int) -> str:
        drawn = self._random
        weights = [1 / rank for rank in range(1, len(SYLLABLES) + 1)]
        return " ".join(drawn.choices(SYLLABLES, weights, k=drawn.randint(0, longest)))


def drawn_corpus(seed: int, count: int, longest: int) -> list[Document]:
    """Documents whose ids are in no order, some of which come twice."""
    ids = [f"{letter}{number}" for number in range(count) for letter in "đaz"][:count]
    random.Random(seed).shuffle(ids)
    drawing = Drawing(seed, ids)
    again = ids[: count // 10]
    return [drawing.document(name, longest) for name in [*ids, *again]]
