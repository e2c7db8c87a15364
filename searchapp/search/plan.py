"""A query understood: what the planner makes, and engines and the highlighter take."""

from __future__ import annotations

from dataclasses import dataclass

from searchapp.language.correct import Correction
from searchapp.query.nodes import Query
from searchapp.search.parts import Wanted


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to know about how a query was understood.

    ``start`` and ``end`` are where it stands in the query, in code points, where that is known.
    """

    code: str
    text: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A query, ready for an engine and for the highlighter.

    ``correction`` is what it was probably meant to be, if something else; ``understood`` is the
    query in its canonical text, with ``remarks`` on what in it was not taken as it stands.
    ``is_plain`` says that it has nothing but words and phrases.
    """

    query: Query
    wanted: Wanted
    correction: Correction | None = None
    understood: str = ""
    remarks: tuple[Remark, ...] = ()
    is_plain: bool = False
